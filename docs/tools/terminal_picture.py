"""A picture of a terminal for the README: real commands, their real output, on the mock.

python docs/tools/terminal_picture.py               # writes docs/images/terminal.svg
python docs/tools/terminal_picture.py --check       # exits 1 unless the commands still print that
"""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pages_on_disk import main_of_one
from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

OUT: Final = Path(__file__).parent.parent / "images/terminal.svg"
COMMANDS: Final = (
    "wiro models video",
    'wiro run pruna/vace --prompt "a deer in snow" --save out/',
    'wiro run pruna/vace --prompt "a deer in snow" --resolution 1080p',
)
_ON_THE_MOCK: Final = """\
import json, sys
from wiro_runtime.cli import main
from wiromock import MockWiro
with MockWiro():
    sys.exit(main("wiro", json.loads(sys.argv[1])))
"""
_FONT: Final = re.compile(r"@font-face \{.*?\}", re.DOTALL)
"""A font from another host: a page that shows the picture asks nobody else."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the picture, or compare it.

    Args:
        arguments: What stands after the command; None takes `sys.argv`.

    Returns:
        0, or 1 where --check found a difference.
    """
    why = f"is not what the commands print; run {Path(__file__).name}"
    return main_of_one(
        OUT, lambda: picture(session()), doc=__doc__, why=why, arguments=arguments, essence=words
    )


def session() -> list[str]:
    """Run the commands in an empty folder; return what a terminal would show."""
    lines: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for command in COMMANDS:
            lines += [f"$ {command}", *_printed(shlex.split(command)[1:], folder), ""]
    return lines[:-1]


def _printed(given: list[str], folder: str) -> list[str]:

    done = subprocess.run(
        [sys.executable, "-c", _ON_THE_MOCK, json.dumps(given)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=folder,
        check=False,
        env={**os.environ, "WIRO_API_KEY": "offline", "COLUMNS": "88", "PYTHONIOENCODING": "utf-8"},
    )
    return done.stdout.splitlines()


def picture(lines: Sequence[str]) -> str:
    """Return lines of a terminal as an SVG."""
    console = Console(record=True, width=92, file=io.StringIO(), force_terminal=True)
    for line in lines:
        console.print(Text(line, style="bold cyan" if line.startswith("$ ") else ""), no_wrap=True)
    return _FONT.sub("", console.export_svg(title="wiro", unique_id="wiro"))


def words(svg: str) -> list[str]:
    """Return what a picture says, whichever version of rich drew it."""
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


if __name__ == "__main__":
    sys.exit(main())
