"""A real server in a thread of this process, for tests of programs that need an address."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Unpack

from wiromock.adapter.asgi import API
from wiromock.adapter.mock_methods import MockMethods
from wiromock.engine.engine import Engine
from wiromock.server.app import make_site
from wiromock.server.http_server import ServerThread, address_of, listen
from wiromock.server.options import ServerOptions
from wiromock.server.simulation import Simulation
from wiromock.spec.catalog import SpecSource, find_source
from wiromock.wire.url import socket_origin


@dataclass(frozen=True, slots=True)
class RunningMock(MockMethods):
    """A server that runs."""

    address: str
    """`http://host:port`; a page for people is there."""
    engine: Engine
    _simulation: Simulation

    @property
    def base_url(self) -> str:
        """Where the HTTP API is: the value for `WIRO_BASE_URL`."""
        return f"{self.address}{API}"

    @property
    def socket_url(self) -> str:
        """Where the WebSocket is: the value for `WIRO_SOCKET_URL`."""
        return f"{socket_origin(self.address)}{API}"

    def reset(self) -> None:
        """Begin again: time, names, tasks, files, rules, money and journal."""
        self._simulation.reset()


@contextmanager
def run_server(
    specs: Path | str | SpecSource | None = None, **options: Unpack[ServerOptions]
) -> Generator[RunningMock]:
    """Serve on a free port of this machine until the block ends; mock time runs a thousand times as fast as real time.

    Args:
        specs: a folder, or a source of specs; None takes the packaged ones, and adds `./specs`.
        options: see `ServerOptions`.

    Raises:
        SpecError: a spec has problems.
        WrongScript: a rule is wrong.
        RuntimeError: the server does not end.
    """
    unknown = min(options.keys() - ServerOptions.__optional_keys__, default=None)
    if unknown is not None:
        raise TypeError(f"run_server() got an unexpected keyword argument {unknown!r}")
    known: ServerOptions = {"speed": 1_000.0, **options}
    with listen("127.0.0.1", 0) as opened:
        address = address_of(opened)
        site = make_site(find_source(specs), address, **known)
        with ServerThread(site, opened, on_stop=site.platform.notifier.stop):
            yield RunningMock(address, site.engine, site.simulation)
