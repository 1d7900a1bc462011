"""The time seam: every wait and every look at a clock goes through here.

A test installs virtual time with `use()`, and a three-minute video takes microseconds. Only the
standard library is imported, so that anything may import this module.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

__all__ = ["Clock", "SystemClock", "current", "own_now", "use"]


class Clock(Protocol):
    """What the client needs to know about time."""

    def now(self) -> float:
        """Seconds on a monotonic clock; only differences mean something."""
        ...

    def time(self) -> float:
        """Seconds since the Unix epoch."""
        ...

    def sleep(self, seconds: float, /) -> None:
        """Block the thread for so many seconds."""
        ...

    async def sleep_async(self, seconds: float, /) -> None:
        """Suspend the running asyncio task for so many seconds."""
        ...


class SystemClock:
    """The computer's own clock."""

    # Where tools that freeze or patch the functions of modules do not reach, also if they did before this was
    # imported: a deadline that waits for a frozen clock never passes.
    _monotonic: Callable[[], float] = staticmethod(
        partial(time.clock_gettime, time.CLOCK_MONOTONIC)
        if hasattr(time, "clock_gettime")
        else time.monotonic
    )

    def now(self) -> float:
        """Seconds on the monotonic clock."""
        return self._monotonic()

    def own_now(self) -> float:
        """The same: no thread moves this clock."""
        return self._monotonic()

    def time(self) -> float:
        """Seconds since the Unix epoch."""
        return time.time()

    def sleep(self, seconds: float, /) -> None:
        """Block the calling thread for so many seconds."""
        time.sleep(seconds)

    async def sleep_async(self, seconds: float, /) -> None:
        """Suspend the running asyncio task."""
        import asyncio  # noqa: PLC0415 - a blocking program never needs to load it

        await asyncio.sleep(seconds)


_installed: Clock = SystemClock()


def current() -> Clock:
    """The clock in force now; ask again each time, since a test may have changed it."""
    return _installed


def own_now() -> float:
    """Seconds as `Clock.now` counts them, without those by which other threads have moved a virtual clock.

    An exchange is bounded by them: that another thread sleeps does not make this one's answer late.
    """
    own: Callable[[], float] = getattr(_installed, "own_now", _installed.now)
    return own()


@contextmanager
def use(clock: Clock) -> Generator[Clock]:
    """Install a clock for the whole process until the block ends.

    Args:
        clock: Answers every question about time meanwhile. Blocks may nest.
    """
    global _installed  # noqa: PLW0603 - process-wide on purpose: clients in other threads see it too
    before, _installed = _installed, clock
    try:
        yield clock
    finally:
        _installed = before
