"""Waiting for a task to end, and what to do when the caller leaves before it has.

The socket, where there is one, says that something happened; Task/Detail says what is true. A task is
over when Task/Detail shows so, and until then it is fetched, rarely while the socket is trusted.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wiro_runtime import errors
from wiro_runtime.flow.deadline import start_deadline
from wiro_runtime.flow.effect import CallerError, Emit, Now, Sleep
from wiro_runtime.flow.exception_notes import RunNotes
from wiro_runtime.flow.exchange import fetch_task
from wiro_runtime.flow.listener import open_listener
from wiro_runtime.flow.outcome import resume_line
from wiro_runtime.flow.polling import Pace, age_of
from wiro_runtime.flow.tasks import stop
from wiro_runtime.request.binding import binding_of
from wiro_runtime.task.event import Event, Submitted
from wiro_runtime.task.event_merger import EventMerger
from wiro_runtime.task.snapshot import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from wiro_runtime.flow.deadline import Deadline
    from wiro_runtime.flow.effect import Flow
    from wiro_runtime.flow.history import History
    from wiro_runtime.flow.listener import SocketListener
    from wiro_runtime.flow.options import OnAbandon
    from wiro_runtime.flow.socket_budget import SocketBudget
    from wiro_runtime.request.request import Request
    from wiro_runtime.task.frame import Frame
    from wiro_runtime.task.kind import Kind
    from wiro_runtime.task.snapshot import TaskSnapshot

__all__ = ["TrackOptions", "track"]

_LAST_CALL = 0.5
"""Seconds before the deadline at which a task is fetched once more."""
_BECAME = {
    "pending": "Task {id} was asked to stop and has not ended yet.",
    "succeeded": "Task {id} had succeeded before it could be stopped.",
    "failed": "Task {id} had failed before it could be stopped.",
    "cancelled": "Task {id} was stopped.",
}
"""What became of a task that was asked to stop, by its outcome."""
_STOPPING = 10.0
"""Seconds that stopping an abandoned task may take."""
_INSTANT = 0.001
"""Seconds that are not worth sleeping; a clock's rounding may leave some."""
_SETTLING = 0.2
"""Seconds until the second status call, where the socket reported an end that the first did not show."""


@dataclass(frozen=True)
class TrackOptions:
    """How a task is waited for."""

    model: type[Request[Any, Any]]
    kind: Kind
    """What the model makes."""
    deadline: Deadline
    history: History
    budget: SocketBudget
    socket_url: str | None = None
    """Where the socket is; None to do without one."""
    insists: bool = False
    """Whether a socket is tried even where it seems pointless."""
    on_event: Callable[[Event], object] | None = None
    on_abandon: OnAbandon = "detach"
    is_new: bool = False
    """Whether the call itself started the task."""
    on_listener: Callable[[SocketListener], None] | None = None
    """Given the listener, by somebody who also wants to speak."""
    trace: RunNotes | None = None
    """Called with the task's newest state, where the call itself started it."""

    def emit(self, events: Iterable[Event]) -> Flow[None]:
        """Pass events on to the caller."""
        if self.on_event is not None:
            for event in events:
                yield from Emit(event, self.on_event)


def track(
    task: TaskSnapshot, options: TrackOptions, listener: SocketListener | None = None
) -> Flow[TaskSnapshot]:
    """Wait until a task has ended, and return its last state, whether it went well or not.

    Args:
        task: The task as far as it is known.
        options: How to wait.
        listener: A listener that is open already.

    Raises:
        DeadlineExceeded: It did not end in time.
        WiroError: It could not be followed any longer; the error carries the task.
    """
    tracker = Tracker(task, options)
    try:
        return (yield from _track_listening(tracker, listener))
    except errors.DeadlineExceeded as late:
        late.task = yield from _abandon(tracker.task, options, late)
        raise
    except errors.WiroError as error:
        error.task = tracker.task
        error.resume = resume_line(options.model, tracker.task, error)
        raise
    except GeneratorExit:
        raise
    # Ctrl-C, cancellation, or an exception of the caller's callback.
    except BaseException as leaving:
        yield from _abandon(tracker.task, options, leaving)
        raise


def _track_listening(tracker: Tracker, listener: SocketListener | None) -> Flow[TaskSnapshot]:
    """Wait with a listener at the socket, and close it afterwards, come what may."""
    options = tracker.options
    try:
        yield from tracker.emit_initial()
        if listener is None and options.socket_url is not None:
            listener = yield from open_listener(
                tracker.task,
                options.socket_url,
                options.budget,
                options.deadline,
                insists=options.insists,
            )
        if listener is not None and options.on_listener is not None:
            options.on_listener(listener)
        task = yield from _poll_until_ended(tracker, listener)
    except GeneratorExit:  # a flow that is thrown away performs nothing more
        raise
    except BaseException:
        if listener is not None:
            yield from listener.close()
        raise
    if listener is not None:
        yield from listener.close()
    return task


