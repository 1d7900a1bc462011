"""When to fetch a task again, and how far it should be by now.

A few facts in, seconds out. The aim is few status calls and a small delay between a task's end and our
noticing it. A task of a model that ran before is fetched rarely until shortly before it should be done,
then closely; that of a model never seen, ever more slowly as it takes longer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wiro_runtime.flow.effect import Time
from wiro_runtime.flow.history import seconds_between
from wiro_runtime.task.event import Progress
from wiro_runtime.task.snapshot import Stage

if TYPE_CHECKING:
    from datetime import datetime

    from wiro_runtime.flow.effect import Flow
    from wiro_runtime.flow.history import Expectation
    from wiro_runtime.task.snapshot import TaskSnapshot

__all__ = ["Pace", "age_of", "next_delay", "safety_delay"]

_CLOSE = 0.8
"""Seconds between two status calls when the end is near. With the exchange itself, it is noticed within a second."""
_SLOWEST = 6.0
"""Seconds between two status calls when nothing is known."""


def next_delay(
    *,
    elapsed: float,
    stage: Stage,
    begun: float | None,
    ended: float | None,
    expected: Expectation | None,
) -> float:
    """Seconds until the next status call.

    Args:
        elapsed: Seconds since the task was submitted, or since we began to wait for it.
        stage: How far it was at the last status call.
        begun: When the process started, on the same scale; None if it has not, as far as we know.
        ended: When it ended, likewise; its outputs are then being stored.
        expected: How long the process takes.
    """
    if stage is Stage.ENDING:  # seconds for a picture, longer for a film
        return _CLOSE if ended is None else _between(_CLOSE, (elapsed - ended) / 5, _SLOWEST)
    unhurried = _between(1.0, elapsed / 5, _SLOWEST)
    if expected is None:
        return unhurried
    # Calls at 1, 3, 9, 27, … seconds notice a task that fails early within its own time again. What is
    # stated only has calls of its own in the middle, and spares some of these.
    longest = max(1.0, (3 if expected.checkpoints else 2) * elapsed)
    if begun is None:  # it still waits, nobody knows how long, and then it has to run as well
        return min(longest, max(expected.low, unhurried))
    opens, closes = begun + expected.low, begun + expected.high
    if elapsed < opens:
        stops = (begun + seconds for seconds in (*expected.checkpoints, expected.low))
        due = next(stop for stop in stops if stop > elapsed)
        return min(longest, max(_CLOSE, due - elapsed))
    step = _between(_CLOSE, (closes - opens) / 8, _SLOWEST)
    return step if elapsed <= closes else _between(step, (elapsed - closes) / 5, _SLOWEST)


def safety_delay(delay: float) -> float:
    """Seconds until the next status call of a task whose socket is trusted, from those of one without a socket."""
    return _between(5.0, 5 * delay, 60.0)


def _between(lowest: float, value: float, highest: float) -> float:
    return min(max(lowest, value), highest)


def age_of(task: TaskSnapshot) -> Flow[float]:
    """Seconds since a task was submitted, as well as our clock and the platform's agree."""
    if task.created_at is None:
        return 0.0
    return max(0.0, (yield from Time()) - task.created_at.timestamp())


@dataclass(frozen=True, slots=True)
class Pace:
    """How a task that is waited for is getting on. Times are in seconds."""

    task: TaskSnapshot
    elapsed: float
    """Since the call began."""
    age: float
    """Of the task when the call began; 0 for a task that the call itself submitted."""
    expected: Expectation | None
    reported: float | None = None
    """When the socket reported the start, since the call began; the last status call may be older."""

    @property
    def begun(self) -> float | None:
        """When the process started, counted from submission; None if it has not, as far as we know."""
        begun = self._since_submission(self.task.started_at)
        return self.age + self.reported if begun is None and self.reported is not None else begun

    def _since_submission(self, moment: datetime | None) -> float | None:
        # The platform's own times need no common clock with ours; they are just never in the future.
        seconds = seconds_between(self.task.created_at, moment)
        return None if seconds is None else min(seconds, self.age + self.elapsed)

    def delay(self) -> float:
        """Seconds until the next status call."""
        return next_delay(
            elapsed=self.age + self.elapsed,
            stage=self.task.stage,
            begun=self.begun,
            ended=self._since_submission(self.task.ended_at),
            expected=self.expected,
        )

    def safety_delay(self) -> float:
        """Seconds until the next status call while the socket is trusted: enough to notice that it missed the end."""
        return safety_delay(self.delay())

    def progress(self) -> Progress:
        """How far the task should be by now, and the seconds that remain; None where nobody knows."""
        percent = remaining = None
        if self.begun is not None and self.expected is not None and self.expected.typical > 0:
            ran = self.age + self.elapsed - self.begun
            percent = min(99.0, 100 * ran / self.expected.typical)
            remaining = max(0.0, self.expected.typical - ran)
        return Progress(self.task.id, self.elapsed, percent, remaining, estimated=True)
