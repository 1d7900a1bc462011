"""A run under a key is paid once and never lost: whatever is asked again, and whoever dies in between.

The mock plays the platform in virtual time; each rule holds for threads and for asyncio.
"""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from runtime.kit import Vace
from wiro_runtime import AsyncClient, Client, errors
from wiro_runtime.flow.keyed import MARKER
from wiro_runtime.journal.journal import Journal
from wiromock import ConnectionLost, Fails, Hangs, HttpFault, MockWiro, Refused, Success

REQUEST = Vace(prompt="a deer in snow")


class Runner:
    """Runs with a client of one kind; each call is a program of its own, as after a crash."""

    def __init__(self, kind: str, location: Any) -> None:
        self.kind = kind
        self.location = location
        self.grace = 5.0

    def run(self, request: Vace = REQUEST, verb: str = "run", **options: Any) -> Any:
        if self.kind == "threads":
            return self._run(request, verb, **options)
        return asyncio.run(self._run_async(request, verb, **options))

    def _run(self, request: Vace, verb: str, **options: Any) -> Any:
        with Client("key", journal=self.journal()) as client:
            return getattr(client, verb)(request, **options)

    async def _run_async(self, request: Vace, verb: str, **options: Any) -> Any:
        async with AsyncClient("key", journal=self.journal()) as client:
            return await getattr(client, verb)(request, **options)

    def journal(self) -> Journal:
        return Journal(self.location, grace=self.grace)

    def entry(self, key: str = "scene-1") -> Any:
        with Client("key", journal=self.location) as client:
            return client.journal.get(key)


@pytest.mark.parametrize("key", ["", "   ", "k" * 501, "a\0b", "\ud800", 7])
def test_a_key_that_no_database_keeps_is_refused(key, tmp_path):
    with MockWiro() as wiro, Client("key", journal=tmp_path / "runs.sqlite") as client:
        with pytest.raises(errors.InvalidRequest, match="key: give a text"):
            client.run(REQUEST, key=key)
        assert wiro.journal.calls() == []


@pytest.mark.parametrize("key", ["k" * 500, "\N{DEER}/1", "it's; DROP TABLE wiro_runs --", "%s?"])
def test_any_other_text_is_a_key(key, location):
    with MockWiro() as wiro:
        wiro.on("pruna/vace").then(Success(outputs=()))
        for _ in range(2):
            with Client("key", journal=location) as client:
                client.run(REQUEST, key=key)
        assert wiro.ledger.billed == 1


@pytest.fixture(params=["threads", "asyncio"])
def runner(request, location):
    return Runner(request.param, location)


@pytest.fixture
def wiro():
    with MockWiro() as mock:
        yield mock


def runs(wiro) -> int:
    """How many times Run was sent."""
    return sum(entry.operation in {"Run", "RunSync"} for entry in wiro.journal.calls())


@pytest.fixture
def dies_after_the_intent(monkeypatch):
    """A process that is killed between its intent and the answer leaves the intent, and maybe a task."""

    def die(
        runner: Runner, *, sent: bool, request: Vace = REQUEST, key: str = "scene-1", **options
    ):
        from wiro_runtime.journal.store import Store

        class Killed(BaseException):
            pass

        def killed(*_: Any, **__: Any) -> Any:
            raise Killed

        names = ("accept", "mark_unknown", "withdraw") if sent else ("accept",)
        with monkeypatch.context() as patch:
            for name in (*names, "mark_unknown", "withdraw"):
                patch.setattr(Store, name, killed)
            with pytest.raises(Killed):
                runner.run(request, key=key, **options)

    return die


def test_the_same_key_gives_the_stored_result_and_sends_nothing(wiro, runner):
    first = runner.run(key="scene-1")
    sent = len(wiro.journal.calls())
    again = runner.run(key="scene-1")
    assert len(wiro.journal.calls()) == sent
    assert wiro.ledger.billed == 1
    assert (again.task.id, again.cost) == (first.task.id, first.cost)
    assert again.outputs[0].url == first.outputs[0].url


def test_different_keys_are_different_runs(wiro, runner):
    runner.run(key="scene-1")
    runner.run(key="scene-2")
    assert wiro.ledger.billed == 2


def test_a_key_that_stands_for_another_request_is_refused(wiro, runner):
    runner.run(key="scene-1")
    with pytest.raises(errors.KeyConflict, match="scene-1") as refusal:
        runner.run(Vace(prompt="a hare"), key="scene-1")
    assert (refusal.value.key, refusal.value.billed) == ("scene-1", False)
    assert runs(wiro) == 1


def test_a_task_that_is_running_is_attached_to(wiro, runner):
    task = runner.run(verb="submit", key="scene-1")
    result = runner.run(key="scene-1")
    assert result.task.id == task.id
    assert runs(wiro) == 1


