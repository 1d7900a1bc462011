"""Everything that the server serves, on one origin, sorted by path."""

from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from wirogen.spec.model import PlatformSpec
from wiromock.adapter.asgi import API, OUTPUTS, MockApp, live
from wiromock.adapter.asgi.message import Receive, Scope, Send
from wiromock.engine.auth import Credentials
from wiromock.engine.engine import Engine
from wiromock.scenario.rule import Rule
from wiromock.server.clock import RunningClock
from wiromock.server.simulation import Simulation
from wiromock.server.webhook_sender import WebhookSender
from wiromock.spec.catalog import SpecSource

if TYPE_CHECKING:
    from wiromock.server.control import Control
    from wiromock.server.page import Page

CONTROL = "/_mock"


class Site:
    """The API, the finished files, the control API and the page.

    Args:
        simulation: what is played.
    """

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        self.engine = simulation.engine
        """The platform."""
        self.platform = MockApp(simulation.engine, simulation.clock)
        """The platform's own API, and finished files."""
        simulation.clock.listen(self.platform.notifier.notify)
        self._webhook_sender = WebhookSender(simulation.engine)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or hold one socket; see the ASGI specification."""
        if scope["type"] == "lifespan":
            await live(receive, send, self._webhook_sender.start, self._webhook_sender.stop)
            return
        path: str = scope["path"]
        if path.startswith((f"{API}/", f"{OUTPUTS}/")) or scope["type"] == "websocket":
            await self.platform(scope, receive, send)
        elif path.startswith(f"{CONTROL}/") or path == CONTROL:
            await self.control(scope, receive, send)
        else:
            await self.page(scope, receive, send)

    # Made when they are first asked for: a client that only wants the API starts sooner without.

    @cached_property
    def control(self) -> "Control":
        """The control API."""
        from wiromock.server.control import Control  # noqa: PLC0415 - see above

        return Control(self.simulation)

    @cached_property
    def page(self) -> "Page":
        """The page for people."""
        from wiromock.server.page import Page  # noqa: PLC0415 - see above

        return Page(self.simulation)


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
    return Site(Simulation(engine, clock, specs.slugs(), credentials=credentials, rules=rules))


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
        """Return the platform, with our own addresses in it."""
        platform = self._specs.platform()
        hosts = platform.hosts.model_copy(
            update={
                "rest": f"{self._address}{API}",
                "socket": f"ws{self._address.removeprefix('http')}{API}",
                "outputs": f"{self._address}{OUTPUTS}",
            }
        )
        return platform.model_copy(update={"hosts": hosts})
