"""The `wirogen` command: a list of commands and one boundary for everything that goes wrong."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType
from typing import Final, NamedTuple

from wirogen.console import prepare, print_error
from wirogen.errors import INTERRUPTED, PIPE_CLOSED, Problem, UsageError, WirogenError

DESCRIPTION: Final = """\
Model documents in, reviewed specs between, typed client packages out.

  document ──import──▶ specs/models/<owner>/<model>.yaml ──generate──▶ generated/<package>/
"""

EPILOG: Final = """\
examples:
  wirogen import vace.llms.txt            read a model document into ./specs
  wirogen lint                            check every spec, show all problems
  wirogen generate                        make the package from the specs
  wirogen generate --check                only say whether the package is current

`wirogen COMMAND --help` explains one command.

exit status:
  0  done                                 4  a spec has problems
  1  --check found a difference           5  specs that no package can be made of
  2  asked for the impossible             6  the output cannot be made or kept
  3  a document cannot be read
"""


_AsWritten: Final = argparse.RawDescriptionHelpFormatter


class Command(NamedTuple):
    """One command; its module is imported only when it, or its help, is asked for."""

    name: str
    module: str
    summary: str


EXTRA_PACKAGES: Final = frozenset(
    {"datamodel_code_generator", "jinja2", "platformdirs", "rich", "ruff", "yaml"}
)
"""Packages that only the extra `codegen` brings."""

COMMANDS: Final = (
    Command("import", "import_", "read model documents into specs"),
    Command("lint", "lint", "check specs and show every problem at once"),
    Command("generate", "generate", "make a typed client package from specs"),
    Command("pin", "pin", "publish the names that callers use, so that none changes silently"),
    Command("diff", "diff", "show what callers notice between two states of specs"),
    Command("schema", "schema", "write the JSON Schema that editors complete specs with"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: what stands after `wirogen` on the command line; None takes `sys.argv`.

    Returns:
        The exit status; the help text lists them.
    """
    prepare()
    try:
        return _run(sys.argv[1:] if arguments is None else list(arguments))
    except WirogenError as error:
        for problem in error.problems:
            print_error(f"wirogen: {problem}")
        return error.exit_code
    except ModuleNotFoundError as error:
        print_error(f"wirogen: {_explain_missing(error)}")
        return UsageError.exit_code
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        print_error(f"wirogen: {place}{error.strerror or error}")
        return UsageError.exit_code
    except KeyboardInterrupt:
        print_error("wirogen: interrupted")
        return INTERRUPTED


def _run(arguments: list[str]) -> int:
    parsed = _parser(arguments).parse_args(arguments)
    return int(parsed.run(parsed))


class _ShowVersion(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version  # noqa: PLC0415 - reads files; only for who asks

        sys.stdout.write(f"{parser.prog} {version('wiro-client')}\n")
        parser.exit()


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="wirogen", description=DESCRIPTION, epilog=EPILOG, formatter_class=_AsWritten
    )
    parser.add_argument("--version", action=_ShowVersion, nargs=0, help="show the version and exit")
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in COMMANDS:
        own = subparsers.add_parser(
            command.name, help=command.summary, formatter_class=_AsWritten, allow_abbrev=False
        )
        if command.name in arguments:
            module = _load(command)
            own.description = module.__doc__
            module.add_arguments(own)
            own.set_defaults(run=module.run)
    return parser


def _load(command: Command) -> ModuleType:
    return import_module(f"wirogen.command.{command.module}")


def _explain_missing(error: ModuleNotFoundError) -> Problem:
    """Print what to install; a missing module that no extra brings is a bug and stays one."""
    package = (error.name or "").split(".", maxsplit=1)[0]
    if package not in EXTRA_PACKAGES:
        raise error
    remedy = "install the extra: pip install 'wiro-client[codegen]'"
    return Problem(f"this needs the package {package}", remedy)
