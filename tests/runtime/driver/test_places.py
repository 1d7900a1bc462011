"""Waiting for a free connection is the call's time, not the exchange's, and sends nothing."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from runtime.kit import RUN_REPLY, Vace, serve
from wiro_runtime import AsyncClient, Client, errors

FEW = httpx.Limits(max_connections=2)


class Slow:
    """Answers after a moment, and counts how many it has at once."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.lock = threading.Lock()
        self.under_way = self.most = 0

    def __call__(self, handler):
        with self.lock:
            self.under_way += 1
            self.most = max(self.most, self.under_way)
        time.sleep(self.seconds)
        with self.lock:
            self.under_way -= 1
        handler.json(RUN_REPLY)


def submit_all(kind, url, count, **settings):
    """What became of so many submits at once."""

    def blocking():
        with httpx.Client(limits=FEW) as own, ThreadPoolExecutor(count) as threads:
            client = Client("key", base_url=f"{url}/v1", http_client=own, **settings)
            waiting = [threads.submit(client.submit, Vace(prompt="x")) for _ in range(count)]
            return [submit.exception() or submit.result() for submit in waiting]

    async def awaited():
        async with httpx.AsyncClient(limits=FEW) as own:
            client = AsyncClient("key", base_url=f"{url}/v1", http_client=own, **settings)
            submits = [client.submit(Vace(prompt="x")) for _ in range(count)]
            return await asyncio.gather(*submits, return_exceptions=True)

    return blocking() if kind == "sync" else asyncio.run(awaited())


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_many_runs_through_few_connections_all_start(kind):
    slow = Slow(0.1)
    with serve(slow) as server:
        ended = submit_all(kind, server.url, 24, http_timeout=0.6)
        assert [task.id for task in ended] == ["2221"] * 24
        assert server.count("/v1/Run") == 24
    assert slow.most <= 2


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_run_whose_place_never_came_was_not_sent(kind):
    with serve(Slow(0.4)) as server:
        ended = submit_all(kind, server.url, 8, deadline=0.6)
        sent = [outcome for outcome in ended if not isinstance(outcome, errors.DeadlineExceeded)]
        assert server.count("/v1/Run") <= len(sent)
    assert len(sent) < 8
    for late in ended:
        if isinstance(late, errors.DeadlineExceeded):
            assert late.safe_to_resubmit


def test_a_place_is_given_back_by_whoever_is_cancelled():
    async def main(url):
        async with httpx.AsyncClient(limits=httpx.Limits(max_connections=1)) as own:
            client = AsyncClient("key", base_url=f"{url}/v1", http_client=own)
            submits = [asyncio.create_task(client.submit(Vace(prompt="x"))) for _ in range(2)]
            await asyncio.sleep(0.05)
            for submit in submits:
                submit.cancel()
            await asyncio.gather(*submits, return_exceptions=True)
            return (await client.submit(Vace(prompt="x"))).id

    with serve(Slow(0.2)) as server:
        assert asyncio.run(main(server.url)) == "2221"
