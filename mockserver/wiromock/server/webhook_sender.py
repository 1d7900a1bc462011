"""Webhooks, really sent: what the engine posts to a task's `callbackUrl` leaves through here.

Only to this machine, and to hosts that were allowed by name. A mock is offline; a test whose `callbackUrl`
is the one of the production system must not reach it. No source documents that the platform tries again, so a
webhook that fails is not repeated.
"""

import asyncio
import socket
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, Final

from wiromock.adapter.host import check_name
from wiromock.engine.engine import Engine

if TYPE_CHECKING:
    import httpx

    from wiromock.engine.outbox import Webhook
    from wiromock.engine.world import World

POLL_INTERVAL: Final = 0.1
"""Real seconds between two looks into the outboxes."""

_NAT64: Final = ip_network("64:ff9b::/96")

RECEIVER_TIMEOUT: Final = 5.0
"""Real seconds in which a receiver has to answer."""


class WebhookSender:
    """Sends webhooks from the engine's outboxes to their receivers.

    Args:
        engine: whose outboxes.
        hosts: to which webhooks are posted, besides this machine.
    """

    def __init__(self, engine: Engine, hosts: Iterable[str] = ()) -> None:
        self._engine = engine
        self._hosts = frozenset(check_name(host) for host in hosts)
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
            tenants = self._engine.tenants
            # A tenant that the engine has forgotten is not to be remembered here, with all its tasks.
            self._sent = {name: last for name, last in self._sent.items() if name in tenants}
            for tenant in tenants:
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
        outcome = await post(webhook.url, body, self._hosts)
        self._engine.note_webhook(webhook.number, outcome, tenant)


async def post(url: str, body: bytes, hosts: AbstractSet[str] = frozenset()) -> str:
    """Post JSON, and return in a few words what became of it.

    Args:
        url: the receiver's.
        body: JSON.
        hosts: where the receiver may be, besides this machine; in lower case.
    """
    import httpx  # noqa: PLC0415 - costs a tenth of a second, and few servers ever send a webhook

    try:
        target = httpx.URL(url)
        address = await _resolve(target, is_allowed=target.host.lower() in hosts)
        if address is None:
            return (
                f"not sent: {target.host} is not this machine; `wiromock serve --webhooks-to "
                f"{target.host}` allows it, unless its address is link-local"
            )
        headers = {"content-type": "application/json", "host": target.netloc.decode()}
        async with httpx.AsyncClient(timeout=RECEIVER_TIMEOUT, trust_env=False) as client:
            # To the address that was judged: a name may lead elsewhere when it is asked again.
            reply = await client.post(
                target.copy_with(host=address),
                content=body,
                headers=headers,
                extensions={"sni_hostname": target.host},
            )
    except Exception as error:  # noqa: BLE001 - whatever a URL of a caller does, the journal says so
        return f"not delivered: {_first(error)}"
    return f"answered {reply.status_code}"


def _first(error: BaseException) -> str:
    """Return the kind of an error; of a group, that of its first."""
    while (grouped := getattr(error, "exceptions", None)) is not None:
        error = grouped[0]
    return type(error).__name__


async def _resolve(target: "httpx.URL", *, is_allowed: bool) -> str | None:
    """Return an address of a receiver to which webhooks may go; None when one of them may not."""
    infos = await asyncio.get_running_loop().getaddrinfo(
        target.host, target.port or 80, type=socket.SOCK_STREAM
    )
    addresses = [ip_address(str(info[4][0]).partition("%")[0]) for info in infos]
    if any(_is_link_local(address) for address in addresses):
        return None
    if is_allowed or all(_is_this_machine(address) for address in addresses):
        return str(addresses[0])
    return None


def _is_this_machine(address: IPv4Address | IPv6Address) -> bool:
    """Return whether an address is a loopback one, which a mapped address is as well.

    Python says so from 3.13 on. An address that leads through a gateway (6to4, NAT64) is not this machine's.
    """
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


def _is_link_local(address: IPv4Address | IPv6Address) -> bool:
    """Return whether an address is of the kind at which clouds keep the secrets of a machine."""
    inner = _embedded(address) if isinstance(address, IPv6Address) else None
    return address.is_link_local or (inner is not None and inner.is_link_local)


def _embedded(address: IPv6Address) -> IPv4Address | None:
    """Return the address of the older kind that a newer one leads to: mapped, 6to4 or NAT64."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour
