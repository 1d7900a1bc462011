"""Connections: small answers leave at once, and idle ones are left to whoever opened them."""

import socket

from wiromock.server.http_server import MockServer, ServerThread, listen


def test_an_accepted_connection_sends_without_delay():
    with (
        listen("127.0.0.1", 0) as listener,
        socket.create_connection(listener.getsockname()),
        listener.accept()[0] as accepted,
    ):
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def nothing():
    pass


async def answer(scope, receive, send):
    if scope["type"] == "lifespan":
        while (await receive())["type"] != "lifespan.shutdown":
            await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})
        return
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def test_no_connection_is_closed_before_its_client_forgets_it():
    """Go keeps an idle connection for 90 seconds; whoever closes first never loses a call."""
    server = MockServer(answer, on_ready=nothing, on_stop=nothing)
    assert server.config.timeout_keep_alive > 90


def test_an_idle_connection_does_not_keep_the_server_from_ending():
    with listen("127.0.0.1", 0) as opened:
        address = opened.getsockname()
        with ServerThread(answer, opened), socket.create_connection(address, timeout=60) as idle:
            idle.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert idle.recv(1024).startswith(b"HTTP/1.1 204")
            # leaving the block would raise if the server did not end
