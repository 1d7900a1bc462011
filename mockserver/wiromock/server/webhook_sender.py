"""Webhooks, really sent: what the engine posts to a task's `callbackUrl` leaves through here.

Only to this machine and to private networks. A mock is offline; a test whose `callbackUrl` is the one of
the production system must not ring there. No source documents that the platform tries again, so a
webhook that fails is not repeated.
"""

import asyncio
import socket
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from wiromock.engine.engine import Engine

if TYPE_CHECKING:
    from wiromock.engine.completion import Webhook
    from wiromock.engine.world import World

ROUND: Final = 0.1
"""Real seconds between two looks into the outboxes."""

PATIENCE: Final = 5.0
"""Real seconds that a receiver is given."""


class Postman:
    """Carries webhooks from the engine's outboxes to their receivers.

    Args:
        engine: whose outboxes.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._rounds: asyncio.Task[None] | None = None
        self._letters: set[asyncio.Task[None]] = set()
        self._carried: dict[str, tuple[World, int]] = {}
        """By tenant: the number of the last one, and the world in which it has that number."""

    def start(self) -> None:
        """Begin to make rounds."""
        self._rounds = asyncio.create_task(self._make_rounds())

    async def stop(self) -> None:
        """Stop, and leave undelivered what is under way."""
        tasks = [*self._letters, *([] if self._rounds is None else [self._rounds])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _make_rounds(self) -> None:
        while True:
            for tenant in self._engine.tenants:
                self._collect(tenant)
            await asyncio.sleep(ROUND)

    def _collect(self, tenant: str) -> None:
        world = self._engine.tenant(tenant)
        known, last = self._carried.get(tenant, (world, 0))
        since = last if known is world else 0
        for webhook, body in self._engine.webhooks(since, tenant):
            since = webhook.number
            letter = asyncio.create_task(self._carry(webhook, body, tenant))
            self._letters.add(letter)
            letter.add_done_callback(self._letters.discard)
        self._carried[tenant] = world, since

    async def _carry(self, webhook: "Webhook", body: bytes, tenant: str) -> None:
        outcome = await post(webhook.url, body)
        self._engine.note_webhook(webhook.number, outcome, tenant)


async def post(url: str, body: bytes) -> str:
    """Post JSON, and tell in a few words what became of it."""
    import httpx  # noqa: PLC0415 - costs a tenth of a second, and few servers ever send a webhook

    try:
        if not await _is_near(url):
            return "not sent: the receiver is not on this machine or a private network"
        async with httpx.AsyncClient(timeout=PATIENCE, trust_env=False) as client:
            reply = await client.post(
                url, content=body, headers={"content-type": "application/json"}
            )
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        return f"not delivered: {type(error).__name__}"
    return f"answered {reply.status_code}"


async def _is_near(url: str) -> bool:
    """Whether every address of a URL's host is this machine's or private."""
    parts = urlsplit(url)
    found = await asyncio.get_running_loop().getaddrinfo(
        parts.hostname, parts.port or 80, type=socket.SOCK_STREAM
    )
    addresses = [ip_address(str(one[4][0]).partition("%")[0]) for one in found]
    return all(one.is_loopback or one.is_private for one in addresses)
