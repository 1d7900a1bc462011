"""The front ends, each behind the same few words, for the suite that runs over all of them.

To add one: a context manager that yields a `Front`, and its name in `FRONTS`.
"""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

import httpx
from platform_kit import API, PROMPT, SPECS

from wiromock import Engine, MockWiro, Request
from wiromock.adapter.asgi import MockApp
from wiromock.adapter.asgi.delivery import TRANSPORT
from wiromock.adapter.httpx import MockTransport
from wiromock.adapter.notifier import Notifier
from wiromock.adapter.virtual_time import VirtualClock
from wiromock.server.http_server import ServerThread, address_of, listen
from wiromock.spec.catalog import SpecSource

Answer = tuple[int, dict[str, str], bytes]
"""Status, headers with names in lower case, body."""
TIMEOUT = 60.0
"""Seconds for anything that comes; a busy machine needs some, and nothing here waits for them to pass."""
SILENCE = 0.2
"""Seconds of it where nothing will ever come."""


class Front:
    """What the suite says to a front end."""

    expects_silence = False
    """Whether the next answer is one that never comes."""

    def __init__(
        self,
        engine: Engine,
        call: Callable[[str, str, dict[str, str], bytes | None], Answer],
        advance: Callable[[float], object],
        api: str = API,
    ) -> None:
        self.engine = engine
        self._call = call
        self._advance = advance
        self._api = api

    def send(self, path: str, body: dict[str, Any], *, key: str = "key") -> Answer:
        headers = {"content-type": "application/json", **({"x-api-key": key} if key else {})}
        return self._call("POST", self._api + path, headers, json.dumps(body).encode())

    def send_raw(self, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        return self._call("POST", self._api + path, headers, body)

    def send_as(self, method: str, path: str) -> Answer:
        return self._call(method, self._api + path, {"x-api-key": "key"}, None)

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.send(path, body)[2])
        return answer

    def get(self, url: str, **headers: str) -> Answer:
        return self._call("GET", url, headers, None)

    def run(self) -> str:
        answer = self.post("/Run/pruna/vace", PROMPT)
        assert answer["result"] is True, answer
        return str(answer["taskid"])

    def task(self, run: str) -> dict[str, Any]:
        return self.post("/Task/Detail", {"taskid": run})["tasklist"][0]

    def advance(self, seconds: float) -> None:
        self._advance(seconds)

    def time(self) -> float:
        return self.engine.clock.time()


def over(client: httpx.Client) -> Callable[[str, str, dict[str, str], bytes | None], Answer]:
    """Calls that go through a client of httpx."""

    def call(method: str, url: str, headers: dict[str, str], body: bytes | None) -> Answer:
        reply = client.request(method, url, headers=headers, content=body)
        return reply.status_code, {k.lower(): v for k, v in reply.headers.items()}, reply.content

    return call


@contextmanager
def bare_engine(specs: SpecSource = SPECS, **options: Any) -> Iterator[Front]:
    """The engine alone: the delivery that a reply asks for is carried out in words of httpx."""
    clock = VirtualClock()
    engine = Engine(specs, clock=clock, **options)

    def call(method: str, url: str, headers: dict[str, str], body: bytes | None) -> Answer:
        reply = engine.handle(Request.to(url, method=method, headers=headers, body=body or b""))
        while reply.pending is not None:
            ready = reply.pending.ready()
            if ready is None:
                clock.advance_until(reply.pending.next_at())
            else:
                reply = ready
        content = reply.body
        while reply.live is not None and not reply.live.is_over:
            content += reply.live.take()
            clock.advance_until(reply.live.next_at())
        delivery = reply.delivery
        clock.advance(delivery.latency + (len(content) / delivery.drip if delivery.drip else 0))
        errors = {
            "reset": httpx.ReadError,
            "hang": httpx.ReadTimeout,
            None: None,
        }
        error = errors.get(delivery.loss, httpx.RemoteProtocolError)
        if error is not None:
            raise error(str(delivery.loss))
        return reply.status, dict(reply.headers), content

    yield Front(engine, call, engine.advance)


@contextmanager
def transport(specs: SpecSource = SPECS, **options: Any) -> Iterator[Front]:
    clock = VirtualClock()
    engine = Engine(specs, clock=clock, **options)
    with httpx.Client(transport=MockTransport(engine, clock), timeout=3000) as client:
        yield Front(engine, over(client), engine.advance)


