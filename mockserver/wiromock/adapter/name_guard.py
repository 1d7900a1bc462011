"""Programs that reach for the platform past httpx: refused before an address is known.

The mock stands in httpx's place. What urllib, requests, aiohttp or a WebSocket library of a test's own sends
would go to the real platform, with a real key; all of them ask the system for the address first. What has an
address already, or asks by ways of its own (uvloop, a proxy, c-ares), is not seen here.
"""

import socket
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from wiromock.adapter.patch import patch_attribute
from wiromock.engine.engine import Engine
from wiromock.errors import UnknownHost


class NameGuard:
    """While it is entered, look-ups of the addresses of the platform's own hosts fail.

    Args:
        engine: whose platform it is, and who keeps what was refused.
        allowed: hosts whose requests may go to the network.
    """

    def __init__(self, engine: Engine, allowed: Iterable[str]) -> None:
        urls = engine.urls
        hosts = {urlsplit(at.url).hostname or "" for at in (urls.api, urls.socket, urls.outputs)}
        self._engine = engine
        self._hosts = hosts - set(allowed)
        self._is_entered = False
        self._undo: Callable[[], None] = lambda: None

    def __enter__(self) -> Self:
        self._undo, self._is_entered = patch_attribute(socket, "getaddrinfo", self._guarded), True
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._is_entered = False
        self._undo()

    def _guarded(self, before: Callable[..., Any]) -> Callable[..., Any]:
        def getaddrinfo(host: object, *args: Any, **kwargs: Any) -> Any:
            if self._is_entered:
                self._check(host)
            return before(host, *args, **kwargs)

        return getaddrinfo

    def _check(self, host: object) -> None:
        text = host.decode("latin-1") if isinstance(host, bytes) else str(host)
        name = text.lower().rstrip(".")
        if name in self._hosts:
            raise self._engine.misuse(
                UnknownHost(
                    f"a program asks for the address of {name}, the platform itself: the mock stands in "
                    "the place of httpx, and this is another client. Give it a server: the fixture "
                    f"wiro_server, or `wiromock serve`; allow_hosts=[{name!r}] lets it go to the network"
                )
            )
