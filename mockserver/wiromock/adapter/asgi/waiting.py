"""Waiting: for a moment of mock time, for something to happen, or for the end of the server."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Protocol


class TickingClock(Protocol):
    """A clock that can be waited for."""

    def time(self) -> float:
        """The present, in unix seconds of mock time."""
        ...

    async def sleep_async(self, seconds: float, /) -> None:
        """Suspend the running asyncio task."""
        ...


class Stopped(Exception):  # noqa: N818 - the name says what happened
    """The server ends; nobody waits any longer."""


class Waiting:
    """Where everybody waits who holds a connection open.

    Args:
        clock: the mock's time.
    """

    def __init__(self, clock: TickingClock) -> None:
        self._clock = clock
        self._loop: asyncio.AbstractEventLoop | None = None
        self._bell = asyncio.Event()
        self._is_over = False

    def ring(self) -> None:
        """Say that something has happened: everybody looks again. From any thread."""
        if self._loop is None or self._loop.is_closed():
            return  # nobody has ever waited, or nobody can any more
        try:
            is_here = asyncio.get_running_loop() is self._loop
        except RuntimeError:
            is_here = False
        if is_here:
            self._strike()
        else:
            self._loop.call_soon_threadsafe(self._strike)

    def _strike(self) -> None:
        self._bell.set()
        self._bell = asyncio.Event()

    def stop(self) -> None:
        """Send everybody home, now and later."""
        self._is_over = True
        self.ring()

    async def until(self, moment: float | None) -> None:
        """Wait until a moment in unix seconds, or until something happens.

        Args:
            moment: None or an infinite one waits for something to happen.

        Raises:
            Stopped: the server ends.
        """
        self._loop = asyncio.get_running_loop()
        if self._is_over:
            raise Stopped
        bell = self._bell
        if moment is None or moment == float("inf"):
            await bell.wait()
        elif (left := moment - self._clock.time()) > 0:
            await first_of(bell.wait(), self._clock.sleep_async(left))
        else:
            await asyncio.sleep(0)  # so that a crowd of things due at once starves nobody
        if self._is_over:
            raise Stopped

    async def sleep(self, seconds: float) -> None:
        """Wait so many mock seconds, whatever happens.

        Raises:
            Stopped: the server ends.
        """
        moment = self._clock.time() + seconds
        while self._clock.time() < moment:
            await self.until(moment)


async def first_of(*works: Coroutine[Any, Any, Any]) -> int:
    """Do several things until the first is done; give its place, and give the others up.

    Raises:
        Exception: what that first one raised.
    """
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    first = next(at for at, task in enumerate(tasks) if task in done)
    tasks[first].result()
    return first
