"""The caller's own time limit for a whole call."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wiro_runtime.errors import DeadlineExceeded
from wiro_runtime.flow.effect import Now

if TYPE_CHECKING:
    from wiro_runtime.flow.effect import Flow

__all__ = ["Limit", "start_limit"]


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit that began at a moment of the monotonic clock."""

    began: float
    seconds: float | None
    """None for none."""

    def elapsed(self) -> Flow[float]:
        """Seconds since it began."""
        return (yield from Now()) - self.began

    def left(self) -> Flow[float]:
        """Seconds until it passes: more than none.

        Raises:
            DeadlineExceeded: It has passed.
        """
        if self.seconds is None:
            return math.inf
        left = self.seconds - (yield from self.elapsed())
        if left <= 0:
            raise DeadlineExceeded(
                f"The deadline of {self.seconds:g} s has passed.", deadline=self.seconds
            )
        return left


def start_limit(seconds: float | None) -> Flow[Limit]:
    """Begin a limit now."""
    return Limit((yield from Now()), seconds)
