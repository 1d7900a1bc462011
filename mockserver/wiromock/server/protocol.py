"""uvicorn's HTTP protocol, handing its connection over to the application.

Resets, torn replies and garbage happen below HTTP. ASGI has no words for them, so the application
gets the connection itself, in an extension of the scope.
"""

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from wiromock.adapter.asgi.delivery import TRANSPORT

_HEAD: Final = b"HTTP/1.1 "


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


class OpenProtocol(HttpToolsProtocol):
    """Puts its transport into the scope of every request."""

    def connection_made(  # type: ignore[override] # uvicorn's own narrows it too
        self, transport: asyncio.Transport
    ) -> None:
        """Wrap the transport, so that head and body of a reply leave in one write."""
        joining: Any = JoiningTransport(transport, asyncio.get_running_loop())
        super().connection_made(joining)

    def on_message_begin(self) -> None:
        """Begin a request whose scope holds the transport."""
        super().on_message_begin()
        extensions: Any = {TRANSPORT: self.transport}  # uvicorn knows extensions of plain data only
        self.scope["extensions"] = extensions
