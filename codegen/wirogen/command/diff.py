"""Show what a caller of the generated client notices between OLD and NEW.

Either may be a specs folder, a spec, or whatever `wirogen import` takes: a document, a folder of them, a
URL, owner/model, or - for standard input. A document is imported onto OLD first, as `wirogen import` would
do it but without writing, so that your refinements count. Beside a specs folder, specs and documents are
compared with their own models only.
"""

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from typing import Final

from wirogen.compat.change import Change, Severity
from wirogen.compat.changelog import write_entry
from wirogen.compat.compare import compare, worst
from wirogen.console import print_result
from wirogen.errors import SUCCESS, PlanError, Problem, UsageError
from wirogen.importing.revision import Revision, differing_slugs
from wirogen.plan.model import ModelPlan, plan_model
from wirogen.spec.model import ModelSpec

EPILOG: Final = """\
examples:
  wirogen diff specs/models/pruna/vace.yaml vace.llms.txt     before importing a new document
  wirogen diff specs pruna/vace                               what the platform says now
  wirogen diff specs downloads/                               a refresh, before it is written
  wirogen diff old/specs specs                                between two releases
  wirogen diff old/specs specs --json                         for a release script
  wirogen diff old/specs specs --changelog >> CHANGELOG.md    for the people who call it

exit status, by the worst change:
   0  no change          25  price: every old call still works, and may cost another sum
  10  cosmetic only      30  breaking: a call may fail, or ask for something else
  20  additive: every old call still works
"""

EXIT_CODES: Final = {
    Severity.COSMETIC: 10,
    Severity.ADDITIVE: 20,
    Severity.PRICE: 25,
    Severity.BREAKING: 30,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `wirogen diff` takes."""
    parser.epilog = EPILOG
    parser.add_argument(
        "old", metavar="OLD", help="a specs folder, a spec, or anything that `import` takes"
    )
    parser.add_argument("new", metavar="NEW", help="the same, newer")
    parser.add_argument(
        "--allow-http",
        action="store_true",
        help="fetch http:// URLs and URLs of this machine too; for servers of your own",
    )
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
    old = Revision(arguments.old, arguments.allow_http)
    new = Revision(arguments.new, arguments.allow_http)
    was, now = (_plan(specs) for specs in _read(old, new))
    changes = compare(was, now)
    if arguments.changelog:
        print_result(write_entry(changes, was, now, arguments.package).rstrip())
    elif arguments.json:
        print_result(json.dumps([_as_json(change) for change in changes], indent=2))
    else:
        print_result("\n".join([*_as_table(changes), _summary(changes)]))
    severity = worst(changes)
    return SUCCESS if severity is None else EXIT_CODES[severity]


def _read(old: Revision, new: Revision) -> tuple[list[ModelSpec], list[ModelSpec]]:
    """Read both sides: only models that may differ, and of one that is not whole only its own.

    Raises:
        UsageError: neither is a specs folder, and they have no model in common.
    """
    if old.argument == new.argument == "-":
        raise UsageError(Problem("standard input cannot be both sides", "name one of them"))
    if old.is_whole and new.is_whole:
        slugs = differing_slugs(old, new)
        return old.read(slugs=slugs), new.read(slugs=slugs)
    # What is not whole comes first: its models are all that is read of a folder.
    if old.is_whole:
        now = new.read(base=old)
        return old.read(slugs={spec.model for spec in now}), now
    was = old.read()
    models = {spec.model for spec in was}
    now = new.read(base=old, slugs=models)
    if new.is_whole:
        return was, now
    if models.isdisjoint(spec.model for spec in now):
        about = [", ".join(sorted(spec.model for spec in specs)[:3]) for specs in (was, now)]
        message = f"{old.argument} is about {about[0]}, {new.argument} about {about[1]}"
        raise UsageError(Problem(message, "compare two states of one model"))
    common = models & {spec.model for spec in now}
    return [s for s in was if s.model in common], [s for s in now if s.model in common]


def _plan(specs: Sequence[ModelSpec]) -> list[ModelPlan]:
    """Decide everything about models; collisions between them are a matter of `wirogen lint`.

    Raises:
        PlanError: with every problem of every model.
    """
    outcomes = [plan_model(spec) for spec in specs]
    problems = [p for outcome in outcomes if isinstance(outcome, list) for p in outcome]
    if problems:
        raise PlanError(problems)
    return [outcome for outcome in outcomes if isinstance(outcome, ModelPlan)]


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
