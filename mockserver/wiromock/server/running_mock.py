"""A real server in a thread of this process, for tests of programs that need an address."""

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from wiromock.engine.auth import Credentials
from wiromock.engine.engine import Engine
from wiromock.engine.journal import Journal
from wiromock.engine.ledger import Ledger
from wiromock.scenario import Scenario
from wiromock.scenario.rule import Rule
from wiromock.scenario.script import When
from wiromock.server.app import make_site
from wiromock.server.http_server import ServerThread, address_of, listen
from wiromock.spec.catalog import FolderSpecs, SpecSource


@dataclass(frozen=True, slots=True)
class RunningMock:
    """A server that runs."""

    address: str
    """`http://host:port`; a page for people is there."""
    engine: Engine

    @property
    def base_url(self) -> str:
        """For `WIRO_BASE_URL`."""
        return f"{self.address}/v1"

    @property
    def socket_url(self) -> str:
        """For `WIRO_SOCKET_URL`."""
        return f"ws{self.address.removeprefix('http')}/v1"

    @property
    def journal(self) -> Journal:
        """What happened, and why each answer was the one given."""
        return self.engine.journal

    @property
    def ledger(self) -> Ledger:
        """What was billed."""
        return self.engine.ledger

    def on(self, slug: str = "*") -> When[Scenario]:
        """Script the runs of a model; see `Engine.on`."""
        return self.engine.on(slug)


@contextmanager
def run_server(
    specs: Path | str | SpecSource | None = None,
    *,
    api_key: str | None = None,
    api_secret: str | None = None,
    speed: float = 1_000.0,
    rules: Iterable[Rule] = (),
) -> Generator[RunningMock]:
    """Serve on a free port of this machine until the block ends.

    Args:
        specs: a folder, or a source of specs; None takes `./specs` if there is one, else the packaged.
        api_key: the only key that is let in; None lets any key in.
        api_secret: makes signatures mandatory.
        speed: mock seconds in a real second.
        rules: what is scripted.
    """
    key = None if api_key is None else Credentials(api_key, api_secret)
    source = FolderSpecs(Path(specs)) if isinstance(specs, str | Path) else specs or FolderSpecs()
    with listen("127.0.0.1", 0) as opened:
        address = address_of(opened)
        site = make_site(source, address, credentials=key, speed=speed, rules=tuple(rules))
        with ServerThread(site, opened, on_stop=site.platform.notifier.stop):
            yield RunningMock(address, site.engine)
