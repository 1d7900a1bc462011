"""A real server on a free port of this machine, whose time stands still until a test pushes it."""

import sys
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parent)]  # for the helpers

from server_kit import Served  # noqa: E402 - found by the line above

from wiromock.server.running_mock import run_server  # noqa: E402 - same


@pytest.fixture(scope="session")
def _one_server():
    with run_server(speed=0, allow_hosts=["mock"]) as running, Served(running) as served:
        yield served


@pytest.fixture
def served(_one_server) -> Served:
    """The server of this session, as new."""
    _one_server.reset()
    return _one_server
