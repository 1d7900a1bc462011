"""Everything that the server serves, on one origin, sorted by path."""

import math
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from wirogen.spec.model import PlatformSpec
from wiromock.adapter.asgi import API, OUTPUTS, MockApp, live
from wiromock.adapter.asgi.message import Receive, Scope, Send
from wiromock.engine.auth import Credentials
from wiromock.engine.engine import Engine
from wiromock.scenario.rule import Rule
from wiromock.server.clock import RunningClock
from wiromock.server.webhook_sender import Postman
from wiromock.spec.catalog import SpecSource

if TYPE_CHECKING:
    from wiromock.server.control import Control
    from wiromock.server.page import Page

CONTROL = "/_mock"


class Site:
    """The API, the finished files, the control API and the page.

    Args:
        engine: the platform.
        clock: the engine's clock.
        slugs: of all models, sorted.
        credentials: what the engine expects; the page's own runs use them.
        rules: what is scripted from the start, and again after a reset.
    """

    def __init__(
        self,
        engine: Engine,
        clock: RunningClock,
        slugs: Sequence[str],
        *,
        credentials: Credentials | None = None,
        rules: tuple[Rule, ...] = (),
    ) -> None:
        self.slugs = slugs
        self._rules = rules
        engine.load(rules)
        self.engine = engine
        self.clock = clock
        self.credentials = credentials
        self.platform = MockApp(engine, clock)
        clock.listen(self.platform.waiting.ring)
        self._postman = Postman(engine)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or hold one socket; see the ASGI specification."""
        if scope["type"] == "lifespan":
            await live(receive, send, self._postman.start, self._postman.stop)
            return
        path: str = scope["path"]
        if path.startswith((f"{API}/", f"{OUTPUTS}/")) or scope["type"] == "websocket":
            await self.platform(scope, receive, send)
        elif path.startswith(f"{CONTROL}/") or path == CONTROL:
            await self.control(scope, receive, send)
        else:
            await self.page(scope, receive, send)

    def describe_api(self, origin: str) -> dict[str, Any]:
        """Write the OpenAPI document of the API.

        Args:
            origin: `http://host:port` at which the caller reached us.
        """
        from wiromock.server.openapi import describe_api  # noqa: PLC0415 - reads every spec; seldom

        catalog = self.engine.catalog
        return describe_api(catalog.platform, catalog.all(), f"{origin}{API}")

    def advance_until(self, moment: float) -> None:
        """Push time to a moment in unix seconds; one that has passed changes nothing."""
        self.engine.advance(max(0.0, moment - self.clock.time()))

    def finish_all(self, tenant: str = "") -> None:
        """Push time until no task of a tenant is running that ends by itself."""
        running = self.engine.tenant(tenant).completions.running
        ends = [
            task.schedule.ends for task in running.values() if math.isfinite(task.schedule.ends)
        ]
        self.advance_until(max(ends, default=0.0))

    def replace_rules(self, rules: Iterable[Rule]) -> None:
        """Put rules in place of all others; of wrong ones, the others stay.

        Raises:
            WrongScript: one of them is for a model that has no spec.
        """
        checked = self.engine.check(rules)
        self.engine.clear_script()
        self.engine.load(checked)

    def reset(self, tenant: str | None = None) -> None:
        """Begin again: for one tenant; or everything, time included, but for the rules from the command line."""
        self.engine.reset(tenant)
        if tenant is None:
            self.clock.reset()
            self.engine.load(self._rules)

    # Made when they are first asked for: a client that only wants the API starts sooner without.

    @cached_property
    def control(self) -> "Control":
        """The control API."""
        from wiromock.server.control import Control  # noqa: PLC0415 - see above

        return Control(self)

    @cached_property
    def page(self) -> "Page":
        """The page for people."""
        from wiromock.server.page import Page  # noqa: PLC0415 - see above

        return Page(self)


def make_site(
    specs: SpecSource,
    address: str,
    *,
    credentials: Credentials | None = None,
    speed: float = 1.0,
    rules: tuple[Rule, ...] = (),
    seed: int = 0,
    balance: Decimal | int | str = 1000,
) -> Site:
    """Make a site with an engine of its own.

    Args:
        specs: the models.
        address: `http://host:port` at which it will be.
        credentials: who may call; None lets any API key in.
        speed: mock seconds in a real second.
        rules: what is scripted from the start.
        seed: decides ids, tokens and the contents of outputs.
        balance: USD on the account of each tenant.

    Raises:
        WrongScript: a rule is for a model that has no spec, or the speed is none.
        SpecError: the platform's spec has problems.
    """
    clock = RunningClock(speed)
    engine = Engine(
        HomeSpecs(specs, address), clock=clock, credentials=credentials, seed=seed, balance=balance
    )
    return Site(engine, clock, specs.slugs(), credentials=credentials, rules=rules)


class HomeSpecs:
    """Specs of a platform that is somewhere else: here.

    Args:
        specs: the models, and the platform as it is.
        address: `http://host:port` of this server.
    """

    def __init__(self, specs: SpecSource, address: str) -> None:
        self._specs = specs
        self._address = address
        self.slugs = specs.slugs
        self.model = specs.model
        self.document = specs.document

    def platform(self) -> PlatformSpec:
        """Give the platform, with our own addresses in it."""
        found = self._specs.platform()
        hosts = found.hosts.model_copy(
            update={
                "rest": f"{self._address}{API}",
                "socket": f"ws{self._address.removeprefix('http')}{API}",
                "outputs": f"{self._address}{OUTPUTS}",
            }
        )
        return found.model_copy(update={"hosts": hosts})
