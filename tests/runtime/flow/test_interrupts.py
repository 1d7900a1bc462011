"""Leaving at any moment, of a live session, a keyed run and many runs: what may have been started is said and written down."""

import asyncio
import itertools
import sqlite3
from functools import partial
from typing import Annotated, Any

import httpx
import pytest

from runtime.flow.test_exception_notes import interrupted_with
from runtime.models import Vace
from runtime.replies import DONE, RUN_REPLY, detail
from wiro_runtime import AsyncClient, Client, RealtimeRequest, wire
from wiro_runtime.journal.journal import Journal
from wiro_runtime.journal.schema import migrate
from wiro_runtime.seam import socket


class Voice(RealtimeRequest, model="openai/gpt-realtime"):
    """A voice model."""

    voice: Annotated[str, wire.Text("voice")] = "marin"


class Platform:
    """Answers in process, and counts what reached it."""

    def __init__(self) -> None:
        self.runs = 0
        self.is_stopped = False

    def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if "/Run/" in path:
            self.runs += 1
            return httpx.Response(200, json=RUN_REPLY)
        if path.endswith(("/Kill", "/Cancel")):
            self.is_stopped = True
        return httpx.Response(200, json=detail("task_cancel") if self.is_stopped else DONE)

    async def answer_later(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)  # on the way there
        answer = self.answer(request)
        await asyncio.sleep(0)  # and back
        return answer

    def is_noted(self, left: BaseException) -> bool:
        """Whether what leaves a call says what may have been started."""
        notes = " ".join(getattr(left, "__notes__", []))
        named = "Task 2221" in notes or "may have been sent" in notes
        return not self.runs or named or self.is_stopped

    # As a connector of sockets: it opens, and the model listens at once.
    def connect(self, _url: str, _seconds: float) -> "Line":
        return Line()

    async def connect_async(self, _url: str, _seconds: float) -> "AwaitedLine":
        await asyncio.sleep(0)
        return AwaitedLine()


class Line:
    """A socket of a session that has begun."""

    def __init__(self) -> None:
        self._frames = [b'{"type": "task_start"}', b'{"type": "task_stream_ready"}']

    def receive(self, _seconds: float) -> str | None:
        return self._frames.pop(0).decode() if self._frames else None

    def send(self, _data: Any) -> None: ...

    def close(self) -> None: ...


class AwaitedLine(Line):
    """The same, awaited."""

    async def receive(self, seconds: float) -> str | None:
        await asyncio.sleep(0)
        return super().receive(seconds)

    async def send(self, data: Any) -> None:
        await asyncio.sleep(0)

    async def close(self) -> None:
        await asyncio.sleep(0)


def first(results: Any) -> Any:
    return next(results), results  # kept, so that it ends untraced


async def first_of(results: Any) -> Any:
    return await anext(results), results


async def entered(stream: Any) -> Any:
    return await stream.__aenter__()


SYNC: dict[str, Any] = {
    "session": lambda client, key: client.session(Voice()).__enter__(),
    "keyed run": lambda client, key: client.run(Vace(prompt="x"), key=key),
    "keyed submit": lambda client, key: client.submit(Vace(prompt="x"), key=key),
    "map": lambda client, key: first(client.map([Vace(prompt="x")])),
    "keyed map": lambda client, key: first(client.map([Vace(prompt="x")], keys=[key])),
}
ASYNC: dict[str, Any] = {
    "submit": lambda client, key: client.submit(Vace(prompt="x")),
    "run": lambda client, key: client.run(Vace(prompt="x")),
    "stream": lambda client, key: entered(client.stream(Vace(prompt="x"))),
    "session": lambda client, key: entered(client.session(Voice())),
    "keyed run": lambda client, key: client.run(Vace(prompt="x"), key=key),
    "keyed submit": lambda client, key: client.submit(Vace(prompt="x"), key=key),
    "map": lambda client, key: first_of(client.map([Vace(prompt="x")])),
    "keyed map": lambda client, key: first_of(client.map([Vace(prompt="x")], keys=[key])),
}