def test_the_token_is_written_down_before_anything_waits(wiro, runner):
    with pytest.raises(errors.DeadlineExceeded):
        runner.run(key="scene-1", deadline=1.0)
    entry = runner.entry()
    assert entry.state == "accepted"
    assert entry.task_id
    assert entry.token
    assert runner.run(key="scene-1").task.id == entry.task_id
    assert runs(wiro) == 1


def test_what_a_run_came_to_is_written_down(wiro, runner):
    result = runner.run(key="scene-1")
    entry = runner.entry()
    assert (entry.state, entry.cost, entry.task_id) == ("done", result.cost, result.task.id)
    assert entry.body == REQUEST.to_wire()


def test_a_task_that_failed_is_told_again_and_not_paid_again(wiro, runner):
    wiro.on("pruna/vace").then(Fails(pexit="1", stderr="CUDA out of memory"))
    for _ in range(2):
        with pytest.raises(errors.TaskFailed, match="CUDA"):
            runner.run(key="scene-1")
    assert runner.entry().state == "failed"
    assert (runs(wiro), wiro.ledger.billed) == (1, 0)


@pytest.mark.parametrize(
    "refusal",
    [
        Refused(97),
        HttpFault(429),
        Refused(0, "This model is not allowed in your team. Contact your team admin."),
    ],
)
def test_a_refusal_leaves_the_key_free(wiro, runner, refusal):
    wiro.on("pruna/vace").then(refusal, Success(), after="repeat")
    with pytest.raises(errors.Refused):
        runner.run(key="scene-1")
    assert runner.entry() is None
    runner.run(key="scene-1")
    assert wiro.ledger.billed == 1


def test_a_refused_run_is_sent_again_under_the_same_key_if_that_is_allowed(wiro, runner):
    wiro.on("pruna/vace").then(Refused(96), Refused(96), Success(), after="repeat")
    runner.run(key="scene-1", retry_refused=3)
    assert (runs(wiro), wiro.ledger.billed) == (3, 1)
    assert runner.entry().state == "done"


LOST = (ConnectionLost(accepted=True), HttpFault(503, accepted=True), Hangs(accepted=True))


@pytest.mark.parametrize("loss", LOST, ids=lambda loss: loss.scenario)
def test_a_lost_answer_is_said_and_nothing_is_sent_again(wiro, runner, loss):
    wiro.on("pruna/vace").then(loss, Success(), after="repeat")
    for _ in range(2):
        with pytest.raises(errors.SubmissionUnknown) as unknown:
            runner.run(key="scene-1")
        assert unknown.value.key == "scene-1"
        assert unknown.value.billed is None
        assert unknown.value.submission.body == REQUEST.to_wire()
        assert unknown.value.request == REQUEST
    assert runs(wiro) == 1
    assert runner.entry().state == "unknown"


@pytest.mark.parametrize("loss", LOST, ids=lambda loss: loss.scenario)
@pytest.mark.parametrize("allowed", ["reconcile", "resubmit"])
def test_a_lost_answer_is_looked_for_and_found(wiro, runner, loss, allowed):
    wiro.on("pruna/vace").then(loss, Success(), after="repeat")
    result = runner.run(key="scene-1", on_unknown=allowed)
    assert result.task.parameters["prompt"] == "a deer in snow"
    assert (runs(wiro), wiro.ledger.billed) == (1, 1)


def test_a_lost_answer_to_nothing_is_proven_and_raised(wiro, runner):
    wiro.on("pruna/vace").then(ConnectionLost(accepted=False), Success(), after="repeat")
    with pytest.raises(errors.NotStarted) as proven:
        runner.run(key="scene-1", on_unknown="reconcile")
    assert proven.value.safe_to_resubmit
    assert runner.entry() is None
    runner.run(key="scene-1")
    assert (runs(wiro), wiro.ledger.billed) == (2, 1)


def test_a_lost_answer_to_nothing_is_sent_again_if_that_is_allowed(wiro, runner):
    wiro.on("pruna/vace").then(ConnectionLost(accepted=False), Success(), after="repeat")
    runner.run(key="scene-1", on_unknown="resubmit")
    assert (runs(wiro), wiro.ledger.billed) == (2, 1)


def test_absence_proves_nothing_before_the_submission_is_over(wiro, runner):
    wiro.on("pruna/vace").then(ConnectionLost(accepted=False), Success(), after="repeat")
    began = wiro.clock.time()
    runner.run(key="scene-1", on_unknown="resubmit")
    sendings = [entry.at for entry in wiro.journal.calls() if entry.operation == "Run"]
    assert sendings[1] - began >= 30.0 + runner.grace


