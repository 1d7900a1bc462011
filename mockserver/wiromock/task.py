"""One task: who it is, its timeline, and what was done to it."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from wirogen.spec.model import ModelSpec
from wiromock.output import Output
from wiromock.timeline import CANCELLED, FINISHED, TERMINAL, Command, Course, Timeline, unfold

SMALLEST = Decimal("0.000000000001")
"""The platform writes money with twelve decimals."""


@dataclass(slots=True)
class Task:
    """A task. It changes only by `obey`; whatever can be asked about it, `look` answers."""

    id: str
    token: str
    spec: ModelSpec
    parameters: Mapping[str, Any]
    timeline: Timeline
    created: float
    """Unix seconds."""
    outputs: tuple[Output, ...]
    """What it leaves if it succeeds."""
    cps: Decimal
    """Price of a second in USD."""
    folder: str
    """Where its outputs lie on the file host."""
    project: str
    callback: str
    commands: tuple[Command, ...] = ()
    course: Course = field(init=False)
    noted: int = 0
    """How many events the journal has."""
    _look: "Look | None" = field(init=False, default=None, repr=False)

    def __post_init__(self) -> None:
        self.course = unfold(self.timeline, self.created)

    def obey(self, command: Command) -> None:
        """Carry out a command; the caller has checked that it is legal."""
        self.commands = (*self.commands, command)
        self.course = unfold(self.timeline, self.created, self.commands)
        self._look = None

    def look(self, now: float) -> "Look":
        """See the task at a moment. Between two events it looks the same, so the look is kept."""
        reached = bisect_right(self.course.moments, now)
        if self._look is None or self._look.reached != reached:
            self._look = Look(self, reached)
        return self._look

    @property
    def is_held(self) -> bool:
        """Whether it waits for its release, or will when it gets to its stage."""
        released = any(command.kind == "release" for command in self.commands)
        return self.timeline.hold_at is not None and not released


class Look:
    """What can be seen of a task when so many of its events have happened.

    Args:
        task: the task.
        reached: how many events.
    """

    def __init__(self, task: Task, reached: int) -> None:
        self._task = task
        self.reached = reached
        self.events = task.course.events[:reached]
        self.status = next(event.type for event in reversed(self.events) if not event.silent)
        """What Task/Detail shows."""
        self.pages: dict[str, bytes] = {}
        """Replies already written about this look."""

    @property
    def is_over(self) -> bool:
        """Whether the status is terminal."""
        return self.status in TERMINAL

    @property
    def was_cut(self) -> bool:
        """Whether it was cancelled or killed."""
        return self.status == CANCELLED

    @property
    def succeeded(self) -> bool:
        """Whether it is over, with exit code 0."""
        return self.status == FINISHED and self._task.timeline.succeeds

    @cached_property
    def times(self) -> Mapping[str, int]:
        """When each kind of event first happened, in whole unix seconds as on the wire."""
        happened = zip(
            reversed(self.events), self._task.course.moments[self.reached - 1 :: -1], strict=False
        )
        return {event.type: int(moment) for event, moment in happened}

    @property
    def elapsed(self) -> int:
        """Seconds from accept to the end of the process, as the wire shows both; 0 before."""
        return self.times["task_end"] - self.times["task_accept"] if "task_end" in self.times else 0

    @property
    def cost(self) -> Decimal:
        """What it has cost, in USD: nothing before it succeeds."""
        if not self.succeeded:
            return Decimal(0)
        return (self._task.cps * self.elapsed).quantize(SMALLEST)

    @property
    def outputs(self) -> tuple[Output, ...]:
        """What it has left: nothing before it succeeds."""
        return self._task.outputs if self.succeeded else ()
