"""Several flows at once in threads, none of which outlives the call."""

from __future__ import annotations

import threading
import time
from contextvars import copy_context
from typing import TYPE_CHECKING, Any

from wiro_runtime.driver.halt import Halt, halt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wiro_runtime.client.result import Performer
    from wiro_runtime.flow.effect import Flow

__all__ = ["perform_all"]

_GRACE = 5.0
"""Seconds for all threads to tidy up. What cannot be stopped is only the look-up of a host's address and
the wait for a connection; such a thread ends by itself, and does not keep the process alive."""

_LOOK = 0.1
"""Seconds between two looks at whether all is done: on Windows, Ctrl-C does not end a longer wait."""


def perform_all(perform: Performer, flows: Sequence[Flow[Any]], at_once: int) -> list[Any]:
    """Perform flows, some at a time, and give their values in order.

    The first failure stops the others and is raised when they have ended; so does an exception in the
    calling thread, such as Ctrl-C.
    """
    crew = _Crew(perform, flows)
    threads = [
        # A context of its own for each: one context cannot be entered twice at a time.
        threading.Thread(
            target=copy_context().run, args=(crew.work,), name=f"wiro-{number}", daemon=True
        )
        for number in range(min(at_once, len(flows)))
    ]
    try:
        for thread in threads:
            thread.start()
        while not crew.over.wait(_LOOK):
            pass
    finally:
        crew.stop.call()  # has no effect on those that are done
        until = time.monotonic() + _GRACE
        for thread in threads:
            if thread.ident is not None:
                thread.join(max(0.0, until - time.monotonic()))
    if crew.failure is not None:
        raise crew.failure
    return crew.values


class _Crew:
    def __init__(self, perform: Performer, flows: Sequence[Flow[Any]]) -> None:
        self._perform = perform
        self._rest = iter(list(enumerate(flows)))
        self._lock = threading.Lock()
        self.values: list[Any] = [None] * len(flows)
        self.failure: BaseException | None = None
        self.stop = Halt()
        self.over = threading.Event()
        """Set when all is done, or one has failed."""
        self._open = len(flows)

    def work(self) -> None:
        """Perform one flow after the other until none is left."""
        halt.set(self.stop)
        while not self.stop.called:
            with self._lock:
                number, flow = next(self._rest, (0, None))
            if flow is None:
                return
            try:
                self.values[number] = self._perform(flow)
            except BaseException as failure:  # noqa: BLE001 - raised again in the calling thread
                self._end(failure)
                return
            self._end(None)

    def _end(self, failure: BaseException | None) -> None:
        with self._lock:
            self._open -= 1
            if self.failure is None and not self.stop.called:
                self.failure = failure
            if self._open == 0 or self.failure is not None:
                self.over.set()
