"""Head and body of a reply leave in one write; a head alone does not wait for a body that is late."""

import asyncio
import http.client
import json

from wiromock.server.protocol import JoiningTransport, without_foreign_upgrade
from wiromock.server.running_mock import run_server

HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n"


class Wire:
    def __init__(self):
        self.written = []
        self.is_open = True

    def write(self, data):
        assert self.is_open
        self.written.append(data)

    def close(self):
        self.is_open = False

    def is_closing(self):
        return not self.is_open


def _on_a_wire(talk):
    async def run():
        wire = Wire()
        talk(JoiningTransport(wire, asyncio.get_running_loop()))
        at_once = list(wire.written)
        await asyncio.sleep(0)
        return at_once, wire.written

    return asyncio.run(run())


class TestJoiningTransport:
    def test_a_body_leaves_with_its_head(self):
        def talk(transport):
            transport.write(HEAD)
            transport.write(b"abc")

        assert _on_a_wire(talk) == ([HEAD + b"abc"], [HEAD + b"abc"])

    def test_a_head_alone_leaves_at_the_next_turn_of_the_loop(self):
        assert _on_a_wire(lambda transport: transport.write(HEAD)) == ([], [HEAD])

    def test_two_replies_in_a_row_stay_in_order(self):
        def talk(transport):
            for _ in range(2):
                transport.write(HEAD)
                transport.write(b"abc")

        assert _on_a_wire(talk)[1] == [HEAD + b"abc", HEAD + b"abc"]

    def test_what_is_no_head_leaves_at_once(self):
        assert _on_a_wire(lambda transport: transport.write(b"abc")) == ([b"abc"], [b"abc"])

    def test_a_head_leaves_before_the_connection_is_closed(self):
        def talk(transport):
            transport.write(HEAD)
            transport.close()

        assert _on_a_wire(talk) == ([HEAD], [HEAD])

    def test_nothing_is_written_to_a_connection_that_broke_meanwhile(self):
        def talk(transport):
            transport.write(HEAD)
            transport._transport.close()

        assert _on_a_wire(talk) == ([], [])


class TestUpgrades:
    """Another protocol is offered in vain; the call itself is answered, with its body."""

    H2C = b"POST / HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\nbody"
    SOCKET = b"GET /v1 HTTP/1.1\r\nConnection: Upgrade\r\nUPGRADE: websocket\r\nX: y\r\n\r\n"

    def test_an_offer_is_taken_out_of_the_head(self):
        assert without_foreign_upgrade(self.H2C) == self.H2C.replace(
            b"Upgrade:", b"x-ignored-upgrade:"
        )

    def test_a_socket_is_opened_with_get_alone(self):
        assert without_foreign_upgrade(self.SOCKET) == self.SOCKET
        posted = self.SOCKET.replace(b"GET", b"POST")
        assert without_foreign_upgrade(posted) == posted.replace(b"UPGRADE:", b"x-ignored-upgrade:")

    def test_a_body_is_left_as_it_is(self):
        said = b"POST / HTTP/1.1\r\n\r\n\r\nUpgrade: h2c\r\n\r\n"
        assert without_foreign_upgrade(said) == said

    def test_a_call_of_a_client_that_offers_http2_is_answered(self):
        offer = {
            "Connection": "Upgrade, HTTP2-Settings",
            "Upgrade": "h2c",
            "HTTP2-Settings": "AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA",
        }
        headers = {"x-api-key": "k", "content-type": "application/json", **offer}
        with run_server() as server:
            connection = http.client.HTTPConnection(
                server.address.removeprefix("http://"), timeout=10
            )
            for number in ("2221", "2222"):
                connection.request("POST", "/v1/Run/pruna/vace", b'{"prompt": "x"}', headers)
                assert json.loads(connection.getresponse().read())["taskid"] == number
            connection.close()
