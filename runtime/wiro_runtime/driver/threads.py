"""Several flows at once in threads, none of which outlives the call, and how those threads are stopped."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager, suppress
from contextvars import ContextVar, copy_context
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import socket
    from collections.abc import Generator, Sequence

    from wiro_runtime.flow.effect import Flow, Performer

__all__ = ["CancelToken", "Stopped", "cancel_token", "perform_all"]

_GRACE = 5.0
"""Seconds for all threads to tidy up. What cannot be stopped is only the look-up of a host's address and
the wait for a connection; such a thread ends by itself, and does not keep the process alive."""

_CHECK_EVERY = 0.1
"""Seconds between two checks of whether all is done: on Windows, Ctrl-C does not end a longer wait."""

cancel_token: ContextVar[CancelToken | None] = ContextVar("wiro_cancel_token", default=None)
"""What stops the running thread; None for a thread that nobody may stop."""


class Stopped(BaseException):
    """Thrown into a flow whose thread is to stop. Never leaves the driver."""


class CancelToken:
    """Makes threads stop soon: those that are about to wait, and those that wait for a socket already."""

    def __init__(self) -> None:
        self.cancelled = False
        self._lock = threading.Lock()
        self._waiting: set[socket.socket] = set()

    def cancel(self) -> None:
        """Stop them: no wait begins any more, and those for sockets end."""
        import socket  # noqa: PLC0415 - every client loads this module, and few stop anything

        with self._lock:
            self.cancelled = True
            for waiting in self._waiting:
                with suppress(OSError):
                    # The plain socket's method: that of a TLS socket would pull the session away
                    # from under the thread that uses it.
                    socket.socket.shutdown(waiting, socket.SHUT_RDWR)

    def check(self) -> None:
        """Do nothing, unless it has been cancelled.

        Raises:
            Stopped: It has.
        """
        if self.cancelled:
            raise Stopped

    @contextmanager
    def watching(self, waiting: socket.socket) -> Generator[None]:
        """Shut this socket down if the token is cancelled during the block."""
        with self._lock:
            self.check()
            self._waiting.add(waiting)
        try:
            yield
        finally:
            with self._lock:
                self._waiting.discard(waiting)


def perform_all(perform: Performer, flows: Sequence[Flow[Any]], at_once: int) -> list[Any]:
    """Perform flows, some at a time, and return their values in order.

    The first failure stops the others and is raised when they have ended; so does an exception in the
    calling thread, such as Ctrl-C.
    """
    work = _Work(perform, flows)
    threads = [
        # A context of its own for each: one context cannot be entered twice at a time.
        threading.Thread(
            target=copy_context().run, args=(work.perform,), name=f"wiro-{number}", daemon=True
        )
        for number in range(min(at_once, len(flows)))
    ]
    try:
        for thread in threads:
            thread.start()
        while not work.over.wait(_CHECK_EVERY):
            pass
    finally:
        work.token.cancel()  # has no effect on those that are done
        until = time.monotonic() + _GRACE
        for thread in threads:
            if thread.ident is not None:
                thread.join(max(0.0, until - time.monotonic()))
    if work.failure is not None:
        raise work.failure
    return work.values


class _Work:
    """Flows that several threads share, and what became of them."""

    def __init__(self, perform: Performer, flows: Sequence[Flow[Any]]) -> None:
        self._perform = perform
        self._rest = iter(list(enumerate(flows)))
        self._lock = threading.Lock()
        self.values: list[Any] = [None] * len(flows)
        self.failure: BaseException | None = None
        self.token = CancelToken()
        self.over = threading.Event()
        """Set when all is done, or one has failed."""
        self._open = len(flows)

    def perform(self) -> None:
        """Perform one flow after the other until none is left."""
        cancel_token.set(self.token)
        while not self.token.cancelled:
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
            if self.failure is None and not self.token.cancelled:
                self.failure = failure
            if self._open == 0 or self.failure is not None:
                self.over.set()
