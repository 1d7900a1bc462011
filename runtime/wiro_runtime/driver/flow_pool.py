"""Flows that are performed at the same time and end one by one: in threads, or as tasks of asyncio."""

from __future__ import annotations

import queue
import threading
import time
from contextvars import copy_context
from typing import TYPE_CHECKING, Any

from wiro_runtime.driver.threads import CancelToken, cancel_token

if TYPE_CHECKING:
    import asyncio

    from wiro_runtime.flow.effect import AsyncPerformer, Flow, Performer

__all__ = ["AsyncPool", "Ended", "ThreadPool"]

Ended = tuple[int | None, Any, BaseException | None]
"""The number of a flow, its value, and what it raised; no number for somebody who only wants attention."""

_GRACE = 5.0
"""Seconds for all threads to tidy up when the caller leaves."""
_CHECK_EVERY = 0.1
"""Seconds between two checks: on Windows, Ctrl-C does not end a longer wait."""


class ThreadPool:
    """Performs flows in threads, as many as there are flows under way.

    Args:
        perform: Performs one flow.
    """

    def __init__(self, perform: Performer) -> None:
        self._perform = perform
        self._work: queue.SimpleQueue[tuple[int, Flow[Any]] | None] = queue.SimpleQueue()
        self._ended: queue.SimpleQueue[Ended] = queue.SimpleQueue()
        self.ended: dict[int, Ended] = {}
        """How each flow has ended; kept until its number is begun again."""
        self._token = CancelToken()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._idle = 0

    def start(self, number: int, flow: Flow[Any]) -> None:
        """Begin to perform a flow under a number."""
        self.ended.pop(number, None)
        with self._lock:
            is_served = self._idle > 0
            self._idle -= is_served
        self._work.put((number, flow))
        if not is_served:
            thread = threading.Thread(
                target=copy_context().run, args=(self._serve,), name="wiro-map", daemon=True
            )
            self._threads.append(thread)
            thread.start()

    def wake(self) -> None:
        """Make whoever waits look up."""
        self._ended.put((None, None, None))

    def next_ended(self) -> Ended:
        """Wait for a flow to end."""
        while True:
            try:
                return self._ended.get(timeout=_CHECK_EVERY)
            except queue.Empty:
                continue

    def close(self) -> None:
        """Stop what is still under way."""
        self._token.cancel()
        for _ in self._threads:
            self._work.put(None)
        until = time.monotonic() + _GRACE
        for thread in self._threads:
            if thread.ident is None:  # never started: Ctrl-C came between
                continue
            thread.join(max(0.0, until - time.monotonic()))

    def _serve(self) -> None:
        cancel_token.set(self._token)
        while (work := self._work.get()) is not None and not self._token.cancelled:
            number, flow = work
            try:
                ended: Ended = (number, self._perform(flow), None)
            except BaseException as failure:  # noqa: BLE001 - raised again by whoever waits
                ended = (number, None, failure)
            with self._lock:
                self._idle += 1
            self.ended[number] = ended
            self._ended.put(ended)


class AsyncPool:
    """Performs flows as tasks of the running event loop.

    Args:
        perform: Performs one flow.
    """

    def __init__(self, perform: AsyncPerformer) -> None:
        import asyncio  # noqa: PLC0415 - a blocking program never needs to load it

        self._perform = perform
        self._ended: asyncio.Queue[Ended] = asyncio.Queue()
        self.ended: dict[int, Ended] = {}
        """How each flow has ended; kept until its number is begun again."""
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, number: int, flow: Flow[Any]) -> None:
        """Begin to perform a flow under a number."""
        import asyncio  # noqa: PLC0415 - as above

        self.ended.pop(number, None)
        task = asyncio.create_task(self._serve(number, flow))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def wake(self) -> None:
        """Make whoever waits look up."""
        self._ended.put_nowait((None, None, None))

    async def next_ended(self) -> Ended:
        """Wait for a flow to end."""
        return await self._ended.get()

    async def close(self) -> None:
        """Stop what is still under way."""
        import asyncio  # noqa: PLC0415 - as above

        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, number: int, flow: Flow[Any]) -> None:
        try:
            ended: Ended = (number, await self._perform(flow), None)
        except BaseException as failure:  # noqa: BLE001 - raised again by whoever waits
            ended = (number, None, failure)
        self.ended[number] = ended
        self._ended.put_nowait(ended)
