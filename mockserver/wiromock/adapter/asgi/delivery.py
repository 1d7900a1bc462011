"""How a reply travels: at once, late, slowly, bit by bit, or not in one piece."""

import socket
import struct
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from wiromock.adapter.asgi.message import Message, Receive, Scope, Send, send_reply, start_of
from wiromock.adapter.notifier import Stopped, Watch, first_of
from wiromock.wire.http import AT_ONCE, Live, Loss, Pending, Reply

if TYPE_CHECKING:
    import asyncio

TRANSPORT: Final = "wiromock.transport"
"""The ASGI extension in which a server hands over the connection itself; see `server.protocol`."""

GARBAGE: Final = b"\x16\x03\x01 this is not HTTP\r\n\r\n"

_RESET_AT_CLOSE: Final = struct.pack("ii", 1, 0)
_DRIPS_PER_SECOND: Final = 10

Move: TypeAlias = Callable[[Reply], Reply]
"""Lets the URLs of a reply lead to where the caller reached us."""


def is_plain(reply: Reply) -> bool:
    """Whether a reply travels at once and in one piece, as nearly all do."""
    return reply.delivery is AT_ONCE and reply.live is None and reply.pending is None


class Delivery:
    """One reply on its way to one caller.

    Args:
        scope: the request's.
        receive: reports when the caller disconnects.
        send: takes the reply.
        watch: where to wait.
        move: applied to a reply that is written only after a wait.
    """

    def __init__(
        self, scope: Scope, receive: Receive, send: Send, watch: Watch, move: Move
    ) -> None:
        extensions: dict[str, Any] = scope.get("extensions") or {}
        self._transport: asyncio.Transport | None = extensions.get(TRANSPORT)
        self._receive = receive
        self._send = send
        self._watch = watch
        self._move = move

    async def carry_out(self, reply: Reply) -> None:
        """Send a reply the way it asks for, unless the caller disconnects first.

        Raises:
            ConnectionResetError: the connection shall break, and the server does not hand it over.
        """
        try:
            await first_of(self._slowly(reply), self._hung_up())
        except Stopped:
            await self._close()

    async def _hung_up(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def _slowly(self, reply: Reply) -> None:
        if reply.pending is not None:
            reply = await self._written(reply.pending)
        if reply.delivery.latency:
            await self._watch.sleep(reply.delivery.latency)
        if reply.delivery.loss is not None:
            await self._lose(reply, reply.delivery.loss)
        elif reply.live is not None:
            await self._stream(reply, reply.live)
        elif reply.delivery.drip is not None:
            await self._drip(reply, reply.delivery.drip)
        else:
            await send_reply(self._send, reply)

    async def _written(self, pending: Pending) -> Reply:
        unsubscribe = pending.listen(self._watch.notify)
        try:
            while True:
                seen = self._watch.version
                ready = pending.ready()
                if ready is not None:
                    return self._move(ready)
                await self._watch.until(pending.next_at(), seen)
        finally:
            unsubscribe()

    async def _stream(self, reply: Reply, live: Live) -> None:
        await self._send(start_of(reply, is_whole=False))
        unsubscribe = live.listen(self._watch.notify)
        try:
            while not live.is_over:
                seen = self._watch.version
                chunk = self._move(replace(reply, body=live.take())).body
                if chunk:
                    await self._send(_part(chunk))
                if not live.is_over:
                    await self._watch.until(live.next_at(), seen)
        finally:
            unsubscribe()
        await self._send(_part(b"", is_last=True))

    async def _drip(self, reply: Reply, rate: float) -> None:
        await self._send(start_of(reply))
        size = max(1, int(rate / _DRIPS_PER_SECOND))
        for at in range(0, len(reply.body), size):
            await self._watch.sleep(size / rate)
            await self._send(_part(reply.body[at : at + size]))
        await self._send(_part(b"", is_last=True))

    async def _lose(self, reply: Reply, loss: Loss) -> None:
        """Break the connection, and wait until the server has noticed."""
        opened = self._transport
        match loss:
            case "hang":
                await self._watch.stopped()
            case "truncated":
                await self._send(start_of(reply))
                await self._send(_part(reply.body[: reply.delivery.cut]))
            case "garbage":
                if opened is not None:
                    opened.write(GARBAGE)
            case "reset":
                if opened is not None:
                    _reset(opened)
            case "empty":
                pass  # closing is all there is to it
        await self._close()

    async def _close(self) -> None:
        if self._transport is None:
            raise ConnectionResetError("the mock broke the connection, as scripted")
        self._transport.close()
        await self._hung_up()


def _reset(transport: "asyncio.Transport") -> None:
    """Make closing the connection a reset (`SO_LINGER` of 0 seconds)."""
    opened: socket.socket = transport.get_extra_info("socket")
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_CLOSE)
    transport.abort()


def _part(content: bytes, *, is_last: bool = False) -> Message:
    return {"type": "http.response.body", "body": content, "more_body": not is_last}
