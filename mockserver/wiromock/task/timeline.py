"""A task is a timeline, not a status.

At Run a scenario is compiled to an immutable list of events (`compile_timeline`). Commands (cancel, kill, release,
what a realtime caller does) never change it; `schedule` lays timeline and commands out on the clock,
and everything that can be asked about a task is read off that list for a given moment. Reading has
no effect, so two readers can never disagree.
"""

from bisect import bisect_right
from dataclasses import dataclass
from decimal import Decimal
from math import inf
from typing import Any, Literal, Protocol

QUEUE = "task_queue"
FINISHED = "task_postprocess_end"
CANCELLED = "task_cancel"
TERMINAL = frozenset({FINISHED, CANCELLED})


@dataclass(frozen=True, slots=True)
class Speech:
    """What an LLM has said so far; the wire is cumulative."""

    thinking: str = ""
    answer: str = ""
    seconds: float = 0.0
    """Since it began."""
    calls: tuple[tuple[str, str], ...] = ()
    """Functions it asks for: name and arguments."""
    is_done: bool = False

    @property
    def is_thinking(self) -> bool:
        """Whether the answer has not begun."""
        return bool(self.thinking) and not self.answer and not self.is_done

    @property
    def raw(self) -> str:
        """Thoughts and answer in one text."""
        return "\n".join(part for part in (self.thinking, self.answer) if part)


SILENCE = Speech()


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens to a task."""

    at: float
    """Seconds after Run, if nobody interferes."""
    type: str
    """The platform's word: a status, a line on stderr, a signal of a realtime session; or `audio`."""
    message: Any = None
    """What the socket carries: text, an object, a `Speech`, or sound; `frame` puts it into a dialect."""
    text: str | None = None
    """Everything the process has said so far, where its output is text."""
    silent: bool = False
    """Whether Task/Detail keeps showing the status before it; true for lines on stderr."""


@dataclass(frozen=True, slots=True)
class Command:
    """Something a caller did to a task."""

    kind: Literal["cancel", "kill", "release", "turn", "interrupt", "session_end"]
    at: float
    """Unix seconds."""


class Session(Protocol):
    """How a realtime session goes on after its first events."""

    @property
    def turn_cost(self) -> Decimal:
        """What each turn of the model costs, in USD."""
        ...

    @property
    def listens(self) -> float:
        """Seconds of sound after which the model takes its turn."""
        ...

    def listens_at(self, events: tuple[Event, ...], elapsed: float) -> bool:
        """Return whether sound is taken so many seconds after the Run."""
        ...

    def go_on(
        self, start: float, events: tuple[Event, ...], commands: tuple[Command, ...]
    ) -> tuple[Event, ...]:
        """Return what happens in all: the stages, and what follows from what the caller did.

        Args:
            start: unix seconds of the Run.
            events: the stages until the session is ready.
            commands: turns, interruptions and the end, oldest first.
        """
        ...


@dataclass(frozen=True, slots=True)
class Timeline:
    """What will happen to a task if nobody interferes."""

    events: tuple[Event, ...]
    pexit: str | None = None
    """The exit code shown at the end; None leaves the field out."""
    succeeds: bool = False
    hold_at: str | None = None
    """The stage in which the task waits for its release."""
    session: Session | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """A timeline and its commands, laid out on the clock: the past and, as things stand, the future."""

    events: tuple[Event, ...]
    moments: tuple[float, ...]
    """When each event happens, in unix seconds."""

    @property
    def ends(self) -> float:
        """When the task ends, in unix seconds; infinite while it is held or stalls."""
        return self.moments[-1] if self.events[-1].type in TERMINAL else inf

    def after(self, moment: float) -> float:
        """When the next thing happens after a moment; infinite when nothing is planned."""
        at = bisect_right(self.moments, moment)
        return self.moments[at] if at < len(self.moments) else inf


def schedule(timeline: Timeline, start: float, commands: tuple[Command, ...] = ()) -> Schedule:
    """Lay a timeline and its commands out on the clock.

    Args:
        timeline: what would happen undisturbed.
        start: unix seconds of the Run.
        commands: legal ones only, oldest first.
    """
    events = timeline.events
    if timeline.session is not None:
        events = timeline.session.go_on(start, events, commands)
    moments = tuple([start + event.at for event in events])
    if timeline.hold_at is not None:
        events, moments = _hold(events, moments, timeline.hold_at, commands)
    cut = next((command.at for command in commands if command.kind in {"cancel", "kill"}), None)
    if cut is None:
        return Schedule(events, moments)
    kept = bisect_right(moments, cut)
    end = Event(cut - start, CANCELLED)
    return Schedule((*events[:kept], end), (*moments[:kept], cut))


def _hold(
    events: tuple[Event, ...],
    moments: tuple[float, ...],
    stage: str,
    commands: tuple[Command, ...],
) -> tuple[tuple[Event, ...], tuple[float, ...]]:
    """Stop at the last event of a stage; a release sets the rest going from its own moment."""
    kept = max((at for at, event in enumerate(events) if event.type == stage), default=-1) + 1
    if not kept:
        return events, moments
    released = next((command.at for command in commands if command.kind == "release"), None)
    if released is None:
        return events[:kept], moments[:kept]
    late = max(0.0, released - moments[kept - 1])
    return events, moments[:kept] + tuple(moment + late for moment in moments[kept:])