def test_a_deadline_that_ends_before_absence_is_proven_says_unknown(wiro, runner):
    wiro.on("pruna/vace").then(ConnectionLost(accepted=False), Success(), after="repeat")
    with pytest.raises(errors.SubmissionUnknown):
        runner.run(key="scene-1", on_unknown="resubmit", deadline=10.0)
    assert runs(wiro) == 1
    assert runner.entry().state == "unknown"


@pytest.mark.parametrize("sent", [True, False])
def test_a_process_that_died_between_intent_and_answer_is_cleared_up_by_the_next(
    wiro, runner, dies_after_the_intent, sent
):
    if not sent:
        wiro.on("pruna/vace").then(ConnectionLost(accepted=False), Success(), after="repeat")
    dies_after_the_intent(runner, sent=sent)
    assert runner.entry().state == "intent"
    result = runner.run(key="scene-1", on_unknown="resubmit")
    assert wiro.ledger.billed == 1
    assert runner.entry().task_id == result.task.id


def test_a_run_that_somebody_is_sending_is_waited_for_until_that_is_overdue(
    wiro, runner, dies_after_the_intent
):
    dies_after_the_intent(runner, sent=True)
    began = wiro.clock.time()
    with pytest.raises(errors.DeadlineExceeded):
        runner.run(key="scene-1", on_unknown="resubmit", deadline=20.0)
    assert runner.entry().state == "intent"
    with pytest.raises(errors.SubmissionUnknown):
        runner.run(key="scene-1")
    assert wiro.clock.time() - began >= 30.0 + runner.grace
    assert runs(wiro) == 1


def test_identical_runs_whose_tasks_nobody_can_tell_apart_are_left_alone(wiro, runner):
    wiro.on("pruna/vace").then(*[ConnectionLost(accepted=True)] * 2, Success(), after="repeat")
    for key in ("a", "b"):
        with pytest.raises(errors.SubmissionUnknown):
            runner.run(key=key)
    for key in ("a", "b"):
        with pytest.raises(errors.SubmissionUnknown, match="adopt"):
            runner.run(key=key, on_unknown="resubmit")
    assert runs(wiro) == 2


def test_the_marker_in_the_callback_url_tells_identical_runs_apart(wiro, runner):
    wiro.on("pruna/vace").then(*[ConnectionLost(accepted=True)] * 2, Success(), after="repeat")
    for key in ("a", "b"):
        with pytest.raises(errors.SubmissionUnknown):
            runner.run(key=key, callback_url="https://me.example/hook?x=1")
    urls = {}
    for key in ("a", "b"):
        result = runner.run(
            key=key, on_unknown="resubmit", callback_url="https://me.example/hook?x=1"
        )
        urls[key] = result.task.raw["callbackurl"]
        assert f"&{MARKER}={runner.entry(key).marker}" in urls[key]
    assert urls["a"] != urls["b"]
    assert runs(wiro) == 2


def test_the_task_of_a_run_that_is_under_way_is_nobody_elses(wiro, runner, dies_after_the_intent):
    """The orphan and the one that is being sent right now are alike: then nothing can be told."""
    wiro.on("pruna/vace").then(ConnectionLost(accepted=False), Success(), after="repeat")
    with pytest.raises(errors.SubmissionUnknown):
        runner.run(key="lost")
    dies_after_the_intent(runner, sent=True, key="under-way")
    with pytest.raises(errors.SubmissionUnknown, match="nothing tells"):
        runner.run(key="lost", on_unknown="resubmit")
    assert runs(wiro) == 2


def test_a_run_without_a_key_is_written_down_and_never_found_by_mistake(wiro, runner):
    runner.run()
    runner.run()
    assert wiro.ledger.billed == 2
    with Client("key", journal=runner.location) as client:
        entries = list(client.journal.list())
    assert [entry.state for entry in entries] == ["done", "done"]


def test_a_key_wants_a_journal(wiro):
    with pytest.raises(errors.ConfigurationError, match="journal="), Client("key") as client:
        client.run(REQUEST, key="scene-1")
    assert runs(wiro) == 0


def test_a_stream_under_a_key_ends_with_the_stored_result(wiro, location):
    with Client("key", journal=location) as client:
        for _ in range(2):
            with client.stream(REQUEST, key="scene-1") as run:
                events = list(run)
            assert events
            assert run.result().outputs
    assert runs(wiro) == 1


