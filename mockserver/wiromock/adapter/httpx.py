"""An httpx transport, sync and async, that asks the engine instead of the network.

What goes wrong on purpose raises what a real connection raises in the same place.
"""

from collections.abc import AsyncIterator, Iterator
from typing import NoReturn

import httpx

from wiromock.adapter.caller import find_caller
from wiromock.adapter.host import describe_foreign_host, is_platform
from wiromock.adapter.notifier import Notifier, Sleeper, Watch, bounded
from wiromock.argument import check_kind
from wiromock.engine.engine import Engine
from wiromock.errors import UnknownHost
from wiromock.wire.http import AT_ONCE, Delivery, Live, Pending, Reply, Request

_DRIPS = 10
"""Pieces a second in which a dripping body arrives."""


class MockTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """The mock as the transport of a client: `httpx.Client(transport=mock.transport)`.

    Args:
        engine: answers.
        clock: late answers wait on it.
    """

    def __init__(self, engine: Engine, clock: Sleeper) -> None:
        self._engine = check_kind("MockTransport: engine", engine, Engine, "an Engine")
        self._clock = clock
        self._notifier = Notifier(clock)
        engine.listen(self._notifier.notify, concerning="everybody")

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request.

        Raises:
            MockError: the request cannot be right.
            httpx.TransportError: a scenario asks for it.
        """
        request.read()
        reply = self._ask(request)
        if _is_plain(reply):
            return _respond(reply, request)
        delivery, timeout = reply.delivery, _read_timeout(request)
        if reply.pending is not None:
            reply = self._await(reply.pending, request, timeout)
        self._waits(request, timeout).pass_by(_delay(delivery))
        _break(delivery, request)
        return self._stream(reply, delivery, request, timeout)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request; see `handle_request`."""
        await request.aread()
        reply = self._ask(request)
        if _is_plain(reply):
            return _respond(reply, request)
        delivery, timeout = reply.delivery, _read_timeout(request)
        if reply.pending is not None:
            reply = await self._await_async(reply.pending, request, timeout)
        await self._waits(request, timeout).pass_by_async(_delay(delivery))
        _break(delivery, request)
        return self._stream(reply, delivery, request, timeout)

    def _ask(self, request: httpx.Request) -> Reply:
        neutral = to_neutral(request)
        urls = self._engine.urls
        if not is_platform(urls, neutral.host):
            text = describe_foreign_host(urls, neutral.method, neutral.host, neutral.path)
            raise self._engine.misuse(UnknownHost(text))
        return self._engine.handle(neutral)

    def _await(self, pending: Pending, request: httpx.Request, timeout: float) -> Reply:
        """Wait until there is an answer, or the client waits no longer."""
        end = self._clock.time() + timeout
        while (reply := pending.ready()) is None:
            self._clock.sleep(bounded(min(_moment(pending), end) - self._clock.time()))
            if self._clock.time() >= end:
                _too_late(request)
        return reply

    async def _await_async(self, pending: Pending, request: httpx.Request, seconds: float) -> Reply:
        end, watch = self._clock.time() + seconds, self._notifier.watch()
        unsubscribe = pending.listen(watch.notify)
        try:
            while True:
                seen = watch.version
                if (reply := pending.ready()) is not None:
                    return reply
                await watch.until(min(_moment(pending), end), seen)
                if self._clock.time() >= end:
                    _too_late(request)
        finally:
            unsubscribe()

    def _waits(self, request: httpx.Request, timeout: float) -> "_Waits":
        return _Waits(self._clock, self._notifier.watch(), request, timeout)

    def _stream(
        self, reply: Reply, delivery: Delivery, request: httpx.Request, timeout: float
    ) -> httpx.Response:
        waits = self._waits(request, timeout)
        stream: httpx.SyncByteStream | httpx.AsyncByteStream
        headers = dict(reply.headers)
        if reply.live is not None:
            stream = _Growing(reply.live, waits)
        elif delivery.loss == "truncated":
            headers["content-length"] = str(len(reply.body))
            stream = _Cut(reply.body, delivery.cut, request)
        elif delivery.drip is not None:
            headers["content-length"] = str(len(reply.body))
            stream = _Dripping(reply.body, delivery.drip, waits)
        else:
            return _respond(reply, request)
        return httpx.Response(reply.status, headers=headers, stream=stream, request=request)


def to_neutral(request: httpx.Request) -> Request:
    """Turn a request of httpx, whose body has been read, into a neutral one."""
    url = request.url
    return Request(
        request.method,
        url.netloc.decode().lower(),
        url.path,
        url.query.decode(),
        {name.decode().lower(): value.decode("latin-1") for name, value in request.headers.raw},
        request.content,
        find_caller,
    )


