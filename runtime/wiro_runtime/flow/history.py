"""How long the runs of each model took, from which the next one's end is expected.

Every client has a history, and most of a first client's time is spent on loading modules: what reads it, the
pace of polling, is loaded with the first task that is waited for.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

    from wiro_runtime.task.snapshot import TaskSnapshot

__all__ = ["Expectation", "History", "run_seconds", "seconds_between"]

_CHECKPOINTS = (0.6, 0.85)
"""Shares of a stated time at which a task is fetched as well, since it may be quicker than is said."""
_ROUNDING = (0.3, 1.0)
"""Seconds before and after a stated time within which it is kept; the platform rounds starts down."""
_SLACK = 1.0
"""The platform's times are whole seconds."""


class Expectation(NamedTuple):
    """How long a model's process takes, at least and at most: from earlier runs, or as is stated somewhere."""

    low: float
    high: float
    checkpoints: tuple[float, ...] = ()
    """Seconds after its start at which a task is fetched even so; for what is only stated."""

    @property
    def typical(self) -> float:
        """Seconds in the middle of both."""
        return (self.low + self.high) / 2


class History:
    """How long each model's last runs took.

    One per client: a process has one client as a rule, and the history of a client of the mock must not serve one of
    the real service.
    """

    def __init__(self) -> None:
        self._runs: dict[str, deque[float]] = {}
        self._hints: dict[str, float] = {}

    def record(self, model: str, task: TaskSnapshot) -> None:
        """Note how long a task that succeeded took; the others say nothing of how long success takes."""
        seconds = run_seconds(task)
        if seconds is not None and task.outcome == "succeeded":
            self._runs.setdefault(model, deque(maxlen=5)).append(seconds)

    def hint(self, model: str, seconds: float | None) -> None:
        """Take what is stated of a model, until a run of it has ended here; None and 0 state nothing."""
        if seconds:
            self._hints[model] = seconds

    def expected(self, model: str, stated: float | None = None) -> Expectation | None:
        """What to expect of a model; None if it never ran here and nothing is stated of it.

        Args:
            model: Its slug.
            stated: Seconds that its specification states; the platform's catalog is newer.
        """
        runs = self._runs.get(model)
        if not runs:
            seconds = self._hints.get(model, stated)
            return _as_stated(seconds) if seconds else None
        return Expectation(max(0.0, min(runs) * 0.995 - _SLACK), max(runs) * 1.005 + _SLACK)


def _as_stated(seconds: float) -> Expectation:
    before, after = _ROUNDING
    low = max(0.0, seconds - before)
    checkpoints = tuple(seconds * share for share in _CHECKPOINTS if seconds * share < low)
    return Expectation(low, seconds + after, checkpoints)


def run_seconds(task: TaskSnapshot) -> float | None:
    """How long a task's process and the storing of its outputs took, by the platform's clock."""
    return seconds_between(task.started_at, task.finished_at)


def seconds_between(earlier: datetime | None, later: datetime | None) -> float | None:
    """Seconds from one time of the platform to another; None while one of them is not known."""
    if earlier is None or later is None:
        return None
    return max(0.0, (later - earlier).total_seconds())
