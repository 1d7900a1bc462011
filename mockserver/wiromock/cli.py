"""The `wiromock` command: the platform in a box, over HTTP, for any language."""

import argparse
import sys
from collections.abc import Sequence
from typing import Final

from wiromock._extra import MissingExtra, mock_extra

DESCRIPTION: Final = (
    "The Wiro platform in a box: offline, free, and as fast or as broken as you like."
)

SERVE: Final = """\
Serve the mock over HTTP and WebSocket until it is interrupted.

Once it listens it prints one line with its address, http://HOST:PORT. Below that address:

  /v1       the platform's API; point your client here, for HTTP and WebSocket alike
  /         a page that shows what happens, with a form for every model
  /_mock    control: scenarios, time, tasks, money, journal (see /_mock/openapi.json)
"""

SERVE_EXAMPLES: Final = """\
examples:
  wiromock serve                          port 8080, any API key, the specs that are at hand
  wiromock serve --port 0 --speed 60      any free port; a minute passes in a second
  wiromock serve --key K --secret S       only that key, and only with a signature
  wiromock serve --scenarios nasty.json   what shall go wrong, decided in advance

then, in another terminal:
  WIRO_BASE_URL=http://127.0.0.1:8080/v1 WIRO_SOCKET_URL=ws://127.0.0.1:8080/v1 python your_program.py
  curl http://127.0.0.1:8080/v1/Run/pruna/vace -H 'x-api-key: any' \\
    -H 'content-type: application/json' -d '{"prompt": "a deer in snow"}'

A file of scenarios is what PUT /_mock/scenarios takes:
  {"scenarios": [{"on": "pruna/vace", "then": [{"scenario": "fails", "stderr": "out of memory"}]}]}

exit status: 0 after SIGINT or SIGTERM; 2 when it cannot start, with one line that says why.
"""

_AsWritten: Final = argparse.RawDescriptionHelpFormatter


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: what stands after `wiromock` on the command line; None takes `sys.argv`.

    Returns:
        The exit status.
    """
    parsed = _parser().parse_args(arguments)
    if parsed.secret is not None and parsed.key is None:
        return _complain("--secret needs --key: a signature is made with both")
    if parsed.workers is not None:
        return _complain(
            "there is one process, always: tasks live in its memory, and a second one would not "
            "know them; run a second server on another port instead"
        )
    try:
        with mock_extra():
            from wiromock.server.command import serve  # noqa: PLC0415 - help must not need the extra

            return serve(parsed)
    except MissingExtra as error:
        return _complain(str(error))


def _complain(text: str) -> int:
    sys.stderr.write(f"wiromock: {text}\n")
    return 2


class _ShowVersion(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version  # noqa: PLC0415 - reads files; only for who asks

        sys.stdout.write(f"{parser.prog} {version('wiro-client')}\n")
        parser.exit()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="wiromock", description=DESCRIPTION, allow_abbrev=False)
    parser.add_argument("--version", action=_ShowVersion, nargs=0, help="show the version and exit")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    serve = commands.add_parser(
        "serve",
        help="serve the mock over HTTP and WebSocket",
        description=SERVE,
        epilog=SERVE_EXAMPLES,
        formatter_class=_AsWritten,
        allow_abbrev=False,
    )
    add = serve.add_argument
    add("--host", default="127.0.0.1", help="address to listen on (default: only this machine)")
    add("--port", type=_port, default=8080, help="port to listen on; 0 takes any (default: 8080)")
    add("--specs", metavar="DIR", help="folder of specs (default: ./specs, else the packaged ones)")
    add("--scenarios", metavar="FILE", help="JSON file that says what shall happen")
    add("--key", metavar="K", help="the only API key to accept (default: any)")
    add("--secret", metavar="S", help="demand signatures made with this secret; needs --key")
    add(
        "--speed",
        type=float,
        default=1.0,
        metavar="N",
        help="mock seconds in a real second; 0 stands still (default: 1)",
    )
    add("--workers", help=argparse.SUPPRESS)  # people try it; they shall be told why not
    return parser


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65_535:
        raise argparse.ArgumentTypeError(f"a port is 0 to 65535, not {port}")
    return port
