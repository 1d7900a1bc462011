"""The option `--specs` of the commands that read a specs folder."""

import argparse
from pathlib import Path

__all__ = ["add_specs_option"]


def add_specs_option(parser: argparse.ArgumentParser) -> None:
    """Declare `--specs DIR`; without it the folder is `./specs`, or the packaged one."""
    parser.add_argument(
        "--specs",
        type=Path,
        metavar="DIR",
        help="the specs folder (default: ./specs, else the packaged specs)",
    )
