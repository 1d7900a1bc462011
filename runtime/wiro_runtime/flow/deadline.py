"""The time a call may take: as a whole, and for each of its exchanges with the platform."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wiro_runtime.errors import DeadlineExceeded
from wiro_runtime.flow.effect import Now

if TYPE_CHECKING:
    from wiro_runtime.flow.effect import Flow

__all__ = ["Deadline", "start_deadline"]


@dataclass(eq=False, slots=True)
class Deadline:
    """A time limit that began at a moment of the monotonic clock."""

    began: float
    seconds: float | None
    """For the whole call; None for no limit."""
    http_timeout: float = math.inf
    """Seconds for one exchange."""

    def elapsed(self) -> Flow[float]:
        """Seconds since it began."""
        return (yield from Now()) - self.began

    def remaining(self, *, after: str = "") -> Flow[float]:
        """Seconds until it passes: more than none.

        Args:
            after: What had failed last, for the error's text.

        Raises:
            DeadlineExceeded: It has passed.
        """
        if self.seconds is None:
            return math.inf
        remaining = self.seconds - ((yield from Now()) - self.began)
        if remaining <= 0:
            raise DeadlineExceeded(
                f"The deadline of {self.seconds:g} s has passed."
                + (f" The last failure before: {after.rstrip('.')}." if after else ""),
                deadline=self.seconds,
            )
        return remaining


def start_deadline(seconds: float | None, http_timeout: float = math.inf) -> Flow[Deadline]:
    """A deadline that begins now: for the whole call, and for each exchange, in seconds."""
    # As a float: a `Decimal` is a number of seconds as well, and takes part in no sum with one.
    limit = None if seconds is None else float(seconds)
    return Deadline((yield from Now()), limit, http_timeout)
