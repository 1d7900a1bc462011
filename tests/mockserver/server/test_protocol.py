"""Head and body of a reply leave in one write; a head alone does not wait for a body that is late."""

import asyncio

from wiromock.server.protocol import JoiningTransport

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
