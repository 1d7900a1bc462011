"""The server's event loop runs in real time whatever a test has frozen."""

import asyncio
from threading import Thread

import freezegun
import httpx
import pytest
import time_machine

from wiromock.server.real_time import RealTimeLoop
from wiromock.server.running_mock import run_server

KEY = {"x-api-key": "key"}


@pytest.fixture(params=[freezegun.freeze_time, time_machine.travel])
def frozen(request):
    with request.param("2026-01-01"):
        yield


def sleep_in_a_loop():
    loop = RealTimeLoop()
    loop.run_until_complete(asyncio.sleep(0.01))
    loop.close()


def test_a_sleep_ends_while_time_is_frozen(frozen):
    sleeper = Thread(target=sleep_in_a_loop, daemon=True)  # a loop in frozen time never wakes
    sleeper.start()
    sleeper.join(60)
    assert not sleeper.is_alive()


def test_a_server_starts_answers_and_ends_while_time_is_frozen(frozen):
    with run_server() as server:
        url = f"{server.base_url}/Run/pruna/vace"
        reply = httpx.post(url, json={"prompt": "x"}, headers=KEY, timeout=60)
        assert reply.json()["result"]
