"""Every error answers the money question, and survives what happens to errors."""

import copy
import inspect
import pickle

import pytest

from wiro_runtime import TaskSnapshot, errors

KINDS = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, errors.WiroError)
]
BILLED = TaskSnapshot.from_wire({"id": "1", "status": "task_postprocess_end", "pexit": "0"})
FREE = TaskSnapshot.from_wire({"id": "1", "status": "task_cancel"})
RUNNING = TaskSnapshot.from_wire({"id": "1", "status": "task_start"})


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_answers_task_billed_and_safe_to_resubmit(kind):
    error = kind("something happened.")
    assert error.task is None
    assert error.billed in (True, False, None)
    assert error.safe_to_resubmit is (error.billed is False)
    assert str(error) == "something happened."


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("task", "billed"), [(BILLED, True), (FREE, False), (RUNNING, None)])
def test_a_known_task_decides(kind, task, billed):
    error = kind("something happened.")
    error.task = task
    assert (error.billed, error.safe_to_resubmit) == (billed, billed is False)


@pytest.mark.parametrize("kind", KINDS)
def test_errors_survive_pickle_and_copy_with_their_facts(kind):
    error = kind("something happened.")
    error.task, error.resume = RUNNING, 'client.attach(Vace, id="1")'
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):  # noqa: S301 - our own bytes
        assert type(twin) is kind
        assert (str(twin), twin.task, twin.billed) == (str(error), RUNNING, None)


def test_the_tree_in_the_docstring_is_the_tree():
    drawn = errors.__doc__ or ""
    for kind in KINDS:
        assert kind.__name__ in drawn
    assert sorted(errors.__all__) == sorted([*(kind.__name__ for kind in KINDS), "Problem"])


def test_who_catches_builtins_catches_ours():
    assert issubclass(errors.InvalidRequest, ValueError)
    assert issubclass(errors.DeadlineExceeded, TimeoutError)


def test_only_reads_that_may_pass_are_transient():
    assert {kind.__name__ for kind in KINDS if kind.transient} == {
        "ConnectionFailed",
        "ConnectionLost",
        "RateLimited",
        "ServerError",
        "UnexpectedReply",
    }
