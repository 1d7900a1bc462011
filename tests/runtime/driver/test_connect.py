"""A host with several addresses is reached by the one that answers first."""

import socket
import threading
from contextlib import ExitStack, contextmanager

import httpcore
import pytest

from runtime.driver.stage import both
from runtime.local_server import serve
from runtime.models import Vace
from runtime.replies import RUN_REPLY
from runtime.script import Script
from runtime.waiting import TIMEOUT
from wiro_runtime import Client, errors
from wiro_runtime.driver.connect import connect_first
from wiro_runtime.flow.deadline import start_deadline
from wiro_runtime.flow.effect import TransportFailure
from wiro_runtime.flow.exchange import read


class Stream:
    def __init__(self, address):
        self.address = address
        self.is_closed = False

    def close(self):
        self.is_closed = True


@pytest.fixture
def addresses(monkeypatch):
    """Let every host have these addresses."""

    def have(*names, port=80):
        addresses = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (name, port)) for name in names]
        resolve = socket.getaddrinfo

        def look_up(host, *args, **options):
            return resolve(host, *args, **options) if host[0].isdigit() else addresses

        monkeypatch.setattr(socket, "getaddrinfo", look_up)

    return have


def refuse(address, _seconds):
    raise httpcore.ConnectError(f"{address} refused")


def test_one_address_is_connected_to_in_the_calling_thread(addresses):
    addresses("a")
    thread = connect_first(lambda *_: threading.current_thread(), "host", 80, 1.0)
    assert thread is threading.current_thread()


def test_a_dead_address_does_not_keep_from_the_next(addresses):
    addresses("dead", "alive")
    dead = threading.Event()

    def connect(address, _seconds):
        if address == "dead":
            dead.wait(60)
        return Stream(address)

    assert connect_first(connect, "host", 80, 5.0).address == "alive"
    dead.set()


def test_an_address_that_answers_too_late_is_closed(addresses):
    addresses("slow", "quick")
    go, late = threading.Event(), []

    def connect(address, _seconds):
        if address == "slow":
            go.wait(60)
            late.append(Stream(address))
            return late[0]
        return Stream(address)

    connect_first(connect, "host", 80, 5.0)
    go.set()
    for thread in threading.enumerate():
        if thread.name == "wiro-connect":
            thread.join(60)
    assert late[0].is_closed


def test_when_all_refuse_the_last_reason_is_raised(addresses):
    addresses("a", "b")
    with pytest.raises(httpcore.ConnectError, match="b refused"):
        connect_first(refuse, "host", 80, 5.0)


def test_a_host_without_addresses_is_reported(addresses):
    addresses()
    with pytest.raises(httpcore.ConnectError, match="no address"):
        connect_first(refuse, "host", 80, 5.0)


@contextmanager
def swallowing(port, *hosts):
    """Addresses where nobody answers: their queues of connections are full."""
    with ExitStack() as stack:
        for host in hosts or ("127.0.0.2",):
            listening = stack.enter_context(socket.socket())
            listening.bind((host, port))
            listening.listen(0)
            for _ in range(3):
                filler = stack.enter_context(socket.socket())
                filler.setblocking(False)
                filler.connect_ex((host, port))
        yield


@pytest.mark.skipif(not hasattr(socket, "SO_REUSEPORT"), reason="needs a second loopback address")
def test_a_run_reaches_the_second_address(addresses):
    with serve(lambda handler: handler.json(RUN_REPLY)) as server, swallowing(server.server_port):
        addresses("127.0.0.2", "127.0.0.1", port=server.server_port)
        client = Client("key", base_url=f"http://host.test:{server.server_port}/v1")
        assert client.submit(Vace(prompt="x"), deadline=TIMEOUT).id == "2221"
        client.close()


@both
@pytest.mark.skipif(not hasattr(socket, "SO_REUSEPORT"), reason="needs a second loopback address")
def test_a_websocket_reaches_the_fourth_address(stage, how, addresses):
    """By itself, the library gives each address all the time that there is, deadline or not."""
    port = int(stage.url.rpartition(":")[2])
    dead = ("127.0.0.2", "127.0.0.3", "127.0.0.4")
    stage.frames = [{"type": "task_postprocess_end", "id": "2221", "message": ""}]
    with swallowing(port, *dead):
        addresses(*dead, "127.0.0.1", port=port)
        stage.url = f"ws://host.test:{port}"
        assert stage.run(how, tracking="socket", deadline=TIMEOUT).task.outcome == "succeeded"
    assert stage.registered


@both
def test_a_websocket_without_an_address_leaves_polling(stage, how, addresses):
    stage.over.set()
    addresses()
    stage.url = "ws://host.test:80"
    assert stage.run(how, tracking="socket").task.outcome == "succeeded"
    assert (stage.runs, stage.registered) == (1, [])


@both
@pytest.mark.parametrize("refusal", [RuntimeError("can't start new thread"), MemoryError()])
def test_a_machine_without_room_for_a_websocket_leaves_polling(stage, how, refusal, monkeypatch):
    def refuse(*_args, **_options):
        raise refusal

    stage.over.set()
    monkeypatch.setattr("websockets.sync.client.connect", refuse)
    monkeypatch.setattr("websockets.asyncio.client.connect", refuse)
    assert stage.run(how, tracking="socket").task.outcome == "succeeded"
    assert stage.runs == 1


def test_a_passed_deadline_quotes_the_last_failure_of_the_network():
    script = Script(*[TransportFailure("ConnectError: no route", never_sent=True)] * 7)

    def flow():
        deadline = yield from start_deadline(2.0)
        yield from read("Tool/List", {}, deadline)

    with pytest.raises(
        errors.DeadlineExceeded, match="last failure before: ConnectError: no route"
    ):
        script.run(flow())
