"""Never more than allowed: limits refuse before anything is sent, budgets set aside before and settle after."""

import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Annotated

import httpx
import pytest

from runtime.models import Vace
from runtime.platform_double import Platform
from runtime.replies import detail
from wiro_runtime import AsyncClient, Client, MediaRequest, errors
from wiro_runtime.catalog.info import ModelInfo
from wiro_runtime.price.budget import Budget
from wiro_runtime.request import wire
from wiromock import ConnectionLost, Fails, MockWiro, Refused, Success

REQUEST = Vace(prompt="a deer in snow")
TENTH = {
    "cleanslugowner": "pruna",
    "cleanslugproject": "vace",
    "dynamicprice": '[{"inputs":{},"price":0.1,"priceMethod":"cpr"}]',
}


@pytest.fixture
def wiro():
    with MockWiro() as mock:
        mock.on("pruna/vace").then(Success(cost="0.08", outputs=()))
        yield mock


@pytest.fixture(params=["memory", "journal"])
def client(request, tmp_path):
    """A client that knows what a run costs at most: 0.10."""
    journal = tmp_path / "runs.sqlite" if request.param == "journal" else None
    with Client("key", journal=journal) as client:
        priced(client)
        yield client


def priced(client) -> None:
    client._calls._models["pruna/vace"] = ModelInfo.from_wire(TENTH)


def unpriced(client) -> None:
    client._calls._models["pruna/vace"] = ModelInfo.from_wire({**TENTH, "dynamicprice": ""})


def runs(wiro) -> int:
    return len(wiro.journal.calls("Run"))


def test_an_estimate_bills_nothing(wiro, client):
    assert client.estimate(REQUEST).high == Decimal("0.1")
    assert wiro.journal.calls() == []


def test_an_estimate_asks_the_platform_once_for_prices(wiro):
    with Client("key") as client:
        assert client.estimate(REQUEST) == client.estimate(REQUEST)
    assert len(wiro.journal.calls("ToolDetail")) == 1


def test_a_run_that_may_cost_more_than_max_cost_is_not_sent(wiro, client):
    with pytest.raises(errors.MaxCostExceeded, match=r"max_cost=0\.09") as refusal:
        client.run(REQUEST, max_cost=0.09)
    assert (refusal.value.estimate, refusal.value.limit) == (Decimal("0.1"), Decimal("0.09"))
    assert refusal.value.safe_to_resubmit
    assert runs(wiro) == 0
    client.run(REQUEST, max_cost="0.10")
    assert runs(wiro) == 1


def test_an_unknown_price_is_not_sent_under_a_limit_unless_that_is_allowed(wiro, client):
    unpriced(client)
    with pytest.raises(errors.PriceUnknown, match="unknown_price"):
        client.run(REQUEST, max_cost=5)
    with client.budget(5), pytest.raises(errors.PriceUnknown, match="unknown_price"):
        client.run(REQUEST)
    assert runs(wiro) == 0
    client.run(REQUEST, max_cost=5, unknown_price="allow")
    with client.budget("0.75", unknown_price=0.50):
        client.submit(REQUEST)
        with pytest.raises(errors.BudgetExceeded):
            client.submit(REQUEST)


def test_a_budget_stops_before_it_is_overdrawn_and_counts_what_was_billed(wiro, client):
    with client.budget("0.25") as budget:
        client.run(REQUEST)
        client.run(REQUEST)
        assert (budget.spent, budget.held, budget.left) == (Decimal("0.16"), 0, Decimal("0.09"))
        with pytest.raises(errors.BudgetExceeded, match=r"may cost 0\.1") as refusal:
            client.run(REQUEST)
        assert refusal.value.left == Decimal("0.09")
    client.run(REQUEST)
    assert runs(wiro) == 3


def test_what_costs_nothing_is_given_back(wiro, client):
    wiro.on("pruna/vace").then(Refused(97), Fails(), Success(outputs=()), after="repeat")
    with client.budget("0.10") as budget:
        with pytest.raises(errors.InsufficientBalance):
            client.run(REQUEST)
        with pytest.raises(errors.TaskFailed):
            client.run(REQUEST)
        client.submit(REQUEST).cancel()
        assert budget.left == Decimal("0.10")


@pytest.mark.parametrize("journal", [None, "runs.sqlite"])
def test_tasks_that_run_names_by_their_tokens_settle_one_by_one(tmp_path, journal):
    tokens = iter(["t1", "t2"])
    platform = Platform(
        Run_pruna_vace=lambda _: {"result": True, "socketaccesstoken": next(tokens)},
        Task_Detail=lambda asked: detail(
            "task_postprocess_end",
            pexit="0",
            totalcost="0.08",
            id="7",
            socketaccesstoken=asked.get("tasktoken", "t1"),
        ),
    )
    http = httpx.Client(transport=httpx.MockTransport(platform))
    kept = None if journal is None else tmp_path / journal
    with Client("key", http_client=http, journal=kept) as client, client.budget("0.30") as budget:
        priced(client)
        first, _ = client.submit(REQUEST), client.submit(REQUEST)
        assert (budget.held, budget.spent) == (Decimal("0.2"), 0)
        first.result()
        assert (budget.held, budget.spent) == (Decimal("0.1"), Decimal("0.08"))
        if journal:
            assert [entry.state for entry in client.journal.list()] == ["done", "accepted"]


