"""Write the JSON Schema that editors complete specs with, or the types of the platform's own answers.

The first line of every spec points at the schema, so that editors with a YAML language server show what
each key means and underline what is wrong while it is typed.
"""

import argparse
from pathlib import Path

from wirogen.console import print_error, print_result
from wirogen.errors import DRIFT, SUCCESS
from wirogen.output.files import write_files
from wirogen.spec.folder import SpecFolder, open_folder
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
        "--responses",
        type=Path,
        metavar="FILE",
        help="write what the platform answers, as Python types from `platform.yaml`, into this file instead",
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 unless the file is current"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the file, or compare it."""
    folder = open_folder(arguments.specs)
    if arguments.responses is None:
        path, content, command = folder.root / FILE_NAME, schema_text().encode(), "wirogen schema"
    else:
        path, content = arguments.responses, _types(folder)
        command = f"wirogen schema --responses {path}"
    if not arguments.check:
        write_files({path: content}, path.parent)
        print_result(str(path))
        return SUCCESS
    if path.is_file() and path.read_bytes().replace(b"\r\n", b"\n") == content:
        return SUCCESS
    print_error(f"wirogen: {path}: not current; run `{command}`")
    return DRIFT


def _types(folder: SpecFolder) -> bytes:
    # Loads the tools that write Python, which the schema needs none of.
    from wirogen.render.responses import responses_module  # noqa: PLC0415

    return responses_module(folder.platform().responses)
