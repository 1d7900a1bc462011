"""Waiting for a task to end, and what to do when the caller leaves before it has.

The socket, where there is one, says that something happened; Task/Detail says what is true. A task is
over when a look at it shows so, and until then it is looked at, rarely while the socket speaks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from wiro_runtime import errors
from wiro_runtime.flow.control import stop
from wiro_runtime.flow.deadline import start_limit
from wiro_runtime.flow.effect import Emit, Now, Sleep
from wiro_runtime.flow.exchange import look
from wiro_runtime.flow.listener import open_ear
from wiro_runtime.flow.outcome import resume_line
from wiro_runtime.flow.pace import Pace, age_of
from wiro_runtime.task.event import Event, Submitted
from wiro_runtime.task.event_merger import Observation
from wiro_runtime.task.snapshot import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from wiro_runtime.flow.deadline import Limit
    from wiro_runtime.flow.effect import Flow
    from wiro_runtime.flow.listener import Ear, Switchboard
    from wiro_runtime.flow.polling import History
    from wiro_runtime.request.request import Request
    from wiro_runtime.task.frame import Frame
    from wiro_runtime.task.kind import Kind
    from wiro_runtime.task.snapshot import TaskSnapshot

__all__ = ["OnAbandon", "Watch", "track"]

OnAbandon: TypeAlias = Literal["detach", "cancel"]
"""What happens to the task when the caller leaves early: it keeps running, or it is asked to stop."""

_LAST_LOOK = 0.5
"""Seconds before the deadline at which a task is looked at once more."""
_STOPPING = 10.0
"""Seconds that stopping an abandoned task may take."""
_INSTANT = 0.001
"""Seconds that are not worth sleeping; a clock's rounding may leave some."""
_SETTLING = 0.2
"""Seconds until the second look, where the socket told an end that the first did not show."""


@dataclass(frozen=True)
class Watch:
    """How a task is waited for."""

    model: type[Request[Any, Any]]
    limit: Limit
    timeout: float
    """Seconds for one exchange."""
    history: History
    board: Switchboard
    socket_url: str | None = None
    """Where the socket is; None to do without one."""
    insists: bool = False
    """Whether a socket is tried even where it seems pointless."""
    on_event: Callable[[Event], object] | None = None
    on_abandon: OnAbandon = "detach"
    is_new: bool = False
    """Whether the call itself started the task."""
    on_ear: Callable[[Ear], None] | None = None
    """Given the ear, by somebody who also wants to speak."""

    @property
    def kind(self) -> Kind:
        """What the model makes."""
        return self.model.__kind__

    def tell(self, events: Iterable[Event]) -> Flow[None]:
        """Pass events on to the caller."""
        if self.on_event is not None:
            for event in events:
                yield from Emit(event, self.on_event)


def track(task: TaskSnapshot, watch: Watch, ear: Ear | None = None) -> Flow[TaskSnapshot]:
    """Wait until a task has ended, and give its last state, whether it went well or not.

    Args:
        task: The task as far as it is known.
        watch: How to wait.
        ear: An ear that is open already.

    Raises:
        DeadlineExceeded: It did not end in time.
        WiroError: It could not be followed any longer; the error carries the task.
    """
    wait = _Wait(task, watch)
    try:
        return (yield from _listening(wait, ear))
    except errors.DeadlineExceeded as late:
        late.task = yield from _leave(wait.task, watch, late)
        raise
    except errors.WiroError as error:
        error.task, error.resume = wait.task, resume_line(watch.model, wait.task)
        raise
    except GeneratorExit:
        raise
    # Ctrl-C, cancellation, or an exception of the caller's callback.
    except BaseException as leaving:
        yield from _leave(wait.task, watch, leaving)
        raise


def _listening(wait: _Wait, ear: Ear | None) -> Flow[TaskSnapshot]:
    """Wait with an ear at the line, and hang up afterwards, come what may."""
    watch = wait.watch
    try:
        yield from _greet(wait)
        if ear is None and watch.socket_url is not None:
            ear = yield from open_ear(
                wait.task, watch.socket_url, watch.board, limit=watch.limit, insists=watch.insists
            )
        if ear is not None and watch.on_ear is not None:
            watch.on_ear(ear)
        task = yield from _follow(wait, ear)
    except GeneratorExit:  # a flow that is thrown away performs nothing more
        raise
    except BaseException:
        if ear is not None:
            yield from ear.close()
        raise
    if ear is not None:
        yield from ear.close()
    return task


