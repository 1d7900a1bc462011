"""The driver for asyncio, over `httpx.AsyncClient`."""

from __future__ import annotations

import asyncio
import inspect
import math
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

from wiro_runtime.driver import local, websocket
from wiro_runtime.flow.effect import (
    CloseSocket,
    Download,
    Downloaded,
    Effect,
    Emit,
    Flow,
    Gather,
    Local,
    OpenSocket,
    ReceiveFrame,
    Reply,
    Send,
    SendFrame,
    SendStreaming,
    Sleep,
    TransportFailure,
)
from wiro_runtime.observe import observed
from wiro_runtime.seam import clock

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    import httpx

    from wiro_runtime.config import Config
    from wiro_runtime.driver.http import AsyncResponseStream

__all__ = ["AsyncDriver"]

T = TypeVar("T")

_AT_ONCE = 100
"""Exchanges of one event loop under way at once: as many as httpx opens connections.

Its pool looks at every waiting request whenever one ends. A thousand tasks that wait there for a free
connection take seven times the processor's time that they take waiting here, where nobody looks.
"""


class AsyncDriver:
    """Performs flows in the running event loop; each loop gets its own connections.

    Args:
        config: The client's settings.
        http_client: The caller's own httpx client, which stays the caller's to close; None for ours.
    """

    def __init__(self, config: Config, http_client: httpx.AsyncClient | None) -> None:
        self._config = config
        self._given = http_client
        self._own: WeakKeyDictionary[
            asyncio.AbstractEventLoop,
            tuple[httpx.AsyncClient, AsyncGenerator[httpx.AsyncClient, None]],
        ] = WeakKeyDictionary()
        self._gates: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = (
            WeakKeyDictionary()
        )

    async def perform(self, flow: Flow[T]) -> T:
        """Run a flow to its end."""
        answer: Any = None
        step = flow.send
        while True:
            try:
                effect = step(answer)
                step, answer = flow.send, await self.do(effect)
            except BaseException as failure:
                # It was the flow that ended so.
                if inspect.getgeneratorstate(flow) == inspect.GEN_CLOSED:
                    if isinstance(failure, StopIteration):
                        value: T = failure.value
                        return value
                    raise
                # The flow decides, on cancellation as well.
                answer, step = failure, flow.throw

    async def close(self) -> None:
        """Close this loop's connections; a client that the caller gave is left alone."""
        own = self._own.pop(asyncio.get_running_loop(), None)
        if own is not None:
            await own[1].aclose()

    async def do(self, effect: Effect[Any]) -> Any:  # noqa: C901, PLR0911, PLR0912 - a table
        """Perform one effect."""
        match effect:
            case Local():
                return local.perform(effect)
            case Sleep(seconds):
                return await clock.current().sleep_async(seconds)
            case Send():
                hook = self._config.on_exchange
                if hook is None:
                    return await self._send(effect)
                with observed(hook, self._config.base_url, effect.path) as seen:
                    reply = await self._send(effect)
                    seen.status = reply.status
                    return reply
            case Emit(event, callback):
                returned = callback(event)
                return await returned if inspect.isawaitable(returned) else returned
            case Download():
                return await self._download(effect)
            case Gather(flows, at_once):
                return await self._gather(flows, at_once)
            case SendStreaming(send):
                return await self._send_streaming(send)
            case OpenSocket(url, timeout):
                with websocket.translated():
                    return await websocket.connector().connect_async(url, timeout)
            case ReceiveFrame(socket, timeout):
                with websocket.translated():
                    return await socket.receive(timeout)
            case SendFrame(socket, data):
                with websocket.translated():
                    return await socket.send(data)
            case CloseSocket(socket):
                return await socket.close()
            case _:
                raise TypeError(f"no driver knows how to perform {effect!r}")

    async def _client(self) -> httpx.AsyncClient:
        if self._given is not None:
            return self._given
        loop = asyncio.get_running_loop()
        if loop not in self._own:
            lifetime = _lifetime()
            self._own[loop] = (await anext(lifetime), lifetime)
        return self._own[loop][0]

    def _turn(self, timeout: float) -> AbstractAsyncContextManager[None]:
        """A place among the exchanges that may be under way at once."""
        if self._given is not None:
            return nullcontext()
        gate = self._gates.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(_AT_ONCE))
        return _inside(gate, timeout)

    async def _gather(self, flows: Sequence[Flow[Any]], at_once: int) -> list[Any]:
        gate = asyncio.Semaphore(at_once)

        async def perform(flow: Flow[Any]) -> Any:
            async with gate:
                return await self.perform(flow)

        tasks = [asyncio.create_task(perform(flow)) for flow in flows]
        try:
            if tasks:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        finally:
            failed = next((task for task in tasks if task.done() and _has_failed(task)), None)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        return [(failed or task).result() for task in tasks]

    async def _send(self, send: Send) -> Reply:
        from wiro_runtime.driver import http  # noqa: PLC0415 - loaded with the first exchange

        with http.opened(send) as files, http.translated():
            async with _within(send.total_timeout), self._turn(send.timeout):
                client = await self._client()
                request = http.build(client, self._config, send, files)
                response = await client.send(request, **http.only_once())
                body = http.Body(send)
                try:
                    async for chunk in response.aiter_bytes():
                        body.add(chunk)
                finally:
                    await response.aclose()
                return body.reply(response)

    async def _send_streaming(self, send: Send) -> Reply | AsyncResponseStream:
        from wiro_runtime.driver import http  # noqa: PLC0415 - as above

        with http.opened(send) as files, http.translated():
            client = await self._client()
            request = http.build(client, self._config, send, files)
            async with _within(send.timeout):
                response = await client.send(request, **http.only_once())
            try:
                if http.is_stream(response):
                    return http.AsyncResponseStream(response)
                body = http.Body(send)
                async for chunk in response.aiter_bytes():
                    body.add(chunk)
                return body.reply(response)
            finally:
                if not http.is_stream(response):
                    await response.aclose()

    async def _download(self, download: Download) -> Downloaded:
        from wiro_runtime.driver import http  # noqa: PLC0415 - loaded with the first exchange

        with http.translated():
            async with _within(download.total_timeout), self._turn(download.timeout):
                client = await self._client()
                response = await client.send(http.build_download(download), **http.only_once())
                try:
                    if download.into.begin(response.status_code, response.headers):
                        async for chunk in response.aiter_bytes():
                            returned = download.on_bytes(download.into.take(chunk))
                            if inspect.isawaitable(returned):
                                await returned
                            if download.into.is_too_much:
                                break
                finally:
                    await response.aclose()
                return Downloaded(response.status_code, response.headers)


