"""A pooled connection that the server closes at the moment of the next run: nothing is said that is not so."""

import asyncio
import itertools
import json
import select
import socket
import threading
from collections import Counter
from contextlib import contextmanager, nullcontext
from weakref import WeakSet

import httpcore
import pytest

from runtime.local_server import serve
from runtime.models import Vace
from runtime.replies import DONE, RUN_REPLY
from wiro_runtime import AsyncClient, Client, errors
from wiro_runtime.driver import network
from wiro_runtime.driver.network import (
    AsyncTrackedStream,
    TrackedStream,
    Transmission,
    transmission,
)

_IDLE = 0.01
"""Seconds after which the server closes an unused connection."""
_CALLS = 60
_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
_ACCEPTED = json.dumps(RUN_REPLY).encode()


class ClosingServer:
    """A server that closes a connection which is unused for a moment, whatever may be on its way there."""

    def __init__(self) -> None:
        self.runs = 0
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}/v1"
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            while select.select([connection], [], [], _IDLE)[0]:
                if not self._read(connection):
                    return
                with self._lock:
                    self.runs += 1
                connection.sendall(_HEAD % len(_ACCEPTED) + _ACCEPTED)

    @staticmethod
    def _read(connection: socket.socket) -> bool:
        """One whole request."""
        data = b""
        while b"\r\n\r\n" not in data or not data.endswith(b"}"):
            try:
                got = connection.recv(65536)
            except OSError:
                return False
            if not got:
                return False
            data += got
        return True


@pytest.fixture
def server():
    closing = ClosingServer()
    yield closing
    closing.close()


def ends_of(kind: str, url: str) -> Counter[str]:
    """How so many runs end, each some time after the one before it."""
    pauses = itertools.cycle(_IDLE * tenths / 10 for tenths in (9, 10, 2, 11, 10, 17, 8))
    ends: Counter[str] = Counter()

    def note(error: errors.WiroError | None) -> None:
        ends["accepted" if error is None else type(error).__name__] += 1

    def blocking() -> None:
        with Client("key", base_url=url) as client:
            for _ in range(_CALLS):
                threading.Event().wait(next(pauses))
                try:
                    client.submit(Vace(prompt="x"))
                    note(None)
                except errors.NetworkError as error:
                    note(error)

    async def awaited() -> None:
        async with AsyncClient("key", base_url=url) as client:
            for _ in range(_CALLS):
                await asyncio.sleep(next(pauses))
                try:
                    await client.submit(Vace(prompt="x"))
                    note(None)
                except errors.NetworkError as error:
                    note(error)

    blocking() if kind == "sync" else asyncio.run(awaited())
    return ends


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_whatever_the_race_brings_the_server_has_counted_it_so(server, kind):
    """What is said to have been refused by the network was not counted, and what is unknown may have been."""
    ends = ends_of(kind, server.url)
    assert ends.keys() <= {"accepted", "SubmissionUnknown", "ConnectionFailed"}
    assert ends["accepted"] <= server.runs <= ends["accepted"] + ends["SubmissionUnknown"]
    assert sum(ends.values()) == _CALLS


@contextmanager
def later(seconds: float, monkeypatch: pytest.MonkeyPatch):
    """Let the sockets believe that so much time has passed."""
    now = network._now
    with monkeypatch.context() as patched:
        patched.setattr(network, "_now", lambda: now() + seconds)
        yield


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize(("idle", "connections"), [(0.0, 1), (30.0, 2)])
def test_a_run_takes_no_connection_that_was_unused_for_long(kind, idle, connections, monkeypatch):
    """Reads do: they are asked again if nothing comes."""
    seen = set()

    def answer(handler):
        seen.add(handler.client_address)
        handler.json(RUN_REPLY if handler.path.startswith("/v1/Run") else DONE)

    def blocking(url: str) -> None:
        with Client("key", base_url=url) as client:
            task = client.submit(Vace(prompt="x"))
            with later(idle, monkeypatch):
                task.refresh()
                assert len(seen) == 1
            with later(2 * idle, monkeypatch):
                client.submit(Vace(prompt="x"))

    async def awaited(url: str) -> None:
        async with AsyncClient("key", base_url=url) as client:
            task = await client.submit(Vace(prompt="x"))
            with later(idle, monkeypatch):
                await task.refresh()
                assert len(seen) == 1
            with later(2 * idle, monkeypatch):
                await client.submit(Vace(prompt="x"))

    with serve(answer) as server:
        blocking(server.url + "/v1") if kind == "sync" else asyncio.run(awaited(server.url + "/v1"))
    assert len(seen) == connections


class Broken(httpcore.NetworkStream):
    """Takes the head of a request, and breaks in its body."""

    def __init__(self) -> None:
        self.is_broken = False

    def write(self, buffer, timeout=None):
        if self.is_broken:
            raise httpcore.WriteError
        self.is_broken = True

    def get_extra_info(self, info):
        return False if info == "is_readable" else None


@pytest.mark.parametrize("needs_all", [True, False])
def test_a_body_of_json_that_did_not_leave_to_its_end_started_nothing(needs_all):
    """Of a form, a server may take what has come."""
    exchange = Transmission()
    exchange.needs_all = needs_all
    token = transmission.set(exchange)
    try:
        stream = TrackedStream(Broken())
        stream.write(b"POST /v1/Run/pruna/vace HTTP/1.1\r\n\r\n")
        with pytest.raises(httpcore.WriteError):
            stream.write(b'{"prompt": "x"}')
    finally:
        transmission.reset(token)
    assert exchange.is_unsent == needs_all


class Dropping(httpcore.AsyncNetworkStream):
    """As asyncio has it: the transport drops what its socket refuses, closes, and says nothing."""

    def __init__(self, refuses: bytes) -> None:
        self._transport = self
        self.refuses = refuses
        self.has_refused = False

    async def write(self, buffer, timeout=None):  # noqa: ASYNC109 - as httpcore has it
        self.has_refused = self.has_refused or buffer.startswith(self.refuses)

    def is_closing(self):
        return self.has_refused

    def get_extra_info(self, info):
        return False if info == "is_readable" else None


@pytest.mark.parametrize("refused", [b"POST", b"{"], ids=["head", "body"])
def test_what_asyncio_drops_without_a_word_has_not_left(refused):
    """The blocking socket raises where this one does not; both prove that nothing was started."""

    async def main() -> bool:
        exchange = Transmission()
        exchange.needs_all = True
        token = transmission.set(exchange)
        try:
            stream = AsyncTrackedStream(Dropping(refused), WeakSet())
            pieces = (b"POST /v1/Run/pruna/vace HTTP/1.1\r\n\r\n", b'{"prompt": "x"}')
            for piece in pieces:
                is_refused = piece.startswith(refused)
                with pytest.raises(httpcore.WriteError) if is_refused else nullcontext():
                    await stream.write(piece)
                if is_refused:
                    break
        finally:
            transmission.reset(token)
        return exchange.is_unsent

    assert asyncio.run(main())


def test_a_used_connection_that_asyncio_found_closed_is_given_back():
    async def main() -> None:
        inner = Dropping(b"GET")
        stream = AsyncTrackedStream(inner, WeakSet())
        for head, expected in ((b"POST /", None), (b"GET /", httpcore.ConnectionNotAvailable)):
            token = transmission.set(Transmission())
            try:
                with pytest.raises(expected) if expected else nullcontext():
                    await stream.write(head)
            finally:
                transmission.reset(token)

    asyncio.run(main())
