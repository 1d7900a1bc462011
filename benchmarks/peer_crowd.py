# ruff: noqa: PLC0415, S106 - only the peer that is asked for is imported; credentials are made up
"""Runs a thousand tasks at once in one asyncio process and prints JSON. Started by `client_peers.py`.

peer_crowd.py NAME ADDRESS COUNT
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable

from measuring import resident


def fal(address: str) -> Callable[[], Awaitable[object]]:
    import fal_client
    from fal_client import client as module

    module.QUEUE_URL_FORMAT = f"{address}/fal/"
    client = fal_client.AsyncClient(key="made-up")

    async def run() -> object:
        return await (await client.submit("owner/model", arguments={})).get()

    return run


def replicate(address: str) -> Callable[[], Awaitable[object]]:
    from replicate.client import Client

    client = Client(api_token="made-up", base_url=f"{address}/replicate")

    async def run() -> object:
        made = await client.models.predictions.async_create(model=("owner", "name"), input={})
        return await made.async_wait()

    return run


def openai(address: str) -> Callable[[], Awaitable[object]]:
    from openai import AsyncOpenAI

    client = AsyncOpenAI(api_key="made-up", base_url=f"{address}/openai")
    return lambda: client.videos.create_and_poll(model="sora-2", prompt="a deer")


def runway(address: str) -> Callable[[], Awaitable[object]]:
    from runwayml import AsyncRunwayML

    client = AsyncRunwayML(api_key="made-up", base_url=f"{address}/runway")

    async def run() -> object:
        made = await client.text_to_video.create(
            model="veo3.1", prompt_text="a deer", ratio="1280:720", duration=4
        )
        return await made.wait_for_task_output()

    return run


def wiro(address: str) -> Callable[[], Awaitable[object]]:
    from wiro import AsyncWiro
    from wiro.models.pruna import Vace

    client = AsyncWiro(api_key="made-up", base_url=f"{address}/v1", tracking="polling")
    return lambda: client.run(Vace(prompt="a deer"))


PEERS = {
    "wiro": wiro,
    "fal-client": fal,
    "replicate": replicate,
    "openai": openai,
    "runwayml": runway,
}


async def crowd(run: Callable[[], Awaitable[object]], count: int) -> dict[str, float]:
    await run()  # everything is loaded, and the first connection made
    empty, most = resident(), 0.0
    began, cpu = time.perf_counter(), time.process_time()
    tasks = [asyncio.ensure_future(run()) for _ in range(count)]
    while not all(task.done() for task in tasks):
        most = max(most, resident())
        await asyncio.sleep(0.25)
    failed = sum(task.exception() is not None for task in tasks)
    return {
        "wall": time.perf_counter() - began,
        "cpu": time.process_time() - cpu,
        "kib": (most - empty) / count,
        "failed": failed,
    }


if __name__ == "__main__":
    os.environ["NO_PROXY"] = "*"
    name, address, count = sys.argv[1:]
    print(json.dumps(asyncio.run(crowd(PEERS[name](address), int(count)))))