@asynccontextmanager
async def _inside(gate: asyncio.Semaphore, seconds: float) -> AsyncGenerator[None]:
    if gate.locked():
        try:
            async with asyncio.timeout(seconds):
                await gate.acquire()
        except TimeoutError:
            reason = "no connection was free in time"
            raise TransportFailure(reason, never_sent=True) from None
    else:
        await gate.acquire()
    try:
        yield
    finally:
        gate.release()


def _has_failed(task: asyncio.Task[Any]) -> bool:
    return task.cancelled() or task.exception() is not None


def _within(seconds: float) -> asyncio.Timeout:
    # A little later than the limits that httpx is given: its exceptions tell whether a connection was
    # made at all, and so whether anything can have been sent.
    return asyncio.timeout(None if seconds == math.inf else seconds + 0.03)


async def _lifetime() -> AsyncGenerator[httpx.AsyncClient, None]:
    """An httpx client that closes with its event loop.

    A loop that shuts down, as at the end of `asyncio.run()`, first ends every asynchronous generator
    that it has started. Connections are so closed while they still can be, and the next loop gets its
    own: "Event loop is closed" is never seen.
    """
    import httpx  # noqa: PLC0415 - loaded with the first exchange

    from wiro_runtime.driver.http import settings  # noqa: PLC0415 - as above

    client = httpx.AsyncClient(**settings())  # not awaited, so that two tasks cannot make one each
    try:
        yield client
    finally:
        await client.aclose()
