"""A platform that fails in one chosen way: over real sockets, and as a transport in process."""

import asyncio
import contextlib
import datetime as dt
import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import format_datetime
from functools import cache, partial
from typing import Any

import httpx
import trustme

from runtime.replies import RUN_REPLY, task

PNG = b"\x89PNG\r\n\x1a\n" + bytes(5000)
UPLOADED = {"result": True, "errors": [], "list": [{"id": "1", "url": "https://file/1"}]}

SLOW = 600.0
"""Seconds that slow faults last, unless the test is over before."""
PACE = 0.03
"""Seconds between two bytes that drip."""
DRIPS = int(SLOW / PACE)


@cache
def certificate() -> ssl.SSLContext:
    """A server's, by an authority that nobody trusts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    return context


def refusing(status: int, **headers: str) -> Callable[["Exchange"], None]:
    def act(exchange: "Exchange") -> None:
        body = json.dumps({"result": False, "errors": [{"code": 0, "message": "no"}]}).encode()
        exchange.answer(body, status, **headers)

    return act


def soon() -> str:
    moment = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=31)
    return format_datetime(moment, usegmt=True)


@dataclass
class Exchange:
    """One request that has come in whole, and the ways to fail it."""

    path: str
    send: Callable[[bytes], Any]
    reset: Callable[[], Any]
    over: threading.Event
    """Set when the test is over."""

    def break_off(self) -> None:
        self.reset()

    def answer(
        self, body: bytes, status: int = 200, *, length: int | None = None, **headers: str
    ) -> None:
        length = len(body) if length is None else length
        lines = [f"HTTP/1.1 {status} Status", f"content-length: {length}", "connection: close"]
        lines += [f"{name.replace('_', '-')}: {text}" for name, text in headers.items()]
        self.send("\r\n".join([*lines, "", ""]).encode() + body)


def silence(exchange: Exchange) -> None:
    exchange.over.wait(SLOW)


def drip_headers(exchange: Exchange) -> None:
    exchange.send(b"HTTP/1.1 200 OK\r\n")
    drip(exchange, b"x-slow: " + b"a" * DRIPS)


def drip_body(exchange: Exchange) -> None:
    exchange.answer(b"", length=DRIPS)
    drip(exchange, b" " * DRIPS)


def drip(exchange: Exchange, data: bytes) -> None:
    for letter in data:
        exchange.send(bytes([letter]))
        exchange.over.wait(PACE)


FAULTS: dict[str, Callable[[Exchange], Any]] = {
    "silence": silence,
    "reset": Exchange.break_off,
    "no reply": lambda _: None,
    "empty": lambda exchange: exchange.answer(b""),
    "truncated": lambda exchange: exchange.answer(b'{"result": true, "t', length=500),
    "garbage": lambda exchange: exchange.send(b"\x00\x01\x02 garbage\r\n\r\n"),
    "invalid json": lambda exchange: exchange.answer(b'{"result": true,'),
    "401": refusing(401),
    "404": refusing(404),
    "408": refusing(408),
    "429 seconds": refusing(429, retry_after="31"),
    "429 date": lambda exchange: exchange.answer(b"slow down", 429, retry_after=soon()),
    "500": refusing(500),
    "502": refusing(502),
    "503": refusing(503),
    "504": refusing(504),
    "drip headers": drip_headers,
    "drip body": drip_body,
}


@dataclass
class Plan:
    """Which requests fail how; all others are answered as the platform would."""

    fault: str
    path: str
    """Requests whose path begins so fail."""
    times: float
    """How many of them."""
    status: str = "task_queue"
    """Of the task, until it is stopped."""
    seen: list[str] = field(default_factory=list)
    """The paths of all requests that came in whole."""
    over: threading.Event = field(default_factory=threading.Event)
    """Set when the test is over; nothing is slow any more."""

    def count(self, path: str) -> int:
        return sum(seen.startswith(path) for seen in self.seen)

    def act(self, exchange: Exchange) -> None:
        self.seen.append(exchange.path)
        if exchange.path.startswith(self.path) and self.count(self.path) <= self.times:
            FAULTS[self.fault](exchange)
        else:
            exchange.answer(*self.healthy(exchange.path))

    def healthy(self, path: str) -> tuple[bytes]:
        if path == "/0.png":
            return (PNG,)
        if path.startswith("/v1/Run"):
            return (json.dumps(RUN_REPLY).encode(),)
        if path == "/v1/File/Upload":
            return (json.dumps(UPLOADED).encode(),)
        if path in ("/v1/Task/Cancel", "/v1/Task/Kill"):
            self.status = "task_cancel"
        item = task(self.status)
        return (json.dumps({"result": True, "errors": [], "tasklist": [item]}).encode(),)


def receive(connection: socket.socket) -> str | None:
    """The path of a request, when all of it is there; None if the client disconnected before."""
    with connection.makefile("rb") as stream:
        path = stream.readline().split(b" ")[1:2]
        length = 0
        while (line := stream.readline().strip()) != b"":
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        return path[0].decode() if path and len(stream.read(length)) == length else None


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def serve_one(plan: Plan, connection: socket.socket, context: ssl.SSLContext | None) -> None:
    with contextlib.suppress(OSError), connection:
        connection.settimeout(SLOW)
        if context is not None:
            connection = context.wrap_socket(connection, server_side=True)
        path = receive(connection)
        if path is not None:
            plan.act(Exchange(path, connection.sendall, lambda: reset(connection), plan.over))


@contextmanager
def over_sockets(plan: Plan) -> Iterator[str]:
    """Serve a plan on a free port; gives its address."""
    context = certificate() if plan.fault == "tls" else None
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    threading.Thread(
                        target=serve_one, args=(plan, connection, context), daemon=True
                    ).start()

        if plan.fault == "refused":
            listening.close()
        else:
            threading.Thread(target=accept, daemon=True).start()
        try:
            yield f"{'https' if context else 'http'}://127.0.0.1:{port}"
        finally:
            plan.over.set()
            with contextlib.suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)  # ends the thread that accepts


class InProcess(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A plan as a transport of httpx, which raises what httpx raises over sockets."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        return self._answer(request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        return self._answer(request)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        plan, path = self._plan, request.url.path
        never = {"refused": "[Errno 111] refused", "tls": "certificate verify failed"}
        if plan.fault in never:
            raise httpx.ConnectError(never[plan.fault])
        sent: list[bytes] = []
        broken: list[Exception] = []
        is_hit = path.startswith(plan.path) and plan.count(plan.path) < plan.times
        if is_hit and plan.fault == "drip body":
            plan.seen.append(path)
            return httpx.Response(200, stream=Drip())
        if is_hit and plan.fault == "silence":
            plan.seen.append(path)
            time.sleep(request.extensions["timeout"]["read"])
            raise httpx.ReadTimeout("timed out")
        lose = partial(broken.append, httpx.ReadError("reset"))
        plan.act(Exchange(path, sent.append, lose, plan.over))
        return parsed(b"".join(sent), broken)


class Drip(httpx.SyncByteStream, httpx.AsyncByteStream):
    def __iter__(self):
        for _ in range(DRIPS):
            time.sleep(PACE)
            yield b" "

    async def __aiter__(self):
        for _ in range(DRIPS):
            await asyncio.sleep(PACE)
            yield b" "


def parsed(sent: bytes, broken: list[Exception]) -> httpx.Response:
    """What httpx makes of these bytes."""
    if broken:
        raise broken[0]
    if not sent.startswith(b"HTTP/1.1 "):
        raise httpx.RemoteProtocolError("illegal status line" if sent else "no response")
    head, _, body = sent.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    if len(body) < int(headers["content-length"]):
        raise httpx.RemoteProtocolError("peer closed connection")
    return httpx.Response(int(status.split(" ")[1]), headers=headers, content=body)