def test_what_nobody_knows_stays_set_aside(wiro, client):
    wiro.on("pruna/vace").then(ConnectionLost(accepted=True))
    with client.budget("0.10"):
        with pytest.raises(errors.SubmissionUnknown):
            client.run(REQUEST)
        with pytest.raises(errors.BudgetExceeded):
            client.run(REQUEST)
    assert runs(wiro) == 1


def test_a_stored_result_costs_nothing(wiro, tmp_path):
    with Client("key", journal=tmp_path / "runs.sqlite") as client:
        priced(client)
        client.run(REQUEST, key="k")
        with client.budget(0):
            client.run(REQUEST, key="k", max_cost=0)
    assert runs(wiro) == 1


def test_budgets_nest(wiro, client):
    with client.budget(5) as day, client.budget("0.15") as hour:
        client.run(REQUEST)
        with pytest.raises(errors.BudgetExceeded) as refusal:
            client.run(REQUEST)
        assert refusal.value.name == hour.name
        assert (day.spent, hour.spent) == (Decimal("0.08"), Decimal("0.08"))
        assert day.held == 0


def test_calls_of_threads_started_by_hand_count_as_well(wiro, client):
    with client.budget("0.30"), ThreadPoolExecutor(8) as pool:
        tries = [pool.submit(client.submit, REQUEST) for _ in range(20)]
        refused = [failure for run in tries if (failure := run.exception()) is not None]
    assert len(tries) - len(refused) == 3
    assert {type(failure) for failure in refused} == {errors.BudgetExceeded}


def test_asyncio_tasks_count_towards_the_budget_they_are_inside_of(wiro, tmp_path):
    async def main() -> list[int]:
        async with AsyncClient("key", journal=tmp_path / "runs.sqlite") as client:
            priced(client)

            async def spend(cap: str) -> int:
                async with client.budget(cap):
                    tries = [client.submit(REQUEST) for _ in range(8)]
                    ends = await asyncio.gather(*tries, return_exceptions=True)
                    return sum(not isinstance(end, errors.BudgetExceeded) for end in ends)

            return await asyncio.gather(spend("0.3"), spend("0.5"))

    assert asyncio.run(main()) == [3, 5]


def test_a_thousand_at_once_never_overdraw():
    budget = Budget(Decimal(5))

    def reserve(_: int) -> bool:
        try:
            budget.reserve("pruna/vace", Decimal("0.10"))
        except errors.BudgetExceeded:
            return False
        return True

    with ThreadPoolExecutor(50) as pool:
        assert sum(pool.map(reserve, range(1000))) == 50
    assert budget.left == 0


SHARE = """
import sys
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from wiro_runtime.journal.entry import JournalEntry
from wiro_runtime.journal.journal import Journal
store = Journal(sys.argv[1]).store("u", "k")
store.open_budget("night", Decimal(5)).result()
sys.stdin.read(1)
claims = [
    store.claim(JournalEntry(project=store.project, key=f"{sys.argv[2]}-{n}", model="a/b", digest="", body={},
        marker="", state="intent", owner=sys.argv[2], at=1.0, lasts=1.0, estimate=Decimal("0.10"), budgets=("night",)))
    for n in range(334)
]
print(sum(claim.exception() is None for claim in claims))
"""


def test_three_processes_share_one_cap(tmp_path):
    path = str(tmp_path / "runs.sqlite")
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", SHARE, path, str(number)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(3)
    ]
    admitted = [int(process.communicate("x", timeout=120)[0]) for process in processes]
    assert sum(admitted) == 50


@pytest.mark.parametrize("cap", [-1, "much", float("nan"), float("inf")])
def test_what_is_no_amount_of_money(client, cap):
    with pytest.raises(errors.ConfigurationError, match="cap="), client.budget(cap):
        pass
    with pytest.raises(errors.InvalidRequest, match="max_cost"):
        client.run(REQUEST, max_cost=cap)


class Priced(MediaRequest, model="pruna/vace", prices=({"inputs": {}, "price": "0.07"},)):
    """A model whose document states its price."""

    prompt: Annotated[str, wire.Text("prompt")]


def test_prices_of_the_class_ask_nobody(wiro):
    with Client("key") as fresh:
        estimate = fresh.estimate(Priced(prompt="a deer"))
        assert estimate.high == Decimal("0.07")
        assert estimate.basis.endswith("prices of the generated class")
        assert wiro.journal.calls() == []
        with pytest.raises(errors.MaxCostExceeded):
            fresh.run(Priced(prompt="a deer"), max_cost="0.06")
        assert wiro.journal.calls() == []


def test_prices_of_the_platform_win_once_they_are_known(wiro, client):
    estimate = client.estimate(Priced(prompt="a deer"))
    assert estimate.high == Decimal("0.1")
    assert estimate.basis.endswith("prices of the platform")


def test_the_platforms_prices_can_be_asked_for(wiro):
    with Client("key") as fresh:
        estimate = fresh.estimate(Priced(prompt="a deer"), live=True)
        assert estimate.basis.endswith("prices of the platform")
        assert fresh.estimate(Priced(prompt="a deer")) == estimate
    assert len(wiro.journal.calls("ToolDetail")) == 1
