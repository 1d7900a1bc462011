"""Tasks whose names were lost are found by what they carry, or it is reported that nothing distinguishes them."""

import math
from datetime import UTC, datetime
from typing import Any

import pytest

from runtime.models import Vace
from wiro_runtime import Client, TaskSnapshot, errors
from wiro_runtime.client.untyped import request_class
from wiro_runtime.journal.journal import Journal
from wiro_runtime.journal.match import Absent, Match, Unclear, clock_offset, match
from wiro_runtime.task.submission import Submission
from wiromock import ConnectionLost, Success

CHAT = request_class("qwen/qwen3-5-27b")
SEEDED = request_class("pruna/vace")
COUNT = 30


@pytest.fixture
def client(tmp_path):
    with Client("key", journal=Journal(tmp_path / "runs.sqlite", grace=5.0)) as client:
        yield client


def lose(client: Client, request: Any, key: str | None, **options: Any) -> errors.SubmissionUnknown:
    with pytest.raises(errors.SubmissionUnknown) as lost:
        client.submit(request, key=key, **options)
    return lost.value


def carried(carrier: str, number: int) -> tuple[Any, dict[str, Any]]:
    """A request that carries something of its own, and nothing else that distinguishes it."""
    match carrier:
        case "callback":
            return Vace(prompt="a deer"), {"callback_url": "https://me.example/hook"}
        case "file":
            return Vace(prompt="a deer", input_image=[f"https://me.example/{number}.png"]), {}
        case "session":
            return CHAT(prompt="hello", session_id=f"session-{number}"), {}
        case "seed":
            return SEEDED(prompt="a deer", seed=str(number)), {}
        case _:
            return Vace(prompt=f"{number} deer"), {}


@pytest.mark.parametrize("carrier", ["callback", "file", "session", "seed", "parameters"])
def test_thirty_orphans_of_each_carrier_are_found_in_one_pass(wiro, client, carrier):
    both = [ConnectionLost(accepted=True), Success(outputs=())]
    wiro.on("*").then(*both * COUNT, after="pass_through")
    for number in range(COUNT):
        request, options = carried(carrier, number)
        lose(client, request, f"k{number}", **options)
        if (
            number % 3 == 0
        ):  # others in between, whose answers arrive; alike where a marker distinguishes them
            other = request if carrier == "callback" else Vace(prompt=f"other {number}")
            client.submit(other, key=f"other-{number}", **options)
        else:
            client.submit(Vace(prompt=f"filler {number}"))
    before = len(wiro.journal.calls("TaskList"))
    done = client.journal.reconcile()
    calls = len(wiro.journal.calls("TaskList")) - before
    assert calls <= math.ceil(2 * COUNT / 100)
    assert len(done.found) == COUNT
    assert (done.absent, done.unclear) == ((), ())
    tasks = {task.id: task for task in client.tasks.list()}
    for entry in done.found:
        task = tasks[entry.task_id]
        sent = {name: value for name, value in entry.body.items() if name != "callbackUrl"}
        assert task.parameters == sent
        assert task.raw["callbackurl"] == entry.body.get("callbackUrl", "")
    assert len({entry.task_id for entry in done.found}) == COUNT


def test_thirty_identical_orphans_are_left_alone(wiro, client):
    wiro.on("pruna/vace").then(ConnectionLost(accepted=True))
    for number in range(COUNT):
        lose(client, Vace(prompt="a deer"), f"k{number}")
    done = client.journal.reconcile()
    assert (done.found, done.absent) == ((), ())
    assert len(done.unclear) == COUNT
    assert set(map(len, done.candidates.values())) == {COUNT}


def test_an_orphan_next_to_a_task_like_it_that_somebody_else_started_is_left_alone(wiro, client):
    wiro.on("pruna/vace").then(ConnectionLost(accepted=True), Success(), after="repeat")
    lose(client, Vace(prompt="a deer"), "mine")
    with Client("key") as another:
        another.submit(Vace(prompt="a deer"))
    (entry,) = client.journal.reconcile().unclear
    assert entry.key == "mine"


def test_whoever_knows_better_takes_one(wiro, client):
    wiro.on("pruna/vace").then(ConnectionLost(accepted=True))
    for key in ("a", "b"):
        lose(client, Vace(prompt="a deer"), key)
    first, _ = sorted(client.journal.reconcile().candidates["a"])
    assert client.journal.adopt("a", id=first).id == first
    assert client.journal.get("a").state == "accepted"
    (entry,) = client.journal.reconcile().found
    assert entry.key == "b"
    with pytest.raises(errors.InvalidRequest, match="accepted"):
        client.journal.adopt("a", id=first)


def test_absence_is_proven_after_the_sending_is_over_and_frees_the_key(wiro, client):
    wiro.on("pruna/vace").then(ConnectionLost(accepted=False))
    lose(client, Vace(prompt="a deer"), "k")
    assert len(client.journal.reconcile().unclear) == 1
    wiro.clock.advance(36)
    assert [entry.key for entry in client.journal.reconcile().absent] == ["k"]
    assert client.journal.get("k") is None


