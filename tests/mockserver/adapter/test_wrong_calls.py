"""A wrong call of the mock is a `MockError` that names the argument and what it takes; nothing comes of it."""

import asyncio
import math
from datetime import timedelta
from decimal import Decimal

import pytest

from wiromock import (
    Credentials,
    Fails,
    InstantClock,
    ManualClock,
    MockError,
    MockTransport,
    MockWiro,
    PollClock,
    Refused,
)
from wiromock.adapter.virtual_time import VirtualClock
from wiromock.engine.journal import RequestIn
from wiromock.server.clock import RunningClock
from wiromock.server.running_mock import run_server

URL = "wss://socket.wiro.ai/v1"
OTHERS = (None, True, b"5", [], {}, object(), 1 + 2j, 10**400, 10**5000)
"""What is neither a number that fits nor a text."""
NO_NUMBERS = (*OTHERS, "5", math.nan, Decimal(5), Decimal("NaN"), timedelta(5))
NO_TEXTS = (None, 5, True, b"task_start", [], {}, object(), 1.5, Decimal(1))
NOTHING = (*NO_NUMBERS, "", -1, math.inf)


def mock_socket(mock):
    return mock.sockets.connect(URL)


async def awaited(mock, does):
    socket = await mock.sockets.connect_async(URL)
    return await does(socket)


CALLS = {
    "sockets.connect: url": (NO_TEXTS, lambda m, v: m.sockets.connect(v)),
    "sockets.connect: seconds": (NO_NUMBERS, lambda m, v: m.sockets.connect(URL, v)),
    "sockets.connect_async: seconds": (
        NO_NUMBERS,
        lambda m, v: asyncio.run(m.sockets.connect_async(URL, v)),
    ),
    "socket.send: data": (
        (None, 5, True, [], {}, object()),
        lambda m, v: mock_socket(m).send(v),
    ),
    "socket.receive: seconds": (NO_NUMBERS, lambda m, v: mock_socket(m).receive(v)),
    "clock.advance: seconds": (
        (*NO_NUMBERS, -1, math.inf, 1e10),
        lambda m, v: m.clock.advance(v),
    ),
    "clock.advance_until: moment": (
        (*NO_NUMBERS, math.inf, 1e15),
        lambda m, v: m.clock.advance_until(v),
    ),
    "clock.sleep: seconds": ((*NO_NUMBERS, math.inf), lambda m, v: m.clock.sleep(v)),
    "clock.sleep_async: seconds": (
        NO_NUMBERS,
        lambda m, v: asyncio.run(m.clock.sleep_async(v)),
    ),
    "clock.advance_to: status": (NO_TEXTS, lambda m, v: m.clock.advance_to(v, task="2221")),
    "task": (NO_TEXTS, lambda m, v: m.clock.advance_to("task_start", task=v)),
    "task ": (NO_TEXTS, lambda m, v: m.release(v)),
    "no operation": (NO_TEXTS, lambda m, v: m.on_call(v)),
    "a model": (NO_TEXTS, lambda m, v: m.on(v)),
    "calls are": (
        (None, "1", b"5", {}, "", [True], 1.5),
        lambda m, v: m.on(calls=v).then(Fails()),
    ),
    "a rule: probability": (
        (*OTHERS, "5", Decimal(1), Decimal("NaN")),
        lambda m, v: m.on(probability=v).then(Fails()),
    ),
    "scenario": (NOTHING, lambda m, v: m.on_call("Run").then(v)),
    "a rule: after": (NO_TEXTS[1:], lambda m, v: m.on().then(Fails(), Fails(), after=v)),
    "rules are": ((None, 5, {}, object()), lambda m, v: m.load(v)),
    "journal.of: kind": ((*NOTHING, int, MockError), lambda m, v: m.journal.of(v)),
    "no operation ": (NO_TEXTS[1:], lambda m, v: m.journal.calls(v)),
    "journal.plain: last": ((*NO_NUMBERS[1:], -1, math.inf), lambda m, v: m.journal.plain(v)),
    "journal.add: entry": ((*NOTHING, RequestIn), lambda m, v: m.journal.add(v)),
    "journal.misuse: error": (NOTHING, lambda m, v: m.journal.misuse(v, 1.0)),
    "engine.handle: request": (NOTHING, lambda m, v: m.engine.handle(v)),
    "engine.connect: headers": (
        (*NO_NUMBERS[1:4], "x", 5),
        lambda m, v: m.engine.connect(v),
    ),
    "engine.listen: listener": (NOTHING, lambda m, v: m.engine.listen(v)),
    "tenant": (NO_TEXTS[1:], lambda m, v: m.engine.reset(v)),
    "tenant ": (NO_TEXTS[1:], lambda m, v: m.engine.clear_script(v)),
    "tenant  ": (NO_TEXTS, lambda m, v: m.engine.webhooks(tenant=v)),
    "token": (NO_TEXTS, lambda m, v: m.engine.frames(v)),
    "MockTransport: engine": (NOTHING, lambda m, v: MockTransport(v, m.clock)),
    "MockWiro.answers: request": (NOTHING, lambda m, v: m.answers(v)),
    "cannot be decorated": (NOTHING, lambda m, v: m(v)),
}
"""By what the error says of it: the values, and the call."""


