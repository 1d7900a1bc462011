"""What the tests of sockets share."""

import gc
import threading
from collections.abc import Iterator

import pytest
import websockets.sync.server

from runtime.driver.stage import Stage
from runtime.waiting import await_until


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage()
    server = websockets.sync.server.serve(stage.play, "127.0.0.1", 0, close_timeout=1)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    stage.url = f"ws://127.0.0.1:{server.socket.getsockname()[1]}"
    try:
        yield stage
    finally:
        server.shutdown()
        thread.join()


@pytest.fixture
def nothing_left_behind(stage):
    """No socket and no thread is left when the test is over."""
    before = set(threading.enumerate())
    yield
    await_until(lambda: not stage.open and not set(threading.enumerate()) - before)
    assert stage.open == 0, "a socket is still open"
    assert set(threading.enumerate()) - before == set()
    gc.collect()
