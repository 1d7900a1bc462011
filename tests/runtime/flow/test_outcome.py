"""What an error says of picking a task up again is a line that runs."""

import pytest

from runtime.models import Vace
from runtime.replies import TOKEN, refusal
from runtime.script import Script
from wiro_runtime import errors
from wiro_runtime.client.untyped import request_class
from wiro_runtime.config import read_config
from wiro_runtime.flow.calls import Calls
from wiro_runtime.flow.outcome import resume_line
from wiro_runtime.task.snapshot import TaskSnapshot

RUNNING = TaskSnapshot(id="2221", token=TOKEN, status="task_start")


class Recorder:
    """A client that keeps what it is asked to attach."""

    def __init__(self) -> None:
        self.models = {"acme/any": request_class("acme/any")}
        self.attached: list[object] = []

    def attach(self, model: object, **named: object) -> None:
        self.attached.append((model, named))


@pytest.mark.parametrize(
    ("model", "task", "named"),
    [
        (Vace, RUNNING, {"id": "2221"}),
        (request_class("acme/any"), RUNNING, {"id": "2221"}),
        (Vace, TaskSnapshot(id="", token=TOKEN), {"token": TOKEN}),
    ],
    ids=["typed", "untyped", "known by its token only"],
)
def test_the_line_runs_as_it_is(model, task, named):
    client, error = Recorder(), errors.ConnectionLost("lost", task=task)
    error.resume = resume_line(model, task, error)
    exec(error.resume, {"client": client, "error": error, "Vace": Vace})  # noqa: S102 - what is promised
    assert client.attached == [(model, named)]
    assert TOKEN not in str(error)


@pytest.mark.parametrize("status", ["task_cancel", "task_postprocess_end"])
def test_a_task_that_is_over_without_a_result_has_no_line(status):
    assert (
        resume_line(Vace, TaskSnapshot.from_wire({"id": "1", "status": status, "pexit": "1"}))
        is None
    )


def test_a_task_that_is_not_there_is_not_to_be_attached_to_again():
    calls = Calls(read_config(api_key="key"))
    script = Script(refusal("There is no task yet."))
    with pytest.raises(errors.TaskNotFound) as caught:
        script.run(calls.attach(Vace, None, "1"))
    assert caught.value.resume is None
    assert "attach" not in str(caught.value)
