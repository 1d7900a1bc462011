"""Read model documents and write them down as specs.

Facts are replaced by what the document says now; every `refine:` of a spec that is already there
stays, and one that no longer fits is an error. A document that cannot be imported is named on standard
error and decides the exit status; all others are written.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from wirogen.console import print_result
from wirogen.errors import SUCCESS
from wirogen.importing.importer import Failure, Imported, ImportOptions, import_documents
from wirogen.source.find import DocumentSource, find

EPILOG: Final = """\
examples:
  wirogen import vace.llms.txt                     one document into ./specs
  wirogen import downloads/ --facts-only           every .txt and .json below a folder, without prose
  wirogen import https://wiro.ai/models/pruna/vace/llms.txt
  wirogen import pruna/vace                        asks Tool/Detail; WIRO_API_KEY is sent if set
  pbpaste | wirogen import -                       standard input
"""
_MANY: Final = 5
"""From here on, progress is worth showing, and a note on each is worth one line for all."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `wirogen import` takes."""
    parser.epilog = EPILOG
    parser.add_argument(
        "documents",
        nargs="+",
        metavar="DOC",
        help="a file, a folder, an https:// URL, owner/model to ask the platform, or - for "
        "standard input; llms.txt, openapi.json or the answer of Tool/Detail alike",
    )
    parser.add_argument(
        "--specs",
        type=Path,
        default=Path("specs"),
        metavar="DIR",
        help="the specs folder; made if missing (default: ./specs)",
    )
    prose = parser.add_mutually_exclusive_group()
    prose.add_argument(
        "--facts-only",
        action="store_true",
        help="leave out the vendor's sentences: description, help, sample prompts",
    )
    prose.add_argument(
        "--keep-document",
        action="store_true",
        help="store the document too, as DIR/documents/<owner>/<model>.<form>",
    )
    parser.add_argument(
        "--allow-http",
        action="store_true",
        help="fetch http:// URLs and URLs of this machine too; for servers of your own",
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Import, then report."""
    documents = [
        document
        for argument in arguments.documents
        for document in find(argument, allow_http=arguments.allow_http)
    ]
    options = ImportOptions(facts_only=arguments.facts_only, keep_document=arguments.keep_document)
    try:
        result = import_documents(_with_progress(documents), arguments.specs, options)
    except OSError as error:
        error.filename = error.filename or str(arguments.specs)  # a full disk names no file itself
        raise
    if arguments.json:
        reports = [*map(_as_json, result.imported), *map(_failure_as_json, result.failures)]
        print_result(json.dumps(reports, indent=2, ensure_ascii=False))
    elif result.imported:
        print_result("\n".join(_as_lines(result.imported)))
    result.raise_for_failures()
    return SUCCESS


def _with_progress(documents: Sequence[DocumentSource]) -> Iterable[DocumentSource]:
    if len(documents) < _MANY or not sys.stderr.isatty():
        return documents
    # Imported here: most imports show no progress and need not pay for it.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import track  # noqa: PLC0415

    return track(documents, "Importing", console=Console(stderr=True), transient=True)


def _as_json(report: Imported) -> dict[str, object]:
    return {
        "model": report.model,
        "path": str(report.path),
        "outcome": report.outcome,
        "inputs": report.inputs,
        "changes": report.changes,
        "notes": report.notes,
    }


def _failure_as_json(failure: Failure) -> dict[str, object]:
    return {
        "document": failure.name,
        "outcome": "failed",
        "problems": [str(problem) for problem in failure.error.problems],
    }


def _as_lines(imported: Sequence[Imported]) -> Iterator[str]:
    """Report on each; what many have in common comes once, at the end."""
    counts = Counter(note for report in imported for note in report.notes)
    common = {note: count for note, count in counts.items() if count >= _MANY}
    for report in imported:
        inputs = f"{report.inputs} {'input' if report.inputs == 1 else 'inputs'}"
        yield f"{report.model}: {report.outcome} {report.path} ({inputs})"
        yield from (f"  {change}" for change in report.changes)
        yield from (f"  note: {note}" for note in report.notes if note not in common)
    yield from (f"note on {count} models: {note}" for note, count in common.items())
