"""One WebSocket of a caller, from its opening to its end."""

from collections.abc import Callable

from wiromock.adapter.asgi.message import Receive, Send, start_of
from wiromock.adapter.notifier import Stopped, Watch, first_of
from wiromock.engine.connection import Connection
from wiromock.wire.http import Reply

GOING_AWAY = 1001
"""Close code of a server that ends."""


class Socket:
    """Carries messages between a caller and a connection of the engine.

    Args:
        connection: what the platform has to say.
        receive: the caller's messages.
        send: takes ours.
        watch: where to wait.
        move: lets the URLs of a message lead to where the caller reached us.
        refused: what the handshake gets instead of a socket.
        can_answer: whether the server can answer a handshake with another HTTP reply.
    """

    def __init__(
        self,
        connection: Connection,
        receive: Receive,
        send: Send,
        watch: Watch,
        move: Callable[[bytes], bytes],
        *,
        refused: Reply | None,
        can_answer: bool,
    ) -> None:
        self._connection = connection
        self._receive = receive
        self._send = send
        self._watch = watch
        self._move = move
        self._refused = refused
        self._can_answer = can_answer

    async def hold(self) -> None:
        """Open the socket and serve it until one of the two sides ends it."""
        await self._receive()  # websocket.connect
        if self._refused is not None:
            await self._turn_away(self._refused)
            return
        self._connection.listen(self._watch.notify)
        await self._send({"type": "websocket.accept"})
        try:
            await first_of(self._listen(), self._send_due())
        except Stopped:
            await self._send({"type": "websocket.close", "code": GOING_AWAY})
        finally:
            self._connection.leave()

    async def _turn_away(self, reply: Reply) -> None:
        """Answer the handshake with something else; a server that cannot say it says 403."""
        if not self._can_answer or reply.delivery.loss is not None:
            await self._send({"type": "websocket.close"})
            return
        # Without its length: servers state that of a handshake's answer themselves, and some would state it twice.
        head = start_of(reply, is_whole=False)
        await self._send({**head, "type": "websocket.http.response.start"})
        await self._send({"type": "websocket.http.response.body", "body": reply.body})

    async def _listen(self) -> None:
        while (message := await self._receive())["type"] == "websocket.receive":
            text, data = message.get("text"), message.get("bytes")
            self._connection.receive(text if text is not None else data or b"")

    async def _send_due(self) -> None:
        while True:
            seen = self._watch.version
            for frame in self._connection.take():
                if isinstance(frame.data, bytes):
                    await self._send({"type": "websocket.send", "bytes": frame.data})
                else:
                    text = self._move(frame.data.encode()).decode()
                    await self._send({"type": "websocket.send", "text": text})
            closing = self._connection.closing
            if closing is None:
                await self._watch.until(self._connection.next_at(), seen)
            elif closing.is_abrupt:
                return  # a server drops the connection of an application that says nothing more
            else:
                await self._send(
                    {"type": "websocket.close", "code": closing.code, "reason": closing.reason}
                )
                return
