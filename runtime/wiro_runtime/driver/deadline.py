"""How long an exchange may take as a whole, held against every single wait for the network.

httpx bounds the time between two bytes, and a server that sends one now and then keeps it waiting for
ever. asyncio can end any wait from outside. A blocking socket cannot be ended from outside, so each
operation on it gets what is left of the whole; and a thread that is told to stop has its socket shut
down under it.
"""

from __future__ import annotations

import math
import socket
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import httpcore

from wiro_runtime.driver.threads import cancel_token
from wiro_runtime.flow.effect import TransportFailure
from wiro_runtime.seam import clock

if TYPE_CHECKING:
    import ssl
    from collections.abc import Generator, Iterable, Iterator

    import httpx

__all__ = ["check", "deadline_scope", "install", "remaining"]

_until: ContextVar[float] = ContextVar("wiro_exchange_until", default=math.inf)


class deadline_scope:  # noqa: N801 - used as a function; a generator would cost more than the exchange's share
    """Bound the exchanges of the running thread until the block ends."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def __enter__(self) -> None:
        self._token = _until.set(clock.current().now() + self._seconds)

    def __exit__(self, *_: object) -> None:
        _until.reset(self._token)


def remaining() -> float:
    """Seconds that the running exchange still has; infinity without a bound."""
    until = _until.get()
    return until if until == math.inf else until - clock.current().now()


def check() -> None:
    """Do nothing, unless the time is up; for transports of the caller's that have no sockets of ours.

    Raises:
        TransportFailure: It is.
    """
    if remaining() <= 0:
        raise TransportFailure("the time for the whole exchange is up", never_sent=False)


def install(client: httpx.Client) -> None:
    """Make the sockets of a client keep to the bound.

    httpx has no public way to give its pools another network backend; where its insides look
    different, or a transport has no sockets, there is nothing to install.
    """
    insides: Any = client
    transports = [insides._transport, *insides._mounts.values()]  # noqa: SLF001 - see above
    for transport in transports:
        pool = getattr(transport, "_pool", None)
        backend = getattr(pool, "_network_backend", None)
        if isinstance(backend, httpcore.NetworkBackend) and not isinstance(backend, _Backend):
            setattr(pool, "_network_backend", _Backend(backend))  # noqa: B010 - no type checker knows it


class _Backend(httpcore.NetworkBackend):
    def __init__(self, inner: httpcore.NetworkBackend) -> None:
        self._inner = inner

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers; all of them share the time."""
        problem: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in _addresses(host, port):
            share = _shortened(timeout, httpcore.ConnectTimeout)
            try:
                stream = self._inner.connect_tcp(
                    address, port, share, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as failure:
                problem = failure
            else:
                return _Stream(stream)
        raise problem

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        share = _shortened(timeout, httpcore.ConnectTimeout)
        return _Stream(self._inner.connect_unix_socket(path, share, socket_options))

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(seconds)


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        with self._watched():
            return self._inner.read(max_bytes, _shortened(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        # In pieces: within one, the socket counts anew whenever the other side takes a little.
        for piece in _pieces(buffer):
            with self._watched():
                self._inner.write(piece, _shortened(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        with self._watched():
            share = _shortened(timeout, httpcore.ConnectTimeout)
            return _Stream(self._inner.start_tls(ssl_context, server_hostname, share))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)

    @contextmanager
    def _watched(self) -> Generator[None]:
        token = cancel_token.get()
        if token is None:
            yield
        else:
            with token.watching(self._inner.get_extra_info("socket")):
                yield


def _shortened(timeout: float | None, expired: type[Exception]) -> float | None:
    rest = remaining()
    if rest <= 0:
        raise expired("the time for the whole exchange is up")
    if rest == math.inf:
        return timeout
    return rest if timeout is None else min(timeout, rest)


def _addresses(host: str, port: int) -> list[str]:
    try:
        resolved = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as unknown:
        raise httpcore.ConnectError(f"{host} is not known: {unknown}") from unknown
    return list(dict.fromkeys(str(address[0]) for *_, address in resolved))


def _pieces(buffer: bytes, size: int = 65536) -> Iterator[bytes]:
    if len(buffer) <= size:
        yield buffer
        return
    view = memoryview(buffer)
    for start in range(0, len(buffer), size):
        yield bytes(view[start : start + size])
