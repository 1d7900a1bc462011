# ruff: noqa: PLC0415, S106 - only the peer that is asked for is imported; credentials are made up
"""Runs inside the peers' environment and prints JSON. Started by `client_peers.py`.

peer_probe.py overhead ADDRESS     CPU seconds of one status call, each
peer_probe.py waiting SECONDS…     status calls and overshoot of one wait, each
"""

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import httpx
from measuring import race
from peer_server import PeerServer, Platform, VirtualTime


def fal(address: str) -> tuple[Callable[[], Any], Callable[[], Any]]:
    import fal_client
    from fal_client import client as module

    module.QUEUE_URL_FORMAT = f"{address}/fal/"
    client = fal_client.SyncClient(key="made-up")
    handle = client.submit("owner/model", arguments={})
    return handle.status, lambda: client.submit("owner/model", arguments={}).get()


def replicate(address: str) -> tuple[Callable[[], Any], Callable[[], Any]]:
    from replicate.client import Client

    client = Client(api_token="made-up", base_url=f"{address}/replicate")

    def wait() -> None:
        client.models.predictions.create(model=("owner", "name"), input={}).wait()

    return lambda: client.predictions.get("1"), wait


def openai(address: str) -> tuple[Callable[[], Any], Callable[[], Any]]:
    from openai import OpenAI

    client = OpenAI(api_key="made-up", base_url=f"{address}/openai")
    return (
        lambda: client.videos.retrieve("1"),
        lambda: client.videos.create_and_poll(model="sora-2", prompt="a deer"),
    )


def runway(address: str) -> tuple[Callable[[], Any], Callable[[], Any]]:
    from runwayml import RunwayML

    client = RunwayML(api_key="made-up", base_url=f"{address}/runway")

    def wait() -> None:
        client.text_to_video.create(
            model="veo3.1", prompt_text="a deer", ratio="1280:720", duration=4
        ).wait_for_task_output()

    return lambda: client.tasks.retrieve("1"), wait


def wiro(address: str) -> tuple[Callable[[], Any], Callable[[], Any]]:
    from wiro import Wiro
    from wiro.models.pruna import Vace

    client = Wiro(api_key="made-up", base_url=f"{address}/v1")
    task = client.submit(Vace(prompt="a deer"))
    return task.refresh, lambda: None  # its waiting is measured on the mock


PEERS = {"fal-client": fal, "replicate": replicate, "openai": openai, "runwayml": runway}


def measure_overhead(address: str) -> dict[str, Any]:
    with httpx.Client() as plain:

        def look() -> Any:
            return plain.post(
                f"{address}/v1/Task/Detail", headers={"x-api-key": "made-up"}, json={"taskid": "1"}
            ).json()

        calls = {"bare httpx": look, "wiro": wiro(address)[0]}
        calls |= {name: connect(address)[0] for name, connect in PEERS.items()}
        timed = race({name: _cpu(call) for name, call in calls.items()}, rounds=9, calls=150)
    return {name: asdict(timing) for name, timing in timed.items()}


def _cpu(call: Callable[[], Any]) -> Callable[[int], float]:
    """Counts the processor's time of this process; the server is another one."""

    def turn(calls: int) -> float:
        began = time.process_time()
        for _ in range(calls):
            call()
        return time.process_time() - began

    return turn


def measure_waiting(lengths: list[float]) -> dict[str, Any]:
    virtual = VirtualTime()
    platform = Platform(clock=virtual.time, pause=virtual.sleep, exchange=0.1)
    found: dict[str, Any] = {}
    with PeerServer(platform) as server:
        for name, connect in PEERS.items():
            _, wait = connect(server.address)
            really, time.sleep = time.sleep, virtual.sleep
            try:
                for seconds in lengths:
                    platform.seconds = seconds
                    wait()
                    late = virtual.time() - platform.run.started - seconds
                    found[f"{name} {seconds:g}"] = [platform.run.looks, round(late, 2)]
            finally:
                time.sleep = really
    return found


if __name__ == "__main__":
    os.environ["NO_PROXY"] = "*"
    task, *rest = sys.argv[1:]
    measured = (
        measure_overhead(rest[0]) if task == "overhead" else measure_waiting([*map(float, rest)])
    )
    print(json.dumps(measured))
