"""Runs end in event loops other than asyncio's own: uvloop's, and gevent's under the blocking client.

In processes of their own, since both change what a process is; against a real server over HTTP and WebSocket.
"""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from runtime.waiting import TIMEOUT
from wiromock.server.running_mock import run_server

TESTS = str(Path(__file__).parents[2])

GEVENT = """
from gevent import monkey
monkey.patch_all()

import sys
import gevent
from runtime.models import Vace
from wiro_runtime import Client

def tick():
    global ticks
    while True:
        ticks += 1
        gevent.sleep(0.001)

ticks = 0
ticking = gevent.spawn(tick)
with Client("key") as client:
    jobs = [gevent.spawn(client.run, Vace(prompt=str(n)), tracking=sys.argv[1]) for n in range(4)]
    gevent.joinall(jobs, raise_error=True)
    ticking.kill()
    assert ticks > 10, f"the other greenlets stood still: {ticks}"
    print(*sorted(job.value.task.parameters["prompt"] for job in jobs))
"""

UVLOOP = """
import asyncio
import sys
import uvloop
from runtime.models import Vace
from wiro_runtime import AsyncClient

async def main():
    assert isinstance(asyncio.get_running_loop(), uvloop.Loop)
    async with AsyncClient("key") as client:
        runs = [client.run(Vace(prompt=str(n)), tracking=sys.argv[1]) for n in range(4)]
        results = await asyncio.gather(*runs)
    assert asyncio.all_tasks() == {asyncio.current_task()}
    print(*sorted(result.task.parameters["prompt"] for result in results))

for _ in range(2):  # one loop after the other
    uvloop.run(main())
"""


@pytest.fixture(scope="module")
def server():
    with run_server(speed=20) as running:
        yield running


@pytest.mark.parametrize("tracking", ["polling", "socket"])
@pytest.mark.parametrize(
    ("package", "program", "times"), [("gevent", GEVENT, 1), ("uvloop", UVLOOP, 2)]
)
def test_runs_are_performed_at_the_same_time(server, package, program, times, tracking):
    if find_spec(package) is None:
        pytest.skip(f"needs {package}")
    server.reset()
    addresses = {"WIRO_BASE_URL": server.base_url, "WIRO_SOCKET_URL": server.socket_url}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, tracking],
        env=os.environ | addresses | {"PYTHONPATH": TESTS},
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    assert (done.stdout.split(), done.stderr) == (["0", "1", "2", "3"] * times, "")
    assert server.ledger.billed == 4 * times
