"""Small answers leave at once: headers and body are two writes, and the second must not wait."""

import socket

from wiromock.server.http_server import listen


def test_an_accepted_connection_sends_without_delay():
    with (
        listen("127.0.0.1", 0) as listener,
        socket.create_connection(listener.getsockname()),
        listener.accept()[0] as accepted,
    ):
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