class Tracker:
    """One task, waited for. The newest state is here also when the waiting ends in an exception."""

    def __init__(self, task: TaskSnapshot, options: TrackOptions) -> None:
        self.task = task
        self.options = options
        binding = binding_of(options.model)
        self.expected = options.history.expected(binding.slug, binding.computing_seconds)
        self.merger = EventMerger(task, options.kind)
        self.age = 0.0
        self.calls_since_end = 0
        """Status calls since the socket reported the end."""

    @property
    def tick(self) -> float:
        """Seconds between two estimates, where nobody but us estimates progress; infinity for none."""
        if self.expected is None or not self._estimates:
            return math.inf
        return max(1.0, self.expected.typical / 20)

    @property
    def _estimates(self) -> bool:
        if self.options.on_event is None or self.expected is None:
            return False
        # A live session takes as long as its caller likes.
        is_open_ended = self.options.kind == "realtime"
        return not (self.merger.tells_progress or is_open_ended)

    def pace(self) -> Flow[Pace]:
        """How the task is getting on."""
        elapsed = yield from self.options.deadline.elapsed()
        return Pace(self.task, elapsed, self.age, self.expected, self.merger.started)

    def emit_initial(self) -> Flow[None]:
        """Emit what is known at the beginning."""
        self.age = yield from age_of(self.task)
        if self.options.is_new or not self.task.status:
            elapsed = yield from self.options.deadline.elapsed()
            yield from self.options.emit([Submitted(self.task.id, elapsed, self.task.token)])
        if self.task.status:
            yield from self.take_snapshot(self.task)

    def take_snapshot(self, task: TaskSnapshot) -> Flow[None]:
        """Keep the state that Task/Detail showed, and emit what is new in it."""
        self.task = task
        if self.options.trace is not None:
            self.options.trace.task = task
        elapsed = yield from self.options.deadline.elapsed()
        yield from self.options.emit(self.merger.from_poll(task, elapsed))

    def take_frame(self, frame: Frame, now: float) -> Flow[None]:
        """Emit what a frame of the socket says that came just now, by the monotonic clock."""
        elapsed = now - self.options.deadline.began
        yield from self.options.emit(self.merger.from_frame(frame, elapsed))

    def emit_estimate(self) -> Flow[None]:
        """Emit how far a running task should be, unless the model says so itself or nobody knows."""
        if self.merger.stage is Stage.RUNNING and self._estimates:
            yield from self.options.emit([(yield from self.pace()).progress()])

    def wait_until_due(self, listener: SocketListener | None, seconds: float) -> Flow[None]:
        """Wait until the next status call is due, listening to the socket meanwhile."""
        deadline, began = self.options.deadline, (yield from Now())
        until, now = began + (yield from _before(deadline, seconds)), began
        while (left := until - now) > _INSTANT:
            tick = min(left, self.tick)
            if listener is None or not listener.is_open:
                yield from Sleep(tick)
                now = yield from Now()
            else:
                was_trusted = listener.is_trusted
                frame = yield from listener.listen(tick)
                now = yield from Now()
                if frame is not None:
                    yield from self.take_frame(frame, now)
                if not listener.is_open:  # it reported the end, or broke: fetch now
                    return
                if listener.is_trusted and not was_trusted:  # fetching can wait
                    safety = (yield from self.pace()).safety_delay()
                    until = max(until, began + (yield from _before(deadline, safety)))
            if tick < left:
                yield from self.emit_estimate()
            if self.options.on_event is not None:  # a callback takes its time
                now = yield from Now()


def _poll_until_ended(tracker: Tracker, listener: SocketListener | None) -> Flow[TaskSnapshot]:
    options = tracker.options
    # A task that was only just submitted has nothing to show.
    delay = 0.0 if tracker.task.status else 1.0
    while tracker.task.stage is not Stage.ENDED:
        yield from tracker.wait_until_due(listener, delay)
        task = yield from fetch_task(tracker.task, options.deadline)
        yield from tracker.take_snapshot(task)
        yield from tracker.emit_estimate()
        delay = _next_delay(tracker, listener, (yield from tracker.pace()))
    options.history.record(binding_of(options.model).slug, tracker.task)
    return tracker.task


def _next_delay(tracker: Tracker, listener: SocketListener | None, pace: Pace) -> float:
    """Seconds until the next status call."""
    if listener is None:
        return pace.delay()
    listener.compare(tracker.task)
    if listener.is_over:  # Task/Detail is a moment behind
        tracker.calls_since_end += 1
        return min(pace.delay(), _SETTLING * 2.0 ** (tracker.calls_since_end - 1))
    return pace.safety_delay() if listener.is_trusted else pace.delay()


def _before(deadline: Deadline, seconds: float) -> Flow[float]:
    """As many seconds, but not past the deadline, shortly before which there is one more status call."""
    remaining = yield from deadline.remaining()
    if seconds < remaining:
        return seconds
    return remaining - _LAST_CALL if remaining > _LAST_CALL else remaining


def _abandon(
    task: TaskSnapshot, options: TrackOptions, leaving: BaseException
) -> Flow[TaskSnapshot]:
    """Do with the task what the caller asked for, and note on the exception what became of it."""
    is_ours = not isinstance(leaving, CallerError)
    if isinstance(leaving, CallerError):
        leaving = leaving.error
    became = ""
    if options.on_abandon == "cancel":
        deadline = yield from start_deadline(_STOPPING, options.deadline.http_timeout)
        try:
            task = yield from stop(task, deadline)
            became = _BECAME[task.outcome].format(id=task.id)
        except errors.WiroError as failed:
            leaving.add_note(f"Task {task.id} could not be stopped: {failed}")
            became = f"Task {task.id} could not be stopped and may still be running."
    trace = options.trace or RunNotes(options.model)
    trace.task = task
    if isinstance(leaving, errors.DeadlineExceeded) and is_ours:
        leaving.resume = resume_line(options.model, task)
        leaving.args = (" ".join(filter(None, (str(leaving.args[0]), became))),)
    else:
        trace.note(leaving)
    return task
