"""The front ends, each behind the same few words, for the suite that runs over all of them.

To add one: a context manager that yields a `Front`, and its name in `FRONTS`.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

import httpx
from platform_kit import API, PROMPT, SPECS

from wiromock import Engine, MockWiro, Request
from wiromock.adapter.httpx import MockTransport
from wiromock.adapter.virtual_time import VirtualClock

Answer = tuple[int, dict[str, str], bytes]
"""Status, headers with names in lower case, body."""


class Front:
    """What the suite says to a front end."""

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
def bare_engine() -> Iterator[Front]:
    """The engine alone: the delivery that a reply asks for is carried out in words of httpx."""
    clock = VirtualClock()
    engine = Engine(SPECS, clock=clock)

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
def transport() -> Iterator[Front]:
    clock = VirtualClock()
    engine = Engine(SPECS, clock=clock)
    with httpx.Client(transport=MockTransport(engine, clock), timeout=3000) as client:
        yield Front(engine, over(client), engine.advance)


@contextmanager
def patched() -> Iterator[Front]:
    with MockWiro(SPECS) as mock, httpx.Client(timeout=3000) as client:
        yield Front(mock.engine, over(client), mock.engine.advance)


class _Make(Protocol):
    def __call__(self) -> AbstractContextManager[Front]: ...


FRONTS: dict[str, _Make] = {"engine": bare_engine, "transport": transport, "respx": patched}
"""By name."""
