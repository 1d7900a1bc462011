"""Say what a caller of the generated client notices between OLD and NEW.

Either may be a spec, a specs folder, or a fresh model document. A document is imported onto OLD first,
as `wirogen import` would do it but without writing, so that your refinements count. Beside a whole
folder, one spec or document is compared with its own model only.
"""

import argparse
import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from wirogen.compat.changelog import write_entry
from wirogen.compat.compare import Change, Severity, compare, worst
from wirogen.console import print_result
from wirogen.errors import SUCCESS, Problem, UsageError
from wirogen.importing.importer import LoadedDocument, import_documents
from wirogen.plan.package import PackagePlan, plan_package
from wirogen.spec.file import read_model
from wirogen.spec.folder import open_folder
from wirogen.spec.model import ModelSpec

EPILOG: Final = """\
examples:
  wirogen diff specs/models/pruna/vace.yaml vace.llms.txt     before importing a new document
  wirogen diff old/specs specs                                between two releases
  wirogen diff old/specs specs --json                         for a release script
  wirogen diff old/specs specs --changelog >> CHANGELOG.md    for the people who call it

exit status, by the worst change:
   0  no change          20  additive: every old call still works
  10  cosmetic only      30  breaking: a call may fail, or ask for something else
"""

EXIT_CODES: Final = {Severity.COSMETIC: 10, Severity.ADDITIVE: 20, Severity.BREAKING: 30}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `wirogen diff` takes."""
    parser.epilog = EPILOG
    parser.add_argument(
        "old", type=Path, metavar="OLD", help="a spec, a specs folder, or a document"
    )
    parser.add_argument("new", type=Path, metavar="NEW", help="the same, newer")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print the changes as JSON")
    form.add_argument(
        "--changelog",
        action="store_true",
        help="print an entry for a changelog, in Markdown: what callers must change, and what is new",
    )
    parser.add_argument(
        "--package",
        default="wiro",
        metavar="NAME",
        help="the package whose classes a changelog names (default: %(default)s)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Compare, report, and exit by the worst change."""
    old = _read(arguments.old, beside=None)
    new = _read(arguments.new, beside=arguments.old)
    old, new = _narrow(old, new, arguments)
    was, now = _plan(old), _plan(new)
    changes = compare(was, now)
    if arguments.changelog:
        print_result(write_entry(changes, was, now, arguments.package).rstrip())
    elif arguments.json:
        print_result(json.dumps([_as_json(change) for change in changes], indent=2))
    else:
        print_result("\n".join([*_as_table(changes), _summary(changes)]))
    severity = worst(changes)
    return SUCCESS if severity is None else EXIT_CODES[severity]


def _read(path: Path, *, beside: Path | None) -> list[ModelSpec]:
    """Read the specs that a path stands for; a document goes onto the specs `beside` it."""
    if path.is_dir():
        return open_folder(path).models()
    if not path.is_file():
        message = "there is no such spec, folder or document"
        raise UsageError(Problem(message, file=str(path)))
    if path.suffix in {".yaml", ".yml"}:
        return [read_model(path)]
    return [_import(path, beside)]


def _import(document: Path, beside: Path | None) -> ModelSpec:
    """Import a document into a scratch folder that already holds the specs it may refine."""
    with tempfile.TemporaryDirectory(prefix="wirogen-diff-") as scratch:
        specs = Path(scratch)
        if beside is not None and beside.is_dir():
            shutil.copytree(beside / "models", specs / "models")
        elif beside is not None and beside.suffix in {".yaml", ".yml"}:
            place = specs / "models" / beside.parent.name / beside.name
            place.parent.mkdir(parents=True)
            shutil.copyfile(beside, place)
        given = LoadedDocument(str(document), document.read_bytes())
        result = import_documents([given], specs)
        result.raise_for_failures()
        (imported,) = result.imported
        return read_model(imported.path)


def _narrow(
    old: list[ModelSpec], new: list[ModelSpec], arguments: argparse.Namespace
) -> tuple[list[ModelSpec], list[ModelSpec]]:
    """Compare one file with its own model only, instead of calling all others gone."""
    folders = [path.is_dir() for path in (arguments.old, arguments.new)]
    if all(folders):
        return old, new
    slugs = {spec.model for spec in (old if folders[1] else new)}
    kept = [spec for spec in old if spec.model in slugs], [s for s in new if s.model in slugs]
    if not any(folders) and not kept[0]:
        message = f"{arguments.old} is about {old[0].model}, {arguments.new} about {new[0].model}"
        raise UsageError(Problem(message, "compare two states of one model"))
    return kept


def _plan(specs: Sequence[ModelSpec]) -> PackagePlan:
    return plan_package(specs, open_folder().platform(), name="compared")


def _as_json(change: Change) -> dict[str, object]:
    return {
        "severity": change.severity.name.lower(),
        "model": change.model,
        "argument": change.argument,
        "message": change.message,
    }


def _as_table(changes: Sequence[Change]) -> list[str]:
    places = [f"{c.model}.{c.argument}" if c.argument else c.model for c in changes]
    width = max(map(len, places), default=0)
    return [
        f"{change.severity.name.lower():<9} {place:<{width}}  {change.message}"
        for change, place in zip(changes, places, strict=True)
    ]


def _summary(changes: Sequence[Change]) -> str:
    counts = Counter(change.severity for change in changes)
    said = [
        f"{counts[severity]} {severity.name.lower()}"
        for severity in sorted(Severity, reverse=True)
        if counts[severity]
    ]
    return ", ".join(said) or "no change for callers"
