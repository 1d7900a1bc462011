"""What each event loop has of a client: connections of its own, let go when the loop is closed."""

from __future__ import annotations

import asyncio
import math
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from wiro_runtime.errors import ConfigurationError
from wiro_runtime.flow.effect import TransportFailure
from wiro_runtime.seam import clock

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from contextlib import AsyncExitStack
    from weakref import WeakSet

    import httpx

    from wiro_runtime.driver.network import AsyncTrackedStream
    from wiro_runtime.seam.clock import SystemClock

__all__ = ["LoopClients", "is_frozen"]


class LoopClient:
    """The httpx client of one event loop."""

    def __init__(self, client: httpx.AsyncClient, lifetime: AsyncGenerator[None] | None) -> None:
        from wiro_runtime.driver import network  # noqa: PLC0415 - loaded with the first exchange

        self.client = client
        self._lifetime = lifetime
        self._streams: WeakSet[AsyncTrackedStream] = network.install(client)
        size = network.pool_size(client)
        # httpx's pool looks at every waiting request whenever one ends. A thousand tasks that wait there
        # for a free connection take seven times the processor's time that they take waiting here.
        self._places = None if size is None else asyncio.Semaphore(size)
        # Of answers that stay open for as long as somebody reads; one less, so that never all are taken.
        self._long_places = None if size is None else asyncio.Semaphore(max(1, size - 1))

    async def take_place(self, seconds: float) -> float:
        """Wait until a connection is free, and return the seconds that are left then.

        Waiting for it is not the exchange's time: httpx would count it as such.

        Raises:
            TransportFailure: None was free in time.
        """
        return await _take(self._places, seconds)

    async def take_long_place(self, held: AsyncExitStack, seconds: float) -> float:
        """The same for an answer that stays open; the place is given back with what is held."""
        left = await _take(self._long_places, seconds)
        if self._long_places is not None:
            held.callback(self._long_places.release)
        left = await self.take_place(left)
        held.callback(self.leave_place)
        return left

    def leave_place(self) -> None:
        """Return the place, so that the next exchange can have it."""
        if self._places is not None:
            self._places.release()

    async def close(self) -> None:
        """Close the connections, unless the client is the caller's."""
        if self._lifetime is not None:
            await self._lifetime.aclose()

    def abandon(self) -> None:
        """Close the sockets of a loop that is closed, and can close nothing itself any more."""
        if self._lifetime is None:
            return
        for stream in list(self._streams):
            _close_socket(stream)


async def _take(places: asyncio.Semaphore | None, seconds: float) -> float:
    """Take a place, and return the seconds that are left then."""
    if places is None:
        return seconds
    if not places.locked():
        await places.acquire()
        return seconds
    began = clock.current().now()
    try:
        async with asyncio.timeout(None if seconds == math.inf else seconds):
            await places.acquire()
    except TimeoutError:
        raise TransportFailure("no connection was free in time", never_sent=True) from None
    return seconds - (clock.current().now() - began)


def is_frozen(loop: asyncio.AbstractEventLoop, now: SystemClock) -> bool:
    """Whether a loop's own clock stands still while real time passes."""
    if not isinstance(loop, asyncio.BaseEventLoop):
        return False  # it does not take its time from Python, and may keep it for a whole turn
    before, began = loop.time(), now.now()
    while now.now() == began:
        pass
    return loop.time() == before


def _running_loop() -> asyncio.AbstractEventLoop:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        raise ConfigurationError(
            "The asynchronous client runs in asyncio, and no event loop of asyncio runs here. Under trio, call "
            "the blocking client in a thread: `await trio.to_thread.run_sync(client.run, request)`."
        ) from None


class LoopClients:
    """One httpx client per event loop, each made with the first exchange there.

    Args:
        given: The caller's own client, which serves every loop; None for ours.
    """

    def __init__(self, given: httpx.AsyncClient | None) -> None:
        self._given = given
        # Not weak: a client refers to its loop, so that neither would ever be let go. Closed loops are
        # looked for whenever a new one comes.
        self._clients: dict[asyncio.AbstractEventLoop, LoopClient] = {}

    async def current(self) -> LoopClient:
        """The httpx client of the running loop, made on its first use."""
        client = self.known()
        if client is None:
            self._let_go()
            client = await self._make()
            self._clients[_running_loop()] = client
        return client

    def known(self) -> LoopClient | None:
        """That of the running loop, if it has been made."""
        return self._clients.get(_running_loop())

    async def close(self) -> None:
        """Close the connections of the running loop, and those of loops that are closed."""
        self._let_go()
        client = self._clients.pop(asyncio.get_running_loop(), None)
        if client is not None:
            await client.close()

    async def _make(self) -> LoopClient:
        if self._given is not None:
            return LoopClient(self._given, None)
        import httpx  # noqa: PLC0415 - loaded with the first exchange

        from wiro_runtime.driver.http import make_client  # noqa: PLC0415 - as above

        client = make_client(httpx.AsyncClient)
        lifetime = _lifetime(client)
        await anext(lifetime)  # does not wait, so that two tasks cannot make one each
        return LoopClient(client, lifetime)

    def _let_go(self) -> None:
        for loop in [loop for loop in self._clients if loop.is_closed()]:
            self._clients.pop(loop).abandon()


async def _lifetime(client: httpx.AsyncClient) -> AsyncGenerator[None, None]:
    """Close a client with its event loop.

    A loop that shuts down, as at the end of `asyncio.run()`, first ends every asynchronous generator
    that it has started. Connections are so closed while they still can be, and the next loop gets its
    own: "Event loop is closed" is never seen.
    """
    try:
        yield
    finally:
        await client.aclose()


def _close_socket(stream: AsyncTrackedStream) -> None:
    """Close the socket under a stream whose loop is closed.

    A transport closes in a callback of its loop, which a closed loop refuses to schedule; so that callback
    is called here. Where the transport is built differently, its socket is closed.
    """
    from wiro_runtime.driver.network import transport_of  # noqa: PLC0415 - loaded with the first exchange

    wrapper: Any = stream.get_extra_info("socket")
    transport: Any = transport_of(stream)
    with suppress(Exception):
        transport._call_connection_lost(None)  # noqa: SLF001 - see above
    with suppress(AttributeError, OSError):
        wrapper._sock.close()  # noqa: SLF001 - see above