class _Waits:
    """The waits of one answer, each of which the client's read timeout may end.

    Args:
        clock: late bytes wait on it.
        watch: where to wait for an answer that grows.
        request: what is answered.
        timeout: seconds that the client waits for the next byte.
    """

    def __init__(
        self, clock: Sleeper, watch: Watch, request: httpx.Request, timeout: float
    ) -> None:
        self._clock = clock
        self.watch = watch
        self._request = request
        self._timeout = timeout

    def pass_by(self, seconds: float) -> None:
        """Wait before the next byte."""
        if seconds:
            self._clock.sleep(bounded(min(seconds, self._timeout)))
            self._check(seconds)

    async def pass_by_async(self, seconds: float) -> None:
        """The same, awaited."""
        if seconds:
            await self._clock.sleep_async(bounded(min(seconds, self._timeout)))
            self._check(seconds)

    def grow(self, live: Live, silent_since: float) -> None:
        """Wait until an answer may have grown."""
        moment, end = _moment(live), silent_since + self._timeout
        self._clock.sleep(bounded(min(moment, end) - self._clock.time()))
        self._check_silence(moment, end)

    async def grow_async(self, live: Live, silent_since: float, seen: int) -> None:
        """The same, awaited, unless anything has changed since a version was `seen`."""
        moment, end = _moment(live), silent_since + self._timeout
        await self.watch.until(min(moment, end), seen)
        self._check_silence(moment, end)

    def time(self) -> float:
        """The present, in unix seconds."""
        return self._clock.time()

    def _check(self, seconds: float) -> None:
        if seconds > self._timeout:
            _too_late(self._request)

    def _check_silence(self, moment: float, end: float) -> None:
        if moment > end and self.time() >= end:
            _too_late(self._request)


class _Growing(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that grows with its task."""

    def __init__(self, live: Live, waits: _Waits) -> None:
        self._live = live
        self._waits = waits
        self._unsubscribe = live.listen(waits.watch.notify)

    def __iter__(self) -> Iterator[bytes]:
        since = self._waits.time()
        while not self._live.is_over:
            if chunk := self._live.take():
                since = self._waits.time()
                yield chunk
            elif not self._live.is_over:
                self._waits.grow(self._live, since)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        since = self._waits.time()
        while not self._live.is_over:
            seen = self._waits.watch.version
            if chunk := self._live.take():
                since = self._waits.time()
                yield chunk
            elif not self._live.is_over:
                await self._waits.grow_async(self._live, since, seen)

    def close(self) -> None:
        self._unsubscribe()

    async def aclose(self) -> None:
        self._unsubscribe()


class _Dripping(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that arrives slowly."""

    def __init__(self, body: bytes, rate: float, waits: _Waits) -> None:
        size = max(1, int(rate / _DRIPS))
        self._pieces = [body[at : at + size] for at in range(0, len(body), size)]
        self._pause = size / rate
        self._waits = waits

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self._waits.pass_by(self._pause)
            yield piece

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            await self._waits.pass_by_async(self._pause)
            yield piece


class _Cut(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that falls short of what the headers promise."""

    def __init__(self, body: bytes, arrives: int, request: httpx.Request) -> None:
        self._part = body[:arrives]
        self._error = httpx.RemoteProtocolError(
            "peer closed connection without sending complete message body "
            f"(received {len(self._part)} bytes, expected {len(body)})",
            request=request,
        )

    def __iter__(self) -> Iterator[bytes]:
        yield self._part
        raise self._error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._part
        raise self._error


def _is_plain(reply: Reply) -> bool:
    return reply.delivery is AT_ONCE and reply.live is None and reply.pending is None


def _respond(reply: Reply, request: httpx.Request) -> httpx.Response:
    # A stream, as of a connection: httpx reads it itself, and only then knows how long an answer took.
    headers = {"content-length": str(len(reply.body)), **reply.headers}
    stream = httpx.ByteStream(reply.body)
    return httpx.Response(reply.status, headers=headers, stream=stream, request=request)


def _read_timeout(request: httpx.Request) -> float:
    """How long the client waits for the next byte, in seconds."""
    timeout = request.extensions.get("timeout", {}).get("read")
    return float("inf") if timeout is None else float(timeout)


def _delay(delivery: Delivery) -> float:
    return float("inf") if delivery.loss == "hang" else delivery.latency


def _moment(answer: Live | Pending) -> float:
    moment = answer.next_at()
    return float("inf") if moment is None else moment


def _too_late(request: httpx.Request) -> NoReturn:
    raise httpx.ReadTimeout("The mock answered too late, as scripted.", request=request)


def _break(delivery: Delivery, request: httpx.Request) -> None:
    """Break the connection before the answer arrives, if that is to happen."""
    match delivery.loss:
        case "reset":
            raise httpx.ReadError("[Errno 104] Connection reset by peer", request=request)
        case "empty":
            said = "Server disconnected without sending a response."
            raise httpx.RemoteProtocolError(said, request=request)
        case "garbage":
            said = "illegal status line: bytearray(b'this is not HTTP')"
            raise httpx.RemoteProtocolError(said, request=request)
        case _:
            return
