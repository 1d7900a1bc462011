"""Mock time runs with real time, faster or not at all, and is pushed forward only."""

import asyncio
import math

import pytest

from wiromock import MockError
from wiromock.server.clock import RunningClock


class Ticks:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


def test_it_runs_at_its_speed(ticks):
    clock = RunningClock(60, start=1000, ticks=ticks)
    ticks.now += 2
    assert (clock.now(), clock.time()) == (120, 1120)


def test_a_new_speed_counts_from_now_on(ticks):
    clock = RunningClock(10, start=0, ticks=ticks)
    ticks.now += 1
    clock.speed = 100
    ticks.now += 1
    assert clock.now() == 110


def test_it_stands_still_until_it_is_pushed(ticks):
    clock = RunningClock(0, start=0, ticks=ticks)
    ticks.now += 1000
    assert clock.now() == 0
    clock.advance(5)
    clock.advance_until(3)
    assert clock.now() == 5
    clock.advance_until(30)
    assert clock.now() == 30


def test_a_reset_returns_it_to_start_and_speed(ticks):
    clock = RunningClock(3, start=50, ticks=ticks)
    clock.speed = 9
    clock.advance(100)
    clock.reset()
    assert (clock.time(), clock.speed) == (50, 3)


def test_without_a_start_it_shows_what_time_it_is_after_a_reset_too(ticks, monkeypatch):
    computer = iter([5000.0, 9000.0])
    monkeypatch.setattr("wiromock.server.clock.wall", lambda: next(computer))
    clock = RunningClock(0, start=None, ticks=ticks)
    assert clock.time() == 5000
    clock.advance(1)
    clock.reset()
    assert clock.time() == 9000


@pytest.mark.parametrize("seconds", [-1, math.nan, math.inf, 1e10])
def test_it_is_not_pushed_backwards_or_nowhere(seconds):
    with pytest.raises(MockError, match="time moves forward"):
        RunningClock().advance(seconds)


@pytest.mark.parametrize("speed", [-1, math.nan, math.inf])
def test_a_speed_is_a_number(speed):
    with pytest.raises(MockError, match="speed is a number"):
        RunningClock(speed)


def test_a_listener_is_called_with_every_jump():
    speeds = []
    clock = RunningClock()
    clock.listen(lambda: speeds.append(clock.speed))
    clock.advance(1)
    clock.speed = 5
    clock.reset()
    assert speeds == [1, 5, 1]


def test_sleepers_sleep_in_mock_time():
    clock = RunningClock(1000)
    asyncio.run(asyncio.wait_for(clock.sleep_async(50), 60))
    assert clock.now() >= 50
