"""A page for each command line tool, with the help of each of its commands as the tool prints it.

python docs/tools/command_pages.py               # writes docs/commands/
python docs/tools/command_pages.py --check       # exits 1 unless they are what the tools print
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pages_on_disk import publish

import wirogen.cli
import wiromock.cli
from wiro_runtime.cli.command import COMMANDS, build

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

OUT: Final = Path(__file__).parent.parent / "commands"
MODEL: Final = "pruna/vace"
_WIDTH: Final = "88"

_INTROS: Final = {
    "wiro": "Runs models from a shell; [the wiro command](../shell.md) is the guide to it.",
    "wirogen": "Makes typed clients; [adding a model](../specs.md) is the guide to it.",
    "wiromock": "Plays the platform; [the mock as a server](../server.md) is the guide to it.",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the pages, or compare them.

    Args:
        arguments: What stands after the command; None takes `sys.argv`.

    Returns:
        0, or 1 where --check found a difference.
    """
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--out", type=Path, default=OUT, help="their folder")
    parser.add_argument("--check", action="store_true", help="write nothing; compare")
    given = parser.parse_args(arguments)
    return publish(
        {given.out / f"{tool}.md": page for tool, page in pages().items()},
        given.out,
        check=given.check,
        why=f"is not what the command prints; run {Path(__file__).name}",
    )


def pages() -> dict[str, str]:
    """Return each tool's page by the tool's name."""
    return {tool: _page(tool, run, names) for tool, (run, names) in _TOOLS.items()}


def _page(tool: str, run: Callable[[list[str]], object], commands: Sequence[str]) -> str:
    parts = [f"# `{tool}`\n\n{_INTROS[tool]}\n"]
    for words in ([], *([name] for name in commands), *_EXTRA.get(tool, ())):
        title = " ".join([tool, *words])
        shown = _printed(run, [*words, "--help"])
        heading = f"## `{title}`\n\n" if words else ""
        parts.append(f"{heading}```console\n$ {title} --help\n{shown}\n```\n")
    return "\n".join(parts)


def _printed(run: Callable[[list[str]], object], words: list[str]) -> str:
    """Return what a tool prints, in a terminal of a fixed width without colours."""
    before = dict(os.environ)
    os.environ.update(COLUMNS=_WIDTH, NO_COLOR="1")
    shown = io.StringIO()
    try:
        with redirect_stdout(shown):
            run(words)
    except SystemExit:  # how argparse ends a help
        pass
    finally:
        os.environ.clear()
        os.environ.update(before)
    return "\n".join(line.rstrip() for line in shown.getvalue().strip().splitlines())


def _wiro(words: list[str]) -> None:
    build().main(words, prog_name="wiro", standalone_mode=False)


_TOOLS: Final[dict[str, tuple[Callable[[list[str]], object], Sequence[str]]]] = {
    "wiro": (_wiro, tuple(COMMANDS)),
    "wirogen": (wirogen.cli.main, tuple(command.name for command in wirogen.cli.COMMANDS)),
    "wiromock": (wiromock.cli.main, ("serve",)),
}
_EXTRA: Final = {"wiro": (["run", MODEL],)}
"""What else a tool explains: a model's own inputs."""

if __name__ == "__main__":
    sys.exit(main())
