"""Waiting for a free connection is the call's time, not the exchange's, and sends nothing."""

import asyncio
import contextlib
import itertools
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import httpx
import pytest

from runtime.clocks import AheadClock
from runtime.local_server import serve
from runtime.models import Vace
from runtime.replies import DONE, RUN_REPLY, TOKEN
from runtime.waiting import TIMEOUT, await_until
from wiro_runtime import AsyncClient, AsyncMediaResult, Client, MediaResult, errors
from wiro_runtime.seam import clock

FEW = httpx.Limits(max_connections=2)


class Rounds:
    """Answers runs in one thread, as many at a time as there are places; virtual time goes on with each round.

    A round ends when all its runs have come, however long that takes; so each exchange sees the time of one
    round pass, and no other.

    Args:
        loop: Where it runs.
        time_passes: The clock to move.
        count: How many runs will come.
        places: How many can be under way.
    """

    url = ""
    runs = 0
    connections = 0
    most = 0
    """Connections at once; each has one run at a time."""
    has_begun = False

    def __init__(
        self, loop: asyncio.AbstractEventLoop, time_passes: AheadClock, count: int, places: int
    ) -> None:
        self.loop = loop
        self.time_passes = time_passes
        self.left = count
        self.places = places
        self.seconds = 300 * places / count
        self.waiting: list[asyncio.Future[None]] = []

    def begin(self) -> None:
        """Answer from now on; may be called in any thread."""

        def begin():
            self.has_begun = True
            self._end_round()

        self.loop.call_soon_threadsafe(begin)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection for as long as it lasts."""
        body = json.dumps(RUN_REPLY).encode()
        head = f"HTTP/1.1 200 OK\r\ncontent-length: {len(body)}\r\n\r\n".encode()
        self.connections += 1
        self.most = max(self.most, self.connections)
        with (
            contextlib.closing(writer),
            contextlib.suppress(asyncio.IncompleteReadError, ConnectionError),
        ):
            while True:
                lines = (await reader.readuntil(b"\r\n\r\n")).lower().split(b"\r\n")
                (length,) = [line[15:] for line in lines if line.startswith(b"content-length:")]
                await reader.readexactly(int(length))
                await self._take_part()
                writer.write(head + body)
        self.connections -= 1

    async def _take_part(self) -> None:
        self.runs += 1
        end = self.loop.create_future()
        self.waiting.append(end)
        self._end_round()
        await end

    def _end_round(self) -> None:
        if self.has_begun and len(self.waiting) == min(self.places, self.left):
            self.left -= len(self.waiting)
            self.time_passes.ahead += self.seconds
            for end in self.waiting:
                end.set_result(None)
            self.waiting.clear()


@contextlib.contextmanager
def serve_rounds(count: int, places: int) -> Iterator[Rounds]:
    """A server of five minutes, and its time in force."""
    loop, time_passes = asyncio.new_event_loop(), AheadClock()
    rounds = Rounds(loop, time_passes, count, places)

    async def start() -> asyncio.Server:
        server = await asyncio.start_server(rounds.answer, "127.0.0.1", 0, backlog=1000)
        rounds.url = "http://{}:{}".format(*server.sockets[0].getsockname())
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
        with clock.use(time_passes):
            yield rounds
    finally:
        asyncio.run_coroutine_threadsafe(stop(), loop).result(TIMEOUT)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


class Waiters:
    """Calls somebody once so many have come."""

    def __init__(self, count: int, call: Callable[[], object]) -> None:
        self._coming = itertools.count(1)
        self._count = count
        self._call = call

    def come(self) -> None:
        if next(self._coming) == self._count:
            self._call()


def submit_all(kind, server, count, **settings):
    """What became of so many submits at once; the first are answered when the last has been made."""
    waiters = Waiters(count, server.begin)
    limits = httpx.Limits(max_connections=server.places)

    def blocking():
        with httpx.Client(limits=limits) as own, ThreadPoolExecutor(count) as threads:
            client = Client("key", base_url=f"{server.url}/v1", http_client=own, **settings)

            def submit():
                waiters.come()
                return client.submit(Vace(prompt="x"))

            waiting = [threads.submit(submit) for _ in range(count)]
            return [submit.exception() or submit.result() for submit in waiting]

    async def awaited():
        async with httpx.AsyncClient(limits=limits) as own:
            client = AsyncClient("key", base_url=f"{server.url}/v1", http_client=own, **settings)

            async def submit():
                waiters.come()
                return await client.submit(Vace(prompt="x"))

            return await asyncio.gather(*(submit() for _ in range(count)), return_exceptions=True)

    class Loop(asyncio.SelectorEventLoop):
        def time(self):
            return super().time() + server.time_passes.ahead

    if kind == "sync":
        return blocking()
    with asyncio.Runner(loop_factory=Loop) as runner:
        return runner.run(awaited())


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize(("count", "places"), [(24, 2), (1000, 20)])
def test_many_runs_through_few_connections_all_start(kind, count, places):
    """Five minutes for all of them, and one for an exchange: the last ones wait longer than they may take."""
    with serve_rounds(count, places) as server:
        ended = submit_all(kind, server, count, http_timeout=60.0)
        assert [getattr(task, "id", task) for task in ended] == ["2221"] * count
        assert server.runs == count
    assert server.most <= places


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_run_whose_place_never_came_was_not_sent(kind):
    """Two runs hold both places until the others have given up."""
    given_up = threading.Event()

    def answer(handler):
        given_up.wait(TIMEOUT)
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
    arrived, cancelled = threading.Event(), threading.Event()

    def answer(handler):
        arrived.set()
        cancelled.wait(TIMEOUT)
        handler.json(RUN_REPLY)

    async def main(url):
        async with httpx.AsyncClient(limits=httpx.Limits(max_connections=1)) as own:
            client = AsyncClient("key", base_url=f"{url}/v1", http_client=own)
            submits = [asyncio.create_task(client.submit(Vace(prompt="x"))) for _ in range(2)]
            assert await asyncio.to_thread(arrived.wait, TIMEOUT)
            for submit in submits:
                submit.cancel()
            await asyncio.gather(*submits, return_exceptions=True)
            cancelled.set()
            return (await client.submit(Vace(prompt="x"))).id

    with serve(answer) as server:
        assert asyncio.run(main(server.url)) == "2221"


START = {"taskid": "2221", "socketaccesstoken": TOKEN}
IMAGE = bytes(range(256)) * 400
OUTPUT = {"name": "0.png", "size": str(len(IMAGE))}


class Streaming:
    """Answers runs with a stream of events, all of them open until as many are; and serves a file."""

    def __init__(self, at_once: int) -> None:
        self.all_open = threading.Barrier(at_once, timeout=TIMEOUT)

    def __call__(self, handler):
        if handler.path == "/v1/Task/Detail":
            handler.json(DONE)
        elif handler.path == "/0.png":
            handler.raw(IMAGE)
        else:
            handler.send_response(200)
            handler.send_header("content-type", "text/event-stream")
            handler.send_header("transfer-encoding", "chunked")
            handler.end_headers()
            self.event(handler, "start", START)
            self.all_open.wait()
            self.event(handler, "done", DONE)
            handler.server.over.wait(TIMEOUT)

    @staticmethod
    def event(handler, name, data):
        text = f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()
        handler.wfile.write(b"%x\r\n%s\r\n" % (len(text), text))


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_streams_never_take_all_connections(kind):
    """Each asks Task/Detail at its end, while the others are open; and they wait for each other's place."""

    def blocking(url):
        with httpx.Client(limits=httpx.Limits(max_connections=3)) as own:
            client = Client("key", base_url=url, http_client=own, tracking="sse")
            with ThreadPoolExecutor(8) as threads:
                return list(threads.map(lambda _: client.run(Vace(prompt="x")), range(8)))

    async def awaited(url):
        async with httpx.AsyncClient(limits=httpx.Limits(max_connections=3)) as own:
            client = AsyncClient("key", base_url=url, http_client=own, tracking="sse")
            return await asyncio.gather(*[client.run(Vace(prompt="x")) for _ in range(8)])

    with serve(Streaming(2)) as server:
        url = f"{server.url}/v1"
        results = blocking(url) if kind == "sync" else asyncio.run(awaited(url))
        assert [result.task.outcome for result in results] == ["succeeded"] * 8
        assert server.count("/v1/Run") == 8


