"""Everything of a turn of the event loop leaves in one write, and nothing waits for a later turn."""

import asyncio
import http.client
import json

from wiromock.server.protocol import Turn, TurnTransport, without_foreign_upgrade
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


def _on_wires(talk, count=1):
    """What was written at once, and what after a turn of the loop, on each of some connections."""

    async def run():
        turn, wires = Turn(), [Wire() for _ in range(count)]
        talk(*(TurnTransport(wire, turn) for wire in wires))
        at_once = [list(wire.written) for wire in wires]
        await asyncio.sleep(0)
        return at_once, [wire.written for wire in wires]

    return asyncio.run(run())


class TestTurnTransport:
    def test_head_and_body_leave_in_one_write_at_the_end_of_the_turn(self):
        def talk(transport):
            transport.write(HEAD)
            transport.write(b"abc")

        assert _on_wires(talk) == ([[]], [[HEAD + b"abc"]])

    def test_a_head_alone_leaves_at_the_end_of_the_turn(self):
        assert _on_wires(lambda transport: transport.write(HEAD)) == ([[]], [[HEAD]])

    def test_what_is_written_stays_in_order_on_each_connection(self):
        def talk(first, second):
            for _ in range(2):
                first.write(HEAD)
                second.write(b"2")
                first.write(b"abc")

        assert _on_wires(talk, 2)[1] == [[(HEAD + b"abc") * 2], [b"22"]]

    def test_a_later_turn_has_its_own_write(self):
        async def run():
            wire = Wire()
            transport = TurnTransport(wire, Turn())
            for piece in (b"a", b"b"):
                transport.write(piece)
                await asyncio.sleep(0)
            return wire.written

        assert asyncio.run(run()) == [b"a", b"b"]

    def test_much_leaves_at_once(self):
        much = b"x" * 100_000
        assert _on_wires(lambda transport: transport.write(much)) == ([[much]], [[much]])

    def test_all_leaves_before_the_connection_is_closed(self):
        def talk(transport):
            transport.write(HEAD)
            transport.close()

        assert _on_wires(talk) == ([[HEAD]], [[HEAD]])

    def test_nothing_is_written_to_a_connection_that_broke_meanwhile(self):
        def talk(transport):
            transport.write(HEAD)
            transport._transport.close()

        assert _on_wires(talk) == ([[]], [[]])


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
                server.address.removeprefix("http://"), timeout=60
            )
            for number in ("2221", "2222"):
                connection.request("POST", "/v1/Run/pruna/vace", b'{"prompt": "x"}', headers)
                assert json.loads(connection.getresponse().read())["taskid"] == number
            connection.close()
