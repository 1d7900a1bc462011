"""Cancel while queued, Kill once taken, and the race between them. No I/O: flows driven by hand."""

import pytest

from runtime.models import Vace
from runtime.replies import DONE, TOKEN, detail, refusal, reply
from runtime.script import Script
from wiro_runtime import TaskSnapshot, errors
from wiro_runtime.config import read_config
from wiro_runtime.flow.calls import Calls
from wiro_runtime.flow.effect import Send, TransportFailure

OK = {"result": True, "errors": [], "tasklist": []}
STOPPED = detail("task_cancel")


def stop(script: Script, known: TaskSnapshot | None = None) -> TaskSnapshot:
    calls = Calls(read_config(api_key="key"))
    return script.run(calls.stop(Vace, known or TaskSnapshot(id="2221")))


@pytest.mark.parametrize(
    ("status", "path"),
    [
        ("task_queue", "Task/Cancel"),
        ("task_accept", "Task/Kill"),
        ("task_assign", "Task/Kill"),
        ("task_start", "Task/Kill"),
        ("task_output", "Task/Kill"),
    ],
)
def test_the_state_decides(status, path):
    script = Script(detail(status), OK, STOPPED)
    assert stop(script).outcome == "cancelled"
    assert script.sent == ["Task/Detail", path, "Task/Detail"]


def test_a_token_is_resolved_to_the_id_that_cancel_needs():
    script = Script(detail("task_queue"), OK, STOPPED)
    stop(script, TaskSnapshot(id="", token=TOKEN))
    bodies = [effect.body for effect in script.effects if isinstance(effect, Send)]
    assert bodies == [{"tasktoken": TOKEN}, {"taskid": "2221"}, {"taskid": "2221"}]


def test_a_task_that_leaves_the_queue_meanwhile_is_killed():
    script = Script(
        detail("task_queue"),
        refusal("Task is not in a cancellable state.", 1),
        detail("task_assign"),
        OK,
        STOPPED,
    )
    assert stop(script).outcome == "cancelled"
    assert script.sent[1::2] == ["Task/Cancel", "Task/Kill"]


def test_a_task_that_has_ended_is_left_alone():
    script = Script(DONE)
    assert stop(script).outcome == "succeeded"
    assert script.sent == ["Task/Detail"]


def test_a_task_that_ends_meanwhile_is_no_error():
    script = Script(detail("task_output"), refusal("Task could not be killed: gone", 1), DONE)
    assert stop(script).outcome == "succeeded"


@pytest.mark.parametrize(
    "lost", [TransportFailure("ReadTimeout", never_sent=False), reply(b"", 502), reply(b"", 200)]
)
def test_after_a_lost_answer_the_task_is_looked_at_again(lost):
    script = Script(detail("task_start"), lost, STOPPED)
    assert stop(script).outcome == "cancelled"


def test_a_worker_may_take_a_moment_to_stop():
    script = Script(detail("task_start"), OK, detail("task_start"), STOPPED)
    assert stop(script).outcome == "cancelled"
    assert script.slept == [0.5]


def test_a_task_that_cannot_be_stopped_gives_the_last_reason():
    answers = [detail("task_start"), refusal("Task could not be killed: locked", 1)] * 5
    with pytest.raises(errors.NotCancellable, match="locked") as caught:
        stop(Script(*answers))
    assert (caught.value.task.id, caught.value.billed) == ("2221", None)
    assert caught.value.resume


def test_a_wrong_key_is_not_tried_again():
    script = Script(detail("task_start"), reply(b"", 401))
    with pytest.raises(errors.AuthenticationFailed) as caught:
        stop(script)
    assert script.sent == ["Task/Detail", "Task/Kill"]
    assert caught.value.task.id == "2221"
