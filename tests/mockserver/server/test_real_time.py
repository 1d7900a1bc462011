"""The server's event loop, uvloop's or our own, runs in real time whatever a test has frozen."""

import asyncio
import sys

import freezegun
import httpx
import pytest
import time_machine

from wiromock import ConnectionLost
from wiromock.server.real_time import RealTimeLoop, new_event_loop
from wiromock.server.running_mock import run_server

KEY = {"x-api-key": "key"}


@pytest.fixture(params=["with uvloop", "without"])
def has_uvloop(request, monkeypatch):
    if request.param == "with uvloop":
        pytest.importorskip("uvloop")
        return True
    monkeypatch.setitem(sys.modules, "uvloop", None)
    return False


@pytest.fixture(params=[freezegun.freeze_time, time_machine.travel])
def frozen(request):
    with request.param("2026-01-01"):
        yield


def test_uvloop_is_used_where_it_is_installed(has_uvloop):
    loop = new_event_loop()
    loop.close()
    assert isinstance(loop, RealTimeLoop) is not has_uvloop


def test_a_sleep_ends_while_time_is_frozen(has_uvloop, frozen):
    loop = new_event_loop()
    try:
        loop.run_until_complete(asyncio.sleep(0.01))
    finally:
        loop.close()


def test_a_server_starts_answers_and_ends_while_time_is_frozen(has_uvloop, frozen):
    with run_server() as server:
        reply = httpx.post(f"{server.base_url}/Run/pruna/vace", json={"prompt": "x"}, headers=KEY)
        assert reply.json()["result"]


@pytest.mark.parametrize("how", ["reset", "empty", "truncated", "garbage"])
def test_a_broken_connection_reaches_the_caller_in_either_loop(has_uvloop, how):
    with run_server() as server:
        server.on_call("TaskList").then(ConnectionLost(how=how))
        with pytest.raises(httpx.TransportError):
            httpx.post(f"{server.base_url}/Task/List", json={}, headers=KEY)
