"""How long an exchange of the blocking driver may take as a whole.

httpx bounds the time between two bytes, and a server that sends one now and then keeps it waiting for
ever. asyncio can end any wait from outside. A blocking socket cannot be ended from outside, so each
operation on it (in `driver/network`) gets what is left of the whole.
"""

from __future__ import annotations

import math
from contextvars import ContextVar
from weakref import ReferenceType, ref

from wiro_runtime.flow.effect import TransportFailure
from wiro_runtime.seam import clock

__all__ = ["TIME_IS_UP", "check", "deadline_scope", "remaining"]

TIME_IS_UP = "the time for the whole exchange is up"

# Weak, so that a block which Ctrl-C left before its last line binds nobody any more.
_scope: ContextVar[ReferenceType[deadline_scope] | None] = ContextVar("wiro_exchange", default=None)


class deadline_scope:  # noqa: N801 - used as a function; a generator would cost more than the exchange's share
    """Bound the exchanges of the running thread, in seconds, until the block ends."""

    __slots__ = ("__weakref__", "_seconds", "_token", "until")

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def __enter__(self) -> None:
        self.until = clock.own_now() + self._seconds
        self._token = _scope.set(ref(self))

    def __exit__(self, *_: object) -> None:
        _scope.reset(self._token)


def remaining() -> float:
    """Seconds that the running exchange still has; infinity without a bound."""
    known = _scope.get()
    scope = None if known is None else known()
    return math.inf if scope is None else scope.until - clock.own_now()


def check() -> None:
    """Do nothing, unless the time is up; for transports of the caller's that have no sockets of ours.

    Raises:
        TransportFailure: It is.
    """
    if remaining() <= 0:
        raise TransportFailure(TIME_IS_UP, never_sent=False)