@contextmanager
def patched(specs: SpecSource = SPECS, **options: Any) -> Iterator[Front]:
    with MockWiro(specs, **options) as mock, httpx.Client(timeout=3000) as client:
        yield Front(mock.engine, over(client), mock.engine.advance)


@contextmanager
def asgi(specs: SpecSource = SPECS, **options: Any) -> Iterator[Front]:
    """The ASGI application in this process; a server would hand over the connection to break it."""
    clock = VirtualClock()
    engine = Engine(specs, clock=clock, **options)
    app = MockApp(engine, clock)

    async def send(
        method: str, url: str, headers: dict[str, str], body: bytes | None
    ) -> httpx.Response:
        transport = httpx.ASGITransport(BreaksAtEnd(app))
        async with httpx.AsyncClient(transport=transport) as client:
            return await client.request(method, url, headers=headers, content=body)

    def call(method: str, url: str, headers: dict[str, str], body: bytes | None) -> Answer:
        reply = asyncio.run(send(method, url, headers, body))
        return reply.status_code, {k.lower(): v for k, v in reply.headers.items()}, reply.content

    yield Front(engine, call, engine.advance, f"{HERE}/v1")


HERE = "http://mock"


class BreaksAtEnd:
    """Raises in words of httpx what a server's connection would say."""

    def __init__(self, app: MockApp) -> None:
        self._app = app
        self._falls_silent = asyncio.Event()
        _tell_of_silence(app, self._falls_silent.set)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        broken = Wire()
        scope["extensions"] = {TRANSPORT: broken}
        left: list[int] = []

        async def listen() -> Any:
            if not broken.is_closed:
                return await receive()
            return {"type": "http.disconnect"}

        async def take(message: Any) -> None:
            if message["type"] == "http.response.start":
                left.append(int(dict(message["headers"]).get(b"content-length", b"0")))
            elif left:
                left[0] -= len(message.get("body", b""))
            await send(message)

        answering = asyncio.ensure_future(self._app(scope, listen, take))
        silence = asyncio.ensure_future(self._falls_silent.wait())
        await asyncio.wait({answering, silence}, return_when=asyncio.FIRST_COMPLETED)
        silence.cancel()
        if not answering.done():
            answering.cancel()
            raise httpx.ReadTimeout("nothing came")
        if broken.is_reset:
            raise httpx.ReadError("reset")
        if broken.is_closed or answering.exception() is not None:
            raise httpx.RemoteProtocolError("closed")
        answering.result()


def _tell_of_silence(app: MockApp, tell: Callable[[], object]) -> None:
    """Call somebody when the application has done its part of a call and lets the caller wait for ever."""

    async def wait_for_the_end() -> None:
        tell()
        await Notifier.stopped(app.notifier)

    app.notifier.stopped = wait_for_the_end  # type: ignore[method-assign]


class Wire:
    """As much of a connection as breaking it takes."""

    is_closed = is_reset = False

    def close(self) -> None:
        self.is_closed = True

    def abort(self) -> None:
        self.is_closed = self.is_reset = True

    def write(self, data: bytes) -> None:
        pass

    def get_extra_info(self, name: str) -> Any:
        return self

    def setsockopt(self, *_: object) -> None:
        pass


@contextmanager
def server(specs: SpecSource = SPECS, **options: Any) -> Iterator[Front]:
    """A real server in a thread, whose waits pass in virtual time."""
    clock = VirtualClock()
    engine = Engine(specs, clock=clock, **options)
    app = MockApp(engine, clock)
    falls_silent = threading.Event()
    _tell_of_silence(app, falls_silent.set)
    with (
        listen("127.0.0.1", 0) as opened,
        ServerThread(app, opened, app.notifier.stop),
        httpx.Client(timeout=TIMEOUT, trust_env=False) as client,
    ):

        def call(method: str, url: str, headers: dict[str, str], body: bytes | None) -> Answer:
            client.timeout = httpx.Timeout(
                TIMEOUT, read=SILENCE if front.expects_silence else TIMEOUT
            )
            try:
                return over(client)(method, url, headers, body)
            except httpx.ReadTimeout:
                assert falls_silent.wait(TIMEOUT), "it was only late"
                raise

        front = Front(engine, call, engine.advance, f"{address_of(opened)}/v1")
        yield front


class _Make(Protocol):
    def __call__(self, **options: Any) -> AbstractContextManager[Front]: ...


FRONTS: dict[str, _Make] = {
    "engine": bare_engine,
    "transport": transport,
    "respx": patched,
    "asgi": asgi,
    "server": server,
}
"""By name."""
