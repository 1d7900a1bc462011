"""Waiting in somebody else's time: until a moment, or until something happens on the platform."""

import asyncio
import math
from typing import Protocol

from wiromock.engine.engine import Engine
from wiromock.errors import TimeRanAway


class Sleeper(Protocol):
    """What a front end asks of time: to tell it, and to let it pass."""

    def time(self) -> float:
        """The present, in unix seconds."""
        ...

    def sleep(self, seconds: float, /) -> None:
        """Block."""
        ...

    async def sleep_async(self, seconds: float, /) -> None:
        """Suspend the running task."""
        ...


class Waiting:
    """Waits on a clock.

    Args:
        engine: tells when something happens.
        clock: passes.
    """

    def __init__(self, engine: Engine, clock: Sleeper) -> None:
        self._engine = engine
        self._clock = clock

    def time(self) -> float:
        """The present, in unix seconds."""
        return self._clock.time()

    def sleep(self, seconds: float) -> None:
        """Block.

        Raises:
            TimeRanAway: it would be for ever.
        """
        self._clock.sleep(_bounded(seconds))

    async def sleep_async(self, seconds: float) -> None:
        """Suspend the running task; see `sleep`."""
        await self._clock.sleep_async(_bounded(seconds))

    def until(self, moment: float) -> None:
        """Block until a moment in unix seconds.

        Raises:
            TimeRanAway: it never comes.
        """
        self.sleep(moment - self.time())

    async def until_async(self, moment: float) -> None:
        """Suspend the running task until a moment in unix seconds, or until something happens.

        Raises:
            TimeRanAway: nothing ever does.
        """
        loop = asyncio.get_running_loop()
        happened: asyncio.Future[None] = loop.create_future()
        unlisten = self._engine.listen(lambda: loop.call_soon_threadsafe(_ring, happened))
        # Whoever waits for ever waits in virtual time too, so that the clock can say so.
        left = min(moment - self.time(), _FOREVER)
        sleep = asyncio.ensure_future(self._clock.sleep_async(max(0.0, left)))
        try:
            await asyncio.wait({sleep, happened}, return_when=asyncio.FIRST_COMPLETED)
            if sleep.done():
                sleep.result()
        finally:
            unlisten()
            sleep.cancel()


_FOREVER = 1e9
"""Seconds beyond any clock's limit."""


def _bounded(seconds: float) -> float:
    if math.isinf(seconds):
        raise TimeRanAway(
            "a client without a timeout waits for an answer that never comes; give it a timeout"
        )
    return max(0.0, seconds)


def _ring(happened: "asyncio.Future[None]") -> None:
    if not happened.done():
        happened.set_result(None)
