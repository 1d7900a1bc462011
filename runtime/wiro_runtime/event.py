"""What happens while a task is waited for, in order and each thing once.

match event:
    case Queued() | Started(): ...
    case Progress(percent=p): ...
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wiro_runtime.status import Stage

if TYPE_CHECKING:
    from wiro_runtime.snapshot import Outcome, TaskSnapshot

__all__ = [
    "Event",
    "Finished",
    "Progress",
    "Queued",
    "Started",
    "StatusChanged",
    "Submitted",
    "observed",
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
    """The task is still running."""

    percent: float | None
    """From 0 to 100; None while nothing is known to reckon with."""
    remaining: float | None
    """Seconds still to go; None while nothing is known to reckon with."""
    estimated: bool
    """Whether both are reckoned from earlier runs of the model rather than told by it."""


@dataclass(frozen=True, slots=True)
class Finished(Event):
    """The task has ended."""

    outcome: Outcome


def observed(before: TaskSnapshot, after: TaskSnapshot, elapsed: float) -> list[Event]:
    """What happened between two looks at a task, in order.

    A start that fell between them is told as well; the many running statuses after it are one start.
    """
    if after.status == before.status:
        return []
    events: list[Event] = []
    if before.stage < Stage.RUNNING and _has_started(after):
        events.append(Started(after.id, elapsed))
    if after.stage is Stage.ENDED:
        events.append(Finished(after.id, elapsed, after.outcome))
    elif after.stage is Stage.QUEUED:
        events.append(Queued(after.id, elapsed))
    elif after.stage is not Stage.RUNNING:
        events.append(StatusChanged(after.id, elapsed, after.status, before.status))
    return events


def _has_started(task: TaskSnapshot) -> bool:
    return Stage.RUNNING <= task.stage < Stage.ENDED or (
        task.stage is Stage.ENDED and task.started_at is not None
    )
