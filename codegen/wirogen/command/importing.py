"""Read model documents and write them down as specs.

Facts are replaced by what the document says now; every `refine:` of a spec that is already there
stays, and one that no longer fits is an error. Nothing is written unless everything can be.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from wirogen.console import say
from wirogen.documents.detect import MAX_BYTES
from wirogen.errors import SUCCESS, Problem, UsageError
from wirogen.importing import Given, Imported, Wishes, import_documents

EPILOG: Final = """\
examples:
  wirogen import vace.llms.txt                     one document into ./specs
  wirogen import downloads/ --facts-only           every .txt below a folder, without prose
  curl -fsS URL/llms.txt | wirogen import -        standard input
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
        help="an llms.txt document, a folder of .txt files, or - for standard input",
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
        help="store the document too, as DIR/documents/<owner>/<model>.llms.txt",
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Import, then report."""
    paths = [path for name in arguments.documents for path in _find(name)]
    wishes = Wishes(facts_only=arguments.facts_only, keep_document=arguments.keep_document)
    given = (_read(path) for path in _with_progress(paths))
    imported = import_documents(given, arguments.specs, wishes)
    if arguments.json:
        say(json.dumps([_as_json(one) for one in imported], indent=2, ensure_ascii=False))
    else:
        say("\n".join(_as_lines(imported)))
    return SUCCESS


def _find(name: str) -> list[Path | None]:
    """List the files that an argument names; None stands for standard input."""
    if name == "-":
        return [None]
    path = Path(name)
    if path.is_dir():
        found = sorted(each for each in path.rglob("*.txt") if each.is_file())
        if not found:
            raise UsageError(Problem("there is no .txt file below this folder", file=name))
        return [*found]
    if not path.exists():
        is_url = name.startswith(("http://", "https://"))
        remedy = "save it to a file, or pipe it: curl -fsS URL | wirogen import -"
        message = "there is no such file or folder"
        raise UsageError(Problem(message, remedy if is_url else "", name))
    return [path]


def _read(path: Path | None) -> Given:
    """Read one more byte than a document may have, and never more."""
    if path is None:
        return Given("standard input", sys.stdin.buffer.read(MAX_BYTES + 1))
    with path.open("rb") as stream:
        return Given(str(path), stream.read(MAX_BYTES + 1))


def _with_progress(paths: Sequence[Path | None]) -> Iterable[Path | None]:
    if len(paths) < _MANY or not sys.stderr.isatty():
        return paths
    # Imported here: most imports show no progress and need not pay for it.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import track  # noqa: PLC0415

    return track(paths, "Importing", console=Console(stderr=True), transient=True)


def _as_json(one: Imported) -> dict[str, object]:
    return {
        "model": one.model,
        "path": str(one.path),
        "outcome": one.outcome,
        "inputs": one.inputs,
        "changes": one.changes,
        "notes": one.notes,
    }


def _as_lines(imported: Sequence[Imported]) -> Iterator[str]:
    """Report on each; what many have in common comes once, at the end."""
    counts = Counter(note for one in imported for note in one.notes)
    common = {note: count for note, count in counts.items() if count >= _MANY}
    for one in imported:
        inputs = f"{one.inputs} {'input' if one.inputs == 1 else 'inputs'}"
        yield f"{one.model}: {one.outcome} {one.path} ({inputs})"
        yield from (f"  {change}" for change in one.changes)
        yield from (f"  note: {note}" for note in one.notes if note not in common)
    yield from (f"note on {count} models: {note}" for note, count in common.items())