class _Wait:
    """One task, waited for. The newest state is here also when the waiting ends in an exception."""

    def __init__(self, task: TaskSnapshot, watch: Watch) -> None:
        self.task = task
        self.watch = watch
        self.expected = watch.history.expected(watch.model.__model__)
        self.observation = Observation(task, watch.kind)
        self.age = 0.0
        self.endings = 0
        """Looks since the socket told the end."""

    @property
    def tick(self) -> float:
        """Seconds between two words on progress, where nobody but us says any."""
        if self.watch.on_event is None or self.expected is None or not self._reckons:
            return math.inf
        return max(1.0, self.expected.typical / 20)

    @property
    def _reckons(self) -> bool:
        # A live session takes as long as its caller likes.
        is_open_ended = self.watch.kind == "realtime"
        return self.expected is not None and not (self.observation.tells_progress or is_open_ended)

    def pace(self) -> Flow[Pace]:
        """How the task is getting on."""
        elapsed = yield from self.watch.limit.elapsed()
        return Pace(self.task, elapsed, self.age, self.expected, self.observation.started)

    def see(self, task: TaskSnapshot) -> Flow[None]:
        """Take note of a look at the task, and tell what is new."""
        self.task = task
        elapsed = yield from self.watch.limit.elapsed()
        yield from self.watch.tell(self.observation.see(task, elapsed))

    def hear(self, frame: Frame) -> Flow[None]:
        """Tell what a frame of the socket says."""
        elapsed = yield from self.watch.limit.elapsed()
        yield from self.watch.tell(self.observation.hear(frame, elapsed))

    def reckon(self) -> Flow[None]:
        """Tell how far a running task should be, unless the model says so itself or nobody knows."""
        if self.observation.stage is Stage.RUNNING and self._reckons:
            yield from self.watch.tell([(yield from self.pace()).progress()])


def _greet(wait: _Wait) -> Flow[None]:
    """Tell what is known at the beginning."""
    wait.age = yield from age_of(wait.task)
    if wait.watch.is_new or not wait.task.status:
        elapsed = yield from wait.watch.limit.elapsed()
        yield from wait.watch.tell([Submitted(wait.task.id, elapsed, wait.task.token)])
    if wait.task.status:
        yield from wait.see(wait.task)


def _follow(wait: _Wait, ear: Ear | None) -> Flow[TaskSnapshot]:
    watch = wait.watch
    # A task that was only just submitted has nothing to show.
    delay = 0.0 if wait.task.status else 1.0
    while wait.task.stage is not Stage.ENDED:
        yield from _attend(wait, ear, delay)
        yield from wait.see((yield from look(wait.task, limit=watch.limit, timeout=watch.timeout)))
        yield from wait.reckon()
        delay = _delay(wait, ear, (yield from wait.pace()))
    watch.history.record(watch.model.__model__, wait.task)
    return wait.task


def _delay(wait: _Wait, ear: Ear | None, pace: Pace) -> float:
    """Seconds until the next look."""
    if ear is None:
        return pace.delay()
    ear.compare(wait.task)
    if ear.is_over:  # Task/Detail is a moment behind
        wait.endings += 1
        return min(pace.delay(), _SETTLING * 2.0 ** (wait.endings - 1))
    return pace.safety_delay() if ear.speaks else pace.delay()


def _attend(wait: _Wait, ear: Ear | None, seconds: float) -> Flow[None]:
    """Let time pass until the next look at the task is due, with an ear at the socket."""
    limit, began = wait.watch.limit, (yield from Now())
    until = began + (yield from _within(seconds, limit))
    while (left := until - (yield from Now())) > _INSTANT:
        tick = min(left, wait.tick)
        if ear is None or not ear.is_open:
            yield from Sleep(tick)
        else:
            spoke = ear.speaks
            frame = yield from ear.listen(tick)
            if frame is not None:
                yield from wait.hear(frame)
            if not ear.is_open:  # it told the end, or broke: look now
                return
            if ear.speaks and not spoke:  # looking can wait
                safety = (yield from wait.pace()).safety_delay()
                until = max(until, began + (yield from _within(safety, limit)))
        if tick < left:
            yield from wait.reckon()


def _within(seconds: float, limit: Limit) -> Flow[float]:
    """As long, but not past the deadline, shortly before which there is one more look."""
    left = yield from limit.left()
    if seconds < left:
        return seconds
    return left - _LAST_LOOK if left > _LAST_LOOK else left


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
