"""A handle names a task anywhere: it survives a process boundary and shows itself in a notebook."""

import copy
import json
import pickle
from decimal import Decimal
from typing import Any

import pytest

from runtime.models import Vace
from runtime.replies import TOKEN, detail
from runtime.replies import task as a_task
from wiro_runtime import AsyncClient, Client, errors
from wiro_runtime.client.untyped import UntypedRequest, request_class
from wiro_runtime.task import event
from wiro_runtime.task.output import Output
from wiro_runtime.task.snapshot import TaskSnapshot

SNAPSHOT = TaskSnapshot.from_wire(a_task("task_start"))


def handles(model: Any = Vace) -> list[Any]:
    return [
        Client("key")._task(model, SNAPSHOT),
        AsyncClient("key")._task(model, SNAPSHOT),
    ]


def through_pickle(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))  # noqa: S301 - our own


@pytest.mark.parametrize("model", [Vace, request_class("acme/any")], ids=["typed", "untyped"])
def test_a_handle_survives_pickle_and_copy(model):
    for handle in handles(model):
        for again in (through_pickle(handle), copy.copy(handle)):
            assert type(again) is type(handle)
            assert (again.id, again.token, again.status) == ("2221", TOKEN, "task_start")
            assert repr(again) == repr(handle)


def test_a_handle_from_elsewhere_asks_with_the_key_of_its_process(monkeypatch):
    again = through_pickle(handles()[0])
    monkeypatch.delenv("WIRO_API_KEY", raising=False)
    with pytest.raises(errors.ConfigurationError, match="WIRO_API_KEY"):
        again.refresh()


def test_a_handle_is_data():
    for handle in handles():
        assert json.loads(json.dumps(handle.to_dict())) == {
            "version": 1,
            "model": "pruna/vace",
            "task": a_task("task_start"),
        }


def test_an_untyped_request_survives_pickle():
    request = request_class("acme/any")(prompt="a deer", seed=7)
    again = through_pickle(request)
    assert isinstance(again, UntypedRequest)
    assert (type(again), again.arguments) == (type(request), request.arguments)


EVENTS = [
    event.Submitted("1", 0.0, "token"),
    event.Queued("1", 0.0),
    event.Progress("1", 0.0, percent=1.0, remaining=None, estimated=False),
    event.Log("1", 0.0, "x", "stdout"),
    event.TextDelta("1", 0.0, "a", "ab"),
    event.OutputReady("1", 0.0, Output("a", "image/png", 1, "https://a.example/b")),
    event.Cost("1", 0.0, Decimal("0.5"), usage={"tokens": 1}),
    event.AudioChunk("1", 0.0, b"1"),
    event.Finished("1", 0.0, "succeeded"),
]


@pytest.mark.parametrize("happened", EVENTS, ids=lambda value: type(value).__name__)
def test_events_survive_pickle_and_copy(happened):
    assert through_pickle(happened) == happened == copy.deepcopy(happened)


def test_errors_keep_what_they_know_across_a_process_boundary():
    error = errors.TaskFailed("failed", task=SNAPSHOT)
    again = through_pickle(error)
    assert (again.task, again.billed, str(again)) == (error.task, error.billed, str(error))


def test_a_notebook_shows_how_far_a_task_is():
    for handle in handles():
        shown = handle._repr_html_()
        assert "<progress" in shown
        assert "task_start" in shown


def test_a_snapshot_is_what_the_platform_sent():
    sent = detail("task_queue")["tasklist"][0]
    assert TaskSnapshot.from_wire(sent).to_dict() == sent
    bare = TaskSnapshot(id="1", token="t")
    assert TaskSnapshot.from_wire(bare.to_dict()) == bare