@pytest.fixture
def mock():
    mock = MockWiro()
    mock.on_call("Run").then(Refused(97))
    return mock


def state(mock):
    """All that a call could have changed."""
    return mock.clock.now(), mock.engine.snapshot(), mock.journal.entries, mock.engine.show_script()


@pytest.mark.parametrize("said", CALLS)
def test_a_wrong_value_is_refused_by_name_and_changes_nothing(mock, said):
    values, call = CALLS[said]
    before = state(mock)
    for value in values:
        with pytest.raises(MockError) as refused:
            call(mock, value)
        assert said.strip() in str(refused.value), value
        assert len(str(refused.value)) < 500
        assert state(mock) == before


def test_an_awaited_socket_refuses_like_a_blocking_one(mock):
    for value in NO_NUMBERS:
        with pytest.raises(MockError, match=r"socket\.receive: seconds is a number"):
            asyncio.run(awaited(mock, lambda socket, value=value: socket.receive(value)))
    with pytest.raises(MockError, match=r"socket\.send: data is a text, or bytes for sound"):
        asyncio.run(awaited(mock, lambda socket: socket.send(5)))


@pytest.mark.parametrize(
    ("value", "way_out"),
    [
        ("5", "write it without quotes"),
        (b"5", "write it without quotes"),
        (timedelta(5), r"its total_seconds\(\) are one"),
        (Decimal(5), r"float\(\) makes one of it"),
    ],
)
def test_what_is_nearly_a_number_is_told_how_to_become_one(mock, value, way_out):
    with pytest.raises(MockError, match=f"for time moves forward, not .*; {way_out}"):
        mock.clock.advance(value)


@pytest.mark.parametrize("kind", [ManualClock, InstantClock, PollClock, VirtualClock, RunningClock])
def test_every_clock_refuses_the_same(kind):
    clock = kind(start=0.0)
    for value in (*NO_NUMBERS, math.inf):
        if not (kind is RunningClock and value is None):
            with pytest.raises(MockError, match="start is unix seconds"):
                kind(start=value)
        with pytest.raises(MockError, match=r"clock\.advance: seconds"):
            clock.advance(value)
        with pytest.raises(MockError, match=r"clock\.advance_until: moment"):
            clock.advance_until(value)
    assert clock.now() < 60
    clock.advance(100)
    clock.advance_until(-1)
    clock.advance_until(500)
    assert 500 <= clock.time() < 560


def test_no_number_is_a_step_or_a_speed():
    clock = RunningClock(2.0)
    for value in (*NO_NUMBERS, -1, math.inf):
        with pytest.raises(MockError, match="step is a number of seconds"):
            PollClock(value)
        with pytest.raises(MockError, match="speed is a number from 0"):
            clock.speed = value
    assert clock.speed == 2


def test_no_number_is_a_limit_of_time():
    for value in (*NO_NUMBERS, -1, 0):
        with pytest.raises(MockError, match="time_limit"):
            VirtualClock(limit=value)


@pytest.mark.parametrize("name", ["start", "look", "time_limit", "seed", "strict", "dialect"])
def test_options_of_a_mock_are_refused_by_name(name):
    for value in (*OTHERS[3:6], Decimal("NaN"), timedelta(5)):
        with pytest.raises(MockError, match=name):
            MockWiro(**{name: value})


@pytest.mark.parametrize("name", ["allow_hosts", "webhooks_to", "cors", "rules"])
def test_a_list_of_a_servers_options_holds_what_it_should(name):
    for value in (None, 5, b"5", {}, [5], [b"x"]):
        with pytest.raises(MockError), run_server(**{name: value}):
            pass


@pytest.mark.parametrize("value", [None, 5, True, b"k", "", [], "\ud800"])
def test_credentials_are_texts_that_no_message_repeats(value):
    for given in ((value,), ("key", "" if value is None else value)):
        with pytest.raises(MockError, match="is a text that is not empty, not what was given"):
            Credentials(*given)


def test_a_refusal_of_a_value_is_a_value_error_too(mock):
    with pytest.raises(ValueError, match="seconds is a number"):
        mock.clock.advance(-1)


def test_a_socket_opens_without_a_time_for_its_handshake(mock):
    assert mock.sockets.connect(URL).receive(1) is None
