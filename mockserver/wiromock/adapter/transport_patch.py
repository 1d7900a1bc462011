"""Requests to the platform, taken where httpx hands them to the transports of its clients.

respx, which takes everything else, stands one layer below. Down there every request and every response is
made a second time, which costs more than all the mock does.
"""

from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, Self

import httpx

from wiromock.adapter.host import is_platform
from wiromock.adapter.httpx import MockTransport
from wiromock.adapter.patch import patch_attribute
from wiromock.wire.url import BaseUrls

_BLOCKING: Final = (httpx.HTTPTransport, "handle_request")
_ASYNC: Final = (httpx.AsyncHTTPTransport, "handle_async_request")


class TransportPatch:
    """While it is entered, the transports of httpx hand requests to the platform to the mock.

    Args:
        transport: answers for the platform.
        urls: where the platform is.
    """

    def __init__(self, transport: MockTransport, urls: BaseUrls) -> None:
        self._transport = transport
        self._urls = urls
        self._is_entered = False
        self._undo: list[Callable[[], None]] = []

    def __enter__(self) -> Self:
        self._is_entered = True
        self._undo = [
            patch_attribute(*_BLOCKING, self._blocking),
            patch_attribute(*_ASYNC, self._async),
        ]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._is_entered = False
        while self._undo:
            self._undo.pop()()

    def _blocking(self, before: Callable[..., httpx.Response]) -> Callable[..., httpx.Response]:
        def handle_request(owner: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
            if self._takes(request):
                return self._transport.handle_request(request)
            return before(owner, request)

        return handle_request

    def _async(self, before: Callable[..., Any]) -> Callable[..., Any]:
        async def handle_async_request(
            owner: httpx.AsyncHTTPTransport, request: httpx.Request
        ) -> httpx.Response:
            if self._takes(request):
                return await self._transport.handle_async_request(request)
            response: httpx.Response = await before(owner, request)
            return response

        return handle_async_request

    def _takes(self, request: httpx.Request) -> bool:
        return self._is_entered and is_platform(self._urls, request.url.netloc.decode().lower())
