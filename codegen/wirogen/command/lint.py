"""Check every spec of a folder, and the documents they keep; show all problems at once.

Each problem is one line: file:line:column: where in the spec: what is wrong; what to do.
"""

import argparse
from pathlib import Path

from wirogen.console import print_result
from wirogen.errors import SUCCESS
from wirogen.spec.folder import open_folder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `wirogen lint` takes."""
    parser.add_argument(
        "--specs",
        type=Path,
        metavar="DIR",
        help="the specs folder (default: ./specs, else the packaged specs)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Read everything; problems leave as a SpecError."""
    folder = open_folder(arguments.specs)
    folder.check()
    count = len(folder.paths())
    print_result(f"{folder.root}: {count} {'model' if count == 1 else 'models'}, no problems")
    return SUCCESS
