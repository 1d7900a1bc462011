"""What only the front ends in process have: virtual sockets, virtual timeouts, clocks that looks move."""

import asyncio
import json

import httpx
import pytest
from platform_kit import API, PROMPT, Platform

from wiromock import (
    ConnectionLost,
    Hangs,
    HttpFault,
    InstantClock,
    MockError,
    MockWiro,
    Notifications,
    PassThrough,
    PollClock,
    Refused,
    Stalls,
    Success,
)
from wiromock.engine.engine import Engine
from wiromock.spec.catalog import FolderSpecs
from wiromock.task.media import render
from wiromock.task.media.caption import Caption
from wiromock.wire.http import Request

HEADERS = {"x-api-key": "key"}
SOCKET = "wss://socket.wiro.ai/v1"


@pytest.fixture
def mock():
    with MockWiro() as mock:
        yield mock


def start(**body):
    reply = httpx.post(f"{API}/Run/pruna/vace", json={**PROMPT, **body}, headers=HEADERS).json()
    return json.dumps({"type": "task_info", "tasktoken": reply["socketaccesstoken"]})


class TestSockets:
    def test_frames_arrive_in_virtual_time_and_the_socket_closes(self, mock):
        socket = mock.sockets.connect(SOCKET, 5)
        socket.send(start())
        seen = [json.loads(socket.receive(60))["type"] for _ in range(19)]
        assert seen[-1] == "task_postprocess_end"
        with pytest.raises(ConnectionError, match="ConnectionClosedOK"):
            socket.receive(60)
        assert mock.clock.now() == pytest.approx(18.5)

    def test_the_same_awaited_side_by_side(self, mock):
        async def follow(said):
            socket = await mock.sockets.connect_async(SOCKET, 5)
            await socket.send(said)
            frames = 0
            try:
                while await socket.receive(60):
                    frames += 1
            except ConnectionError:
                return frames

        async def main():
            return await asyncio.gather(*(follow(start()) for _ in range(20)))

        assert set(asyncio.run(main())) == {19}
        assert mock.clock.now() == pytest.approx(18.5)

    def test_a_receive_that_times_out_returns_nothing(self, mock):
        mock.on().then(Stalls())
        socket = mock.sockets.connect(SOCKET, 5)
        socket.send(start())
        assert json.loads(socket.receive(1))["type"] == "task_queue"
        assert socket.receive(45) is None
        assert mock.clock.now() == 45

    def test_a_command_from_elsewhere_wakes_who_waits(self, mock):
        mock.on().then(Stalls())

        async def main():
            socket = await mock.sockets.connect_async(SOCKET, 5)
            await socket.send(start())
            await socket.receive(1)
            waiting = asyncio.ensure_future(socket.receive(3600))
            await mock.clock.sleep_async(10)
            mock.engine.stop("2221", "cancel")
            return json.loads(await waiting)["type"], mock.clock.now()

        assert asyncio.run(main()) == ("task_cancel", 10)

    def test_a_broken_connection(self, mock):
        mock.on().then(Success(notifications=Notifications(drop_after="task_queue")))
        socket = mock.sockets.connect(SOCKET, 5)
        socket.send(start())
        socket.receive(1)
        with pytest.raises(ConnectionError, match="no close frame received"):
            socket.receive(60)
        with pytest.raises(ConnectionError):
            socket.send("x")

    @pytest.mark.parametrize(
        ("fault", "error"),
        [
            (Refused(1, "no"), "InvalidStatus: .*HTTP 403"),
            (HttpFault(503), "InvalidStatus: .*HTTP 503"),
            (ConnectionLost(), "InvalidMessage"),
        ],
    )
    def test_a_handshake_can_fail(self, mock, fault, error):
        mock.on_call("Socket").then(fault)
        with pytest.raises(ConnectionError, match=error):
            mock.sockets.connect(SOCKET, 5)

    def test_a_handshake_can_hang(self, mock):
        mock.on_call("Socket").then(Hangs())
        with pytest.raises(TimeoutError):
            mock.sockets.connect(SOCKET, 5)
        assert mock.clock.now() == 5

    def test_a_strange_url_is_misuse(self, mock):
        with pytest.raises(MockError, match="is not for the platform"):
            mock.sockets.connect("wss://example.com/v1", 5)
        mock.journal.take_misuse()

    def test_a_closed_socket_raises(self, mock):
        socket = mock.sockets.connect(SOCKET, 5)
        socket.close()
        socket.close()
        with pytest.raises(ConnectionError):
            socket.receive(1)


