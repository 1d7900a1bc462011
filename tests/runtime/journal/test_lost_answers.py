"""A run under a key whose answer was lost is looked for, and never sent again unless that is allowed."""

from typing import Any

import pytest

from runtime.journal.keyed_runs import REQUEST, Runner, runs
from runtime.models import Vace
from wiro_runtime import errors
from wiro_runtime.flow.keyed import MARKER
from wiromock import ConnectionLost, Hangs, HttpFault, Success


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


def test_identical_runs_whose_tasks_cannot_be_distinguished_are_left_alone(wiro, runner):
    wiro.on("pruna/vace").then(*[ConnectionLost(accepted=True)] * 2, Success(), after="repeat")
    for key in ("a", "b"):
        with pytest.raises(errors.SubmissionUnknown):
            runner.run(key=key)
    for key in ("a", "b"):
        with pytest.raises(errors.SubmissionUnknown, match="adopt"):
            runner.run(key=key, on_unknown="resubmit")
    assert runs(wiro) == 2


def test_the_marker_in_the_callback_url_distinguishes_identical_runs(wiro, runner):
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
    """The orphan and the one that is being sent right now are alike: then nothing can be decided."""
    wiro.on("pruna/vace").then(ConnectionLost(accepted=False), Success(), after="repeat")
    with pytest.raises(errors.SubmissionUnknown):
        runner.run(key="lost")
    dies_after_the_intent(runner, sent=True, key="under-way")
    with pytest.raises(errors.SubmissionUnknown, match="nothing shows"):
        runner.run(key="lost", on_unknown="resubmit")
    assert runs(wiro) == 2
