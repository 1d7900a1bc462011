"""Waiting for a free connection is the call's time, not the exchange's, and sends nothing."""

import asyncio
import contextlib
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import httpx
import pytest

from runtime.kit import PATIENCE, RUN_REPLY, Vace, await_until, serve
from wiro_runtime import AsyncClient, Client, errors

FEW = httpx.Limits(max_connections=2)
TWENTY = httpx.Limits(max_connections=20)


class Slow:
    """Answers after a moment, and counts how many it has at once."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.lock = threading.Lock()
        self.under_way = self.most = 0
        self.arrived = threading.Event()

    def __call__(self, handler):
        with self.lock:
            self.under_way += 1
            self.most = max(self.most, self.under_way)
        self.arrived.set()
        time.sleep(self.seconds)
        with self.lock:
            self.under_way -= 1
        handler.json(RUN_REPLY)


class Many(Slow):
    """The same for hundreds at once, in one thread; `runs` are those it has taken."""

    url = ""
    runs = 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection for as long as it lasts."""
        body = json.dumps(RUN_REPLY).encode()
        head = f"HTTP/1.1 200 OK\r\ncontent-length: {len(body)}\r\n\r\n".encode()
        with (
            contextlib.closing(writer),
            contextlib.suppress(asyncio.IncompleteReadError, ConnectionError),
        ):
            while True:
                lines = (await reader.readuntil(b"\r\n\r\n")).lower().split(b"\r\n")
                (length,) = [line[15:] for line in lines if line.startswith(b"content-length:")]
                await reader.readexactly(int(length))
                self.runs += 1
                self.under_way += 1
                self.most = max(self.most, self.under_way)
                await asyncio.sleep(self.seconds)
                self.under_way -= 1
                writer.write(head + body)


@contextlib.contextmanager
def serve_many(seconds: float) -> Iterator[Many]:
    many, loop = Many(seconds), asyncio.new_event_loop()

    async def start() -> asyncio.Server:
        server = await asyncio.start_server(many.answer, "127.0.0.1", 0, backlog=1000)
        many.url = "http://{}:{}".format(*server.sockets[0].getsockname())
        return server

    async def stop() -> None:
        server.close()
        connections = asyncio.all_tasks() - {asyncio.current_task()}
        for connection in connections:
            connection.cancel()
        await asyncio.gather(*connections, return_exceptions=True)
        await asyncio.sleep(0)  # for their transports to close

    server = loop.run_until_complete(start())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield many
    finally:
        asyncio.run_coroutine_threadsafe(stop(), loop).result(PATIENCE)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def submit_all(kind, url, count, *, limits=FEW, **settings):
    """What became of so many submits at once."""

    def blocking():
        with httpx.Client(limits=limits) as own, ThreadPoolExecutor(count) as threads:
            client = Client("key", base_url=f"{url}/v1", http_client=own, **settings)
            waiting = [threads.submit(client.submit, Vace(prompt="x")) for _ in range(count)]
            return [submit.exception() or submit.result() for submit in waiting]

    async def awaited():
        async with httpx.AsyncClient(limits=limits) as own:
            client = AsyncClient("key", base_url=f"{url}/v1", http_client=own, **settings)
            submits = [client.submit(Vace(prompt="x")) for _ in range(count)]
            return await asyncio.gather(*submits, return_exceptions=True)

    return blocking() if kind == "sync" else asyncio.run(awaited())


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_thousand_runs_through_twenty_connections_all_start(kind):
    """Three seconds for all of them, and two for an exchange: the last ones wait longer than they may take."""
    with serve_many(0.06) as server:
        ended = submit_all(kind, server.url, 1000, limits=TWENTY, http_timeout=2.0)
        assert [getattr(task, "id", task) for task in ended] == ["2221"] * 1000
        assert server.runs == 1000
    assert server.most <= 20


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_many_runs_through_few_connections_all_start(kind):
    slow = Slow(0.1)
    with serve(slow) as server:
        ended = submit_all(kind, server.url, 24, http_timeout=1.0)
        assert [task.id for task in ended] == ["2221"] * 24
        assert server.count("/v1/Run") == 24
    assert slow.most <= 2


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_run_whose_place_never_came_was_not_sent(kind):
    """Two runs hold both places until the others have given up."""
    given_up = threading.Event()

    def answer(handler):
        given_up.wait(PATIENCE)
        handler.json(RUN_REPLY)

    def blocking(url, is_full):
        with httpx.Client(limits=FEW) as own, ThreadPoolExecutor(8) as threads:
            client = Client("key", base_url=f"{url}/v1", http_client=own)
            first = [threads.submit(client.submit, Vace(prompt="x")) for _ in range(2)]
            assert is_full()
            late = [threads.submit(client.submit, Vace(prompt="x"), deadline=0.3) for _ in range(6)]
            failures = [submit.exception() for submit in late]
            given_up.set()
            return failures, [submit.result().id for submit in first]

    async def awaited(url, is_full):
        async with httpx.AsyncClient(limits=FEW) as own:
            client = AsyncClient("key", base_url=f"{url}/v1", http_client=own)
            first = [asyncio.create_task(client.submit(Vace(prompt="x"))) for _ in range(2)]
            assert await asyncio.to_thread(is_full)
            late = [client.submit(Vace(prompt="x"), deadline=0.3) for _ in range(6)]
            failures = await asyncio.gather(*late, return_exceptions=True)
            given_up.set()
            return failures, [(await submit).id for submit in first]

    with serve(answer) as server:
        full = partial(await_until, lambda: server.count("/v1/Run") == 2)
        ended = (
            blocking(server.url, full) if kind == "sync" else asyncio.run(awaited(server.url, full))
        )
        failures, first = ended
        assert server.count("/v1/Run") == 2
    assert first == ["2221", "2221"]
    assert {type(failure) for failure in failures} == {errors.DeadlineExceeded}
    assert all(failure.safe_to_resubmit for failure in failures)


def test_a_place_is_given_back_by_whoever_is_cancelled():
    async def main(url):
        async with httpx.AsyncClient(limits=httpx.Limits(max_connections=1)) as own:
            client = AsyncClient("key", base_url=f"{url}/v1", http_client=own)
            submits = [asyncio.create_task(client.submit(Vace(prompt="x"))) for _ in range(2)]
            await asyncio.to_thread(slow.arrived.wait, PATIENCE)
            for submit in submits:
                submit.cancel()
            await asyncio.gather(*submits, return_exceptions=True)
            return (await client.submit(Vace(prompt="x"))).id

    slow = Slow(0.2)
    with serve(slow) as server:
        assert asyncio.run(main(server.url)) == "2221"