def finished(kind, url):
    stated = {"id": "2221", "status": "task_postprocess_end", "pexit": "0"}
    outputs = [{**OUTPUT, "url": f"{url}/0.png"}] * 4
    return kind.from_dict({"task": {**stated, "outputs": outputs}}).task


def test_readers_that_pause_leave_room_for_runs():
    """Three outputs are being read, of four connections; a fourth waits for its place until its deadline."""
    with (
        serve(Streaming(1)) as server,
        httpx.Client(limits=httpx.Limits(max_connections=4)) as own,
    ):
        client = Client("key", base_url=f"{server.url}/v1", http_client=own)
        task = client._task(Vace, finished(MediaResult, server.url))
        readers = [output.iter_bytes(chunk_size=1024) for output in task.result().outputs[:3]]
        begun = [next(reader) for reader in readers]
        assert client.attach(Vace, id="2221").status == "task_postprocess_end"
        with pytest.raises(errors.DeadlineExceeded):
            next(task.result().outputs[3].iter_bytes(deadline=0.1))
        readers[0].close()
        rest = [b"".join(reader) for reader in readers[1:]]
        assert b"".join(task.result().outputs[3].iter_bytes()) == IMAGE
    assert [start + end for start, end in zip(begun[1:], rest, strict=True)] == [IMAGE] * 2


def test_readers_of_asyncio_that_pause_leave_room_for_runs():
    async def main(url):
        async with httpx.AsyncClient(limits=httpx.Limits(max_connections=2)) as own:
            client = AsyncClient("key", base_url=f"{url}/v1", http_client=own)
            task = client._task(Vace, finished(AsyncMediaResult, url))
            outputs = (await task.result()).outputs
            reader = outputs[0].iter_bytes(chunk_size=1024)
            begun = await anext(reader)
            assert (await client.attach(Vace, id="2221")).status == "task_postprocess_end"
            with pytest.raises(errors.DeadlineExceeded):
                await anext(outputs[1].iter_bytes(deadline=0.1))
            rest = [piece async for piece in reader]
            again = [piece async for piece in outputs[1].iter_bytes()]
            return b"".join([begun, *rest]), b"".join(again)

    with serve(Streaming(1)) as server:
        assert asyncio.run(main(server.url)) == (IMAGE, IMAGE)
