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

POLL_INTERVAL: Final = 0.1
"""Real seconds between two looks into the outboxes."""

RECEIVER_TIMEOUT: Final = 5.0
"""Real seconds in which a receiver has to answer."""


class WebhookSender:
    """Sends webhooks from the engine's outboxes to their receivers.

    Args:
        engine: whose outboxes.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._polling: asyncio.Task[None] | None = None
        self._deliveries: set[asyncio.Task[None]] = set()
        self._sent: dict[str, tuple[World, int]] = {}
        """By tenant: the number of the last one, and the world in which it has that number."""

    def start(self) -> None:
        """Begin to look for webhooks in the outboxes, every `POLL_INTERVAL` seconds."""
        self._polling = asyncio.create_task(self._poll())

    async def stop(self) -> None:
        """Stop, and leave undelivered what is under way."""
        tasks = [*self._deliveries, *([] if self._polling is None else [self._polling])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _poll(self) -> None:
        while True:
            for tenant in self._engine.tenants:
                self._collect(tenant)
            await asyncio.sleep(POLL_INTERVAL)

    def _collect(self, tenant: str) -> None:
        world = self._engine.tenant(tenant)
        known, last = self._sent.get(tenant, (world, 0))
        since = last if known is world else 0
        for webhook, body in self._engine.webhooks(since, tenant):
            since = webhook.number
            delivery = asyncio.create_task(self._deliver(webhook, body, tenant))
            self._deliveries.add(delivery)
            delivery.add_done_callback(self._deliveries.discard)
        self._sent[tenant] = world, since

    async def _deliver(self, webhook: "Webhook", body: bytes, tenant: str) -> None:
        outcome = await post(webhook.url, body)
        self._engine.note_webhook(webhook.number, outcome, tenant)


async def post(url: str, body: bytes) -> str:
    """Post JSON, and return in a few words what became of it."""
    import httpx  # noqa: PLC0415 - costs a tenth of a second, and few servers ever send a webhook

    try:
        if not await _is_near(url):
            return "not sent: the receiver is not on this machine or a private network"
        async with httpx.AsyncClient(timeout=RECEIVER_TIMEOUT, trust_env=False) as client:
            reply = await client.post(
                url, content=body, headers={"content-type": "application/json"}
            )
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        return f"not delivered: {type(error).__name__}"
    return f"answered {reply.status_code}"


async def _is_near(url: str) -> bool:
    """Whether every address of a URL's host is this machine's or private."""
    parts = urlsplit(url)
    infos = await asyncio.get_running_loop().getaddrinfo(
        parts.hostname, parts.port or 80, type=socket.SOCK_STREAM
    )
    addresses = [ip_address(str(info[4][0]).partition("%")[0]) for info in infos]
    return all(address.is_loopback or address.is_private for address in addresses)