def test_files_are_known_by_their_content(wiro, runner, tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n one")
    runner.run(Vace(prompt="x", input_image=[path]), key="scene-1")
    sent = len(wiro.journal.calls())
    runner.run(Vace(prompt="x", input_image=[path]), key="scene-1")
    assert len(wiro.journal.calls()) == sent, "nothing is uploaded again either"
    path.write_bytes(b"\x89PNG\r\n\x1a\n two")
    with pytest.raises(errors.KeyConflict):
        runner.run(Vace(prompt="x", input_image=[path]), key="scene-1")


@pytest.mark.parametrize("tracking", ["polling", "sync", "sse"])
def test_every_way_of_following_is_written_down_alike(wiro, location, tracking):
    with Client("key", journal=location, tracking=tracking) as client:
        client.run(REQUEST, key="scene-1")
        client.run(REQUEST, key="scene-1")
        assert client.journal.get("scene-1").state == "done"
    assert runs(wiro) == 1


def test_a_journal_that_cannot_be_written_stops_the_run_before_it_is_sent(wiro, tmp_path):
    path = tmp_path / "runs.sqlite"
    path.write_bytes(b"not a database, whatever it looks like" * 30)
    with pytest.raises(errors.JournalFailed, match="file of its own"):
        Client("key", journal=path).run(REQUEST, key="scene-1")
    assert runs(wiro) == 0


def test_a_journal_that_fails_after_the_run_was_accepted_names_the_task(
    wiro, location, monkeypatch
):
    from concurrent.futures import Future

    from wiro_runtime.journal.store import Store

    def full(*_: Any, **__: Any) -> Future[bool]:
        future: Future[bool] = Future()
        future.set_exception(errors.JournalFailed("The disk is full."))
        return future

    with Client("key", journal=location) as client:
        with monkeypatch.context() as patch:
            patch.setattr(Store, "accept", full)
            with pytest.raises(errors.JournalFailed) as failure:
                client.run(REQUEST, key="scene-1")
        assert failure.value.task.id
        assert f'id="{failure.value.task.id}"' in str(failure.value)
        assert failure.value.billed is None


def test_the_journal_sees_what_a_handle_sees(wiro, location):
    with Client("key", journal=location) as client:
        task = client.submit(REQUEST, key="scene-1")
        assert client.journal.get("scene-1").state == "accepted"
        task.wait()
        assert client.journal.get("scene-1").state == "done"


def test_a_stopped_task_is_cancelled_in_the_journal(wiro, location):
    with Client("key", journal=location) as client:
        client.submit(REQUEST, key="scene-1").cancel()
        assert client.journal.get("scene-1").state == "cancelled"


def test_entries_compare_by_value():
    from runtime.journal.test_store import ENTRY
    from wiro_runtime.journal.entry import JournalEntry

    entry = JournalEntry(**{**ENTRY, "project": "p", "key": "k"})
    assert JournalEntry.from_row(entry.to_row()) == replace(entry)


def test_the_exact_body_is_sent_again_under_a_new_key(wiro, location):
    with Client("key", journal=location) as client:
        client.run(REQUEST, key="scene-1", project_id=7)
        task = client.journal.rerun("scene-1", as_key="scene-1b")
        assert task.wait().task.parameters["prompt"] == "a deer in snow"
        first, second = (client.journal.get(key) for key in ("scene-1", "scene-1b"))
        assert first.body == second.body
        assert first.task_id != second.task_id
        with pytest.raises(errors.InvalidRequest, match="no run"):
            client.journal.rerun("nothing", as_key="x")
    assert wiro.ledger.billed == 2


def test_a_run_whose_files_were_in_its_body_cannot_be_sent_again(wiro, location):
    image = ("a.png", b"\x89PNG\r\n\x1a\n one")
    with Client("key", journal=location) as client:
        client.submit(Vace(prompt="x", input_image=[image]), key="scene-1", upload="with")
        with pytest.raises(errors.InvalidRequest, match="not kept"):
            client.journal.rerun("scene-1", as_key="scene-1b")


def test_a_file_is_uploaded_once_if_that_is_asked_for(wiro, location):
    image = ("a.png", b"\x89PNG\r\n\x1a\n one")
    with Client("key", journal=location) as client:
        for prompt in ("x", "y"):
            client.submit(Vace(prompt=prompt, input_image=[image]), upload="once")
        assert len(wiro.journal.calls("FileUpload")) == 1
        wiro.clock.advance(86_401)
        client.submit(Vace(prompt="z", input_image=[image]), upload="once")
        assert len(wiro.journal.calls("FileUpload")) == 2
        client.submit(Vace(prompt="z", input_image=[image]))
        assert len(wiro.journal.calls("FileUpload")) == 3


def test_uploading_once_wants_a_journal(wiro):
    with pytest.raises(errors.ConfigurationError, match="journal="), Client("key") as client:
        client.submit(Vace(prompt="x", input_image=[b"\x89PNG\r\n\x1a\n one"]), upload="once")
