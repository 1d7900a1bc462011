"""Where bytes leave: what was sent is known, and a connection that is dead already is not written to."""

import math

import httpcore
import httpx
import pytest

from runtime.local_server import serve
from runtime.models import Vace
from runtime.replies import RUN_REPLY
from wiro_runtime import Client
from wiro_runtime.driver import deadline
from wiro_runtime.driver.network import TrackedStream, Transmission, transmission


class Socket(httpcore.NetworkStream):
    """A stream that can be readable, and break."""

    def __init__(self, *, readable=False, breaks=False):
        self.readable = readable
        self.breaks = breaks
        self.written = []

    def write(self, buffer, timeout=None):
        if self.breaks:
            raise httpcore.WriteError
        self.written.append(buffer)

    def get_extra_info(self, info):
        return self.readable if info == "is_readable" else None


@pytest.fixture
def exchange():
    token = transmission.set(Transmission())
    yield transmission.get()
    transmission.reset(token)


def test_a_byte_of_the_request_counts_as_sent(exchange):
    TrackedStream(Socket()).write(b"POST / HTTP/1.1\r\n")
    assert (exchange.sent, exchange.is_unsent) == (True, False)


@pytest.mark.parametrize("said", [b"CONNECT host:443 HTTP/1.1\r\n", b"\x05\x01\x00", b""])
def test_what_is_said_to_a_proxy_before_does_not(exchange, said):
    TrackedStream(Socket()).write(said)
    assert not exchange.sent


def test_no_byte_leaves_when_the_time_is_up(exchange):
    with deadline.deadline_scope(-1), pytest.raises(httpcore.WriteTimeout):
        TrackedStream(Socket()).write(b"POST / HTTP/1.1\r\n")
    assert not exchange.sent


def test_an_exchange_over_no_socket_of_ours_proves_nothing():
    assert not Transmission().is_unsent


def test_a_used_connection_with_something_to_read_is_given_back_unused(exchange):
    inner = Socket()
    stream = TrackedStream(inner)
    stream.write(b"POST / HTTP/1.1\r\n")
    exchange.sent, inner.readable = False, True
    with pytest.raises(httpcore.ConnectionNotAvailable):
        stream.write(b"POST / HTTP/1.1\r\n")
    assert exchange.is_unsent
    assert len(inner.written) == 1


def test_first_bytes_that_cannot_be_written_have_not_left(exchange):
    inner = Socket(breaks=True)
    with pytest.raises(httpcore.WriteError):
        TrackedStream(inner).write(b"POST / HTTP/1.1\r\n")
    assert exchange.is_unsent


def test_a_used_connection_that_breaks_at_the_first_byte_is_given_back(exchange):
    inner = Socket()
    stream = TrackedStream(inner)
    stream.write(b"POST / HTTP/1.1\r\n")
    exchange.sent, inner.breaks = False, True
    with pytest.raises(httpcore.ConnectionNotAvailable):
        stream.write(b"POST / HTTP/1.1\r\n")
    assert exchange.is_unsent


def test_a_run_goes_over_a_new_connection_where_the_pooled_one_is_dead(monkeypatch):
    """As in the race in which the server closes between the pool's own look and ours."""

    def answer_and_leave(handler):
        handler.json(RUN_REPLY)
        handler.close_connection = True  # without saying so

    monkeypatch.setattr("httpcore._sync.connection.HTTPConnection.has_expired", lambda _: False)
    with serve(answer_and_leave) as server, httpx.Client() as own:
        client = Client("key", base_url=f"{server.url}/v1", http_client=own)
        client.submit(Vace(prompt="x"))
        (connection,) = own._transport._pool.connections
        stream = connection._connection._network_stream
        while not stream.get_extra_info("is_readable"):  # its end has to arrive first
            pass
        assert client.submit(Vace(prompt="x")).id == "2221"
        assert server.count("/v1/Run") == 2


def test_a_deadline_that_ctrl_c_left_behind_binds_nobody():
    """It would hold for whatever the thread does later with an httpx client of its own."""

    deadline.deadline_scope(-1.0).__enter__()
    assert deadline.remaining() == math.inf
