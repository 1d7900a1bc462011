"""What `wiromock serve` does."""

import logging
import sys
from argparse import Namespace
from functools import partial
from pathlib import Path

from wirogen.errors import SpecError
from wiromock.engine.auth import Credentials
from wiromock.errors import WrongScript
from wiromock.scenario.rule import read_rules
from wiromock.server.app import make_site
from wiromock.server.http_server import CannotListen, MockServer, address_of, listen
from wiromock.spec.catalog import FolderSpecs

CANNOT_START = 2
"""Exit status."""


def serve(options: Namespace) -> int:
    """Serve until a signal ends it.

    Args:
        options: what the command line says.

    Returns:
        The exit status.
    """
    # What it has to say about a caller's body, the reply says better.
    logging.getLogger("python_multipart").addHandler(logging.NullHandler())
    try:
        specs = FolderSpecs(None if options.specs is None else Path(options.specs))
        rules = () if options.scenarios is None else read_rules(Path(options.scenarios))
        with listen(options.host, options.port) as opened:
            address = address_of(opened)
            key = None if options.key is None else Credentials(options.key, options.secret)
            site = make_site(specs, address, credentials=key, speed=options.speed, rules=rules)
            server = MockServer(
                site,
                on_ready=partial(_say, f"wiromock is ready at {address}"),
                on_stop=site.platform.notifier.stop,
            )
            server.run_in_real_time(opened)
    except SpecError as error:
        return _complain(*map(str, error.problems))
    except (CannotListen, WrongScript) as error:
        return _complain(str(error))
    return 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _complain(*texts: str) -> int:
    for text in texts:
        sys.stderr.write(f"wiromock: {text}\n")
    return CANNOT_START
