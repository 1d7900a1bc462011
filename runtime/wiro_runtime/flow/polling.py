"""When to look at a task again.

Pure: a few facts in, seconds out. The aim is few looks and a small delay between a task's end and our
noticing it. A model that ran before is looked at rarely until shortly before it should be done, then
closely; a model never seen is looked at ever more slowly as it takes longer.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wiro_runtime.task.snapshot import Stage

if TYPE_CHECKING:
    from datetime import datetime

    from wiro_runtime.task.snapshot import TaskSnapshot

__all__ = ["Expectation", "History", "next_delay", "run_seconds", "safety_delay", "seconds_between"]

_CLOSE = 0.8
"""Seconds between looks when the end is near. With the exchange itself, it is noticed within a second."""
_SLOWEST = 6.0
"""Seconds between looks when nothing is known."""
_SOONER, _LATER = 0.6, 1.5
"""How far the catalogue's average is trusted: times of one model vary with its arguments."""
_SLACK = 1.0
"""The platform's times are whole seconds."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """How long a model's process takes, from earlier runs: seconds, at least and at most."""

    low: float
    high: float

    @property
    def typical(self) -> float:
        """The middle."""
        return (self.low + self.high) / 2


def next_delay(
    *,
    elapsed: float,
    stage: Stage,
    begun: float | None,
    ended: float | None,
    expected: Expectation | None,
) -> float:
    """Seconds until the next look.

    Args:
        elapsed: Seconds since the task was submitted, or since we began to wait for it.
        stage: How far it was at the last look.
        begun: When the process started, on the same scale; None if it has not, as far as we know.
        ended: When it ended, likewise; its outputs are then being stored.
        expected: How long the process takes.
    """
    if stage is Stage.ENDING:  # seconds for a picture, longer for a film
        return _CLOSE if ended is None else _between(_CLOSE, (elapsed - ended) / 5, _SLOWEST)
    unhurried = _between(1.0, elapsed / 5, _SLOWEST)
    if expected is None:
        return unhurried
    # Looks at 1, 3, 9, 27, … seconds notice a task that fails early within its own time again.
    longest = max(1.0, 2 * elapsed)
    if begun is None:  # it still waits, nobody knows how long, and then it has to run as well
        return min(longest, max(expected.low, unhurried))
    opens, closes = begun + expected.low, begun + expected.high
    if elapsed < opens:
        return min(longest, max(_CLOSE, opens - elapsed))
    step = _between(_CLOSE, (closes - opens) / 8, _SLOWEST)
    return step if elapsed <= closes else _between(step, (elapsed - closes) / 5, _SLOWEST)


def safety_delay(delay: float) -> float:
    """Seconds until the next look at a task whose socket speaks, from those at one without a socket."""
    return _between(5.0, 5 * delay, 60.0)


def run_seconds(task: TaskSnapshot) -> float | None:
    """How long a task's process and the storing of its outputs took, by the platform's clock."""
    return seconds_between(task.started_at, task.finished_at)


def seconds_between(earlier: datetime | None, later: datetime | None) -> float | None:
    """Seconds from one time of the platform to another; None while one of them is not known."""
    if earlier is None or later is None:
        return None
    return max(0.0, (later - earlier).total_seconds())


@dataclass(slots=True)
class History:
    """How long each model's last runs took.

    One per client: a process has one client as a rule, and a client of the mock must not teach one of
    the real service.
    """

    _runs: dict[str, deque[float]] = field(default_factory=dict)
    _hints: dict[str, float] = field(default_factory=dict)

    def record(self, model: str, task: TaskSnapshot) -> None:
        """Learn from a task that succeeded; the others say nothing of how long success takes."""
        seconds = run_seconds(task)
        if seconds is not None and task.outcome == "succeeded":
            self._runs.setdefault(model, deque(maxlen=5)).append(seconds)

    def hint(self, model: str, seconds: float) -> None:
        """Take what the platform's catalogue says of a model, until a run of it has ended here."""
        if seconds > 0:
            self._hints[model] = seconds

    def expected(self, model: str) -> Expectation | None:
        """What to expect of a model; None if it never ran here and nothing is said of it."""
        runs = self._runs.get(model)
        if not runs:
            said = self._hints.get(model)
            return None if said is None else Expectation(said * _SOONER, said * _LATER)
        return Expectation(max(0.0, min(runs) * 0.995 - _SLACK), max(runs) * 1.005 + _SLACK)


def _between(lowest: float, value: float, highest: float) -> float:
    return min(max(lowest, value), highest)
