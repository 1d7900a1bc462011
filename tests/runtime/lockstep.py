"""Threads in virtual time, in step: time moves when all of them wait, and no machine decides who is first."""

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from heapq import heappop, heappush
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest

from runtime.waiting import TIMEOUT
from wiro_runtime.driver import flow_pool
from wiro_runtime.seam import clock


class _Lockstep:
    """A clock for threads that begin work from queues of its own.

    Whoever made it counts as awake, and whoever has taken something from a queue; what lies in a queue
    does too, since somebody is about to take it.

    Args:
        moved: The clock that sleeping moves.
    """

    def __init__(self, moved: clock.Clock) -> None:
        self._moved = moved
        self._lock = threading.Lock()
        self._awake = 1
        self._sleepers: list[tuple[float, int, threading.Event]] = []
        self._number = count()
        self.now, self.time, self.sleep_async = moved.now, moved.time, moved.sleep_async

    def sleep(self, seconds: float, /) -> None:
        woken = threading.Event()
        with self._lock:
            moment = self.time() + max(0.0, seconds)
            heappush(self._sleepers, (moment, next(self._number), woken))
            self._leave()
        assert woken.wait(TIMEOUT), "a thread waits for something else than this clock"

    def enter(self) -> None:
        with self._lock:
            self._awake += 1

    def leave(self) -> None:
        with self._lock:
            self._leave()

    def _leave(self) -> None:
        self._awake -= 1
        if self._awake or not self._sleepers:
            return
        moment = self._sleepers[0][0]
        self._moved.sleep(moment - self.time())
        while self._sleepers and self._sleepers[0][0] <= moment:
            self._awake += 1
            heappop(self._sleepers)[2].set()


class _Queue:
    """A queue whose readers and contents a clock knows of."""

    def __init__(self, lockstep: _Lockstep, awake: threading.local) -> None:
        self._lockstep = lockstep
        self._awake = awake
        self._items: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def put(self, item: Any) -> None:
        self._lockstep.enter()
        self._items.put(item)

    def get(self, timeout: float | None = None) -> Any:
        if getattr(self._awake, "is_counted", False):
            self._lockstep.leave()
        try:
            return self._items.get(timeout=timeout)
        except queue.Empty:
            self._lockstep.enter()
            raise
        finally:
            self._awake.is_counted = True


@contextmanager
def in_step(moved: clock.Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the threads of a map wait for each other, as tasks of asyncio do without.

    Only what sleeps: sockets of the mock pass time of their own.
    """
    lockstep, awake = _Lockstep(moved), threading.local()
    awake.is_counted = True
    known = SimpleNamespace(SimpleQueue=lambda: _Queue(lockstep, awake), Empty=queue.Empty)
    with clock.use(lockstep), monkeypatch.context() as patched:
        patched.setattr(flow_pool, "queue", known)
        yield
