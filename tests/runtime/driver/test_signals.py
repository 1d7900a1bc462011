"""What a handler of a signal raises is the caller's: it ends the call, as it is, and nothing is paid twice."""

import signal
import threading
from contextlib import ExitStack
from functools import partial

import httpcore
import pytest
from httpcore._backends.sync import SyncStream

from runtime.local_server import Handler, LocalServer, serve
from runtime.models import Vace
from runtime.replies import RUN_REPLY
from wiro_runtime import Client, TaskSnapshot
from wiro_runtime.client.outputs import Outputs
from wiro_runtime.driver import connect, signals, websocket
from wiro_runtime.flow.effect import CallerError

pytestmark = pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="needs signals")


class SoftTimeLimitError(Exception):
    """As of a task queue: an exception like any other."""


class TerminatedError(BaseException):
    """One that only a program's outermost lines catch."""


KINDS = [TimeoutError, OSError, ConnectionError, SoftTimeLimitError, TerminatedError, SystemExit]


def interrupt() -> None:
    signal.pthread_kill(threading.main_thread().ident, signal.SIGUSR1)


class Raising:
    """A handler that is an object, and raises the same again and again."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def __call__(self, number: int, frame: object) -> None:
        raise self.error

    def method(self, number: int, frame: object) -> None:
        raise self.error


def plain(error: BaseException):
    def handler(number: int, frame: object) -> None:
        raise error

    return handler


@pytest.fixture(params=KINDS, ids=lambda kind: kind.__name__)
def error(request):
    """What the handler of a signal raises, in a test of its own."""
    error = request.param("the time of this job is up")
    before = signal.signal(signal.SIGUSR1, plain(error))
    yield error
    signal.signal(signal.SIGUSR1, before)


def raised_by(call) -> BaseException:
    with pytest.raises(BaseException) as caught:  # noqa: PT011 - whatever it is
        call()
    return caught.value


def client_of(server: LocalServer, **options) -> Client:
    return Client("key", base_url=f"{server.url}/v1", tracking="polling", **options)


def notes_of(error: BaseException) -> str:
    return " ".join(getattr(error, "__notes__", ()))


def test_it_ends_a_run_that_was_sent_and_says_so(error):
    def answer(handler: Handler) -> None:
        interrupt()
        handler.hold()

    with serve(answer) as server, client_of(server) as client:
        assert raised_by(lambda: client.run(Vace(prompt="x"))) is error
    assert "may have been sent" in notes_of(error)
    assert server.count("/v1/Run") == 1


def test_it_ends_the_look_at_a_task_which_is_named(error):
    """It is no trouble of the network, after which the task is looked at again."""

    def answer(handler: Handler) -> None:
        if handler.path.startswith("/v1/Run"):
            handler.json(RUN_REPLY)
        else:
            interrupt()
            handler.hold()

    with serve(answer) as server, client_of(server) as client:
        assert raised_by(lambda: client.run(Vace(prompt="x"))) is error
    assert "Task 2221 is not lost" in notes_of(error)
    assert [path for path, _, _ in server.seen] == ["/v1/Run/pruna/vace", "/v1/Task/Detail"]


@pytest.mark.parametrize("kind", [OSError, TimeoutError])
def test_a_request_that_it_interrupts_after_its_last_byte_is_not_sent_again(monkeypatch, kind):
    """On a connection that was used before, for which an error in writing else means that it was closed."""
    error = kind("the time of this job is up")
    write, armed = SyncStream.write, []

    def interrupted(stream, buffer: bytes, timeout: float | None = None) -> None:
        write(stream, buffer, timeout)
        if armed:
            armed.clear()
            try:
                signal.raise_signal(signal.SIGUSR1)
            except OSError as raised:
                raise httpcore.WriteError(raised) from raised

    monkeypatch.setattr(SyncStream, "write", interrupted)
    before = signal.signal(signal.SIGUSR1, plain(error))
    try:
        with serve(lambda handler: handler.json(RUN_REPLY)) as server, client_of(server) as client:
            client.submit(Vace(prompt="x"))
            armed.append(True)
            assert raised_by(lambda: client.submit(Vace(prompt="x"))) is error
            client.close()
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert "may have been sent" in notes_of(error)
    assert server.count("/v1/Run") <= 2


def test_it_ends_a_download_and_leaves_no_file(error, tmp_path):
    def answer(handler: Handler) -> None:
        interrupt()
        handler.hold()

    with serve(answer) as server, client_of(server) as client:
        item = {"name": "0.mp4", "contenttype": "video/mp4", "url": f"{server.url}/0.mp4"}
        done = TaskSnapshot.from_wire({"id": "2221", "outputs": [item]})
        outputs = Outputs(done, client._runner.perform)
        assert raised_by(lambda: outputs.save(tmp_path)) is error
    assert list(tmp_path.iterdir()) == []
    assert server.count("/0.mp4") == 1


def test_it_ends_the_wait_at_a_socket(error):
    """Where the library below takes a `TimeoutError` for the end of the time that it was given."""

    class Interrupted:
        def recv(self, **_: object) -> str:
            signal.raise_signal(signal.SIGUSR1)
            return ""

    socket = websocket._Socket(Interrupted(), ExitStack())
    with pytest.raises((CallerError, type(error))) as caught, websocket.translated():
        socket.receive(30)
    assert getattr(caught.value, "error", caught.value) is error


def test_it_is_proven_not_sent_where_it_ends_the_making_of_the_connection(error, monkeypatch):
    def interrupted(*_args, **_options):
        signal.raise_signal(signal.SIGUSR1)

    monkeypatch.setattr(connect.socket, "create_connection", interrupted)
    with Client("key", base_url="http://127.0.0.1:9/v1") as client:
        assert raised_by(lambda: client.run(Vace(prompt="x"))) is error
    assert notes_of(error) == ""


@pytest.mark.parametrize(
    "make",
    [
        plain,
        Raising,
        lambda error: Raising(error).method,
        lambda error: partial(Raising(error), frame=None),
    ],
    ids=["function", "object", "method", "partial"],
)
def test_a_handler_is_known_in_whatever_form(make):
    error = TimeoutError("alarm")
    handler = make(error)
    before = signal.signal(signal.SIGUSR1, handler)
    try:
        try:
            handler(1, **({} if isinstance(handler, partial) else {"frame": None}))
        except TimeoutError as raised:
            with pytest.raises(CallerError) as caught:
                signals.pass_on_signals(raised)
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert caught.value.error is error


def test_what_no_handler_raised_is_the_networks():
    with pytest.raises(TimeoutError) as late:
        raise TimeoutError
    signals.pass_on_signals(late.value)
