"""What happens while a task is waited for, in order and each thing once.

    match event:
        case Queued() | Started(): ...
        case Progress(percent=p, remaining=s): ...
        case TextDelta(delta=words): print(words, end="")

The same events come from the socket, from polling, and from both.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from wiro_runtime.task.output import Output
    from wiro_runtime.task.snapshot import Outcome

__all__ = [
    "AudioChunk",
    "Cost",
    "Event",
    "Finished",
    "Log",
    "OutputReady",
    "Progress",
    "Queued",
    "Started",
    "StatusChanged",
    "StreamEnd",
    "StreamReady",
    "Submitted",
    "TextDelta",
    "ThinkingDelta",
    "Transcript",
    "pulled",
]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a task."""

    task_id: str
    elapsed: float
    """Seconds since the call began."""


@dataclass(frozen=True, slots=True)
class Submitted(Event):
    """The platform accepted the run. From here on the task can be picked up again from anywhere."""

    token: str | None = field(repr=False)
    """The task's token; keep it like a password."""


@dataclass(frozen=True, slots=True)
class Queued(Event):
    """The task waits for a worker."""


@dataclass(frozen=True, slots=True)
class Started(Event):
    """The process runs."""


@dataclass(frozen=True, slots=True)
class StatusChanged(Event):
    """Any other change of status."""

    status: str
    """The platform's own word."""
    previous: str
    """The word before; "" for the first."""


@dataclass(frozen=True, slots=True)
class Progress(Event):
    """How far a running task is: stated by the model, else estimated from earlier runs of it."""

    percent: float | None
    """From 0 to 100; None if the model says other things only. A model with several passes starts over."""
    remaining: float | None
    """Seconds still to go; None if nobody knows."""
    estimated: bool
    """Whether both are estimated from earlier runs of the model rather than stated by it."""
    step: int | None = None
    """How many steps are done, if the model says so."""
    steps: int | None = None
    """Of how many."""
    speed: float | None = None
    """How fast it goes, if the model says so."""
    speed_unit: str = ""
    """What `speed` counts, in the model's words, such as "it/s"."""


@dataclass(frozen=True, slots=True)
class Log(Event):
    """A line that the task wrote."""

    line: str
    stream: Literal["stdout", "stderr"]
    """Where it wrote it. Much of what goes to stderr is no error."""


@dataclass(frozen=True, slots=True)
class TextDelta(Event):
    """A language model has gone on with its answer."""

    delta: str
    """What is new."""
    text: str = field(repr=False)
    """The whole answer so far."""
    restarted: bool = False
    """Whether the model took back what it had written: then `delta` is the whole answer anew."""


@dataclass(frozen=True, slots=True)
class ThinkingDelta(Event):
    """A language model has gone on with its thoughts."""

    delta: str
    """What is new."""
    text: str = field(repr=False)
    """All of them so far."""
    restarted: bool = False
    """As in `TextDelta`."""


@dataclass(frozen=True, slots=True)
class OutputReady(Event):
    """A result is there."""

    output: Output


@dataclass(frozen=True, slots=True)
class Cost(Event):
    """Money was spent."""

    total: Decimal | None
    """US dollars for the task until now."""
    turn: Decimal | None = None
    """US dollars for the turn of a live session that has just ended; None outside of one."""
    usage: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What was counted, such as tokens, in the platform's words."""


@dataclass(frozen=True, slots=True)
class Transcript(Event):
    """What was said in a live session."""

    speaker: Literal["user", "ai"]
    text: str
    """Speech recognition sends a sentence again as it grows; each replaces the one before."""


@dataclass(frozen=True, slots=True)
class AudioChunk(Event):
    """Sound from a live session."""

    data: bytes = field(repr=False)
    """PCM: signed 16 bit, little-endian, 24,000 Hz, mono."""


@dataclass(frozen=True, slots=True)
class StreamReady(Event):
    """A live session listens or speaks now."""


@dataclass(frozen=True, slots=True)
class StreamEnd(Event):
    """The model has finished speaking, or was interrupted."""


@dataclass(frozen=True, slots=True)
class Finished(Event):
    """The task has ended."""

    outcome: Outcome


def pulled(_event: Event) -> None:
    """Stands for the callback of a run whose events are taken one by one instead."""
