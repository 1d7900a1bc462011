"""Sockets without a network: what a client opens while `MockWiro` is entered, in virtual time.

The client's runtime opens every WebSocket through `wiro_runtime.seam.socket`; this is the connector that
`MockWiro` installs there. Other programs may use it directly: `mock.sockets.connect(url, 10)`.
"""

from collections import deque
from typing import Final, cast
from urllib.parse import urlsplit

from wiromock.adapter.host import describe_foreign_host
from wiromock.adapter.notifier import Notifier, Sleeper, Watch, bounded
from wiromock.argument import check_number, check_text, show
from wiromock.engine.connection import Close, Connection
from wiromock.engine.engine import Engine
from wiromock.errors import UnknownHost, WrongValue

HANDSHAKE: Final = 10.0
"""Seconds after which a handshake that hangs fails, where nothing else is said; as in `websockets`."""

_BROKEN: Final = "ConnectionClosedError: no close frame received or sent"


class MockSockets:
    """Opens sockets to the mock. A `Connector` of the client's seam.

    Args:
        engine: answers.
        clock: waits pass on it.
    """

    def __init__(self, engine: Engine, clock: Sleeper) -> None:
        self._engine = engine
        self._clock = clock
        self._notifier = Notifier(clock)
        engine.listen(self._notifier.notify, concerning="everybody")

    def connect(self, url: str, seconds: float = HANDSHAKE, /) -> "MockSocket":
        """Open a socket.

        Args:
            url: where the platform's socket is.
            seconds: after which a handshake that hangs fails.

        Raises:
            UnknownHost: the URL is not the platform's.
            WrongValue: the URL is no text, or the time no number.
            OSError: a scenario asks for it.
        """
        longest = check_number("sockets.connect: seconds", seconds)
        connection = self._connect(url)
        if _hangs(connection):
            self._clock.sleep(bounded(longest))
        _check(connection)
        return MockSocket(connection, self._clock, self._notifier.watch())

    async def connect_async(self, url: str, seconds: float = HANDSHAKE, /) -> "AsyncMockSocket":
        """Open a socket; see `connect`."""
        longest = check_number("sockets.connect_async: seconds", seconds)
        connection = self._connect(url)
        if _hangs(connection):
            await self._clock.sleep_async(bounded(longest))
        _check(connection)
        return AsyncMockSocket(connection, self._clock, self._notifier.watch())

    def _connect(self, url: str) -> Connection:
        urls = self._engine.urls
        check_text("sockets.connect: url", url, f'a text such as "{urls.socket.url}"')
        if not urls.socket.is_at(url):
            parts = urlsplit(url)
            text = describe_foreign_host(urls, "WebSocket", parts.netloc.lower(), parts.path)
            raise self._engine.misuse(UnknownHost(f"{text}; its socket is {urls.socket.url}"))
        return self._engine.connect()


class _SocketState:
    """What both kinds of socket share: the frames that have arrived, and how it ends."""

    def __init__(self, connection: Connection, clock: Sleeper, watch: Watch) -> None:
        self._connection = connection
        self._clock = clock
        self._watch = watch
        connection.listen(watch.notify)
        self._arrived: deque[str | bytes] = deque()
        self._collected = (-1.0, -1)
        """When frames were last collected: the time, and how often anything had changed by then."""
        self._is_closed = False

    def _write(self, data: str | bytes) -> None:
        if not isinstance(cast("object", data), str | bytes | bytearray | memoryview):
            said = "a text, or bytes for sound; json.dumps() makes a text of an object"
            raise WrongValue(f"socket.send: data is {said}, not {show(data)}")
        self._collect()
        if self._is_closed or (self._connection.closing is not None and not self._arrived):
            raise ConnectionError(_describe_close(self._connection.closing))
        self._connection.receive(data)

    def _collect(self) -> None:
        now = self._clock.time(), self._watch.version
        if self._connection.closing is None and now != self._collected:
            self._collected = now
            for frame in self._connection.take():
                self._arrived.append(frame.data)

    def _next(self) -> str | bytes | None:
        """Return the next frame that has arrived; None when there is none yet."""
        if self._is_closed:
            raise ConnectionError(_describe_close(None))
        self._collect()
        if self._arrived:
            return self._arrived.popleft()
        if self._connection.closing is not None:
            raise ConnectionError(_describe_close(self._connection.closing))
        return None

    def _moment(self, end: float) -> float:
        planned = self._connection.next_at()
        return end if planned is None else min(planned, end)

    def _leave(self) -> None:
        if not self._is_closed:
            self._is_closed = True
            self._connection.leave()


class MockSocket(_SocketState):
    """An open socket of a thread."""

    def send(self, data: str | bytes, /) -> None:
        """Send a text or a binary frame.

        Raises:
            OSError: the socket is closed.
        """
        self._write(data)

    def receive(self, seconds: float, /) -> str | bytes | None:
        """Wait for the next frame, for so many seconds at most; None if none came.

        Raises:
            OSError: the socket is closed.
            TimeRanAway: it would wait for ever.
        """
        end = self._clock.time() + check_number("socket.receive: seconds", seconds)
        while (frame := self._next()) is None and (now := self._clock.time()) < end:
            self._clock.sleep(bounded(self._moment(end) - now))
        return frame

    def close(self) -> None:
        """End the connection from the caller's side: nothing more arrives."""
        self._leave()


class AsyncMockSocket(_SocketState):
    """An open socket of an asyncio task: the same, awaited."""

    async def send(self, data: str | bytes, /) -> None:
        """Send a frame; see `MockSocket.send`."""
        self._write(data)

    async def receive(self, seconds: float, /) -> str | bytes | None:
        """Wait for a frame; see `MockSocket.receive`."""
        end = self._clock.time() + check_number("socket.receive: seconds", seconds)
        seen = self._watch.version
        while (frame := self._next()) is None and self._clock.time() < end:
            await self._watch.until(self._moment(end), seen)
            seen = self._watch.version
        return frame

    async def close(self) -> None:
        """End the connection from the caller's side: nothing more arrives."""
        self._leave()


def _hangs(connection: Connection) -> bool:
    return connection.refused is not None and connection.refused.delivery.loss == "hang"


def _check(connection: Connection) -> None:
    """Refuse the connection, if that is to happen, in the words of a real one."""
    refused = connection.refused
    if refused is None:
        return
    match refused.delivery.loss:
        case "hang":
            raise TimeoutError("timed out during opening handshake")
        case None:
            status = f"server rejected WebSocket connection: HTTP {refused.status}"
            raise ConnectionError(f"InvalidStatus: {status}")
        case _:
            raise ConnectionError("InvalidMessage: did not receive a valid HTTP response")


def _describe_close(closing: Close | None) -> str:
    if closing is None:
        return "ConnectionClosedOK: sent 1000 (OK); then received 1000 (OK)"
    if closing.is_abrupt:
        return _BROKEN
    reason = f" {closing.reason}" if closing.reason else ""
    kind = "ConnectionClosedOK" if closing.code == 1000 else "ConnectionClosedError"
    return f"{kind}: received {closing.code}{reason}"
