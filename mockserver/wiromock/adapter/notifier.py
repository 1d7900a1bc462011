"""Waiting for a moment of mock time, for a change on the platform, or for the end of the server."""

import asyncio
import math
from collections.abc import Coroutine
from contextlib import suppress
from threading import Lock
from typing import Any, Protocol

from wiromock.errors import TimeRanAway

_FOREVER = 1e9
"""Seconds beyond the limit of any virtual clock, and a generation of a real one."""


class AsyncSleeper(Protocol):
    """A clock on which asyncio tasks can wait."""

    def time(self) -> float:
        """The present, in unix seconds of mock time."""
        ...

    async def sleep_async(self, seconds: float, /) -> None:
        """Suspend the running task."""
        ...


class Sleeper(AsyncSleeper, Protocol):
    """A clock on which threads can wait too."""

    def sleep(self, seconds: float, /) -> None:
        """Block the running thread."""
        ...


class Stopped(Exception):  # noqa: N818 - the name says what happened
    """The server ends; nobody waits any longer."""


class Notifier:
    """Where asyncio tasks wait that hold a connection open, in any event loop of the process.

    Args:
        clock: the mock's time.
    """

    def __init__(self, clock: AsyncSleeper) -> None:
        self._clock = clock
        self._lock = Lock()
        self._events: dict[asyncio.AbstractEventLoop, asyncio.Event] = {}
        """One for each loop in which somebody waits; set once, then forgotten."""
        self._is_stopped = False
        self.version = 0
        """How often anything has changed. Read it before looking at what may change, and give it to `until`."""

    def notify(self) -> None:
        """Wake everybody who waits, from any thread: something has changed that is not the time."""
        with self._lock:
            self.version += 1
            if not self._events:
                return
            events, self._events = self._events, {}
        here = _running_loop()
        for loop, event in events.items():
            if loop is here:
                event.set()
            else:
                with suppress(RuntimeError):  # it is closed, so nobody waits there any longer
                    loop.call_soon_threadsafe(event.set)

    def stop(self) -> None:
        """End every wait, those that begin later too, with `Stopped`."""
        self._is_stopped = True
        self.notify()

    async def until(self, moment: float | None, seen: int) -> None:
        """Wait until a moment in unix seconds, or until `notify`.

        Args:
            moment: None or an infinite one waits for `notify` alone.
            seen: the `version` before the caller looked. Other threads change things too, and what changes
                between the look and this wait would wake nobody.

        Raises:
            Stopped: the server ends.
            TimeRanAway: neither ever comes, in virtual time.
        """
        changed = self._event(seen)
        self._check()
        left = _FOREVER if moment is None else min(moment - self._clock.time(), _FOREVER)
        if left > 0:
            await first_of(changed.wait(), self._clock.sleep_async(left))
        else:
            await asyncio.sleep(0)  # so that many waits that end at once starve no other task
        self._check()

    async def stopped(self) -> None:
        """Wait for the end of the server, however much time passes.

        Raises:
            Stopped: it is here.
        """
        while True:
            changed = self._event(self.version)
            self._check()
            await changed.wait()

    async def sleep(self, seconds: float) -> None:
        """Wait so many mock seconds, whatever changes.

        Raises:
            Stopped: the server ends.
        """
        moment = self._clock.time() + seconds
        while self._clock.time() < moment:
            await self.until(moment, self.version)

    def _event(self, seen: int) -> asyncio.Event:
        """An event that is set with the next change; it is set already where one came after `seen`."""
        loop = asyncio.get_running_loop()
        with self._lock:
            if self.version == seen:
                return self._events.setdefault(loop, asyncio.Event())
        changed = asyncio.Event()
        changed.set()
        return changed

    def _check(self) -> None:
        if self._is_stopped:
            raise Stopped


async def first_of(*works: Coroutine[Any, Any, Any]) -> int:
    """Await several coroutines until the first is done, and cancel the others.

    Returns:
        The position of the one that was done first.

    Raises:
        Exception: what that one raised.
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


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def bounded(seconds: float) -> float:
    """Return a pause that a clock can pass, in seconds.

    Raises:
        TimeRanAway: it would be for ever.
    """
    if math.isinf(seconds):
        raise TimeRanAway(
            "a client without a timeout waits for an answer that never comes; give it a timeout"
        )
    return max(0.0, seconds)
