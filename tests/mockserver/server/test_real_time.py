"""The server's event loop runs in real time whatever a test has frozen."""

import asyncio

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


def test_a_sleep_ends_while_time_is_frozen(frozen):
    loop = RealTimeLoop()
    try:
        loop.run_until_complete(asyncio.sleep(0.01))
    finally:
        loop.close()


def test_a_server_starts_answers_and_ends_while_time_is_frozen(frozen):
    with run_server() as server:
        reply = httpx.post(f"{server.base_url}/Run/pruna/vace", json={"prompt": "x"}, headers=KEY)
        assert reply.json()["result"]
