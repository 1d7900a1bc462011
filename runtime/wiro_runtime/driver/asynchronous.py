"""The driver for asyncio, over `httpx.AsyncClient`."""

from __future__ import annotations

import asyncio
import inspect
import math
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any, TypeVar

from wiro_runtime import errors
from wiro_runtime.connected import Connected
from wiro_runtime.driver import local, websocket
from wiro_runtime.driver.loops import LoopClients, is_frozen
from wiro_runtime.flow.effect import (
    AwaitFuture,
    CallerError,
    CloseSocket,
    Download,
    Downloaded,
    Effect,
    Emit,
    Flow,
    Gather,
    Local,
    OpenDownload,
    OpenedDownload,
    OpenSocket,
    ReceiveFrame,
    Reply,
    Send,
    SendFrame,
    SendStreaming,
    Sleep,
)
from wiro_runtime.seam import clock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import httpx

    from wiro_runtime.config import Config
    from wiro_runtime.driver.loops import LoopClient
    from wiro_runtime.driver.response_stream import AsyncResponseStream
    from wiro_runtime.observe import Exchange

__all__ = ["AsyncDriver"]

T = TypeVar("T")


class AsyncDriver(Connected):
    """Performs flows in the running event loop; each loop gets its own connections.

    Args:
        config: The client's settings.
        http_client: The caller's own httpx client, which stays the caller's to close; None for ours.
    """

    def __init__(self, config: Config, http_client: httpx.AsyncClient | None) -> None:
        self._config = config
        self._given = http_client
        self._loops = LoopClients(http_client)

    async def perform(self, flow: Flow[T]) -> T:
        """Run a flow to its end. What a callback of the caller's raised is raised as it is."""
        try:
            return await self._run(flow)
        except CallerError as failed:
            error = failed.error
        raise error

    async def _run(self, flow: Flow[T]) -> T:
        answer: Any = None
        step = flow.send
        while True:
            try:
                effect = step(answer)
                if isinstance(effect, Local):  # what never waits needs no coroutine
                    step, answer = flow.send, local.perform(effect)
                else:
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
        await self._loops.close()

    async def do(self, effect: Effect[Any]) -> Any:  # noqa: C901, PLR0911, PLR0912 - a table
        """Perform one effect, and return its answer; what breaks is raised, for the flow to decide about."""
        match effect:
            case Local():
                return local.perform(effect)
            case Sleep(seconds):
                return await self._sleep(seconds)
            case Send():
                hook = self._config.on_exchange
                if hook is None:
                    return await self._send(effect)
                return await self._send_watched(effect, hook)
            case ReceiveFrame(socket, timeout):
                with websocket.translated():
                    return await socket.receive(timeout)
            case Emit(event, callback):
                return await _call(callback, event)
            case Download():
                return await self._download(effect)
            case Gather(flows, at_once):
                return await self._gather(flows, at_once)
            case SendStreaming(send):
                return await self._send_streaming(send)
            case OpenDownload():
                return await self._open_download(effect)
            case OpenSocket(url, timeout):
                with websocket.translated():
                    return await websocket.connector().connect_async(url, timeout)
            case SendFrame(socket, data):
                with websocket.translated():
                    return await socket.send(data)
            case CloseSocket(socket):
                return await socket.close()
            case AwaitFuture(start):
                return await asyncio.wrap_future(start())
            case _:
                raise TypeError(f"no driver knows how to perform {effect!r}")

    async def _sleep(self, seconds: float) -> None:
        now = clock.current()
        if isinstance(now, clock.SystemClock) and is_frozen(asyncio.get_running_loop(), now):
            raise errors.ConfigurationError(
                "The time of asyncio stands still, so that no pause in it ever ends. With freezegun, freeze "
                "with real_asyncio=True; or let the mock of the platform make time virtual."
            )
        await now.sleep_async(seconds)

    def _known_client(self) -> LoopClient | None:
        """The running loop's, where it has one that can be used."""
        if self._given is not None and self._given.is_closed:
            return None
        return self._loops.known()

    async def _client(self) -> LoopClient:
        if self._given is not None and self._given.is_closed:
            from wiro_runtime.driver import http  # noqa: PLC0415 - for its words only

            http.check_open(self._given)
        return await self._loops.current()

    async def _gather(self, flows: Sequence[Flow[Any]], at_once: int) -> list[Any]:
        gate = asyncio.Semaphore(at_once)

        async def perform(flow: Flow[Any]) -> Any:
            async with gate:
                return await self._run(flow)

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

    async def _send_watched(self, send: Send, hook: Callable[[Exchange], object]) -> Reply:
        from wiro_runtime.observe import Watched  # noqa: PLC0415 - for whoever watches

        watched = Watched(self._config.base_url, send.path)
        try:
            reply = await self._send(send)
        except BaseException as broken:
            await _call(hook, watched.ended(None, broken), ending=broken)
            raise
        await _call(hook, watched.ended(reply.status, None), ending=reply)
        return reply

    async def _send(self, send: Send) -> Reply:
        from wiro_runtime.driver import content_coding, http  # noqa: PLC0415 - loaded with the first exchange

        own = self._known_client() or await self._client()
        left = await own.take_place(send.queue_timeout)
        try:
            with http.opened(send) as files:
                request = http.build(own.client, self._config, send, files)
                with http.exchanging(send):
                    async with _limit(min(send.total_timeout, left)):
                        response = await own.client.send(request, **http.only_once())
                        body = http.Body(send)
                        try:
                            content_coding.check_encoding(response)
                            async for chunk in response.aiter_bytes():
                                body.add(chunk)
                        finally:
                            await response.aclose()
                        return body.reply(response)
        finally:
            own.leave_place()

    async def _send_streaming(self, send: Send) -> Reply | AsyncResponseStream:
        from wiro_runtime.driver import content_coding, http  # noqa: PLC0415 - as above
        from wiro_runtime.driver.response_stream import AsyncResponseStream  # noqa: PLC0415 - as above

        own = self._known_client() or await self._client()
        async with AsyncExitStack() as held:
            timeout = min(send.timeout, await own.take_long_place(held, send.queue_timeout))
            with http.opened(send) as files:
                request = http.build(own.client, self._config, send, files)
                with http.exchanging(send):
                    async with _limit(timeout):
                        response = await own.client.send(request, **http.only_once())
                    held.push_async_callback(response.aclose)
                    content_coding.check_encoding(response)
                    if http.is_stream(response):
                        return AsyncResponseStream(response, held.pop_all())
                    body = http.Body(send)
                    async for chunk in response.aiter_bytes():
                        body.add(chunk)
                    return body.reply(response)

    async def _open_download(self, opening: OpenDownload) -> OpenedDownload:
        from wiro_runtime.driver import content_coding, http  # noqa: PLC0415 - as above
        from wiro_runtime.driver.response_stream import AsyncResponseStream  # noqa: PLC0415 - as above

        own = self._known_client() or await self._client()
        request = http.build_download(opening.url, opening.headers, opening.timeout)
        async with AsyncExitStack() as held:
            timeout = min(opening.timeout, await own.take_long_place(held, opening.queue_timeout))
            with http.exchanging():
                async with _limit(timeout):
                    response = await own.client.send(request, **http.only_once())
            held.push_async_callback(response.aclose)
            content_coding.check_file_coding(response)
            answer = Downloaded(response.status_code, response.headers)
            stream = AsyncResponseStream(response, held.pop_all(), ends=True)
            return OpenedDownload(answer, stream)

    async def _download(self, download: Download) -> Downloaded:
        from wiro_runtime.driver import content_coding, http  # noqa: PLC0415 - loaded with the first exchange

        own = self._known_client() or await self._client()
        request = http.build_download(download.url, download.into.ask(), download.timeout)
        left = await own.take_place(download.total_timeout)
        try:
            with http.exchanging():
                async with _limit(left):
                    response = await own.client.send(request, **http.only_once())
                    try:
                        content_coding.check_file_coding(response)
                        if download.into.begin(response.status_code, response.headers):
                            async for chunk in response.aiter_bytes():
                                await _call(download.on_bytes, download.into.take(chunk))
                                if download.into.is_too_much:
                                    break
                    finally:
                        await response.aclose()
                    return Downloaded(response.status_code, response.headers)
        finally:
            own.leave_place()


async def _call(
    callback: Callable[[Any], object], argument: object, ending: Reply | BaseException | None = None
) -> None:
    """Call a callback of the caller's, and await what it returns if that can be awaited."""
    try:
        returned = callback(argument)
        if inspect.isawaitable(returned):
            await returned
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is the caller's
        raise CallerError(error, ending) from None


def _has_failed(task: asyncio.Task[Any]) -> bool:
    return task.cancelled() or task.exception() is not None


def _limit(seconds: float) -> asyncio.Timeout:
    # A little later than the limits that httpx is given, whose exceptions say more.
    return asyncio.timeout(None if seconds == math.inf else seconds + 0.03)
