"""One task: who it is, its timeline, and what was done to it."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from wirogen.spec.model import ModelSpec

from wiromock.output import Output
from wiromock.timeline import (
    CANCELLED,
    FINISHED,
    TERMINAL,
    Command,
    Event,
    Timeline,
    ending,
    unfold,
)

SMALLEST = Decimal("0.000000000001")
"""The platform writes money with twelve decimals."""


@dataclass(slots=True)
class Task:
    """A task. It changes only by `obey`; everything else is read off its events."""

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
    events: tuple[Event, ...] = field(init=False)
    """Past and future, by unix time."""
    noted: int = 0
    """How many events the journal has."""
    _moments: tuple[float, ...] = field(init=False)

    def __post_init__(self) -> None:
        self._lay_out()

    def obey(self, command: Command) -> None:
        """Carry out a command; the caller has checked that it is legal."""
        self.commands = (*self.commands, command)
        self._lay_out()

    def reached(self, now: float) -> tuple[Event, ...]:
        """The events until now."""
        return self.events[: bisect_right(self._moments, now)]

    def status(self, now: float) -> str:
        """What Task/Detail shows."""
        return next(event.type for event in reversed(self.reached(now)) if not event.silent)

    def is_over(self, now: float) -> bool:
        """Whether it reached a terminal status."""
        return self.status(now) in TERMINAL

    def is_held(self, now: float) -> bool:
        """Whether it waits for its release."""
        stage = self.timeline.hold_at
        return (
            stage is not None
            and self.status(now) == stage
            and all(one.kind != "release" for one in self.commands)
        )

    def succeeded(self, now: float) -> bool:
        """Whether it is over, with exit code 0."""
        return self.timeline.succeeds and self.status(now) == FINISHED

    def was_cut(self, now: float) -> bool:
        """Whether it was cancelled or killed."""
        return self.status(now) == CANCELLED

    def elapsed(self, now: float) -> int:
        """Seconds from accept to the end of the process, as the wire shows both; 0 before."""
        at = {event.type: int(event.at) for event in self.reached(now)}
        return at["task_end"] - at["task_accept"] if "task_end" in at else 0

    def cost(self, now: float) -> Decimal:
        """What it has cost, in USD: nothing before it succeeds."""
        if not self.succeeded(now):
            return Decimal(0)
        return (self.cps * self.elapsed(now)).quantize(SMALLEST)

    def _lay_out(self) -> None:
        self.events = unfold(self.timeline, self.created, self.commands)
        self._moments = tuple(event.at for event in self.events)

    @property
    def ends(self) -> float:
        """Unix seconds of its end as things stand; infinite while it is held or stalls."""
        return ending(self.events)
