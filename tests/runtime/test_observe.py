"""`on_exchange`: every exchange is reported once, however it ends, and nothing secret is in it."""

import asyncio

import httpx
import pytest

from runtime.models import Vace
from runtime.platform_double import Platform
from runtime.replies import DONE, RUN_REPLY
from wiro_runtime import AsyncClient, Client, Exchange, errors


def test_every_exchange_is_reported_in_order(virtual_time):
    seen: list[Exchange] = []
    platform = Platform(Run_pruna_vace=RUN_REPLY, Task_Detail=DONE)
    transport = httpx.MockTransport(platform)
    client = Client("key", http_client=httpx.Client(transport=transport), on_exchange=seen.append)
    client.run(Vace(prompt="x"))
    assert [(exchange.path, exchange.status, exchange.error) for exchange in seen] == [
        ("Run/pruna/vace", 200, None),
        ("Task/Detail", 200, None),
    ]
    assert [exchange.model for exchange in seen] == ["pruna/vace", None]
    assert seen[1].started_at - seen[0].started_at == pytest.approx(1.0)


def test_the_same_awaited(virtual_time):
    seen: list[Exchange] = []
    platform = Platform(Run_pruna_vace=RUN_REPLY, Task_Detail=DONE)

    async def main() -> None:
        own = httpx.AsyncClient(transport=httpx.MockTransport(platform))
        async with AsyncClient("key", http_client=own, on_exchange=seen.append) as client:
            await client.run(Vace(prompt="x"))

    asyncio.run(main())
    assert [exchange.status for exchange in seen] == [200, 200]


def test_an_exchange_without_an_answer_is_reported_too():
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("too slow")

    seen: list[Exchange] = []
    own = httpx.Client(transport=httpx.MockTransport(refuse))
    client = Client("wk-secret-key", "ws-secret", http_client=own, on_exchange=seen.append)
    with pytest.raises(errors.SubmissionUnknown):
        client.run(Vace(prompt="x"))
    assert [(exchange.status, exchange.error) for exchange in seen] == [
        (None, "ReadTimeout: too slow")
    ]
    assert "secret" not in repr(seen)


def test_its_attributes_have_the_names_that_tracers_know():
    exchange = Exchange(
        "Run/pruna/vace", "https://api.wiro.ai/v1/Run/pruna/vace", 1_734_513_807.0, 0.25, 200
    )
    assert exchange.attributes == {
        "http.request.method": "POST",
        "url.full": "https://api.wiro.ai/v1/Run/pruna/vace",
        "server.address": "api.wiro.ai",
        "server.port": 443,
        "http.response.status_code": 200,
        "wiro.model": "pruna/vace",
    }
