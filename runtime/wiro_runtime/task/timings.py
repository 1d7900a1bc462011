"""How long each stage of a task took, by the times that the platform states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wiro_runtime import parse

if TYPE_CHECKING:
    from wiro_runtime.response import Task

__all__ = ["Timings", "read_timings"]


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds, to the full second that the platform states; None for a stage that has not ended or been."""

    queued: float | None
    """Waiting for a worker."""
    preprocessing: float | None
    """Fetching and converting inputs; not every task has that."""
    preparing: float | None
    """From the worker to the start of the process: preprocessing, and loading the model."""
    running: float | None
    """The process itself."""
    storing: float | None
    """Storing the outputs."""
    total: float | None
    """From submission to the outputs, or to the cancellation."""


def read_timings(task: Task) -> Timings:
    """The timings of a task object, as it came."""

    def between(start: str, *ends: str) -> float | None:
        began = parse.when(task.get(start))
        ended = next((end for name in ends if (end := parse.when(task.get(name)))), None)
        if began is None or ended is None:
            return None
        # Machines with different clocks write these times: a stage that ends before it begins took none.
        return max(0.0, (ended - began).total_seconds())

    return Timings(
        queued=between("createtime", "accepttime"),
        preprocessing=between("preprocessstarttime", "preprocessendtime"),
        preparing=between("accepttime", "starttime"),
        running=between("starttime", "endtime"),
        storing=between("postprocessstarttime", "postprocessendtime"),
        total=between("createtime", "postprocessendtime", "canceltime"),
    )
