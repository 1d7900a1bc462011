"""What the tests of streams and live sessions share."""

import pytest

from runtime.client.socket_world import World
from runtime.clocks import FakeClock
from wiro_runtime.seam import clock, socket


@pytest.fixture
def world():
    time = FakeClock()
    world = World(time)
    with clock.use(time), socket.use(world):
        yield world
