"""A change wakes whoever it concerns, and nobody else: thousands of open sockets cost nothing until something is sent to them."""

import asyncio
import json
from collections import Counter

import httpx
import pytest
from platform_kit import SPECS

from wiromock import Engine, MockWiro, Request, Stalls, Success
from wiromock.adapter.asgi import MockApp
from wiromock.engine.connection import Connection
from wiromock.engine.endpoint.sync import Stream, Wait
from wiromock.server.clock import RunningClock

API = "https://api.wiro.ai/v1"
KEY = {"x-api-key": "any", "content-type": "application/json"}
SOCKETS = 40


class Platform:
    """An engine whose time stands still, behind an ASGI application."""

    def __init__(self):
        self.clock = RunningClock(0, ticks=lambda: 0.0)
        self.engine = Engine(SPECS, clock=self.clock)
        self.app = MockApp(self.engine, self.clock)
        self.clock.listen(self.app.notifier.notify)
        self.engine.on().then(Success(hold_at="task_queue"))

    def call(self, path, **body):
        request = Request.to(f"{API}{path}", headers=KEY, body=json.dumps(body).encode())
        return self.engine.handle(request).json

    def run(self):
        return self.call("/Run/pruna/vace", prompt="a deer")

    def run_sync(self, accept):
        """Begin a synchronous run; gives what is sent, as it is sent, and the asyncio task that sends it."""
        sent, said = [], asyncio.Queue()
        said.put_nowait({"type": "http.request", "body": b'{"prompt": "a deer"}'})
        headers = {"host": "api.wiro.ai", "accept": accept, **KEY}
        scope = {
            "type": "http",
            "scheme": "https",
            "method": "POST",
            "path": "/v1/Run/pruna/vace/sync",
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }

        async def send(message):
            sent.append(message.get("body", b""))

        return sent, asyncio.ensure_future(self.app(scope, said.get, send))


class Opened:
    """One socket of an ASGI application, held by a task of the event loop."""

    def __init__(self, platform):
        self.received = []
        self._said = asyncio.Queue()
        self._said.put_nowait({"type": "websocket.connect"})
        headers = [(b"host", b"socket.wiro.ai")]
        scope = {"type": "websocket", "scheme": "ws", "path": "/v1", "headers": headers}
        self.task = asyncio.ensure_future(platform.app(scope, self._said.get, self._send))

    async def _send(self, message):
        if "text" in message:
            self.received.append(json.loads(message["text"])["type"])

    def register(self, run):
        said = json.dumps({"type": "task_info", "tasktoken": run["socketaccesstoken"]})
        self._said.put_nowait({"type": "websocket.receive", "text": said})

    def disconnect(self):
        self._said.put_nowait({"type": "websocket.disconnect"})


async def settle():
    """Let everything happen that can."""
    for _ in range(30):
        await asyncio.sleep(0)


@pytest.fixture
def platform():
    return Platform()


@pytest.fixture
def looks(monkeypatch):
    """How often a waiter looked whether there is anything for it."""
    counted = Counter()
    for kind, name in ((Connection, "take"), (Wait, "ready"), (Stream, "take")):
        look = getattr(kind, name)

        def count(self, look=look):
            counted[type(self).__name__] += 1
            return look(self)

        monkeypatch.setattr(kind, name, count)
    return counted


def play(scene):
    asyncio.run(asyncio.wait_for(scene, 60))


async def open_sockets(platform, runs):
    sockets = [Opened(platform) for _ in runs]
    for socket, run in zip(sockets, runs, strict=True):
        socket.register(run)
        await settle()
    assert all(socket.received == ["task_queue"] for socket in sockets)
    return sockets


async def disconnect(sockets):
    for socket in sockets:
        socket.disconnect()
    await asyncio.gather(*(socket.task for socket in sockets))


@pytest.mark.parametrize("tasks", ["of one task", "of a task each"])
def test_opening_a_socket_wakes_no_other(platform, looks, tasks):
    async def scene():
        one = platform.run()
        runs = [one if tasks == "of one task" else platform.run() for _ in range(SOCKETS)]
        sockets = await open_sockets(platform, runs)
        assert looks["Connection"] <= 4 * SOCKETS
        opened = looks["Connection"]
        await disconnect(sockets)
        assert looks["Connection"] <= opened + SOCKETS

    play(scene())


