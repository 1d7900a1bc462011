"""The driver for asyncio, over `httpx.AsyncClient`."""

from __future__ import annotations

import asyncio
import inspect
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

from wiro_runtime import clock
from wiro_runtime.effect import (
    Download,
    Downloaded,
    Effect,
    Emit,
    Flow,
    Local,
    Reply,
    Send,
    Sleep,
)
from wiro_runtime.exchange import observed

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    import httpx

    from wiro_runtime.config import Config

__all__ = ["AsyncDriver"]

T = TypeVar("T")


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

    async def perform(self, flow: Flow[T]) -> T:
        """Run a flow to its end."""
        answer: Any = None
        step = flow.send
        while True:
            try:
                effect = step(answer)
            except StopIteration as done:
                value: T = done.value
                return value
            try:
                answer = await self._do(effect)
                step = flow.send
            except BaseException as failure:  # noqa: BLE001 - the flow decides, on cancellation as well
                answer, step = failure, flow.throw

    async def close(self) -> None:
        """Close this loop's connections; a client that the caller gave is left alone."""
        own = self._own.pop(asyncio.get_running_loop(), None)
        if own is not None:
            await own[1].aclose()

    async def _do(self, effect: Effect[Any]) -> Any:
        match effect:
            case Local():
                return effect.perform()
            case Sleep(seconds):
                return await clock.current().sleep_async(seconds)
            case Send():
                hook = self._config.on_exchange
                if hook is None:
                    return await self._send(effect)
                with observed(self._config, hook, effect) as seen:
                    seen.reply = await self._send(effect)
                    return seen.reply
            case Emit(event, callback):
                told = callback(event)
                return await told if inspect.isawaitable(told) else told
            case Download():
                return await self._download(effect)
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

    async def _send(self, send: Send) -> Reply:
        from wiro_runtime.driver import http  # noqa: PLC0415 - loaded with the first exchange

        with http.opened(send) as file, http.translated():
            client = await self._client()
            request = http.build(client, self._config, send, file)
            response = await client.send(request, **http.only_once())
            body = http.Body(send)
            try:
                async for chunk in response.aiter_bytes():
                    body.add(chunk)
            finally:
                await response.aclose()
            return body.reply(response)

    async def _download(self, download: Download) -> Downloaded:
        from wiro_runtime.driver import http  # noqa: PLC0415 - loaded with the first exchange

        with download.path.open("wb") as file, http.translated():
            client, size = await self._client(), 0
            request = http.build_download(client, download)
            response = await client.send(request, stream=True, follow_redirects=True, auth=None)
            try:
                if response.status_code == 200:
                    async for chunk in response.aiter_bytes():
                        size += file.write(chunk)
                        download.on_bytes(size)
            finally:
                await response.aclose()
            return Downloaded(response.status_code, size)


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
