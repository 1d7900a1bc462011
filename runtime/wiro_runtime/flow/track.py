"""Waiting for a task to end, and what to do when the caller leaves before it has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from wiro_runtime import errors, polling
from wiro_runtime.effect import Emit, Sleep
from wiro_runtime.event import Event, Progress, Submitted, observed
from wiro_runtime.flow.control import stop
from wiro_runtime.flow.limit import start_limit
from wiro_runtime.flow.read import look
from wiro_runtime.status import Stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from wiro_runtime.effect import Flow
    from wiro_runtime.flow.limit import Limit
    from wiro_runtime.request import Request
    from wiro_runtime.snapshot import TaskSnapshot

__all__ = ["OnAbandon", "Watch", "judge", "resume_line", "track"]

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
    history: polling.History
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
    except (
        BaseException
    ) as leaving:  # Ctrl-C, cancellation, or an exception of the caller's callback
        yield from _leave(seen.task, watch, leaving)
        raise


def judge(task: TaskSnapshot) -> TaskSnapshot:
    """The task itself if it succeeded.

    Raises:
        TaskFailed: It failed.
        TaskCancelled: It was cancelled or killed.
        TaskNotFinished: It is still running.
    """
    match task.outcome:
        case "succeeded":
            return task
        case "failed":
            raise errors.TaskFailed(_last_words(task), task=task)
        case "cancelled":
            raise errors.TaskCancelled(
                f"Task {task.id} was cancelled. It costs nothing.", task=task
            )
        case "pending":
            raise errors.TaskNotFinished(
                f"Task {task.id} has not ended ({task.status or 'not looked at yet'}); "
                "task.wait() waits for it.",
                task=task,
            )


def resume_line(model: type[Request[Any, Any]], task: TaskSnapshot) -> str | None:
    """The line of Python that picks a task up again; None if it has ended."""
    if task.outcome != "pending":
        return None
    # The id is enough for whoever has the key; a token in a text would be in every log.
    name = f'id="{task.id}"' if task.id else "token=…"
    return f"client.attach({model.__name__}, {name})."


@dataclass
class _Latest:
    """The newest state, kept where an exception handler finds it."""

    task: TaskSnapshot


def _follow(seen: _Latest, watch: Watch) -> Flow[TaskSnapshot]:
    expected = watch.history.expected(watch.model.__model__)
    delay = yield from _begin(seen.task, watch)
    while seen.task.stage is not Stage.ENDED:
        yield from _pause(delay, watch.limit)
        before = seen.task
        seen.task = yield from look(before, limit=watch.limit, timeout=watch.timeout)
        pace = _Pace.of(seen.task, (yield from watch.limit.elapsed()), expected)
        yield from _tell(before, seen.task, pace, watch)
        delay = pace.delay(seen.task.stage)
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


@dataclass(frozen=True, slots=True)
class _Pace:
    """How a task is getting on, in seconds since the call began."""

    elapsed: float
    begun: float | None
    """When its process started; None if it has not, as far as we know."""
    expected: polling.Expectation | None

    @classmethod
    def of(cls, task: TaskSnapshot, elapsed: float, expected: polling.Expectation | None) -> _Pace:
        """Reckon with the platform's own times: their differences need no common clock."""
        waited = polling.wait_seconds(task)
        # We may have begun to watch long after it was submitted, so the start is never in the future.
        return cls(elapsed, None if waited is None else min(waited, elapsed), expected)

    def delay(self, stage: Stage) -> float:
        """Seconds until the next look."""
        return polling.next_delay(
            elapsed=self.elapsed, stage=stage, begun=self.begun, expected=self.expected
        )

    def progress(self, task_id: str) -> Progress:
        """What can be said of the rest."""
        percent = remaining = None
        if self.begun is not None and self.expected is not None and self.expected.typical > 0:
            ran = self.elapsed - self.begun
            percent = min(99.0, 100 * ran / self.expected.typical)
            remaining = max(0.0, self.expected.typical - ran)
        return Progress(task_id, self.elapsed, percent, remaining, estimated=True)


def _tell(before: TaskSnapshot, after: TaskSnapshot, pace: _Pace, watch: Watch) -> Flow[None]:
    if watch.on_event is None:
        return
    for event in observed(before, after, pace.elapsed):
        yield from Emit(event, watch.on_event)
    if after.stage is Stage.RUNNING:
        yield from Emit(pace.progress(after.id), watch.on_event)


def _leave(task: TaskSnapshot, watch: Watch, leaving: BaseException) -> Flow[TaskSnapshot]:
    """Do with the task what the caller asked for, and say on the exception what became of it."""
    if watch.on_abandon == "cancel":
        limit = yield from start_limit(_STOPPING)
        try:
            task = yield from stop(task, limit=limit, timeout=watch.timeout)
        except errors.WiroError as failed:
            leaving.add_note(f"Task {task.id} could not be stopped: {failed}")
    if task.outcome == "pending":
        resume = resume_line(watch.model, task)
        if isinstance(leaving, errors.WiroError):
            leaving.resume = resume
        else:
            leaving.add_note(f"Task {task.id} is still running. Pick it up again with {resume}")
    return task


def _last_words(task: TaskSnapshot, most: int = 500) -> str:
    code = (
        "no exit code and no outputs" if task.exit_code is None else f"exit code {task.exit_code}"
    )
    words = task.debug_error.strip() or task.debug_output.strip()
    tail = words if len(words) <= most else f"…{words[-most:]}"
    cost = " It costs nothing." if task.billed is False else ""
    return f"Task {task.id} failed with {code}.{cost}" + (
        f" Its last words:\n{tail}" if tail else ""
    )