def test_a_call_of_somebody_else_wakes_nobody(platform, looks):
    async def scene():
        run = platform.run()
        sockets = await open_sockets(platform, [run] * SOCKETS)
        before = looks["Connection"]
        platform.run()
        platform.call("/Task/Detail", taskid=run["taskid"])
        platform.call("/Task/List")
        await settle()
        assert looks["Connection"] == before
        await disconnect(sockets)

    play(scene())


@pytest.mark.parametrize("by", ["a call", "a test"])
def test_a_change_of_a_task_wakes_all_who_follow_it_and_only_them(platform, looks, by):
    async def scene():
        mine, other = platform.run(), platform.run()
        sockets = await open_sockets(platform, [mine, mine, *[other] * SOCKETS])
        before = looks["Connection"]
        if by == "a call":
            platform.call("/Task/Cancel", taskid=mine["taskid"])
        else:
            platform.engine.stop(mine["taskid"], "cancel")
        await settle()
        assert [socket.received[-1] for socket in sockets] == [
            *["task_cancel"] * 2,
            *["task_queue"] * SOCKETS,
        ]
        assert looks["Connection"] - before <= 4
        await disconnect(sockets[2:])

    play(scene())


def test_time_that_is_pushed_wakes_everybody(platform):
    async def scene():
        platform.engine.on().then(Success())
        sockets = await open_sockets(platform, [platform.run() for _ in range(SOCKETS)])
        platform.clock.advance(3600)
        await asyncio.gather(*(socket.task for socket in sockets))
        assert {socket.received[-1] for socket in sockets} == {"task_postprocess_end"}

    play(scene())


@pytest.mark.parametrize("change", ["reset", "clear_script"])
def test_what_concerns_everybody_wakes_everybody(platform, looks, change):
    async def scene():
        sockets = await open_sockets(platform, [platform.run() for _ in range(SOCKETS)])
        before = looks["Connection"]
        getattr(platform.engine, change)()
        await settle()
        assert looks["Connection"] - before >= SOCKETS
        await disconnect(sockets)

    play(scene())


def test_the_end_of_the_server_ends_every_socket(platform):
    async def scene():
        sockets = await open_sockets(platform, [platform.run() for _ in range(SOCKETS)])
        platform.app.notifier.stop()
        await asyncio.gather(*(socket.task for socket in sockets))

    play(scene())


@pytest.mark.parametrize(
    ("accept", "kind"), [("application/json", "Wait"), ("text/event-stream", "Stream")]
)
def test_a_synchronous_run_is_woken_by_its_own_task_alone(platform, looks, accept, kind):
    async def scene():
        other = platform.run()
        sent, call = platform.run_sync(accept)
        await settle()
        before = looks[kind]
        platform.call("/Task/Cancel", taskid=other["taskid"])
        await settle()
        assert looks[kind] == before
        platform.engine.stop("2222", "cancel")
        await call
        assert b"task_cancel" in b"".join(sent)

    play(scene())


def test_in_process_a_change_wakes_only_whom_it_concerns(looks):
    async def scene():
        async with MockWiro() as wiro, httpx.AsyncClient(headers=KEY) as http:
            wiro.on().then(Stalls())
            runs = [
                (await http.post(f"{API}/Run/pruna/vace", json={"prompt": "x"})).json()
                for _ in range(2)
            ]
            waiting = []
            for run in runs:
                socket = await wiro.sockets.connect_async("wss://socket.wiro.ai/v1", 10)
                said = {"type": "task_info", "tasktoken": run["socketaccesstoken"]}
                await socket.send(json.dumps(said))
                await socket.receive(1)
                waiting.append(asyncio.ensure_future(socket.receive(3600)))
            await asyncio.sleep(0)
            before = looks["Connection"]
            wiro.engine.stop(runs[0]["taskid"], "cancel")
            assert json.loads(await waiting[0])["type"] == "task_cancel"
            assert looks["Connection"] == before + 1
            assert await waiting[1] is None

    play(scene())


@pytest.mark.parametrize("ends", ["read to its end", "left early"])
def test_a_stream_that_is_closed_is_not_remembered_by_its_task(ends):
    async def scene():
        async with MockWiro() as wiro, httpx.AsyncClient(headers=KEY, timeout=60) as http:
            body = {"json": {"prompt": "x"}}
            url = f"{API}/Run/pruna/vace/sync?stream=true"
            async with http.stream("POST", url, **body) as reply:
                (task,) = wiro.engine.tenant().tasks.values()
                assert task._listeners
                async for _ in reply.aiter_bytes():
                    if ends == "left early":
                        break
            assert not task._listeners

    play(scene())
