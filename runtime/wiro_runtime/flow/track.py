"""Waiting for a task to end, and what to do when the caller leaves before it has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from wiro_runtime import errors
from wiro_runtime.effect import Emit, Sleep
from wiro_runtime.event import Event, Submitted, observed
from wiro_runtime.flow.control import stop
from wiro_runtime.flow.limit import start_limit
from wiro_runtime.flow.pace import Pace, age_of
from wiro_runtime.flow.read import look
from wiro_runtime.flow.verdict import resume_line
from wiro_runtime.status import Stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from wiro_runtime.effect import Flow
    from wiro_runtime.flow.limit import Limit
    from wiro_runtime.polling import History
    from wiro_runtime.request import Request
    from wiro_runtime.snapshot import TaskSnapshot

__all__ = ["OnAbandon", "Watch", "track"]

OnAbandon: TypeAlias = Literal["detach", "cancel"]
"""What happens to the task when the caller leaves early: it keeps running, or it is asked to stop."""

_LAST_LOOK = 0.5
"""Seconds before the deadline at which a task is looked at once more."""
_STOPPING = 10.0
"""Seconds that stopping an abandoned task may take."""


@dataclass(frozen=True)
class Watch:
    """How a task is waited for."""

    model: type[Request[Any, Any]]
    limit: Limit
    timeout: float
    """Seconds for one exchange."""
    history: History
    on_event: Callable[[Event], object] | None = None
    on_abandon: OnAbandon = "detach"


def track(task: TaskSnapshot, watch: Watch) -> Flow[TaskSnapshot]:
    """Wait until a task has ended, and give its last state, whether it went well or not.

    Raises:
        DeadlineExceeded: It did not end in time.
        WiroError: It could not be followed any longer; the error carries the task.
    """
    seen = _Latest(task)
    try:
        return (yield from _follow(seen, watch))
    except errors.DeadlineExceeded as late:
        late.task = yield from _leave(seen.task, watch, late)
        raise
    except errors.WiroError as error:
        error.task, error.resume = seen.task, resume_line(watch.model, seen.task)
        raise
    except GeneratorExit:
        raise
    # Ctrl-C, cancellation, or an exception of the caller's callback.
    except BaseException as leaving:
        yield from _leave(seen.task, watch, leaving)
        raise


@dataclass
class _Latest:
    """The newest state, kept where an exception handler finds it."""

    task: TaskSnapshot


def _follow(seen: _Latest, watch: Watch) -> Flow[TaskSnapshot]:
    expected = watch.history.expected(watch.model.__model__)
    age = yield from age_of(seen.task)
    delay = yield from _begin(seen.task, watch)
    while seen.task.stage is not Stage.ENDED:
        yield from _pause(delay, watch.limit)
        before = seen.task
        seen.task = yield from look(before, limit=watch.limit, timeout=watch.timeout)
        pace = Pace(seen.task, (yield from watch.limit.elapsed()), age, expected)
        yield from _tell(before, pace, watch)
        delay = pace.delay()
    watch.history.record(watch.model.__model__, seen.task)
    return seen.task


def _begin(task: TaskSnapshot, watch: Watch) -> Flow[float]:
    """Seconds until the first look: a task that was only just submitted has nothing to show."""
    if task.status:
        return 0.0
    if watch.on_event is not None:
        submitted = Submitted(task.id, (yield from watch.limit.elapsed()), task.token)
        yield from Emit(submitted, watch.on_event)
    return 1.0


def _pause(seconds: float, limit: Limit) -> Flow[None]:
    """Sleep, but not past the deadline, shortly before which there is one more look."""
    left = yield from limit.left()
    if seconds >= left:
        seconds = left - _LAST_LOOK if left > _LAST_LOOK else left
    if seconds > 0:
        yield from Sleep(seconds)


def _tell(before: TaskSnapshot, pace: Pace, watch: Watch) -> Flow[None]:
    if watch.on_event is None:
        return
    for event in observed(before, pace.task, pace.elapsed):
        yield from Emit(event, watch.on_event)
    if pace.task.stage is Stage.RUNNING:
        yield from Emit(pace.progress(), watch.on_event)


def _leave(task: TaskSnapshot, watch: Watch, leaving: BaseException) -> Flow[TaskSnapshot]:
    """Do with the task what the caller asked for, and say on the exception what became of it."""
    if watch.on_abandon == "cancel":
        limit = yield from start_limit(_STOPPING)
        try:
            task = yield from stop(task, limit=limit, timeout=watch.timeout)
        except errors.WiroError as failed:
            leaving.add_note(f"Task {task.id} could not be stopped: {failed}")
    resume = resume_line(watch.model, task)
    if isinstance(leaving, errors.WiroError):
        leaving.resume = resume
    elif resume is not None:
        leaving.add_note(f"Task {task.id} is not lost. Pick it up again with {resume}")
    return task