def test_what_is_unfinished_is_picked_up(wiro, client):
    wiro.on("pruna/vace").then(ConnectionLost(accepted=True), Success(), after="repeat")
    lose(client, Vace(prompt="lost"), "lost")
    client.submit(Vace(prompt="running"), key="running")
    client.run(Vace(prompt="done"), key="done")
    tasks = {
        key: task.wait().task.parameters["prompt"] for key, task in client.journal.unfinished()
    }
    assert tasks == {"lost": "lost", "running": "running"}
    assert list(client.journal.unfinished()) == []
    assert wiro.ledger.billed == 3


def test_a_lost_run_is_found_without_a_journal(wiro):
    wiro.on("pruna/vace").then(ConnectionLost(accepted=True), Success(), after="repeat")
    with Client("key") as client:
        lost = lose(client, Vace(prompt="a deer"), None)
        assert client.reconcile(lost).wait().task.parameters["prompt"] == "a deer"
    assert wiro.ledger.billed == 1


def test_a_run_that_never_was_is_proven_without_a_journal(wiro):
    wiro.on("pruna/vace").then(ConnectionLost(accepted=False))
    with Client("key") as client:
        lost = lose(client, Vace(prompt="a deer"), None)
        with pytest.raises(errors.SubmissionUnknown, match="proves nothing before"):
            client.reconcile(lost)
        wiro.clock.advance(100)
        with pytest.raises(errors.NotStarted):
            client.reconcile(lost)


# The comparison itself, without a platform.

SENT = Submission("pruna/vace", {"prompt": "x", "n": 5}, at=1000.0, lasts=30.0)


def task(number: int = 1, created: float = 1001.0, **fields: Any) -> TaskSnapshot:
    raw = {
        "id": str(number),
        "createtime": str(int(created)),
        "parameters": {"prompt": "x", "n": "5"},
        "modelslugowner": "Pruna",
        "modelslugproject": "VACE",
        "callbackurl": "",
        **fields,
    }
    return TaskSnapshot.from_wire(raw)


def verdict(*tasks: TaskSnapshot, sent: Submission = SENT, offset: float | None = 0.0) -> Any:
    return match({"k": sent}, tasks, offset)["k"]


def test_numbers_are_compared_as_numbers_and_slugs_in_their_clean_form():
    assert isinstance(verdict(task()), Match)


@pytest.mark.parametrize(
    "other",
    [
        {"parameters": {"prompt": "y", "n": "5"}},
        {"modelslugproject": "other"},
        {"created": 100.0},
        {"created": 5000.0},
        {"callbackurl": "https://elsewhere"},
    ],
)
def test_what_differs_is_somebody_elses(other):
    assert verdict(task(**other)) == Absent()


@pytest.mark.parametrize(
    "other",
    [
        {"parameters": {}},
        {"parameters": {"prompt": "x"}},
        {"parameters": {"prompt": "x", "n": "5", "seed": "7"}},
    ],
)
def test_what_says_less_or_more_proves_nothing(other):
    assert isinstance(verdict(task(**other)), Unclear)


def test_a_task_without_a_name_is_nobodys_and_proves_that_nothing_is_absent():
    assert isinstance(verdict(task(id=None)), Unclear)
    assert isinstance(verdict(task(id=None, socketaccesstoken="t")), Match)
    assert verdict(task(id=None, parameters={"prompt": "y", "n": "5"})) == Absent()


def test_a_task_that_is_known_by_its_token_shows_the_time():
    assert clock_offset({"t": 500.0}, [task(7, 600.0, socketaccesstoken="t")]) == 100.0


def test_files_that_the_platform_moved_prove_nothing():
    sent = Submission("pruna/vace", {"inputImage": ["https://a/1.png"]}, at=1000.0, lasts=30.0)
    moved = task(parameters={"inputImage": ["https://api/File/x/inputImage-1.png"]})
    assert isinstance(verdict(moved, sent=sent), Unclear)


def test_a_platform_whose_clock_is_wrong_is_known_by_tasks_that_are_ours():
    year = 31_536_000.0
    known = {"7": 500.0, "8": 900.0}
    tasks = [task(7, 500 + year), task(8, 900 + year), task(1, 1001 + year)]
    offset = clock_offset(known, tasks)
    assert offset == year
    assert isinstance(verdict(tasks[2], offset=offset), Match)


def test_where_no_task_shows_the_platforms_time_one_of_another_time_proves_nothing():
    assert clock_offset({}, [task()]) is None
    assert isinstance(verdict(task(created=5.0), offset=None), Unclear)
    assert isinstance(verdict(task(), offset=None), Match)
    assert verdict(task(created=5.0, parameters={"prompt": "y"}), offset=None) == Absent()


def test_tasks_that_contradict_each_other_show_no_time():
    assert clock_offset({"7": 500.0, "8": 900.0}, [task(7, 500.0), task(8, 90_000.0)]) is None


def test_a_task_that_does_not_say_when_it_was_made_may_be_ours():
    assert isinstance(verdict(task(createtime="0")), Match)
    assert task().created_at == datetime.fromtimestamp(1001, UTC)
