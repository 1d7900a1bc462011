"""How long an exchange of the blocking driver may take as a whole.

httpx bounds the time between two bytes, and a server that sends one now and then keeps it waiting for
ever. asyncio can end any wait from outside. A blocking socket cannot be ended from outside, so each
operation on it (in `driver/network`) gets what is left of the whole.
"""

from __future__ import annotations

import math
from contextvars import ContextVar

from wiro_runtime.flow.effect import TransportFailure
from wiro_runtime.seam import clock

__all__ = ["TIME_IS_UP", "check", "deadline_scope", "remaining"]

TIME_IS_UP = "the time for the whole exchange is up"

_until: ContextVar[float] = ContextVar("wiro_exchange_until", default=math.inf)


class deadline_scope:  # noqa: N801 - used as a function; a generator would cost more than the exchange's share
    """Bound the exchanges of the running thread, in seconds, until the block ends."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def __enter__(self) -> None:
        self._token = _until.set(clock.current().now() + self._seconds)

    def __exit__(self, *_: object) -> None:
        _until.reset(self._token)


def remaining() -> float:
    """Seconds that the running exchange still has; infinity without a bound."""
    until = _until.get()
    return until if until == math.inf else until - clock.current().now()


def check() -> None:
    """Do nothing, unless the time is up; for transports of the caller's that have no sockets of ours.

    Raises:
        TransportFailure: It is.
    """
    if remaining() <= 0:
        raise TransportFailure(TIME_IS_UP, never_sent=False)
