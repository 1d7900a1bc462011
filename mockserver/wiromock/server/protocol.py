"""uvicorn's protocols, with what a mock needs beyond them.

Resets, truncated replies and garbage happen below HTTP. ASGI has no messages for them, so the application
gets the connection itself, in an extension of the scope.
"""

import asyncio
import logging
import re
from typing import Any, Final
from weakref import WeakKeyDictionary

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from wiromock.adapter.asgi.delivery import TRANSPORT

_MOST_WAITING: Final = 65_536
"""Bytes that one connection keeps for the end of a turn."""

_UPGRADE: Final = re.compile(rb"\r\nupgrade(?=:)", re.IGNORECASE)
_SOCKET: Final = re.compile(
    rb"GET .*\r\nupgrade:[ \t]*websocket[ \t]*\r\n", re.IGNORECASE | re.DOTALL
)


class Turn:
    """The connections to which something was written in the present turn of an event loop."""

    def __init__(self) -> None:
        self._transports: list[TurnTransport] = []

    def add(self, transport: "TurnTransport") -> None:
        """Flush a connection at the end of the turn, with all others of it."""
        if not self._transports:
            asyncio.get_running_loop().call_soon(self._flush)
        self._transports.append(transport)

    def _flush(self) -> None:
        transports, self._transports = self._transports, []
        for transport in transports:
            transport.flush()


class TurnTransport:
    """A transport that writes once in a turn of its event loop, after everybody has had theirs.

    A write is a system call, and head and body of a reply are two. It also wakes whoever reads: replies that leave
    one after the other wake a client once. Both together were a fourth of all that a look at a task costs.

    Args:
        transport: the connection.
        turn: that of its event loop.
    """

    def __init__(self, transport: asyncio.Transport, turn: Turn) -> None:
        self._transport = transport
        self._turn = turn
        self._parts: list[bytes] = []
        self._size = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Write bytes at the end of the turn; at once where they are many."""
        if not self._parts:
            self._turn.add(self)
        self._parts.append(data)
        self._size += len(data)
        if self._size > _MOST_WAITING:
            self.flush()

    def close(self) -> None:
        """Close the connection once everything has left."""
        self.flush()
        self._transport.close()

    def flush(self) -> None:
        """Write what waits, unless the connection is closing."""
        parts, self._parts, self._size = self._parts, [], 0
        if parts and not self._transport.is_closing():
            self._transport.write(b"".join(parts))


def without_foreign_upgrade(data: bytes) -> bytes:
    """Return the start of a request that does not ask for another protocol, unless that is a socket's.

    Java's own client asks to go on in HTTP/2 with every call (`Upgrade: h2c`). A server that does not speak it
    ignores that (RFC 9110, 7.8), but the parser takes it for the end of the request and drops the body.
    """
    end = data.find(b"\r\n\r\n")
    if end < 0 or b"\r\nupgrade:" not in data[:end].lower() or _SOCKET.match(data, 0, end + 2):
        return data
    return _UPGRADE.sub(b"\r\nx-ignored-upgrade", data[:end]) + data[end:]


_turns = WeakKeyDictionary[asyncio.AbstractEventLoop, Turn]()


def _turn_of(loop: asyncio.AbstractEventLoop) -> Turn:
    turn = _turns.get(loop)
    if turn is None:
        turn = _turns[loop] = Turn()
    return turn


class OpenProtocol(HttpToolsProtocol):
    """Puts its transport into the scope of every request."""

    def data_received(self, data: bytes) -> None:
        """Read bytes, after an upgrade that we do not speak is out of them.

        A request that comes in the same packet as another is not looked at: no client that asks for HTTP/2
        sends such.
        """
        cycle: RequestResponseCycle | None = getattr(self, "cycle", None)  # None before the first
        is_start = cycle is None or cycle.response_complete
        super().data_received(without_foreign_upgrade(data) if is_start else data)

    def connection_made(  # type: ignore[override] # uvicorn's own narrows it too
        self, transport: asyncio.Transport
    ) -> None:
        """Wrap the transport, so that it writes once in a turn of the event loop."""
        wrapped: Any = TurnTransport(transport, _turn_of(asyncio.get_running_loop()))
        super().connection_made(wrapped)

    def on_message_begin(self) -> None:
        """Begin a request whose scope holds the transport."""
        super().on_message_begin()
        extensions: Any = {TRANSPORT: self.transport}  # uvicorn knows extensions of plain data only
        self.scope["extensions"] = extensions


_BLAMED_ON_US: Final = frozenset(
    {
        "ASGI callable returned without completing handshake.",
        "Invalid UTF-8 sequence received from client.",
    }
)
"""What uvicorn logs as an error of the server, the second with a traceback: a handshake that was answered with an
HTTP reply, which ASGI allows, and a client's broken frame, which is answered with close code 1007."""

_logger = logging.getLogger("uvicorn.error.wiromock")
"""A child of uvicorn's own, which other servers in this process use as well."""
_logger.setLevel(logging.ERROR)
_logger.addFilter(lambda record: record.msg not in _BLAMED_ON_US)


class SocketProtocol(WebSocketsSansIOProtocol):
    """Logs what fails in the server, not what its clients do; those get an answer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.logger = _logger
