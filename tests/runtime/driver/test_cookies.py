"""Cookies are looked for where there are some, and kept as ever."""

import asyncio
import json

import httpx
import pytest

from runtime.local_server import Handler, serve
from runtime.models import Vace
from runtime.replies import DONE, RUN_REPLY
from wiro_runtime import AsyncClient, Client
from wiro_runtime.driver.http import make_client


def balancer(handler: Handler) -> None:
    """The answer to Run brings a cookie, as something before the platform may set it."""
    if handler.path.startswith("/v1/Run"):
        handler.raw(json.dumps(RUN_REPLY).encode(), set_cookie="way=back; Path=/")
    else:
        handler.json(DONE)


def test_a_cookie_of_an_answer_goes_with_every_later_exchange():
    with serve(balancer) as server, Client("key", base_url=f"{server.url}/v1") as client:
        client.run(Vace(prompt="x"), tracking="polling")
        client.run(Vace(prompt="y"), tracking="polling")
    assert _ways(server) == [None, "way=back", "way=back", "way=back"]


def test_the_same_awaited():
    async def main(url: str) -> None:
        async with AsyncClient("key", base_url=url) as client:
            await client.run(Vace(prompt="x"), tracking="polling")

    with serve(balancer) as server:
        asyncio.run(main(f"{server.url}/v1"))
    assert _ways(server) == [None, "way=back"]


@pytest.mark.parametrize("kind", [httpx.Client, httpx.AsyncClient])
def test_an_answer_without_cookies_is_not_written_anew_to_look_for_some(kind, monkeypatch):
    """Fails as soon as httpx keeps them elsewhere; then they are only slower to find."""
    asked = []
    monkeypatch.setattr(httpx.Cookies, "extract_cookies", lambda _, answer: asked.append(answer))
    client = make_client(kind)
    with_one = httpx.Response(200, headers={"Set-Cookie": "way=back"})
    client.cookies.extract_cookies(httpx.Response(200))
    client.cookies.extract_cookies(with_one)
    assert asked == [with_one]


def _ways(server) -> list[str | None]:
    return [headers.get("cookie") for _, headers, _ in server.seen]
