"""An httpx transport, sync and async, that asks the engine instead of the network."""

from typing import Protocol

import httpx

from wiromock.engine import Engine
from wiromock.message import Reply, Request


class Sleeper(Protocol):
    """What the transport asks of time: to let it pass."""

    def sleep(self, seconds: float, /) -> None:
        """Block."""
        ...

    async def sleep_async(self, seconds: float, /) -> None:
        """Suspend the running task."""
        ...


class MockTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """The mock as the transport of a client: `httpx.Client(transport=mock.transport)`.

    Args:
        engine: answers.
        clock: late answers wait on it.
    """

    def __init__(self, engine: Engine, clock: Sleeper) -> None:
        self._engine = engine
        self._clock = clock

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request.

        Raises:
            MockError: the request cannot be right.
            httpx.TransportError: a scenario asks for it.
        """
        request.read()
        reply = self._engine.handle(to_neutral(request))
        patience = _patience(request)
        if reply.delivery.latency:
            self._clock.sleep(min(reply.delivery.latency, patience))
        return _deliver(reply, request, patience)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request; see `handle_request`."""
        await request.aread()
        reply = self._engine.handle(to_neutral(request))
        patience = _patience(request)
        if reply.delivery.latency:
            await self._clock.sleep_async(min(reply.delivery.latency, patience))
        return _deliver(reply, request, patience)


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
    )


def _patience(request: httpx.Request) -> float:
    """How long the client waits for an answer, in seconds."""
    timeout = request.extensions.get("timeout", {}).get("read")
    return float("inf") if timeout is None else float(timeout)


def _deliver(reply: Reply, request: httpx.Request, patience: float) -> httpx.Response:
    """Carry out what a reply asks for, after the wait."""
    if reply.delivery.latency > patience:
        raise httpx.ReadTimeout("The mock answered too late, as scripted.", request=request)
    if reply.delivery.lost:
        raise httpx.ReadError("The mock broke the connection, as scripted.", request=request)
    return httpx.Response(
        reply.status, headers=dict(reply.headers), content=reply.body, request=request
    )
