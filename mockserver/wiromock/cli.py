"""The `wiromock` command: the platform in a box, over HTTP, for any language."""

import argparse
import sys
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from functools import partial
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
  /health   for whoever waits until it is up
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

SCHEMA: Final = "Print the JSON Schema of scenario files, for editors and for other languages."

_AsWritten: Final = argparse.RawDescriptionHelpFormatter


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: what stands after `wiromock` on the command line; None takes `sys.argv`.

    Returns:
        The exit status.
    """
    parsed = _parser().parse_args(arguments)
    if parsed.command is None:
        sys.stderr.write(
            "wiromock: name a command, such as `wiromock serve`; `wiromock --help` lists them\n"
        )
        return 2
    if parsed.command == "schema":
        return _run(_print_schema)
    if parsed.api_secret is not None and parsed.api_key is None:
        return _complain("--secret needs --key: a signature is made with both")
    if parsed.workers is not None:
        return _complain(
            "there is one process, always: tasks live in its memory, and a second one would not "
            "know them; run a second server on another port instead"
        )
    return _run(partial(_serve, parsed))


def _run(command: Callable[[], int]) -> int:
    try:
        with mock_extra():
            return command()
    except MissingExtra as error:
        return _complain(str(error))


def _serve(parsed: argparse.Namespace) -> int:
    from wiromock.server.command import serve  # noqa: PLC0415 - help must not need the extra

    return serve(parsed)


def _print_schema() -> int:
    import json  # noqa: PLC0415 - help and serve do not need these

    from wiromock.scenario.rule import json_schema  # noqa: PLC0415 - nor must help need the extra

    sys.stdout.write(json.dumps(json_schema(), indent=2) + "\n")
    return 0


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
    commands = parser.add_subparsers(metavar="COMMAND", dest="command")
    serve = commands.add_parser(
        "serve",
        help="serve the mock over HTTP and WebSocket",
        description=SERVE,
        epilog=SERVE_EXAMPLES,
        formatter_class=_AsWritten,
        allow_abbrev=False,
    )
    _add_place(serve.add_argument_group("where it is, and who may reach it").add_argument)
    _add_play(serve.add_argument_group("what it plays").add_argument)
    _add_time(serve.add_argument_group("time").add_argument)
    commands.add_parser(
        "schema", help="print the JSON Schema of scenario files", description=SCHEMA
    )
    serve.add_argument("--workers", help=argparse.SUPPRESS)  # an error explains why not
    return parser


def _add_place(add: Callable[..., object]) -> None:
    add("--host", default="127.0.0.1", help="address to listen on (default: only this machine)")
    add("--port", type=_port, default=8080, help="port to listen on; 0 takes any (default: 8080)")
    several = partial(add, action="append", default=[])
    several(
        "--allow-host",
        metavar="NAME",
        dest="allow_hosts",
        help="a name, besides addresses and localhost, by which callers may reach it; * is any",
    )
    several("--cors", metavar="ORIGIN", help="an origin whose pages may call the API; * is any")
    several(
        "--webhooks-to",
        metavar="HOST",
        help="a host, besides this machine, to which webhooks are really posted",
    )


def _add_play(add: Callable[..., object]) -> None:
    add(
        "--specs",
        metavar="DIR",
        help="only this folder of specs (default: the packaged, and ./specs)",
    )
    add("--scenarios", metavar="FILE", help="JSON file that says what shall happen")
    add("--key", metavar="K", dest="api_key", help="the only API key to accept (default: any)")
    add(
        "--secret",
        metavar="S",
        dest="api_secret",
        help="demand signatures made with it; needs --key",
    )
    add("--seed", type=int, default=0, help="decides ids, tokens and outputs (default: 0)")
    add(
        "--balance",
        type=_money,
        default=1000,
        metavar="USD",
        help="on each account (default: 1000)",
    )
    add("--strict", action="store_true", help="refuse what some sources do and others contradict")
    dialect = "how messages and answers look where their scenario leaves it open (default: older)"
    add("--dialect", choices=["older", "newer", "llm-page"], default="older", help=dialect)
    add("--reject-replays", action="store_true", help="refuse a nonce that was used before")
    add(
        "--tenant-by",
        choices=["header", "key"],
        default="header",
        help="whose world a call is about: that of x-mock-tenant alone, or else its API key's",
    )


def _add_time(add: Callable[..., object]) -> None:
    speed = "mock seconds in a real second; 0 stands still (default: 1)"
    add("--speed", type=float, default=1.0, metavar="N", help=speed)
    start = "unix seconds at which mock time starts (default: what time it is)"
    add("--start", type=float, metavar="T", help=start)
    look = "what a look at a task does: finish (it is over), or so many seconds pass (default: nothing)"
    add("--look", type=_look, default="auto", metavar="finish|N", help=look)


def _look(text: str) -> str | float:
    if text in {"auto", "stand", "finish"}:
        return text
    try:
        return float(text)
    except ValueError:
        said = f"a look is finish, or the seconds that pass with it, not {text!r}"
        raise argparse.ArgumentTypeError(said) from None


def _money(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("nan")
    if not amount.is_finite():
        raise argparse.ArgumentTypeError(f"a balance is an amount in USD, not {text!r}")
    return amount


def _port(text: str) -> int:
    if text.isdecimal() and int(text) <= 65_535:
        return int(text)
    raise argparse.ArgumentTypeError(f"a port is 0 to 65535, not {text}")
