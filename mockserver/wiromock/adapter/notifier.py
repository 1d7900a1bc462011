"""Waiting for a moment of mock time, for a change on the platform, or for the end of the server."""

import asyncio
import math
from collections.abc import Awaitable, Iterable
from contextlib import suppress
from threading import Lock
from typing import Any, Protocol, TypeAlias

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
    """Wakes asyncio tasks that hold a connection open, in any event loop of the process.

    Args:
        clock: the mock's time.
    """

    def __init__(self, clock: AsyncSleeper) -> None:
        self._clock = clock
        self._lock = Lock()
        self._waiting: set[Watch] = set()
        """Where somebody waits at this moment."""
        self._is_stopped = False
        self._version = 0

    def watch(self) -> "Watch":
        """Return a place to wait for what concerns one connection, and for what concerns all."""
        return Watch(self, self._clock, self._lock)

    def notify(self) -> None:
        """Wake everybody who waits, from any thread: something has changed for all, such as the time."""
        with self._lock:
            self._version += 1
            waiting, self._waiting = self._waiting, set()
            woken = [waiter for watch in waiting for waiter in watch.take_waiters()]
        _wake(woken)

    def stop(self) -> None:
        """End every wait, those that begin later too, with `Stopped`."""
        self._is_stopped = True
        self.notify()

    async def stopped(self) -> None:
        """Wait for the end of the server, however much time passes.

        Raises:
            Stopped: it is here.
        """
        watch = self.watch()
        while True:
            await watch.change(watch.version)

    def check(self) -> None:
        """Complain when the server ends.

        Raises:
            Stopped: it does.
        """
        if self._is_stopped:
            raise Stopped

    @property
    def version(self) -> int:
        """How often something has changed for all."""
        return self._version

    def enter(self, watch: "Watch") -> None:
        """Have a watch woken by the next `notify`; the lock is held."""
        self._waiting.add(watch)

    def leave(self, watch: "Watch") -> None:
        """Forget a watch at which nobody waits any longer; the lock is held."""
        self._waiting.discard(watch)


_Waiter: TypeAlias = tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]


class Watch:
    """Where one connection waits. Made by `Notifier.watch`.

    Args:
        notifier: wakes all.
        clock: the mock's time.
        lock: the notifier's.
    """

    def __init__(self, notifier: Notifier, clock: AsyncSleeper, lock: Lock) -> None:
        self._notifier = notifier
        self._clock = clock
        self._lock = lock
        self._version = 0
        self._waiters: set[_Waiter] = set()

    @property
    def version(self) -> int:
        """How often something has changed here or for all. Read it before looking, and give it to `until`."""
        return self._version + self._notifier.version

    def notify(self) -> None:
        """Wake who waits here, from any thread: something has changed that is not the time."""
        with self._lock:
            self._version += 1
            self._notifier.leave(self)
            woken = self.take_waiters()
        _wake(woken)

    async def until(self, moment: float | None, seen: int) -> None:
        """Wait until a moment in unix seconds, or until something changes.

        Args:
            moment: None or an infinite one waits for a change alone.
            seen: the `version` before the caller looked. Other threads change things too, and what changes
                between the look and this wait would wake nobody.

        Raises:
            Stopped: the server ends.
            TimeRanAway: neither ever comes, in virtual time.
        """
        changed = self._enter(seen)
        try:
            self._notifier.check()
            left = _FOREVER if moment is None else min(moment - self._clock.time(), _FOREVER)
            if left > 0:
                await first_of(changed, self._clock.sleep_async(left))
            else:
                await asyncio.sleep(0)  # so that many waits that end at once starve no other task
        finally:
            self._leave(changed)
        self._notifier.check()

    async def change(self, seen: int) -> None:
        """Wait until something changes, however much time passes; see `until`."""
        changed = self._enter(seen)
        try:
            self._notifier.check()
            await changed
        finally:
            self._leave(changed)
        self._notifier.check()

    async def stopped(self) -> None:
        """Wait for the end of the server; see `Notifier.stopped`."""
        await self._notifier.stopped()

    async def sleep(self, seconds: float) -> None:
        """Wait so many mock seconds, whatever changes.

        Raises:
            Stopped: the server ends.
        """
        moment = self._clock.time() + seconds
        while self._clock.time() < moment:
            await self.until(moment, self.version)

    def take_waiters(self) -> "set[_Waiter]":
        """Hand over who waits here, to be woken; the lock is held."""
        woken, self._waiters = self._waiters, set()
        return woken

    def _enter(self, seen: int) -> "asyncio.Future[None]":
        """Return what is done with the next change; it is done already where one came after `seen`."""
        loop = asyncio.get_running_loop()
        changed = loop.create_future()
        with self._lock:
            if self.version == seen:
                self._waiters.add((loop, changed))
                self._notifier.enter(self)
            else:
                changed.set_result(None)
        return changed

    def _leave(self, changed: "asyncio.Future[None]") -> None:
        with self._lock:
            self._waiters.discard((changed.get_loop(), changed))
            if not self._waiters:
                self._notifier.leave(self)


def _wake(waiters: "Iterable[_Waiter]") -> None:
    """Wake who waits, each in the event loop in which it does."""
    by_loop: dict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]] = {}
    for loop, changed in waiters:
        by_loop.setdefault(loop, []).append(changed)
    here = _running_loop() if by_loop else None
    for loop, changed_here in by_loop.items():
        if loop is here:
            _release(changed_here)
        else:
            with suppress(RuntimeError):  # it is closed, so nobody waits there any longer
                loop.call_soon_threadsafe(_release, changed_here)


def _release(waiting: "list[asyncio.Future[None]]") -> None:
    for changed in waiting:
        if not changed.done():
            changed.set_result(None)


async def first_of(*works: Awaitable[Any]) -> int:
    """Await several things until the first is done, and cancel the others.

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
