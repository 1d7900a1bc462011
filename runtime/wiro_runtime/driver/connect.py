"""Connecting to a host that has several addresses, some of which may be dead."""

from __future__ import annotations

import contextlib
import queue
import socket
import threading
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar
from urllib import request

import httpcore

from wiro_runtime.driver.threads import cancel_token
from wiro_runtime.parse import url_parts
from wiro_runtime.seam.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["HEAD_START", "connect_first", "connect_socket"]

HEAD_START = 0.25
"""Seconds that an address has to answer before the next one is tried at the same time."""
_CHECK_EVERY = 0.1
"""Seconds between two checks of whether the thread is to stop."""


class Closable(Protocol):
    """What a connection is here: something to close if it comes too late."""

    def close(self) -> None:
        """Let go of it."""
        ...


S = TypeVar("S", bound=Closable)


def connect_first(
    connect: Callable[[str, float | None], S], host: str, port: int, seconds: float | None
) -> S:
    """Connect to the address of a host that answers first, as browsers do.

    Args:
        connect: Connects to one address, within so many seconds.
        host: The host.
        port: Its port.
        seconds: How long it may take; None for no limit.

    Raises:
        httpcore.ConnectError: None did; the last reason.
        httpcore.ConnectTimeout: None did in time.
    """
    addresses = _addresses(host, port)
    if len(addresses) == 1:
        return connect(addresses[0], seconds)
    race = _Race(connect, seconds)
    return race.winner(addresses)


def connect_socket(url: str, seconds: float) -> tuple[socket.socket | None, float]:
    """A socket that is connected to the address of a URL's host that answers first, and the seconds that are left.

    It is None where the environment names a proxy, whose use is up to the library for WebSockets. That library
    tries one address after the other, each for as long as all of them may take.

    Raises:
        OSError: No address answered in time.
    """
    parts = url_parts(url)
    host = parts.hostname or ""
    if request.getproxies() and not request.proxy_bypass(host):
        return None, seconds
    port = parts.port or (443 if parts.scheme == "wss" else 80)
    now = SystemClock().now
    began = now()

    def connect(address: str, left: float | None) -> socket.socket:
        return socket.create_connection((address, port), left)

    try:
        connected = connect_first(connect, host, port, seconds)
    except (httpcore.ConnectError, httpcore.ConnectTimeout) as failure:
        raise ConnectionError(str(failure)) from None
    connected.settimeout(None)
    return connected, max(0.001, seconds - (now() - began))


class _Race(Generic[S]):
    def __init__(self, connect: Callable[[str, float | None], S], seconds: float | None) -> None:
        self._connect = connect
        self._clock = SystemClock()  # sockets wait in real time
        self._until = None if seconds is None else self._clock.now() + seconds
        self._answers: queue.SimpleQueue[S | Exception] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._is_over = False

    def winner(self, addresses: list[str]) -> S:
        """Try one address after the other, the next one when one has failed or had its head start."""
        problem: Exception = httpcore.ConnectTimeout("no address answered in time")
        waiting, running = list(addresses), 0
        try:
            while waiting or running:
                if waiting:
                    threading.Thread(
                        target=self._try, args=(waiting.pop(0),), name="wiro-connect", daemon=True
                    ).start()
                    running += 1
                answer = self._answer(HEAD_START if waiting else None)
                if isinstance(answer, Exception):
                    running -= 1
                    problem = answer
                elif answer is not None:
                    return answer
                elif not waiting:
                    break
            raise problem
        finally:
            self._end()

    def _try(self, address: str) -> None:
        try:
            stream = self._connect(address, self._left())
        except Exception as failure:  # noqa: BLE001 - raised again in the calling thread
            self._answers.put(failure)
            return
        with self._lock:
            if not self._is_over:
                self._answers.put(stream)
                return
        stream.close()

    def _answer(self, most: float | None) -> S | Exception | None:
        """The next answer; None if none came in so many seconds, or in all the time there is."""
        until = None if most is None else self._clock.now() + most
        token = cancel_token.get()
        while True:
            if token is not None:
                token.check()
            limits = [end - self._clock.now() for end in (until, self._until) if end is not None]
            # A little later than the connecting itself gives up, so that its own error is the one that is raised.
            left = min(limits, default=_CHECK_EVERY) + (0.0 if until is not None else 0.05)
            with contextlib.suppress(queue.Empty):
                return self._answers.get(timeout=max(0.0, min(left, _CHECK_EVERY)))
            if left <= 0:
                return None

    def _left(self) -> float | None:
        return None if self._until is None else max(0.001, self._until - self._clock.now())

    def _end(self) -> None:
        """Take no further answer, and close the connections that came too late."""
        with self._lock:
            self._is_over = True
        with contextlib.suppress(queue.Empty):
            while True:
                late = self._answers.get_nowait()
                if not isinstance(late, Exception):
                    late.close()


def _addresses(host: str, port: int) -> list[str]:
    try:
        resolved = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as unknown:
        raise httpcore.ConnectError(f"{host} is not known: {unknown}") from unknown
    addresses = list(dict.fromkeys(str(address[0]) for *_, address in resolved))
    if not addresses:
        raise httpcore.ConnectError(f"{host} has no address")
    return addresses
