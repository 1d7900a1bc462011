"""Stopping a task: Cancel while it is queued, Kill once a worker has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wiro_runtime import errors
from wiro_runtime.flow.effect import Sleep, TransportFailure
from wiro_runtime.flow.exchange import exchange, look
from wiro_runtime.task.snapshot import Stage

if TYPE_CHECKING:
    from wiro_runtime.flow.deadline import Limit
    from wiro_runtime.flow.effect import Flow
    from wiro_runtime.task.snapshot import TaskSnapshot

__all__ = ["stop"]

_ATTEMPTS = 5
_PAUSE = 0.5


def stop(task: TaskSnapshot, *, limit: Limit, timeout: float) -> Flow[TaskSnapshot]:
    """Stop a task and give its state afterwards; one that has ended already is left as it is.

    A task moves on while we decide: Cancel is refused when a worker has just taken it, Kill when no
    machine is assigned yet. After a refusal, as after a lost answer, the task is looked at again and
    the fitting one is tried. Asking twice costs nothing.

    Raises:
        WiroError: It could not be stopped; the last reason.
    """
    problem: errors.WiroError | None = None
    for attempt in range(_ATTEMPTS):
        task = yield from look(task, limit=limit, timeout=timeout)
        if task.stage is Stage.ENDED:
            return task
        problem = yield from _ask(task, limit=limit, timeout=timeout)
        if problem is None:
            return (yield from _settle(task, limit=limit, timeout=timeout))
        yield from Sleep(min(_PAUSE * 2**attempt, (yield from limit.left())))
    raise problem or AssertionError("unreachable: the loop has run")


def _ask(task: TaskSnapshot, *, limit: Limit, timeout: float) -> Flow[errors.WiroError | None]:
    """Send Cancel or Kill once; what went wrong, if anything that another look may mend."""
    path = "Task/Cancel" if task.stage is Stage.QUEUED else "Task/Kill"
    try:
        yield from exchange(path, {"taskid": task.id}, limit=limit, timeout=timeout)
    except TransportFailure as failure:
        lost = errors.ConnectionLost(f"{path} got no answer: {failure.reason}.", task=task)
        lost.__cause__ = failure
        return lost
    except (errors.AuthenticationFailed, errors.PermissionDenied):
        raise
    except errors.PlatformError as refusal:
        refusal.task = task
        return refusal
    return None


def _settle(task: TaskSnapshot, *, limit: Limit, timeout: float) -> Flow[TaskSnapshot]:
    """Look until a task that is being stopped has ended, for a few seconds at most.

    The answers of Cancel and Kill are not read: the documented ones show a finished task's numbers.
    """
    for attempt in range(_ATTEMPTS):
        task = yield from look(task, limit=limit, timeout=timeout)
        if task.stage is Stage.ENDED:
            break
        yield from Sleep(min(_PAUSE * 2**attempt, (yield from limit.left())))
    return task