class TestTimeouts:
    def test_a_client_without_a_timeout_that_would_wait_for_ever_gets_an_error(self, mock):
        mock.on_call("TaskDetail").then(Hangs())
        with (
            pytest.raises(MockError, match="give it a timeout"),
            httpx.Client(timeout=None) as http,  # noqa: S113 - the point
        ):
            http.post(f"{API}/Task/Detail", json={}, headers=HEADERS)

    @pytest.mark.parametrize("awaited", [False, True])
    def test_only_a_pause_between_bytes_trips_a_read_timeout(self, mock, awaited):
        mock.on_call("TaskList").then(PassThrough(drip=1), PassThrough(drip=0.1), after="error")

        async def call():
            async with httpx.AsyncClient(timeout=5) as http:
                return await http.post(f"{API}/Task/List", json={}, headers=HEADERS)

        def once():
            if awaited:
                return asyncio.run(call())
            return httpx.post(f"{API}/Task/List", json={}, headers=HEADERS, timeout=5)

        assert once().json()["result"] is True
        assert mock.clock.now() > 30
        with pytest.raises(httpx.ReadTimeout):
            once()

    @pytest.mark.parametrize("form", ["", "?stream=true"])
    def test_a_synchronous_run_may_outlast_the_clients_timeout(self, mock, form):
        mock.on().then(Stalls(at="task_start"))
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(
                f"{API}/Run/pruna/vace/sync{form}", json=PROMPT, headers=HEADERS, timeout=10
            ).read()
        assert 10 <= mock.clock.now() < 30

    def test_a_synchronous_run_awaited(self, mock):
        async def main():
            async with httpx.AsyncClient(timeout=60) as http:
                plain = await http.post(f"{API}/Run/pruna/vace/sync", json=PROMPT, headers=HEADERS)
                url = f"{API}/Run/pruna/vace/sync?stream=true"
                async with http.stream("POST", url, json=PROMPT, headers=HEADERS) as streamed:
                    lines = [line async for line in streamed.aiter_lines()]
                return plain.json(), lines

        plain, lines = asyncio.run(main())
        assert plain["tasklist"][0]["pexit"] == "0"
        first, *between, last = [line for line in lines if line.startswith("event")]
        assert (first, last) == ("event: start", "event: done")
        assert set(between) == {"event: task_output"}


class TestClocks:
    def lives(self, clock):
        """What a caller sees who only looks."""
        engine = Engine(FolderSpecs(), clock=clock)
        platform = Platform.__new__(Platform)
        platform.clock, platform.engine, platform.headers = clock, engine, HEADERS
        task = platform.run()
        return [platform.status(task) for _ in range(12)]

    def test_an_instant_clock_shows_the_end_at_the_first_look(self):
        assert set(self.lives(InstantClock())) == {"task_postprocess_end"}

    def test_a_poll_clock_moves_with_every_look(self):
        seen = list(dict.fromkeys(self.lives(PollClock(2))))
        assert (seen[0], seen[-1], len(seen)) == ("task_accept", "task_postprocess_end", 6)
        with pytest.raises(ValueError, match="step is a number of seconds"):
            PollClock(-1)

    @pytest.mark.parametrize(
        ("look", "status"), [("finish", "task_postprocess_end"), (3, "task_preprocess_start")]
    )
    def test_so_does_the_mock_if_an_option_says_so(self, look, status):
        with MockWiro(look=look):
            start()
            reply = httpx.post(f"{API}/Task/Detail", json={"taskid": "2221"}, headers=HEADERS)
        assert reply.json()["tasklist"][0]["status"] == status

    def test_a_held_task_is_not_finished_by_a_look(self):
        with MockWiro(look="finish") as mock:
            mock.on().then(Success(hold_at="task_queue"))
            start()
            reply = httpx.post(f"{API}/Task/Detail", json={"taskid": "2221"}, headers=HEADERS)
        assert reply.json()["tasklist"][0]["status"] == "task_queue"


@pytest.mark.parametrize(
    ("kind", "magic"),
    [
        ("image", b"\x89PNG\r\n\x1a\n"),
        ("webp", b"RIFF"),
        ("audio", b"RIFF"),
        ("video", b"\0\0\0"),
        ("text", b"acme/image\nseed 7, output 0\na deer"),
    ],
)
def test_every_kind_of_file_is_real_small_and_always_the_same(kind, magic):
    caption = Caption("acme/image", "a deer", "7")
    content = render(kind, caption)
    render.cache_clear()
    assert render(kind, caption) == content
    assert content.startswith(magic)
    assert len(content) < 150_000
    assert render(kind, Caption("acme/image", "a deer", "8")) != content


def test_sync_and_socket_requests_do_not_break_on_unknown_models():
    platform = Platform()
    reply = platform.engine.handle(
        Request.to(f"{API}/Run/no/body/sync", headers=platform.headers, body=b"{}")
    )
    assert reply.json["errors"][0]["code"] == 1
