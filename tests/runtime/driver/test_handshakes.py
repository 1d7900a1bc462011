"""A socket that is not there, is none or opens badly costs a moment: polling takes over, of one run."""

import contextlib
import socket
import threading
from collections.abc import Iterable, Iterator

import pytest

from runtime.driver.stage import both
from runtime.waiting import TIMEOUT, fail_once_sent
from wiro_runtime import errors

pytestmark = pytest.mark.usefixtures("nothing_left_behind")


@both
def test_a_socket_that_is_not_there_costs_a_moment(stage, how):
    stage.url = "ws://127.0.0.1:9"
    stage.over.set()
    assert stage.run(how, deadline=TIMEOUT).task.outcome == "succeeded"
    assert stage.looks == 1


@both
def test_what_is_no_socket_at_all_is_done_without(stage, how):
    stage.url = stage.url.replace("ws://", "wss://")
    stage.over.set()
    assert stage.run(how, deadline=TIMEOUT).task.outcome == "succeeded"


def refusal_of(status: str) -> list[bytes]:
    return [f"HTTP/1.1 {status}\r\ncontent-length: 0\r\nretry-after: 1\r\n\r\n".encode()]


HANDSHAKES = {
    status.split()[0]: refusal_of(status)
    for status in (
        "200 OK",
        "302 Found",
        "401 Unauthorized",
        "404 Not Found",
        "408 Request Timeout",
        "429 Too Many Requests",
        "500 Internal Server Error",
        "502 Bad Gateway",
        "503 Service Unavailable",
        "504 Gateway Timeout",
    )
} | {
    "empty": [],
    "cut": [b"HTTP/1.1 101 Switching Proto"],
    "garbage": [b"\x00\xff\x17\x03 not a handshake\r\n\r\n"],
    "no upgrade": [b"HTTP/1.1 101 Switching Protocols\r\n\r\n"],
    "drip": [b"H"] * 12,
}


@contextlib.contextmanager
def handshakes(pieces: Iterable[bytes]) -> Iterator[str]:
    """A server that answers each opening handshake with these bytes, a tenth of a second apart."""
    closing = threading.Event()

    def answer(listener: socket.socket) -> None:
        while not closing.is_set():
            with contextlib.suppress(OSError):
                connection, _ = listener.accept()
                with connection:
                    connection.recv(65_536)
                    for piece in pieces:
                        connection.sendall(piece)
                        closing.wait(0.1)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)
        thread = threading.Thread(target=answer, args=(listener,))
        thread.start()
        try:
            yield f"ws://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            closing.set()
            thread.join()


@both
@pytest.mark.parametrize("answer", HANDSHAKES)
def test_a_handshake_that_fails_leaves_polling_and_one_run(stage, how, answer):
    stage.over.set()
    with handshakes(HANDSHAKES[answer]) as stage.url:
        assert stage.run(how, deadline=TIMEOUT).task.outcome == "succeeded"
    assert (stage.runs, stage.looks) == (1, 1)


@both
def test_a_handshake_that_drips_does_not_outlast_the_deadline(stage, how):
    sent = []

    def minute() -> Iterator[bytes]:
        for _ in range(600):
            sent.append(b"H")
            yield b"H"

    with handshakes(minute()) as stage.url:
        error = fail_once_sent(lambda seconds: stage.run(how, deadline=seconds))
        assert len(sent) < 600, "the handshake ended first"
    assert isinstance(error, errors.DeadlineExceeded)
    assert stage.runs == 1
