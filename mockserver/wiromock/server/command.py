"""What `wiromock serve` does."""

import sys
from argparse import Namespace
from functools import partial
from pathlib import Path
from typing import Any

from wirogen.errors import SpecError
from wiromock.engine.retention import SERVED
from wiromock.errors import WrongScript
from wiromock.scenario.rule import read_rules
from wiromock.server.app import make_site
from wiromock.server.http_server import CannotListen, MockServer, address_of, listen
from wiromock.server.options import ServerOptions
from wiromock.spec.catalog import find_source

CANNOT_START = 2
"""Exit status."""


def serve(options: Namespace) -> int:
    """Serve until a signal ends it.

    Args:
        options: what the command line says.

    Returns:
        The exit status.
    """
    try:
        specs = find_source(options.specs)
        with listen(options.host, options.port) as opened:
            address = address_of(opened)
            site = make_site(specs, address, limits=SERVED, **_site_options(options))
            server = MockServer(
                site,
                on_ready=partial(_print, f"wiromock plays {specs.describe()}, ready at {address}"),
                on_stop=site.platform.notifier.stop,
            )
            server.run_in_real_time(opened)
    except SpecError as error:
        return _report(*map(str, error.problems))
    except (CannotListen, ValueError, WrongScript) as error:
        return _report(str(error))
    return 0


def _site_options(options: Namespace) -> ServerOptions:
    """Return what the command line says of what is played."""
    given = vars(options)
    named: Any = {name: given[name] for name in ServerOptions.__optional_keys__ & given.keys()}
    if options.scenarios is not None:
        named["rules"] = read_rules(Path(options.scenarios))
    if options.host not in {"", "0.0.0.0", "::"}:  # noqa: S104 - compared, not listened on
        named["allow_hosts"] = [*options.allow_hosts, options.host]
    checked: ServerOptions = named
    return checked


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _report(*texts: str) -> int:
    for text in texts:
        sys.stderr.write(f"wiromock: {text}\n")
    return CANNOT_START
