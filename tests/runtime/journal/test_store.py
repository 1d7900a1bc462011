"""What stands in the journal, whoever writes and whatever comes between."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import pytest

from wiro_runtime import TaskSnapshot
from wiro_runtime.errors import BudgetExceeded
from wiro_runtime.journal.entry import JournalEntry, from_units, to_units
from wiro_runtime.journal.journal import Journal

ENTRY = {
    "model": "pruna/vace",
    "digest": "d1",
    "body": {"prompt": "ein Reh im Schnee 🦌", "n": "1"},
    "marker": "m1",
    "state": "intent",
    "owner": "me",
    "at": 1000.25,
    "lasts": 30.0,
}


def ended_task(cost: Decimal | None = None, **said) -> TaskSnapshot:
    task = {"id": "2221", "socketaccesstoken": "t", "status": "task_postprocess_end", "pexit": "0"}
    stated = {} if cost is None else {"totalcost": str(cost)}
    return TaskSnapshot.from_wire({**task, **stated, **said})


@pytest.fixture
def entry(store):
    def make(key: str = "scene-1", **changes) -> JournalEntry:
        return JournalEntry(**{**ENTRY, "project": store.project, "key": key, **changes})

    return make


def test_an_intent_is_read_back_as_it_was_written(store, entry):
    assert store.claim(entry()).result() is None
    assert store.find("scene-1").result() == entry()
    assert store.find("scene-2").result() is None


def test_a_second_claim_of_a_key_gets_what_stands_there(store, entry):
    store.claim(entry()).result()
    assert store.claim(entry(owner="you", digest="d2")).result() == entry()


def test_of_many_claims_of_a_key_one_wins(location, store, entry):
    """Each with a connection of its own, as processes have."""
    journals = [Journal(location) for _ in range(4)]
    stores = [journal.store("https://platform.test/v1", "a key") for journal in journals]
    with ThreadPoolExecutor(16) as pool:
        claims = [
            pool.submit(stores[number % 4].claim(entry(owner=str(number))).result)
            for number in range(64)
        ]
        claimed = [claim.result() for claim in claims]
    assert claimed.count(None) == 1
    winner = store.find("scene-1").result()
    assert {other.owner for other in claimed if other is not None} <= {winner.owner}
    for journal in journals:
        journal.close()


def test_projects_do_not_see_each_other(journal, store, entry):
    store.claim(entry()).result()
    other = journal.store("https://platform.test/v1", "another key")
    assert other.find("scene-1").result() is None
    assert other.page().result() == []


def test_the_key_of_the_project_is_not_in_the_journal(journal, store, entry, tmp_path):
    secret = "wk_live_0123456789"
    hidden = journal.store("https://platform.test/v1", secret)
    assert secret not in hidden.project
    assert hidden.project == journal.store("https://platform.test/v1", secret).project


def test_a_task_is_kept_with_its_token(store, entry):
    store.claim(entry()).result()
    assert store.accept(entry(), task_id="2221", token="t0k3n").result()
    record = store.find("scene-1").result()
    assert (record.state, record.task_id, record.token) == ("accepted", "2221", "t0k3n")
    assert "t0k3n" not in repr(record)


def test_an_outcome_is_kept_once(store, entry):
    store.claim(entry()).result()
    store.accept(entry(), task_id="2221", token="t").result()
    cost = Decimal("0.003510000001")
    ended = store.finish(ended_task(cost), "done", at=1100.0).result()
    assert store.finish(ended_task(), "failed", at=1200.0).result() is None
    assert store.finish(ended_task(id="9999"), "failed", at=1200.0).result() is None
    record = store.find("scene-1").result()
    assert record == ended
    assert (record.state, record.cost, record.task, record.ended_at) == (
        "done",
        cost,
        ended_task(cost).raw,
        1100.0,
    )


@pytest.mark.parametrize("later", [{}, {"id": None}])
def test_a_task_of_which_run_named_the_token_only_is_known_by_it(store, entry, later):
    for key in ("other", "scene-1"):
        store.claim(entry(key)).result()
        store.accept(entry(key), task_id="", token=f"token of {key}").result()
    ended = ended_task(Decimal(1), socketaccesstoken="token of scene-1", **later)
    assert store.finish(ended, "done", at=1100.0).result().key == "scene-1"
    assert store.add_outputs(ended, ["a.png"]).result()
    record = store.find("scene-1").result()
    assert (record.state, record.task_id, record.outputs) == ("done", ended.id, ("a.png",))
    assert store.find("other").result().state == "accepted"
    assert {"token of other", "token of scene-1"} <= store.known_tasks(0.0).result().keys()


def test_a_task_without_a_name_is_that_of_no_run(store, entry):
    store.claim(entry()).result()
    store.accept(entry(), task_id="", token="t").result()
    nameless = ended_task(id=None, socketaccesstoken=None)
    assert store.finish(nameless, "cancelled", at=1100.0).result() is None
    assert store.add_outputs(nameless, ["a.png"]).result() is False


def test_a_run_is_taken_over_by_one(store, entry):
    stale = entry()
    store.claim(stale).result()
    won = [store.take_over(stale, owner=f"p{n}").result() for n in range(3)]
    assert won == [True, False, False]
    assert store.find("scene-1").result() == replace(stale, state="unknown", owner="p0")


def test_a_run_that_was_taken_over_is_not_its_first_owners_any_more(store, entry):
    stale = entry()
    store.claim(stale).result()
    store.take_over(stale, owner="p").result()
    assert not store.withdraw(stale).result()
    assert not store.mark_unknown(stale).result()


def test_a_task_in_hand_is_kept_even_if_the_run_was_taken_over(store, entry):
    stale = entry()
    store.claim(stale).result()
    store.take_over(stale, owner="p").result()
    assert store.accept(stale, task_id="2221", token="t").result()
    assert store.find("scene-1").result().task_id == "2221"


def test_a_run_with_a_task_cannot_be_taken_over_or_withdrawn(store, entry):
    store.claim(entry()).result()
    store.accept(entry(), task_id="2221", token="t").result()
    assert not store.take_over(entry(), owner="p").result()
    assert not store.withdraw(entry()).result()


def test_a_withdrawn_intent_leaves_its_key_free(store, entry):
    store.claim(entry()).result()
    assert store.withdraw(entry()).result()
    assert store.claim(entry(digest="d2")).result() is None


def test_runs_are_listed_page_by_page_in_order(store, entry):
    for number in range(7):
        store.claim(entry(f"k{number}", at=1000.0 + number // 2)).result()
    store.accept(entry("k3", at=1001.0), task_id="1", token="t").result()
    seen, after = [], None
    while page := store.page(size=3, after=after).result():
        seen += [record.key for record in page]
        after = (page[-1].at, page[-1].key)
    assert seen == [f"k{number}" for number in range(7)]
    assert [record.key for record in store.page(states=["accepted"]).result()] == ["k3"]
    assert store.page(model="other/model").result() == []


def test_a_budget_admits_as_many_as_fit(store, entry):
    store.open_budget("night", Decimal(5)).result()
    tries = [
        store.claim(entry(f"k{n}", estimate=Decimal("0.10"), budgets=("night",)))
        for n in range(200)
    ]
    refused = [failure for claim in tries if (failure := claim.exception()) is not None]
    assert len(tries) - len(refused) == 50
    assert all(isinstance(failure, BudgetExceeded) for failure in refused)
    assert refused[0].name == "night"
    assert refused[0].left == 0
    budget = store.budget("night").result()
    assert (budget.held, budget.spent, budget.left) == (5, 0, 0)
    assert len(store.page(size=1000).result()) == 50, "a refused run leaves nothing behind"


def test_a_budget_is_shared_by_all_who_open_it(location, store, entry):
    store.open_budget("night", Decimal(5)).result()
    journals = [Journal(location) for _ in range(3)]
    stores = [journal.store("https://platform.test/v1", "a key") for journal in journals]

    def claim(number: int) -> bool:
        wanted = entry(f"k{number}", estimate=Decimal("0.10"), budgets=("night",))
        return stores[number % 3].claim(wanted).exception() is None

    with ThreadPoolExecutor(30) as pool:
        assert sum(pool.map(claim, range(300))) == 50
    for journal in journals:
        journal.close()


def test_a_budget_counts_what_was_billed_and_releases_the_rest(store, entry):
    store.open_budget("night", Decimal(1)).result()
    for key in ("done", "failed", "kept", "gone"):
        store.claim(entry(key, estimate=Decimal("0.25"), budgets=("night",))).result()
    for key, cost in (("done", Decimal("0.2")), ("failed", Decimal(0))):
        store.accept(entry(key), task_id=key, token="t").result()
        store.finish(ended_task(cost, id=key), key, at=1.0).result()
    store.withdraw(entry("gone")).result()
    store.mark_unknown(entry("kept")).result()
    budget = store.budget("night").result()
    assert (budget.held, budget.spent) == (Decimal("0.25"), Decimal("0.2"))


@pytest.mark.parametrize(
    ("said", "spent"),
    [
        ({"status": "task_postprocess_end", "pexit": "0"}, "0.25"),
        ({"status": "task_postprocess_end", "pexit": "1"}, "0"),
        ({"status": "task_postprocess_end"}, "0.25"),
        ({"status": "task_cancel"}, "0"),
    ],
    ids=["success", "failure", "no exit code", "cancelled"],
)
def test_what_is_not_known_to_be_free_counts_as_reserved(store, entry, said, spent):
    store.open_budget("night", Decimal(1)).result()
    store.claim(entry(estimate=Decimal("0.25"), budgets=("night",))).result()
    store.accept(entry(), task_id="2221", token="t").result()
    store.finish(ended_task(**{"pexit": None} | said), "failed", at=1.0).result()
    assert store.budget("night").result().spent == Decimal(spent)


def test_every_budget_has_to_admit_a_run(store, entry):
    store.open_budget("day", Decimal(5)).result()
    store.open_budget("hour", Decimal("0.1")).result()
    wanted = entry(estimate=Decimal("0.2"), budgets=("day", "hour"))
    assert store.claim(wanted).exception().name == "hour"
    assert store.budget("day").result().held == 0


def test_a_budget_that_was_never_opened_admits_nothing(store, entry):
    wanted = entry(estimate=Decimal("0.2"), budgets=("nowhere",))
    assert isinstance(store.claim(wanted).exception(), BudgetExceeded)


def test_forgetting_a_run_releases_what_it_holds(store, entry):
    store.open_budget("night", Decimal(1)).result()
    store.claim(entry(estimate=Decimal(1), budgets=("night",))).result()
    assert store.forget("scene-1").result().key == "scene-1"
    assert store.forget("scene-1").result() is None
    assert store.budget("night").result().left == 1


def test_spending_is_summed_by_model_and_outcome(store, entry):
    for number, cost in enumerate(["0.1", "0.2", "0.4"]):
        key, model = f"k{number}", "a/b" if number < 2 else "c/d"
        store.claim(entry(key, model=model)).result()
        store.accept(entry(key), task_id=key, token="t").result()
        store.finish(ended_task(Decimal(cost), id=key), "done", at=1.0).result()
    spent = [(line.model, line.runs, line.cost) for line in store.spending().result()]
    assert spent == [("c/d", 1, Decimal("0.4")), ("a/b", 2, Decimal("0.3"))]
    assert store.spending(since=5000.0).result() == []


def test_outputs_add_up(store, entry):
    store.claim(entry()).result()
    assert store.add_outputs(ended_task(), ["a.png"]).result() is False, "no run has such a task"
    store.accept(entry(), task_id="2221", token="t").result()
    store.add_outputs(ended_task(), ["a.png"]).result()
    store.add_outputs(ended_task(), ["b.png", "a.png"]).result()
    assert store.find("scene-1").result().outputs == ("a.png", "b.png")


def test_an_upload_is_known_by_its_content_while_it_is_fresh(store):
    store.keep_upload("sha", "https://u/1", 100.0).result()
    store.keep_upload("sha", "https://u/2", 200.0).result()
    assert store.find_upload("sha", 150.0).result() == "https://u/2"
    assert store.find_upload("sha", 201.0).result() is None
    assert store.find_upload("other", 0.0).result() is None


@pytest.mark.parametrize("amount", ["0.1", "0.000000000001", "8999999.999999999999", "0"])
def test_money_is_exact(amount):
    assert from_units(to_units(Decimal(amount))) == Decimal(amount)


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "10000000"])
def test_money_that_cannot_be_kept_is_refused(amount):
    with pytest.raises(ValueError, match="cannot be kept"):
        to_units(Decimal(amount))
