"""Everything that the server serves, on one origin, sorted by path."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Unpack

from wirogen.spec.model import PlatformSpec
from wiromock.adapter.asgi import API, OUTPUTS, MockApp, live
from wiromock.adapter.asgi.message import (
    BELOW_API,
    BELOW_OUTPUTS,
    Receive,
    Scope,
    Send,
    explained,
    read_headers,
    send_reply,
)
from wiromock.adapter.option import check_options
from wiromock.engine.auth import Credentials
from wiromock.engine.clock import START
from wiromock.engine.engine import Engine
from wiromock.engine.retention import IN_PROCESS, Retention
from wiromock.errors import WrongValue
from wiromock.server.clock import RunningClock
from wiromock.server.cors import Cors
from wiromock.server.host_guard import HostGuard
from wiromock.server.options import ServerOptions
from wiromock.server.route import CONTROL
from wiromock.server.simulation import Simulation
from wiromock.server.webhook_sender import WebhookSender
from wiromock.spec.catalog import SpecSource
from wiromock.wire.http import json_reply
from wiromock.wire.url import socket_origin

if TYPE_CHECKING:
    from wiromock.server.control import Control
    from wiromock.server.page import Page

HEALTH = "/health"


class Site:
    """The API, the finished files, the control API and the page.

    Args:
        simulation: the platform that is served.
        guard: decides by the Host header who is answered.
        cors: decides by the Origin header which pages may call.
        webhooks_to: hosts, besides this machine, to which webhooks are posted.
    """

    def __init__(
        self,
        simulation: Simulation,
        *,
        guard: HostGuard | None = None,
        cors: Cors | None = None,
        webhooks_to: Iterable[str] = (),
    ) -> None:
        self.simulation = simulation
        self.engine = simulation.engine
        """The platform."""
        self.platform = MockApp(simulation.engine, simulation.clock)
        """The platform's own API, and finished files."""
        simulation.clock.listen(self.platform.notifier.notify)
        self._guard = guard or HostGuard()
        self._cors = cors or Cors()
        self._webhook_sender = WebhookSender(simulation.engine, webhooks_to)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or hold one socket; see the ASGI specification."""
        if scope["type"] == "lifespan":
            await live(receive, send, self._webhook_sender.start, self._webhook_sender.stop)
            return
        headers = read_headers(scope)
        refusal = self._guard.refusal(headers.get("host"))
        if refusal is not None:
            await self._refuse(scope, receive, send, refusal)
        elif scope["type"] == "websocket":
            await self.platform(scope, receive, send)
        elif "origin" in headers and self._cors.allows(headers):
            await self._answer_page(scope, receive, send, headers)
        else:
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        if path.startswith((BELOW_API, BELOW_OUTPUTS)):
            await self.platform.answer(scope, receive, send)
        elif path.startswith(f"{CONTROL}/") or path == CONTROL:
            await self.control(scope, receive, send)
        elif path == HEALTH:
            health = {"status": "ok", "models": len(self.simulation.slugs)}
            await send_reply(send, json_reply(200, health))
        else:
            await self.page(scope, receive, send)

    async def _answer_page(
        self, scope: Scope, receive: Receive, send: Send, headers: Mapping[str, str]
    ) -> None:
        """Answer a page of another site that may call."""
        preflight = self._cors.preflight(scope["method"], headers)
        if preflight is not None:
            await send_reply(send, preflight)
            return
        if self._cors.names(headers):  # for the control API, it is one of ours
            foreign = {b"origin", b"sec-fetch-site"}
            kept = [pair for pair in scope["headers"] if pair[0] not in foreign]
            scope = {**scope, "headers": kept}
        await self._answer(scope, receive, self._cors.mark(send, headers["origin"]))

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, refusal: str) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close"})
        else:
            await send_reply(send, explained(421, "Misdirected request.", refusal))

    # Made when they are first asked for: a client that only wants the API starts sooner without.

    @cached_property
    def control(self) -> "Control":
        """What tests drive the mock with, below `/_mock`."""
        from wiromock.server.control import Control  # noqa: PLC0415 - see above

        return Control(self.simulation)

    @cached_property
    def page(self) -> "Page":
        """What people look at in a browser."""
        from wiromock.server.page import Page  # noqa: PLC0415 - see above

        return Page(self.simulation)


def make_site(
    specs: SpecSource,
    address: str,
    *,
    limits: Retention = IN_PROCESS,
    **options: Unpack[ServerOptions],
) -> Site:
    """Make a site with an engine of its own.

    Args:
        specs: the models.
        address: `http://host:port` at which it will be.
        limits: how much is remembered of what is over.
        options: see `ServerOptions`.

    Raises:
        WrongValue: an option is of another kind, or a secret without a key.
        WrongScript: a rule is for a model that has no spec.
        SpecError: the platform's spec has problems.
    """
    check_options("the mock", options)
    key, secret = options.get("api_key"), options.get("api_secret")
    if secret is not None and key is None:
        raise WrongValue("api_secret needs api_key: a signature is made with both")
    credentials = None if key is None else Credentials(key, secret)
    clock = RunningClock(
        options.get("speed", 1.0), options.get("start", START), look=options.get("look", "auto")
    )
    engine = Engine(
        RelocatedSpecs(specs, address),
        clock=clock,
        credentials=credentials,
        seed=options.get("seed", 0),
        balance=options.get("balance", 1000),
        strict=options.get("strict", False),
        dialect=options.get("dialect", "older"),
        reject_replays=options.get("reject_replays", False),
        tenant_by=options.get("tenant_by", "header"),
        limits=limits,
    )
    rules = tuple(options.get("rules", ()))
    simulation = Simulation(engine, clock, specs.slugs(), credentials=credentials, rules=rules)
    return Site(
        simulation,
        guard=HostGuard(options.get("allow_hosts", ())),
        cors=Cors(options.get("cors", ())),
        webhooks_to=options.get("webhooks_to", ()),
    )


class RelocatedSpecs:
    """Specs whose platform has the addresses of this server.

    Args:
        specs: the models, and the platform with its own addresses.
        address: `http://host:port` of this server.
    """

    def __init__(self, specs: SpecSource, address: str) -> None:
        self._specs = specs
        self._address = address
        self.slugs = specs.slugs
        self.model = specs.model
        self.document = specs.document
        self.describe = specs.describe

    def platform(self) -> PlatformSpec:
        """Return the platform, with our own addresses in it."""
        platform = self._specs.platform()
        hosts = platform.hosts.model_copy(
            update={
                "rest": f"{self._address}{API}",
                "socket": f"{socket_origin(self._address)}{API}",
                "outputs": f"{self._address}{OUTPUTS}",
            }
        )
        return platform.model_copy(update={"hosts": hosts})
