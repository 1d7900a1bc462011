"""Many runs: each is accounted for, no more run at a time than the account allows, and nothing is paid twice."""

import asyncio
import gc
import itertools
import tracemalloc
from decimal import Decimal

import pytest

from runtime.lockstep import in_step
from runtime.models import Vace
from wiro_runtime import AsyncClient, Client, errors
from wiro_runtime.catalog.info import ModelInfo
from wiromock import Fails, MockWiro, Refused, Success


def requests(count: int):
    return [Vace(prompt=f"{number} deer") for number in range(count)]


def mapped(kind: str, given, *, take: int | None = None, journal=None, **options):
    """What `map()` gives, of either twin."""
    if kind == "threads":
        # Threads wait for each other where they sleep, and not where they listen to sockets; whoever leaves
        # early waits for threads that do neither.
        tracking = "polling" if take is None and journal is None else "auto"
        with Client("key", journal=journal, tracking=tracking) as client:
            return list(itertools.islice(client.map(given, **options), take))

    async def main():
        async with AsyncClient("key", journal=journal) as client:
            items = []
            results = client.map(given, **options)
            async for item in results:
                items.append(item)
                if take is not None and len(items) == take:
                    break
            await results.aclose()
            return items

    return asyncio.run(main())


@pytest.fixture(params=["threads", "asyncio"])
def kind(request):
    return request.param


@pytest.fixture
def wiro():
    """An account that may run five tasks at a time; a run costs next to nothing."""
    with MockWiro(balance=51) as mock:
        mock.on("pruna/vace").then(Success(cost="0.000001", outputs=()))
        yield mock


@pytest.fixture(autouse=True)
def no_hurry(wiro, monkeypatch):
    """Threads and tasks of asyncio alike start what may be started before time goes on.

    Without it, a thread that waits moves the time of an exchange that another one is at.
    """
    with in_step(wiro.clock, monkeypatch):
        yield


class Peak:
    """The most tasks that ran at a time, as the mock counts them whenever a run arrives."""

    def __init__(self, wiro) -> None:
        self._wiro = wiro
        self.most = 0

    def __call__(self, _) -> None:
        self.most = max(self.most, self._wiro.ledger.running)


def test_every_request_has_one_result(wiro, kind):
    items = mapped(kind, requests(40))
    assert sorted(item.index for item in items) == list(range(40))
    assert all(item.unwrap().task.parameters["prompt"] == item.request.prompt for item in items)
    assert wiro.ledger.billed == 40


def test_as_many_run_at_a_time_as_the_balance_allows_and_none_is_lost(wiro, kind):
    peak = Peak(wiro)
    items = mapped(kind, requests(60), on_progress=peak, tracking="polling")
    assert [item.error for item in items] == [None] * 60
    assert peak.most == 5


def test_refusals_are_few_once_the_limit_is_known(wiro, kind):
    """Without knowing it, every run above the limit of five would be refused again and again."""
    mapped(kind, requests(60), tracking="polling")
    assert len(wiro.journal.calls("Run")) <= 60 + 12


def test_unexpected_refusals_lose_nothing(wiro, kind):
    answers = [Refused(96), *[Success(cost="0.000001", outputs=())] * 7]
    wiro.on("pruna/vace").then(*answers * 10, after="pass_through")
    items = mapped(kind, requests(50))
    assert [item.error for item in items] == [None] * 50
    assert wiro.ledger.billed == 50


def test_an_account_that_is_full_of_others_tasks_is_waited_for(wiro, kind):
    wiro.on("pruna/vace").then(*[Refused(96)] * 5, Success(outputs=()), after="repeat")
    (item,) = mapped(kind, requests(1))
    assert item.error is None


def test_failures_are_items_among_the_results(wiro, kind):
    wiro.on("pruna/vace", where={"prompt": "3 deer"}).then(Fails(stderr="out of memory"))
    items = mapped(kind, requests(10))
    (failed,) = [item for item in items if item.error is not None]
    assert failed.index == 3
    assert isinstance(failed.error, errors.TaskFailed)
    assert failed.result is None
    with pytest.raises(errors.TaskFailed, match="out of memory"):
        failed.unwrap()


def test_results_come_in_order_if_that_is_wanted(wiro, kind):
    wiro.on("pruna/vace", where={"prompt": "0 deer"}).then(Success(duration=300, outputs=()))
    assert [item.index for item in mapped(kind, requests(20), ordered=True)] == list(range(20))


def test_results_come_as_they_end_otherwise(wiro):
    wiro.on("pruna/vace", where={"prompt": "0 deer"}).then(Success(duration=300, outputs=()))
    assert mapped("asyncio", requests(20))[-1].index == 0


