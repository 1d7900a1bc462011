"""One task: who it is, its timeline, and what was done to it."""

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from wirogen.spec.model import ModelSpec
from wiromock.scenario import Dialect, TaskScenario
from wiromock.task.output import Output
from wiromock.task.price import SMALLEST, Price, Work
from wiromock.task.profile import Profile
from wiromock.task.timeline import (
    CANCELLED,
    FINISHED,
    QUEUE,
    TERMINAL,
    Command,
    Event,
    Schedule,
    Timeline,
    schedule,
)


@dataclass(slots=True)
class Task:
    """A task. It changes only by `apply`, `fail` and `empty`; whatever can be asked about it, `view` answers."""

    id: str
    token: str
    spec: ModelSpec
    profile: Profile
    """What its model decides."""
    parameters: Mapping[str, Any]
    timeline: Timeline
    created: float
    """Unix seconds."""
    outputs: tuple[Output, ...]
    """What it leaves if it succeeds."""
    price: Price
    """What it costs if it succeeds."""
    folder: str
    """Where its outputs lie on the file host."""
    project: str
    callback: str
    dialect: Dialect
    """How messages and an LLM's answer look."""
    scenario: TaskScenario
    """The scenario: what it sends, and how it takes commands."""
    size: int = 0
    """Bytes of what its parameters arrived in."""
    commands: tuple[Command, ...] = ()
    schedule: Schedule = field(init=False)
    noted: int = 0
    """How many events the journal has."""
    registered: int = 0
    """How many sockets have asked for it."""
    unanswered: int = 0
    """Bytes of sound since the last turn of a realtime session."""
    is_emptied: bool = False
    """Whether its files were deleted."""
    _view: "TaskView | None" = field(init=False, default=None, repr=False)
    _listeners: dict[Callable[[], object], None] = field(
        init=False, default_factory=dict[Callable[[], object], None], repr=False, compare=False
    )
    """In the order in which they came; a dict, since thousands may listen and leave."""

    def __post_init__(self) -> None:
        self.schedule = schedule(self.timeline, self.created)

    def listen(self, listener: Callable[[], object]) -> Callable[[], None]:
        """Have `listener` called after every change, which time alone is not; returns how to unsubscribe."""
        self._listeners[listener] = None
        return lambda: self._listeners.pop(listener, None)

    def apply(self, command: Command) -> None:
        """Carry out a command; the caller has checked that it is legal."""
        self.commands = (*self.commands, command)
        self.schedule = schedule(self.timeline, self.created, self.commands)
        self._change()

    def fail(self, now: float, pexit: str, stderr: str) -> None:
        """End its process now, with an exit code; what has happened stays as it is."""
        at, reached = now - self.created, bisect_right(self.schedule.moments, now)
        moments = self.schedule.moments[:reached]
        past = tuple(
            replace(event, at=moment - self.created)
            for event, moment in zip(self.schedule.events, moments, strict=False)
        )
        pace = self.scenario.pace
        end = (
            *((Event(at, "task_error", stderr, silent=True),) if stderr else ()),
            Event(at, "task_end"),
            Event(at + pace.ended, "task_postprocess_start"),
            Event(at + pace.ended + pace.postprocess, FINISHED),
        )
        self.timeline, self.commands = Timeline((*past, *end), pexit), ()
        self.schedule = schedule(self.timeline, self.created)
        self._change()

    def view(self, now: float) -> "TaskView":
        """Return the task as it is at a moment, in unix seconds; kept, since it is the same until the next event."""
        reached = bisect_right(self.schedule.moments, now)
        if self._view is None or self._view.reached != reached:
            self._view = TaskView(self, reached)
        return self._view

    def empty(self) -> None:
        """Delete its files; the record stays."""
        self.is_emptied = True
        self._change()

    def _change(self) -> None:
        self._view = None
        for listener in tuple(self._listeners):
            listener()

    @property
    def is_held(self) -> bool:
        """Whether it waits for its release, or will when it gets to its stage."""
        if self.timeline.hold_at is None:
            return False
        return not any(command.kind == "release" for command in self.commands)


class TaskView:
    """What can be seen of a task when so many of its events have happened.

    Args:
        task: the task.
        reached: how many events.
    """

    def __init__(self, task: Task, reached: int) -> None:
        self._task = task
        self.reached = reached
        self.events = task.schedule.events[:reached]
        self.status = next(event.type for event in reversed(self.events) if not event.silent)
        """What Task/Detail shows."""
        self.page: bytes | None = None
        """The reply of Task/Detail, once it was written."""

    @property
    def is_over(self) -> bool:
        """Whether the status is terminal."""
        return self.status in TERMINAL

    @property
    def was_stopped(self) -> bool:
        """Whether it was cancelled or killed."""
        return self.status == CANCELLED

    @property
    def succeeded(self) -> bool:
        """Whether it is over, with exit code 0."""
        return self.status == FINISHED and self._task.timeline.succeeds

    @cached_property
    def times(self) -> Mapping[str, int]:
        """When each kind of event last happened, in whole unix seconds as on the wire.

        A task that was requeued has been accepted twice, and shows the second time; it was created once.
        """
        happened = zip(self.events, self._task.schedule.moments, strict=False)
        latest = {event.type: int(moment) for event, moment in happened}
        return latest | {QUEUE: int(self._task.created)}

    @cached_property
    def elapsed(self) -> int:
        """Seconds from accept to the end of the process, as the wire shows both; 0 before."""
        times = self.times
        return (
            times["task_end"] - times.get("task_accept", times["task_end"])
            if "task_end" in times
            else 0
        )

    @cached_property
    def cost(self) -> Decimal:
        """What it has cost, in USD: nothing before it succeeds."""
        if not self.succeeded:
            return Decimal(0)
        session = self._task.timeline.session
        if session is not None:
            turns = sum(event.type == "task_cost" for event in self.events)
            return (session.turn_cost * turns).quantize(SMALLEST)
        return self._task.price.cost(Work(self.elapsed, len(self._task.outputs), self._tokens()))

    def _tokens(self) -> int:
        """Words of the prompt and of an LLM's answer."""
        prompt = str(self._task.parameters.get("prompt") or "")
        said = (output.speech.raw for output in self._task.outputs)
        return sum(len(text.split()) for text in (prompt, *said))

    @property
    def outputs(self) -> tuple[Output, ...]:
        """What it has left: nothing before it succeeds, and nothing after its files were deleted."""
        return self._task.outputs if self.succeeded and not self._task.is_emptied else ()
