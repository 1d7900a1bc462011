"""Real time for the server, whatever a test in the same process has frozen.

Libraries that freeze time put their own functions into the module `time`, or into the C functions behind
it, and an event loop that asks them never wakes from a sleep. None of them touches `clock_gettime` of the
monotonic clock; where a system has none, it is the function that was there when this was imported.
"""

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import Final

monotonic: Final[Callable[[], float]] = (
    partial(time.clock_gettime, time.CLOCK_MONOTONIC)
    if hasattr(time, "clock_gettime")
    else time.monotonic
)
"""Seconds of the computer's monotonic clock."""

wall: Final[Callable[[], float]] = (
    partial(time.clock_gettime, time.CLOCK_REALTIME)
    if hasattr(time, "clock_gettime")
    else time.time
)
"""What time it is by the computer, in unix seconds."""


class RealTimeLoop(asyncio.SelectorEventLoop):
    """An event loop that runs on in real time while the process's time is frozen."""

    def time(self) -> float:
        """Return seconds of the computer's monotonic clock."""
        return monotonic()