def test_a_budget_that_is_used_up_starts_no_further_run(wiro, kind):
    tenth = {
        "cleanslugowner": "pruna",
        "cleanslugproject": "vace",
        "dynamicprice": '[{"inputs":{},"price":0.1,"priceMethod":"cpr"}]',
    }
    wiro.on("pruna/vace").then(Success(cost="0.1", outputs=()))

    def spend():
        with Client("key") as client, client.budget("0.55"):
            client._calls._models["pruna/vace"] = ModelInfo.from_wire(tenth)
            return list(client.map(requests(20)))

    async def spend_async():
        async with AsyncClient("key") as client, client.budget("0.55"):
            client._calls._models["pruna/vace"] = ModelInfo.from_wire(tenth)
            return [item async for item in client.map(requests(20))]

    items = spend() if kind == "threads" else asyncio.run(spend_async())
    assert sum(item.error is None for item in items) == 5
    (stopped,) = [item.error for item in items if item.error is not None]
    assert isinstance(stopped, errors.BudgetExceeded)
    assert wiro.ledger.billed == 5


def test_an_account_without_money_starts_no_further_run(wiro, kind):
    wiro.on("pruna/vace").then(Success(outputs=()), Refused(97), after="repeat")
    seen = []
    items = mapped(kind, requests(50), at_once=1, on_progress=seen.append)
    assert [type(item.error) for item in items] == [type(None), errors.InsufficientBalance]
    assert seen[-1].stopped is items[-1].error
    assert len(wiro.journal.calls("Run")) == 2


def test_progress_adds_up(wiro, kind):
    wiro.on("pruna/vace", where={"prompt": "3 deer"}).then(Fails())
    seen = []
    mapped(kind, requests(10), on_progress=seen.append)
    assert (seen[-1].succeeded, seen[-1].failed, seen[-1].running) == (9, 1, 0)
    assert seen[-1].cost == 9 * Decimal("0.000001")
    assert seen[-1].stopped is None


def test_the_same_call_goes_on_where_the_last_one_was_left(wiro, kind, tmp_path):
    journal = tmp_path / "runs.sqlite"
    names = [f"k{number}" for number in range(20)]
    mapped(kind, requests(20), keys=names, journal=journal, take=7)
    # Whoever leaves may leave while a run is being sent: whether it arrived, the task list says.
    items = mapped(kind, requests(20), keys=names, journal=journal, on_unknown="resubmit")
    assert [item.error for item in items] == [None] * 20
    assert {item.key for item in items} == set(names)
    assert wiro.ledger.billed == 20
    sent = len(wiro.journal.calls())
    assert len(mapped(kind, requests(20), keys=names, journal=journal)) == 20
    assert len(wiro.journal.calls()) == sent, "all of it is in the journal"


def test_keys_may_be_made_from_requests(wiro, kind, tmp_path):
    journal = tmp_path / "runs.sqlite"
    items = mapped(kind, requests(3), keys=lambda request: request.prompt, journal=journal)
    assert {item.key for item in items} == {"0 deer", "1 deer", "2 deer"}


@pytest.mark.parametrize("names", [["a"], ["a", "b", "c"]])
def test_there_is_a_key_for_each(wiro, kind, tmp_path, names):
    with pytest.raises(errors.InvalidRequest, match="keys"):
        mapped(kind, requests(2), keys=names, journal=tmp_path / "runs.sqlite")


def test_requests_are_read_when_they_are_needed(wiro, kind):
    read = []

    def endless():
        for number in itertools.count():
            read.append(number)
            yield Vace(prompt=f"{number} deer")

    assert len(mapped(kind, endless(), take=10)) == 10
    assert len(read) < 100


def test_no_requests_are_no_results(wiro, kind):
    assert mapped(kind, []) == []


def test_memory_does_not_grow_with_the_number_of_runs(wiro):
    """Of the client's own: the mock keeps what it was asked, so its runs are answered without it."""
    from wiro_runtime.flow.map import Job, Schedule, Slots

    count = 20_000
    schedule = Schedule((Job(n, None, None) for n in range(count)), Slots(8))
    task = type("Task", (), {"total_cost": Decimal("0.1")})()
    tracemalloc.start()
    for number in range(count):
        while schedule.start() is not None:
            schedule.accept()
        schedule.end(number, task, None)
        assert schedule.take() is not None
        if number == 1000:
            gc.collect()
            early = tracemalloc.get_traced_memory()[0]
    gc.collect()
    grown = tracemalloc.get_traced_memory()[0] - early
    tracemalloc.stop()
    assert schedule.is_over or schedule.start() is None
    assert grown < 50_000


def test_a_bug_in_a_callback_is_raised(wiro, kind):
    def bug(_):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        mapped(kind, requests(3), on_event=bug)
