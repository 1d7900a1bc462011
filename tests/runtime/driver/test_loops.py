"""A loop per job, made and closed, leaves nothing behind: no loop, no descriptor."""

import asyncio
import gc
import weakref
from pathlib import Path

import pytest

from runtime.local_server import serve
from runtime.models import Vace
from runtime.replies import RUN_REPLY
from wiro_runtime import AsyncClient

DESCRIPTORS = Path("/proc/self/fd")


def open_descriptors() -> int:
    return sum(1 for _ in DESCRIPTORS.iterdir())


@pytest.mark.skipif(not DESCRIPTORS.exists(), reason="there is no list of open descriptors here")
def test_closed_loops_and_their_connections_are_let_go():
    loops = []

    def job(client):
        loop = asyncio.new_event_loop()
        loops.append(weakref.ref(loop))
        try:
            loop.run_until_complete(client.submit(Vace(prompt="x")))
        finally:
            loop.close()  # and nothing else, as job runners do

    with serve(lambda handler: handler.json(RUN_REPLY)) as server:
        client = AsyncClient("key", base_url=f"{server.url}/v1")
        job(client)
        before = open_descriptors()
        for _ in range(30):
            job(client)
        gc.collect()
        assert open_descriptors() <= before + 6
        assert sum(loop() is not None for loop in loops) <= 2
        assert len(client._driver._loops._clients) == 1
        asyncio.run(client.close())
        assert client._driver._loops._clients == {}


def test_one_client_serves_several_runs_of_asyncio():
    async def main(client):
        async with client:
            return (await client.submit(Vace(prompt="x"))).id

    with serve(lambda handler: handler.json(RUN_REPLY)) as server:
        client = AsyncClient("key", base_url=f"{server.url}/v1")
        assert [asyncio.run(main(client)) for _ in range(3)] == ["2221"] * 3
        assert client._driver._loops._clients == {}
