"""Write the JSON Schema that editors complete specs with.

The first line of every spec points at it, so that editors with a YAML language server show what
each key means and underline what is wrong while it is typed.
"""

import argparse
from pathlib import Path

from wirogen.console import print_error, print_result
from wirogen.errors import DRIFT, SUCCESS
from wirogen.output.files import write_files
from wirogen.spec.folder import open_folder
from wirogen.spec.schema import FILE_NAME, schema_text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `wirogen schema` takes."""
    parser.add_argument(
        "--specs",
        type=Path,
        metavar="DIR",
        help=f"the specs folder to write {FILE_NAME} into (default: ./specs)",
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 unless the file is current"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the schema, or compare it."""
    path = open_folder(arguments.specs).root / FILE_NAME
    text = schema_text()
    if not arguments.check:
        write_files({path: text.encode()}, path.parent)
        print_result(str(path))
        return SUCCESS
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return SUCCESS
    print_error(f"wirogen: {path}: not current; run `wirogen schema`")
    return DRIFT
