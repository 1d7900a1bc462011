"""The web service's test: the mock plays the platform and writes the webhook that would be posted."""

import asyncio

import httpx
import pytest
import webhook_app
from webhook_app import HOOK, PUBLIC_URL, app

from wiromock import MockWiro


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIRO_API_KEY", "test")


def test_a_video_is_there_once_its_webhook_has_come(wiro_mock: MockWiro) -> None:
    async def main() -> None:
        here = httpx.ASGITransport(app=app)
        async with (
            webhook_app.lifespan(app),
            httpx.AsyncClient(transport=here, base_url=PUBLIC_URL) as browser,
        ):
            started = await browser.post("/videos", params={"prompt": "a deer in snow"})
            task = started.json()["task"]
            assert (await browser.get(f"/videos/{task}")).json()["done"] is False

            wiro_mock.clock.advance(60)
            (posted,) = wiro_mock.webhooks
            assert posted.url == f"{PUBLIC_URL}{HOOK}"
            assert (await browser.post(HOOK, content=posted.body)).status_code == 204
            assert (await browser.get(f"/videos/{task}")).json()["done"] is True

    asyncio.run(main())
    assert wiro_mock.ledger.billed == 1


def test_a_made_up_webhook_changes_nothing(wiro_mock: MockWiro) -> None:
    async def main() -> None:
        here = httpx.ASGITransport(app=app)
        async with (
            webhook_app.lifespan(app),
            httpx.AsyncClient(transport=here, base_url=PUBLIC_URL) as anybody,
        ):
            for body in (b"no json", b'{"id": "999999", "status": "task_postprocess_end"}'):
                assert (await anybody.post(HOOK, content=body)).status_code == 400

    asyncio.run(main())
    assert wiro_mock.ledger.billed == 0
