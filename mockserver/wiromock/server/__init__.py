"""The mock as a server: for any language, and for people.

wiromock serve                          from a shell
with serving(speed=60) as server:       from a program; server.api is the base URL
"""

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from wiromock._extra import mock_extra

if TYPE_CHECKING:
    from wiromock.auth import Credentials
    from wiromock.catalogue import SpecSource
    from wiromock.scenario.rule import Rule
    from wiromock.server.site import Site

__all__ = ["Server", "serving"]


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs."""

    url: str
    """`http://host:port`: the page, and above everything else."""
    site: "Site"
    """What it serves: `site.engine` and `site.clock` to script and to push it."""

    @property
    def api(self) -> str:
        """The base URL for a client."""
        return f"{self.url}/v1"

    @property
    def socket(self) -> str:
        """The base URL of the WebSocket."""
        return f"ws{self.url.removeprefix('http')}/v1"


@contextmanager
def serving(
    specs: "Path | str | SpecSource | None" = None,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    credentials: "Credentials | None" = None,
    speed: float = 1.0,
    rules: "Iterable[Rule]" = (),
    seed: int = 0,
    balance: Decimal | int | str = 1000,
) -> Generator[Server]:
    """Serve the mock from a thread, for the length of a `with` block.

    Args:
        specs: the models; a folder, or a source of specs. None takes `./specs` if there is one,
            else the specs that come with the package.
        host: address to listen on.
        port: 0 takes any that is free.
        credentials: who may call; None lets any API key in.
        speed: mock seconds in a real second; 0 lets time stand still until it is pushed.
        rules: what is scripted from the start, and again after a reset.
        seed: decides ids, tokens and the contents of outputs.
        balance: USD on the account of each tenant.

    Raises:
        CannotListen: the address is taken or not this machine's.
        WrongScript: a rule is for a model that has no spec, or the speed is none.
        SpecError: a spec has problems.
        MissingExtra: the `mock` extra is not installed.
    """
    # Inside, so that the command line can explain itself without the extra.
    with mock_extra():
        from wiromock.catalogue import FolderSpecs  # noqa: PLC0415 - see above
        from wiromock.server.running import ServerThread, address_of, listen  # noqa: PLC0415 - same
        from wiromock.server.site import make_site  # noqa: PLC0415 - same

    source = (
        specs
        if specs is not None and not isinstance(specs, str | Path)
        else FolderSpecs(None if specs is None else Path(specs))
    )
    with listen(host, port) as opened:
        url = address_of(opened)
        site = make_site(
            source,
            url,
            credentials=credentials,
            speed=speed,
            rules=tuple(rules),
            seed=seed,
            balance=balance,
        )
        with ServerThread(site, opened, site.platform.waiting.stop):
            yield Server(url, site)
