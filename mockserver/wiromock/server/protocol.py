"""uvicorn's HTTP protocol, handing its connection over to the application.

Resets, torn replies and garbage happen below HTTP. ASGI has no words for them, so the application
gets the connection itself, in an extension of the scope.
"""

import asyncio
import re
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from wiromock.adapter.asgi.delivery import TRANSPORT

_HEAD: Final = b"HTTP/1.1 "

_UPGRADE: Final = re.compile(rb"\r\nupgrade(?=:)", re.IGNORECASE)
_SOCKET: Final = re.compile(
    rb"GET .*\r\nupgrade:[ \t]*websocket[ \t]*\r\n", re.IGNORECASE | re.DOTALL
)


class JoiningTransport:
    """A transport on which the head of a reply waits for its body, so that both leave at once.

    A write is a system call; two of them were a fifth of all that a look at a task costs. A head without a
    body, as of a stream, leaves as soon as the event loop has nothing older to do.

    Args:
        transport: the connection.
        loop: the event loop that runs it.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._head = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Write bytes, after a head that waits; a head waits itself."""
        if self._head:
            data, self._head = self._head + data, b""
        elif data.startswith(_HEAD):
            self._head = data
            self._loop.call_soon(self._flush)
            return
        self._transport.write(data)

    def close(self) -> None:
        """Close the connection once everything has left."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        head, self._head = self._head, b""
        if head and not self._transport.is_closing():
            self._transport.write(head)


def without_foreign_upgrade(data: bytes) -> bytes:
    """Return the start of a request that does not ask for another protocol, unless that is a socket's.

    Java's own client asks to go on in HTTP/2 with every call (`Upgrade: h2c`). A server that does not speak it
    ignores that (RFC 9110, 7.8), but the parser takes it for the end of the request and drops the body.
    """
    end = data.find(b"\r\n\r\n")
    if _UPGRADE.search(data, 0, max(end, 0)) is None or _SOCKET.match(data, 0, end + 2):
        return data
    return _UPGRADE.sub(b"\r\nx-ignored-upgrade", data[:end]) + data[end:]


class OpenProtocol(HttpToolsProtocol):
    """Puts its transport into the scope of every request."""

    _is_between = True
    """Whether what comes next begins a request. One that comes in the same packet as another, or whose head
    comes in several, is not looked at: no client that asks for HTTP/2 sends such."""

    def data_received(self, data: bytes) -> None:
        """Read bytes, after an upgrade that we do not speak is out of them."""
        super().data_received(without_foreign_upgrade(data) if self._is_between else data)

    def on_message_complete(self) -> None:
        """End a request."""
        super().on_message_complete()
        self._is_between = True

    def connection_made(  # type: ignore[override] # uvicorn's own narrows it too
        self, transport: asyncio.Transport
    ) -> None:
        """Wrap the transport, so that head and body of a reply leave in one write."""
        joining: Any = JoiningTransport(transport, asyncio.get_running_loop())
        super().connection_made(joining)

    def on_message_begin(self) -> None:
        """Begin a request whose scope holds the transport."""
        super().on_message_begin()
        self._is_between = False
        extensions: Any = {TRANSPORT: self.transport}  # uvicorn knows extensions of plain data only
        self.scope["extensions"] = extensions
