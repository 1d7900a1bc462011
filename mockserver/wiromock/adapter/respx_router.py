"""The mock together with other mocks of respx: each answers its own hosts, in whatever order they were entered."""

from collections.abc import Iterable
from types import TracebackType
from typing import Self

import httpx
import respx
from respx.mocks import Mocker
from respx.models import AllMockedAssertionError

from wiromock.adapter.host import is_platform
from wiromock.adapter.httpx import MockTransport
from wiromock.wire.url import BaseUrls


class Router(respx.MockRouter):
    """A respx router that answers for the platform, and leaves every other host to other routers.

    It stands before all others: one that answers whatever it does not know (`assert_all_mocked=False`)
    would take the platform's calls too. What no router knows goes to the network if it is allowed
    there, and is refused otherwise.

    Args:
        transport: answers for the platform, and refuses what nobody knows.
        urls: where the platform is.
        allowed: hosts whose requests may go to the network.
    """

    def __init__(self, transport: MockTransport, urls: BaseUrls, allowed: Iterable[str]) -> None:
        super().__init__(assert_all_called=False)
        self._transport = transport
        self._urls = urls
        self._allowed = frozenset(allowed)
        for host in self._allowed:
            self.route(host=host).pass_through()

    def __enter__(self) -> Self:
        super().__enter__()
        for mocker in Mocker.registry.values():
            if self in mocker.routers:
                mocker.routers.remove(self)
            mocker.routers.insert(0, self)
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        super().__exit__(exc_type, exc_value, traceback)
        for mocker in Mocker.registry.values():
            mocker.unregister(self)
            mocker.stop()  # does nothing while other routers need it

    # These two are what respx calls for every request. Taking them over keeps its own records out of
    # it, which hold every request and response for ever.

    def handler(self, request: httpx.Request) -> httpx.Response:
        """Answer a request of a thread, or raise what refuses it."""
        if not self._is_ours(request):
            for router in self._others():
                try:
                    return router.handler(request)
                except AllMockedAssertionError:
                    continue
            if request.url.host in self._allowed:
                return super().handler(request)
        return self._transport.handle_request(request)

    async def async_handler(self, request: httpx.Request) -> httpx.Response:
        """Answer a request of an asyncio task; see `handler`."""
        if not self._is_ours(request):
            for router in self._others():
                try:
                    return await router.async_handler(request)
                except AllMockedAssertionError:
                    continue
            if request.url.host in self._allowed:
                return await super().async_handler(request)
        return await self._transport.handle_async_request(request)

    def _is_ours(self, request: httpx.Request) -> bool:
        return is_platform(self._urls, request.url.netloc.decode().lower())

    def _others(self) -> Iterable[respx.Router]:
        routers = (router for mocker in Mocker.registry.values() for router in mocker.routers)
        return [router for router in dict.fromkeys(routers) if router is not self]
