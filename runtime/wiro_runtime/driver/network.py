"""The sockets below httpx: what was sent, how long each wait may be, and which address is connected to.

httpx reports how an exchange ended, not whether a byte of the request had left. Here is where bytes leave, so
here it is known. httpx has no public way to give its pools another network backend; where its insides look
different, or a transport has no sockets, nothing is installed and the kind of the failure has to do.
"""

from __future__ import annotations

import math
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import httpcore

from wiro_runtime.driver import deadline
from wiro_runtime.driver.connect import connect_first
from wiro_runtime.driver.signals import pass_on_signals
from wiro_runtime.driver.threads import cancel_token
from wiro_runtime.seam.clock import SystemClock

if TYPE_CHECKING:
    import ssl
    from collections.abc import Generator, Iterable, Iterator

    import httpx

__all__ = [
    "AsyncTrackedStream",
    "Transmission",
    "install",
    "pool_size",
    "transmission",
    "transport_of",
]

_UNDIVIDED = 32 * 1024
"""Bytes that a transport of asyncio takes at once, without a turn of the loop in which it could close."""

_now = SystemClock().now
"""Sockets live in real time."""


class Transmission:
    """What became of the bytes of one exchange."""

    __slots__ = ("is_watched", "max_idle", "needs_all", "sent")

    def __init__(self) -> None:
        self.max_idle = math.inf
        """Seconds for which the connection that it takes may have been unused."""
        self.needs_all = False
        """Whether a request that has not left to its end is none: JSON that breaks off says nothing."""
        self.is_watched = False
        """Whether it went over sockets of ours, so that `sent` means something."""
        self.sent = False
        """Whether a byte of the request may have left."""

    @property
    def is_unsent(self) -> bool:
        """Whether it is proven that no byte of the request has left."""
        return self.is_watched and not self.sent


transmission: ContextVar[Transmission | None] = ContextVar("wiro_transmission", default=None)
"""Of the exchange that the running thread or task is at."""


def install(client: httpx.Client | httpx.AsyncClient) -> WeakSet[AsyncTrackedStream]:
    """Make a client's sockets record what was sent, and keep to the deadline; returns those of asyncio."""
    streams = WeakSet[AsyncTrackedStream]()
    for pool in _pools(client):
        backend = pool._network_backend  # noqa: SLF001 - see the module's docstring
        if isinstance(backend, (_Backend, _AsyncBackend)):
            continue
        if isinstance(backend, httpcore.NetworkBackend):
            pool._network_backend = _Backend(backend)  # noqa: SLF001
        elif isinstance(backend, httpcore.AsyncNetworkBackend):
            pool._network_backend = _AsyncBackend(backend, streams)  # noqa: SLF001
    return streams


def pool_size(client: httpx.Client | httpx.AsyncClient) -> int | None:
    """How many connections a client opens at once; None if it has no pool, or one without a limit."""
    sizes = [getattr(pool, "_max_connections", None) for pool in _pools(client)]
    known = [size for size in sizes if isinstance(size, int) and 0 < size < 2**31]
    return min(known, default=None)


def _pools(client: httpx.Client | httpx.AsyncClient) -> Iterator[Any]:
    insides: Any = client
    for transport in (insides._transport, *insides._mounts.values()):  # noqa: SLF001 - as above
        pool = getattr(transport, "_pool", None)
        if hasattr(pool, "_network_backend"):
            yield pool


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
        """Connect to the address of the host that answers first."""
        _watch()
        options = None if socket_options is None else list(socket_options)

        def connect(address: str, seconds: float | None) -> httpcore.NetworkStream:
            with _signals_passed_on():
                return self._inner.connect_tcp(address, port, seconds, local_address, options)

        return TrackedStream(
            connect_first(connect, host, port, _share(timeout, httpcore.ConnectTimeout))
        )

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        _watch()
        share = _share(timeout, httpcore.ConnectTimeout)
        return TrackedStream(self._inner.connect_unix_socket(path, share, socket_options))

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(seconds)


class TrackedStream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner
        self.requests = 0
        self.used_at = _now()

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        with self._stoppable():
            read = self._inner.read(max_bytes, _share(timeout, httpcore.ReadTimeout))
        self.used_at = _now()
        return read

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        _share(timeout, httpcore.WriteTimeout)  # no byte leaves when the time is up already
        begun = _begin(buffer, self)
        # In pieces: within one, the socket counts anew whenever the other side takes a little.
        for piece in _pieces(buffer):
            with self._stoppable():
                try:
                    self._inner.write(piece, _share(timeout, httpcore.WriteTimeout))
                except (httpcore.WriteError, httpcore.WriteTimeout) as failure:
                    # A handler's may come after the last byte, so that nothing is sent again.
                    pass_on_signals(failure)
                    is_refused = isinstance(failure, httpcore.WriteError)
                    _break_off(begun if is_refused else None, self)
                    raise
            begun = None

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        with self._stoppable():
            share = _share(timeout, httpcore.ConnectTimeout)
            return TrackedStream(self._inner.start_tls(ssl_context, server_hostname, share))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)

    @contextmanager
    def _stoppable(self) -> Generator[None]:
        token = cancel_token.get()
        with _signals_passed_on():
            if token is None:
                yield
            else:
                with token.watching(self._inner.get_extra_info("socket")):
                    yield


