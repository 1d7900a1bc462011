"""The adapter to websockets: the connector of a real platform.

Importing this module imports websockets, so a driver does it when the first socket is due.
"""

from __future__ import annotations

import asyncio
import ssl
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

import websockets.asyncio.client
import websockets.sync.client
from websockets.exceptions import WebSocketException

if TYPE_CHECKING:
    from collections.abc import Generator

    from wiro_runtime.seam.socket import AsyncSocket, Socket

__all__ = ["CONNECTOR"]

_LARGEST = 16 * 2**20
"""Bytes of one message; a picture or a long answer is far below."""


def _settings(url: str, seconds: float) -> dict[str, Any]:
    return {
        "open_timeout": seconds,
        "close_timeout": 0.1,  # a caller who leaves, or whose time is up, does not wait for manners
        "ping_interval": 15,  # a line that died without a word is noticed by an unanswered ping
        "ping_timeout": 10,
        "compression": None,  # its buffers would take more memory than everything else of a task
        "max_size": _LARGEST,
        **({"ssl": _certificates()} if url.startswith("wss:") else {}),
    }


@cache
def _certificates() -> ssl.SSLContext:
    """The computer's trusted certificates; reading them takes longer than connecting."""
    return ssl.create_default_context()


@contextmanager
def _translated() -> Generator[None]:
    """Turn what the library raises into the seam's `OSError`."""
    try:
        yield
    except OSError:
        raise
    # ImportError: a SOCKS proxy needs a package more. ValueError: a proxy's URL is malformed.
    except (WebSocketException, EOFError, ImportError, ValueError) as error:
        raise ConnectionError(f"{type(error).__name__}: {error}") from None


class _Connector:
    def connect(self, url: str, seconds: float, /) -> Socket:
        with _translated(), ExitStack() as open_now:
            # Entered, since calling it for the bare connection is on its way out of the library.
            connect: Any = websockets.sync.client.connect  # its type changes with its versions
            connection: Any = open_now.enter_context(connect(url, **_settings(url, seconds)))
            return _Socket(connection, open_now.pop_all())

    async def connect_async(self, url: str, seconds: float, /) -> AsyncSocket:
        with _translated():
            settings = _settings(url, seconds)
            return _AsyncSocket(await websockets.asyncio.client.connect(url, **settings))


class _Socket:
    def __init__(self, connection: Any, lifetime: ExitStack) -> None:
        self._connection = connection
        self._lifetime = lifetime

    def send(self, data: str | bytes, /) -> None:
        with _translated():
            self._connection.send(data)

    def receive(self, seconds: float, /) -> str | bytes | None:
        try:
            with _translated():
                frame: str | bytes = self._connection.recv(timeout=max(0.0, seconds))
        except TimeoutError:
            return None
        return frame

    def close(self) -> None:
        self._lifetime.close()


class _AsyncSocket:
    def __init__(self, connection: websockets.asyncio.client.ClientConnection) -> None:
        self._connection = connection

    async def send(self, data: str | bytes, /) -> None:
        with _translated():
            await self._connection.send(data)

    async def receive(self, seconds: float, /) -> str | bytes | None:
        try:
            with _translated():
                async with asyncio.timeout(seconds):
                    return await self._connection.recv()
        except TimeoutError:
            return None

    async def close(self) -> None:
        try:
            await self._connection.close()
        finally:
            self._connection.transport.abort()  # also if the closing itself is cancelled


CONNECTOR = _Connector()
"""Opens real sockets."""
