"""Telling threads to stop: those that are about to wait, and those that wait for a socket already."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

__all__ = ["Halt", "Stopped", "halt"]

halt: ContextVar[Halt | None] = ContextVar("wiro_halt", default=None)
"""What tells the running thread to stop; None for a thread that nobody may stop."""


class Stopped(BaseException):
    """Thrown into a flow whose thread is to stop. Never leaves the driver."""


class Halt:
    """Makes threads stop soon."""

    def __init__(self) -> None:
        self.called = False
        self._lock = threading.Lock()
        self._waiting: set[socket.socket] = set()

    def call(self) -> None:
        """Stop them: no wait begins any more, and those for sockets end."""
        with self._lock:
            self.called = True
            for own in self._waiting:
                with suppress(OSError):
                    # The plain socket's method: that of a TLS socket would pull the session away
                    # from under the thread that uses it.
                    socket.socket.shutdown(own, socket.SHUT_RDWR)

    def check(self) -> None:
        """Do nothing, unless the call has come.

        Raises:
            Stopped: It has.
        """
        if self.called:
            raise Stopped

    @contextmanager
    def watching(self, own: socket.socket) -> Generator[None]:
        """Shut this socket down if the call comes during the block."""
        with self._lock:
            self.check()
            self._waiting.add(own)
        try:
            yield
        finally:
            with self._lock:
                self._waiting.discard(own)
