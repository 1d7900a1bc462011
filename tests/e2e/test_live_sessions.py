"""A live session from the first sound to the bill: in virtual time, and over a real WebSocket."""

import asyncio
from contextlib import contextmanager
from decimal import Decimal
from typing import Annotated

import pytest

from wiro import AsyncWiro, AudioChunk, Cost, StreamEnd, StreamReady, Transcript, Wiro
from wiro_runtime import RealtimeRequest
from wiro_runtime.client.live_session import CHUNK_BYTES
from wiro_runtime.request import wire
from wirogen.spec.folder import open_folder
from wirogen.spec.model import Input, ModelSpec, Source
from wiromock import MockWiro, Talks, Turn
from wiromock.server.running_mock import run_server
from wiromock.spec.catalog import GivenSpecs

CHUNK = bytes(CHUNK_BYTES)
TALK = Talks(turns=(Turn(user="Hi", ai="Hello", seconds=0.6),))


class Voice(RealtimeRequest, model="acme/voice"):
    """A voice model."""

    voice: Annotated[str, wire.Text("voice")] = "marin"


@pytest.fixture
def specs() -> GivenSpecs:
    spec = ModelSpec(
        model="acme/voice",
        title="Voice",
        kind="realtime",
        source=Source(form="openapi.json", sha256="0" * 64),
        inputs=[Input(name="voice", type="text")],
    )
    return GivenSpecs([spec], open_folder().platform())


@contextmanager
def in_process(specs):
    with MockWiro(specs) as mock:
        yield mock, {"api_key": "test"}


@contextmanager
def over_sockets(specs):
    with run_server(specs, speed=100) as mock:
        yield mock, {"api_key": "t", "base_url": mock.base_url, "socket_url": mock.socket_url}


FRONTS = pytest.mark.parametrize("front", [in_process, over_sockets])


def check(events, result, mock):
    kinds = [type(event) for event in events]
    assert kinds.index(StreamReady) < kinds.index(Transcript) < kinds.index(AudioChunk)
    said = [(event.speaker, event.text) for event in events if isinstance(event, Transcript)]
    assert said == [("user", "Hi"), ("ai", "Hello")]
    sound = b"".join(event.data for event in events if isinstance(event, AudioChunk))
    assert len(sound) == 3 * CHUNK_BYTES
    assert [event.turn for event in events if isinstance(event, Cost) and event.turn] == [
        Decimal("0.0042")
    ]
    assert result.cost == Decimal("0.0042")
    assert mock.ledger.billed == 1


@FRONTS
def test_speak_listen_end_and_pay_once(specs, front):
    with front(specs) as (mock, settings):
        mock.on("acme/voice").then(TALK)
        with Wiro(**settings) as client, client.session(Voice(), deadline=60) as call:
            for _ in range(5):
                call.send(CHUNK)
            events = []
            for event in call:
                events.append(event)
                if isinstance(event, Cost) and event.turn:
                    call.end()
        check(events, call.result(), mock)
        assert any(isinstance(event, StreamEnd) for event in events)


@FRONTS
def test_the_same_awaited(specs, front):
    async def main(settings):
        events = []
        async with (
            AsyncWiro(**settings) as client,
            client.session(Voice(), deadline=60) as call,
        ):
            for _ in range(5):
                await call.send(CHUNK)
            async for event in call:
                events.append(event)
                if isinstance(event, Cost) and event.turn:
                    await call.end()
        return events, await call.result()

    with front(specs) as (mock, settings):
        mock.on("acme/voice").then(TALK)
        check(*asyncio.run(main(settings)), mock)