def settings(name: str, journal: Journal) -> dict[str, Any]:
    return {
        "socket_url": "ws://localhost",
        "tracking": "auto" if name == "session" else "polling",
        "journal": journal if "keyed" in name else None,
    }


def problem(platform: Platform, left: BaseException, name: str, journal: Journal, key: str) -> str:
    """What is not noted of a call that was left; "" if all is."""
    assert platform.runs <= 1
    if not platform.runs:
        return ""
    if not platform.is_noted(left):
        return "nothing is said"
    if "keyed" not in name:
        return ""
    # The same key, asked again, neither pays twice nor loses the task.
    entry = Client("key", journal=journal).journal.get(key)
    is_kept = entry is not None and entry.state in ("intent", "unknown", "accepted", "done")
    return "" if is_kept else f"the journal says {entry}"


class InMemory:
    """A journal's tables without a disk, whose thousands of flushes take time and are never interrupted."""

    name = "memory"
    begin = "BEGIN IMMEDIATE"

    def __init__(self, location: object) -> None:
        self._connection = sqlite3.connect(
            ":memory:", isolation_level=None, check_same_thread=False
        )
        exists = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
        migrate(self._connection, self.name, exists=exists, begin=self.begin)
        self.execute = self._connection.execute

    def connect(self) -> "InMemory":
        return self

    def close(self) -> None:
        """Not at the end of the writer's thread, which may begin another."""

    def explain(self, error: Exception) -> None: ...

    def is_transient(self, error: Exception) -> bool:
        return False


@pytest.fixture
def journal(monkeypatch):
    monkeypatch.setattr("wiro_runtime.journal.journal._database", InMemory)
    kept = Journal("memory")
    yield kept
    kept.close()
    kept._database._connection.close()


@pytest.mark.parametrize("name", SYNC)
def test_every_line_may_be_the_last(name, virtual_time, journal):
    wrong = []
    for lines in itertools.count(0):  # the first is for what is loaded late
        platform, key = Platform(), f"k{lines}"
        own = httpx.Client(transport=httpx.MockTransport(platform.answer))
        client = Client("key", http_client=own, **settings(name, journal))
        with socket.use(platform):
            left, tracing = interrupted_with(client, partial(SYNC[name], key=key), lines or -1)
        if left is None and lines:
            break
        if left is not None and (text := problem(platform, left, name, journal, key)):
            wrong.append(f"{tracing.at}: {text}")
    assert lines > 100, "the call was not traced"
    assert wrong == []


class _CancelledAt:
    """Awaits a coroutine, and cancels it the n-th time that it is to go on."""

    def __init__(self, coroutine: Any, at: int) -> None:
        self._coroutine = coroutine
        self._at = at

    def __await__(self) -> Any:
        steps = self._coroutine.__await__()
        for step in itertools.count():
            try:
                yield (
                    steps.throw(asyncio.CancelledError()) if step == self._at else steps.send(None)
                )
            except StopIteration as done:
                return done.value
        raise AssertionError("unreachable")


@pytest.mark.parametrize("name", ASYNC)
def test_every_await_may_be_the_last(name, virtual_time, journal):
    wrong = []

    async def left_at(at: int) -> bool:
        """Whether the call was left; False once it has fewer steps."""
        platform, key = Platform(), f"k{at}"
        own = httpx.AsyncClient(transport=httpx.MockTransport(platform.answer_later))
        client = AsyncClient("key", http_client=own, **settings(name, journal))
        with socket.use(platform):
            try:
                await _CancelledAt(ASYNC[name](client, key), at)
            except asyncio.CancelledError as left:
                if text := problem(platform, left, name, journal, key):
                    wrong.append(f"step {at}: {text}")
                return True
        return False

    async def main() -> int:
        for at in itertools.count(1):
            if not await left_at(at):
                return at
        raise AssertionError("unreachable")

    assert asyncio.run(main()) > 2, "the call was not cancelled"
    assert wrong == []
