"""What both drivers share of sockets: where they come from, what can go wrong, and the adapter to websockets.

websockets is imported when the first real socket is due; a test's own connector never needs it.
"""

from __future__ import annotations

import logging
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from wiro_runtime.flow.effect import TransportFailure
from wiro_runtime.seam import socket

if TYPE_CHECKING:
    import ssl
    from collections.abc import Generator

    import websockets.asyncio.client

    from wiro_runtime.seam.socket import AsyncSocket, Connector, Socket

__all__ = ["connector", "translated"]

_LARGEST = 16 * 2**20
"""Bytes of one message; a picture or a long answer is far below."""


def connector() -> Connector:
    """What opens sockets now: a test's own, or the adapter to websockets."""
    return socket.installed() or _CONNECTOR


class translated:  # noqa: N801 - used as a function; a generator would cost four times as much for every frame
    """Around each use of a socket: turns the `OSError` of the seam into ours."""

    __slots__ = ()

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: object
    ) -> None:
        if isinstance(error, OSError):
            _pass_on_signals(error)
            reason = str(error) or type(error).__name__
            raise TransportFailure(reason, never_sent=False) from None


def _pass_on_signals(error: OSError) -> None:
    from wiro_runtime.driver.signals import pass_on_signals  # noqa: PLC0415 - where something broke

    pass_on_signals(error)


class _NoFrames(logging.Logger):
    """The library's log without what it says at DEBUG: whole frames, and the task's token in them."""

    def isEnabledFor(self, level: int) -> bool:  # noqa: N802 - the base's name
        return level > logging.DEBUG and super().isEnabledFor(level)


_logger = _NoFrames("wiro.websocket")
_logger.parent = logging.getLogger("wiro")


def _settings(url: str, seconds: float) -> dict[str, Any]:
    return {
        "logger": _logger,
        "open_timeout": seconds,
        "close_timeout": 0.1,  # a caller who leaves, or whose time is up, does not wait for the closing handshake
        "ping_interval": 15,  # a connection that died silently is noticed by an unanswered ping
        "ping_timeout": 10,
        "compression": None,  # its buffers would take more memory than everything else of a task
        "max_size": _LARGEST,
        **({"ssl": _certificates()} if url.startswith("wss:") else {}),
    }


@cache
def _certificates() -> ssl.SSLContext:
    """The computer's trusted certificates; reading them takes longer than connecting."""
    import ssl  # noqa: PLC0415 - loaded with the first socket

    return ssl.create_default_context()


@contextmanager
def _as_os_error() -> Generator[None]:
    """Turn what the library raises into the seam's `OSError`."""
    from websockets.exceptions import WebSocketException  # noqa: PLC0415 - loaded with the first socket

    try:
        yield
    except OSError:
        raise
    # ImportError: a SOCKS proxy needs a package more. ValueError: a proxy's URL is malformed. The last two: the
    # machine has no room for the library's thread.
    except (
        WebSocketException,
        EOFError,
        ImportError,
        ValueError,
        RuntimeError,
        MemoryError,
    ) as error:
        raise ConnectionError(f"{type(error).__name__}: {error}") from None


class _Connector:
    def connect(self, url: str, seconds: float, /) -> Socket:
        import websockets.sync.client  # noqa: PLC0415 - loaded with the first socket

        from wiro_runtime.driver.connect import connect_socket  # noqa: PLC0415 - as above

        with _as_os_error(), ExitStack() as open_now:
            # Entered, since calling it for the bare connection is on its way out of the library.
            connect: Any = websockets.sync.client.connect  # its type changes with its versions
            first, left = connect_socket(url, seconds)
            if first is not None:
                open_now.callback(first.close)
            connection: Any = open_now.enter_context(
                connect(url, sock=first, **_settings(url, left))
            )
            return _Socket(connection, open_now.pop_all())

    async def connect_async(self, url: str, seconds: float, /) -> AsyncSocket:
        import asyncio  # noqa: PLC0415 - a blocking program never needs to load it

        import websockets.asyncio.client  # noqa: PLC0415 - loaded with the first socket

        from wiro_runtime.driver.connect import HEAD_START  # noqa: PLC0415 - as above

        with _as_os_error():
            settings = _settings(url, seconds)
            # Not every loop can race addresses; there, a dead one costs the socket, and the task is polled.
            if isinstance(asyncio.get_running_loop(), asyncio.BaseEventLoop):
                settings["happy_eyeballs_delay"] = HEAD_START
            return _AsyncSocket(await websockets.asyncio.client.connect(url, **settings))


class _Socket:
    def __init__(self, connection: Any, lifetime: ExitStack) -> None:
        self._connection = connection
        self._lifetime = lifetime

    def send(self, data: str | bytes, /) -> None:
        with _as_os_error():
            self._connection.send(data)

    def receive(self, seconds: float, /) -> str | bytes | None:
        try:
            with _as_os_error():
                frame: str | bytes = self._connection.recv(timeout=max(0.0, seconds))
        except TimeoutError as late:
            _pass_on_signals(late)
            return None
        return frame

    def close(self) -> None:
        self._lifetime.close()


class _AsyncSocket:
    def __init__(self, connection: websockets.asyncio.client.ClientConnection) -> None:
        self._connection = connection

    async def send(self, data: str | bytes, /) -> None:
        with _as_os_error():
            await self._connection.send(data)

    async def receive(self, seconds: float, /) -> str | bytes | None:
        import asyncio  # noqa: PLC0415 - a blocking program never needs to load it

        try:
            with _as_os_error():
                async with asyncio.timeout(seconds):
                    return await self._connection.recv()
        except TimeoutError:
            return None

    async def close(self) -> None:
        try:
            await self._connection.close()
        finally:
            self._connection.transport.abort()  # also if the closing itself is cancelled


_CONNECTOR = _Connector()
