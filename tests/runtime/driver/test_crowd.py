"""Very many tasks in one event loop wait for their turn, and a turn that never came has sent nothing."""

import asyncio

import httpx
import pytest

from runtime.kit import RUN_REPLY, Vace
from wiro_runtime import AsyncClient, errors
from wiro_runtime.driver import asynchronous, http


@pytest.fixture
def served_by(monkeypatch):
    """Let the client's own connections lead to a function."""

    def lead(handle):
        transport = httpx.MockTransport(handle)
        monkeypatch.setattr(http, "settings", lambda: {"transport": transport})

    return lead


def test_no_more_exchanges_are_under_way_than_there_are_connections(served_by):
    under_way, most = 0, 0

    async def handle(_):
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.001)
        under_way -= 1
        return httpx.Response(200, json=RUN_REPLY)

    async def main():
        async with AsyncClient("key") as client:
            started = await asyncio.gather(*(client.submit(Vace(prompt="x")) for _ in range(350)))
            return len(started)

    served_by(handle)
    assert asyncio.run(main()) == 350
    assert most == asynchronous._AT_ONCE


def test_a_run_whose_turn_never_came_was_not_sent(served_by, monkeypatch):
    monkeypatch.setattr(asynchronous, "_AT_ONCE", 1)
    seen = []

    async def handle(request):
        seen.append(request.url.path)
        await asyncio.sleep(30)

    async def main():
        async with AsyncClient("key", http_timeout=0.1) as client:
            return await asyncio.gather(
                client.submit(Vace(prompt="x")),
                client.submit(Vace(prompt="x")),
                return_exceptions=True,
            )

    served_by(handle)
    sent, waited = asyncio.run(main())
    assert len(seen) == 1
    assert isinstance(sent, errors.SubmissionUnknown)
    assert isinstance(waited, errors.ConnectionFailed)
    assert waited.safe_to_resubmit
    assert "no connection was free in time" in str(waited)


def test_a_turn_is_given_back_by_whoever_is_cancelled(served_by, monkeypatch):
    monkeypatch.setattr(asynchronous, "_AT_ONCE", 1)
    release = asyncio.Event()

    async def handle(_):
        await release.wait()
        return httpx.Response(200, json=RUN_REPLY)

    async def main():
        async with AsyncClient("key") as client:
            first = asyncio.create_task(client.submit(Vace(prompt="x")))
            second = asyncio.create_task(client.submit(Vace(prompt="x")))
            await asyncio.sleep(0.01)
            second.cancel()
            first.cancel()
            await asyncio.gather(first, second, return_exceptions=True)
            release.set()
            return (await client.submit(Vace(prompt="x"))).id

    served_by(handle)
    assert asyncio.run(main()) == RUN_REPLY["taskid"]