class _AsyncBackend(httpcore.AsyncNetworkBackend):
    def __init__(
        self, inner: httpcore.AsyncNetworkBackend, streams: WeakSet[AsyncTrackedStream]
    ) -> None:
        self._inner = inner
        self._streams = streams

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - as httpcore has it
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        _watch()
        inner = await self._inner.connect_tcp(host, port, timeout, local_address, socket_options)
        return AsyncTrackedStream(inner, self._streams)

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109 - as httpcore has it
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        _watch()
        inner = await self._inner.connect_unix_socket(path, timeout, socket_options)
        return AsyncTrackedStream(inner, self._streams)

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)


class AsyncTrackedStream(httpcore.AsyncNetworkStream):
    """A connection of an event loop, known for as long as it is open."""

    def __init__(
        self, inner: httpcore.AsyncNetworkStream, streams: WeakSet[AsyncTrackedStream]
    ) -> None:
        self._inner = inner
        self._streams = streams
        self.requests = 0
        self.used_at = _now()
        streams.add(self)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        """Up to so many bytes."""
        read = await self._inner.read(max_bytes, timeout)
        self.used_at = _now()
        return read

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Pass all bytes on, and note that a request has begun to leave."""
        begun = _begin(buffer, self)
        try:
            await self._inner.write(buffer, timeout)
        except httpcore.WriteError:  # and no timeout: what asyncio has taken, it may still send
            _break_off(begun, self)
            raise
        if len(buffer) <= _UNDIVIDED and self._is_closing():
            # asyncio does not report a socket that refuses bytes to whoever writes: it drops them, and closes.
            _break_off(begun, self)
            raise httpcore.WriteError("the connection is closed")

    def _is_closing(self) -> bool:
        transport = transport_of(self._inner)
        return transport is not None and transport.is_closing()

    async def aclose(self) -> None:
        """Close the connection, and count it as open no more."""
        self._streams.discard(self)
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - as httpcore has it
    ) -> httpcore.AsyncNetworkStream:
        """The same connection, encrypted."""
        inner = await self._inner.start_tls(ssl_context, server_hostname, timeout)
        self._streams.discard(self)
        return AsyncTrackedStream(inner, self._streams)

    def get_extra_info(self, info: str) -> Any:
        """What the connection is made of."""
        return self._inner.get_extra_info(info)


@contextmanager
def _signals_passed_on() -> Generator[None]:
    """Around what waits for the network: httpcore would try again after a handler's `OSError`, or pass it over."""
    try:
        yield
    except Exception as failure:
        pass_on_signals(failure)
        raise


def transport_of(layer: Any) -> Any | None:
    """The transport of asyncio under layers of httpcore and anyio; None where their insides look different."""
    while not hasattr(layer, "_transport"):
        names = ("_inner", "_stream", "transport_stream")
        layer = next((getattr(layer, name) for name in names if hasattr(layer, name)), None)
        if layer is None:
            return None
    return layer._transport  # noqa: SLF001 - see the module's docstring


def _watch() -> Transmission | None:
    exchange = transmission.get()
    if exchange is not None:
        exchange.is_watched = True
    return exchange


def _begin(buffer: bytes, stream: TrackedStream | AsyncTrackedStream) -> Transmission | None:
    """Note that bytes of the request leave now; the transmission that begins with them, if one does.

    A connection that is found closed, or that the other side may be closing, is given back, and the request goes
    to another one.
    """
    exchange = _watch()
    if (
        not buffer
        or exchange is None
        or exchange.sent
        or buffer.startswith((b"CONNECT ", b"\x05", b"\x01"))
    ):
        return (
            None  # of another client, further bytes, or what is said to a proxy before the request
        )
    if stream.requests and not _is_shared(stream):
        is_stale = _now() - stream.used_at > exchange.max_idle
        if is_stale or stream.get_extra_info("is_readable"):
            raise httpcore.ConnectionNotAvailable
    exchange.sent = True
    stream.requests += 1
    return exchange


def _break_off(begun: Transmission | None, stream: TrackedStream | AsyncTrackedStream) -> None:
    """Some bytes could not be written: if they were the first, nothing has left, and another connection is tried."""
    exchange = transmission.get() if begun is None else begun
    if exchange is not None and (exchange.needs_all or begun is not None):
        exchange.sent = False
    if begun is not None and stream.requests > 1:
        raise httpcore.ConnectionNotAvailable


def _is_shared(stream: TrackedStream | AsyncTrackedStream) -> bool:
    """Whether several requests are under way on one connection, so that there may well be something to read."""
    tls = stream.get_extra_info("ssl_object")
    return tls is not None and tls.selected_alpn_protocol() == "h2"


def _share(timeout: float | None, expired: type[Exception]) -> float | None:
    """Seconds for one operation, of those that are left for the exchange."""
    rest = deadline.remaining()
    if rest <= 0:
        raise expired(deadline.TIME_IS_UP)
    return rest if timeout is None else min(timeout, rest)


def _pieces(buffer: bytes, size: int = 65536) -> Iterator[bytes]:
    if len(buffer) <= size:
        yield buffer
        return
    view = memoryview(buffer)
    for start in range(0, len(buffer), size):
        yield bytes(view[start : start + size])
