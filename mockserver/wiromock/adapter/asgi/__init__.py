"""The engine as an ASGI application: the API below `/v1`, finished files below `/outputs`.

Raw ASGI on purpose: a framework between server and engine would cost about half of the throughput.

The engine speaks of itself by the addresses of its spec. A reply names the address at which the
caller reached us instead, so that every URL in it can be followed.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Final

from wiromock.adapter.asgi.delivery import Delivery, is_plain
from wiromock.adapter.asgi.message import (
    API,
    OUTPUTS,
    Gone,
    Receive,
    Scope,
    Send,
    TooLarge,
    ascii_only,
    explained,
    origin_of,
    read_body,
    read_headers,
    relocate,
    send_reply,
    to_neutral,
)
from wiromock.adapter.asgi.socket import Socket
from wiromock.adapter.notifier import AsyncSleeper, Notifier
from wiromock.engine.engine import Engine
from wiromock.errors import MockError
from wiromock.wire.http import Reply, Request, to_json

__all__ = ["API", "ERROR_HEADER", "MISUSE", "OUTPUTS", "MockApp"]

MISUSE: Final = 599
"""HTTP status of what cannot be right. No official client repeats a call after it."""

ERROR_HEADER: Final = "x-mock-error"
"""Carries the kind of misuse."""

_WRITTEN: Final = ("application/json", "text/event-stream")
"""Content types that may hold URLs of ours."""


class MockApp:
    """The platform as an ASGI application.

    Args:
        engine: answers.
        clock: late answers and open sockets wait on it.
    """

    def __init__(self, engine: Engine, clock: AsyncSleeper) -> None:
        self._engine = engine
        self._urls = engine.urls
        home = engine.urls.api.url.removesuffix(API)
        is_home = engine.urls.outputs.url == f"{home}{OUTPUTS}"
        self._home = {None, home} if is_home else {None}
        """Origins at which the engine's own addresses are right; None is a caller who names none."""
        self.notifier = Notifier(clock)
        """Where open calls wait; notify it of what concerns all and no call has changed."""
        engine.listen(self.notifier.notify, concerning="everybody")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or hold one socket; see the ASGI specification."""
        match scope["type"]:
            case "http":
                await self.answer(scope, receive, send)
            case "websocket":
                headers = read_headers(scope)
                move = partial(relocate, urls=self._urls, origin=origin_of(scope, headers))
                connection = self._engine.connect(headers)
                refused = connection.refused
                if scope["path"].rstrip("/") != API:
                    why = f"the socket is at {API}, not at {scope['path']}"
                    refused = explained(404, "Error parsing url.", why)
                can_answer = "websocket.http.response" in (scope.get("extensions") or {})
                socket = Socket(
                    connection,
                    receive,
                    send,
                    self.notifier.watch(),
                    move,
                    refused=refused,
                    can_answer=can_answer,
                )
                await socket.hold()
            case "lifespan":
                await live(receive, send)
            case other:
                raise RuntimeError(f"an ASGI connection of type {other!r} is not known")

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request; see the ASGI specification."""
        try:
            body = await read_body(receive)
        except Gone:
            return
        except TooLarge as error:
            await send_reply(send, explained(413, "Request parameters are invalid.", str(error)))
            return
        headers = read_headers(scope)
        origin = origin_of(scope, headers)
        reply = self._move(origin, self.handle(to_neutral(scope, headers, body, self._urls)))
        if is_plain(reply):
            await send_reply(send, reply)
        else:
            move = partial(self._move, origin)
            await Delivery(scope, receive, send, self.notifier.watch(), move).carry_out(reply)

    def handle(self, request: Request) -> Reply:
        """Ask the engine. Misuse comes back as a reply that looks like nothing of the platform's."""
        try:
            return self._engine.handle(request)
        except MockError as error:
            return misuse_reply(error)
        except Exception as error:  # noqa: BLE001 - a bug of ours is reported, and ends no server
            return misuse_reply(self._engine.misuse(unforeseen(error)))

    def _move(self, origin: str | None, reply: Reply) -> Reply:
        """Make the URLs of a reply lead to where the caller reached us."""
        if origin in self._home or not reply.headers.get("content-type", "").startswith(_WRITTEN):
            return reply
        return replace(reply, body=relocate(reply.body, self._urls, origin))


async def live(
    receive: Receive,
    send: Send,
    start: Callable[[], None] = lambda: None,
    stop: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Answer the two messages of ASGI's lifespan: the server starts, and it ends.

    Args:
        receive: the server's messages.
        send: takes the answers.
        start: is called when the server starts.
        stop: is awaited before it ends.
    """
    await receive()  # lifespan.startup
    start()
    await send({"type": "lifespan.startup.complete"})
    await receive()  # lifespan.shutdown
    if stop is not None:
        await stop()
    await send({"type": "lifespan.shutdown.complete"})


def unforeseen(error: Exception) -> MockError:
    """Return a sentence about a fault of the mock itself: what it was, and where."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = "" if trace is None else f" at {trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}"
    return MockError(
        f"the mock itself failed: {type(error).__name__}: {error}{place}; please report the call"
    )


def misuse_reply(error: MockError) -> Reply:
    """Write a reply that looks like nothing of the platform's."""
    kind = type(error).__name__
    title = f"The mock is used in a way that cannot be right ({kind})"
    problem = {"title": title, "status": MISUSE, "detail": str(error)}
    said = ascii_only(f"{kind}: {error}")
    headers = {"content-type": "application/problem+json", ERROR_HEADER: said}
    return Reply(MISUSE, headers, to_json(problem))
