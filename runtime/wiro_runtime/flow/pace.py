"""How a task is getting on, measured against earlier runs of its model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wiro_runtime.flow import polling
from wiro_runtime.flow.effect import Time
from wiro_runtime.task.event import Progress

if TYPE_CHECKING:
    from datetime import datetime

    from wiro_runtime.flow.effect import Flow
    from wiro_runtime.task.snapshot import TaskSnapshot

__all__ = ["Pace", "age_of"]


def age_of(task: TaskSnapshot) -> Flow[float]:
    """Seconds since a task was submitted, as well as our clock and the platform's agree."""
    if task.created_at is None:
        return 0.0
    return max(0.0, (yield from Time()) - task.created_at.timestamp())


@dataclass(frozen=True, slots=True)
class Pace:
    """One look at a task that is waited for. Times are in seconds."""

    task: TaskSnapshot
    elapsed: float
    """Since the call began."""
    age: float
    """Of the task when the call began; 0 for a task that the call itself submitted."""
    expected: polling.Expectation | None
    heard: float | None = None
    """When the socket told the start, since the call began; the last look may be older."""

    @property
    def begun(self) -> float | None:
        """When the process started, counted from submission; None if it has not, as far as we know."""
        begun = self._since_submission(self.task.started_at)
        return self.age + self.heard if begun is None and self.heard is not None else begun

    def _since_submission(self, moment: datetime | None) -> float | None:
        # The platform's own times need no common clock with ours; they are just never in the future.
        seconds = polling.seconds_between(self.task.created_at, moment)
        return None if seconds is None else min(seconds, self.age + self.elapsed)

    def delay(self) -> float:
        """Seconds until the next look."""
        return polling.next_delay(
            elapsed=self.age + self.elapsed,
            stage=self.task.stage,
            begun=self.begun,
            ended=self._since_submission(self.task.ended_at),
            expected=self.expected,
        )

    def safety_delay(self) -> float:
        """Seconds until the next look while the socket speaks: enough to notice that it missed the end."""
        return polling.safety_delay(self.delay())

    def progress(self) -> Progress:
        """What can be said of the rest."""
        percent = remaining = None
        if self.begun is not None and self.expected is not None and self.expected.typical > 0:
            ran = self.age + self.elapsed - self.begun
            percent = min(99.0, 100 * ran / self.expected.typical)
            remaining = max(0.0, self.expected.typical - ran)
        return Progress(self.task.id, self.elapsed, percent, remaining, estimated=True)
