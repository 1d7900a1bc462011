"""Make a typed client package from specs; run again, it writes only what changed.

The package stands on the installed `wiro_runtime`. Files that somebody edited are never overwritten
without --force, and files that wirogen did not write are left alone. With --check nothing is
written: every difference between specs and package is shown, and the exit status is 1 if there is one.
"""

import argparse
import json
import keyword
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from wirogen.console import say, warn
from wirogen.errors import DRIFT, SUCCESS, PlanError, Problem, UsageError
from wirogen.publish import fingerprint, manifest
from wirogen.publish.manifest import Manifest, read_manifest
from wirogen.publish.tree import Difference, compare, describe, read_tree

_TAKEN: Final = frozenset({"wiro_runtime", "wirogen", "wiromock"}) | sys.stdlib_module_names


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `wirogen generate` takes."""
    parser.add_argument(
        "--specs",
        type=Path,
        metavar="DIR",
        help="the specs folder (default: ./specs, else the packaged specs)",
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("generated"),
        metavar="DIR",
        help="the folder that holds the package (default: %(default)s)",
    )
    parser.add_argument(
        "--package",
        default="wiro",
        metavar="NAME",
        help="the package's import name (default: %(default)s)",
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 unless the package is current"
    )
    parser.add_argument(
        "--force",
        action="store_true",
        help="generate even if nothing seems to have changed, and overwrite edited files",
    )
    parser.add_argument("--json", action="store_true", help="report as one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Generate, or compare."""
    package: Path = arguments.out / _checked_name(arguments.package)
    found = read_tree(package)
    written = read_manifest(package)
    if not arguments.force and _is_current(arguments.specs, arguments.package, found, written):
        return _report(arguments, package, [])
    wanted = _generate(arguments.specs, arguments.package)
    differences = compare(found, wanted, written)
    if not arguments.check:
        from wirogen.publish.writing import write_tree  # noqa: PLC0415 - nothing to write so far

        write_tree(package, wanted, differences, force=arguments.force)
    elif not arguments.json:
        for line in describe(differences, found, wanted, package):
            warn(line)
    return _report(arguments, package, differences)


def _checked_name(name: str) -> str:
    """The package's name, which must be one that Python can import and nobody else has."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or keyword.iskeyword(name):
        message = f"{name!a} cannot be imported as a package"
        raise UsageError(Problem(message, "use lower-case letters, digits and _ for --package"))
    if name in _TAKEN:
        message = f"the package name {name} is taken"
        raise UsageError(Problem(message, "choose another --package"))
    return name


def _is_current(
    specs: Path | None, name: str, found: Mapping[str, bytes], written: Manifest | None
) -> bool:
    """Whether nothing changed since the last run, by hashes alone.

    Only for a specs folder that is complete in itself: where the packaged one or its platform fills
    a gap, generating is the honest answer.
    """
    folder = Path("specs") if specs is None else specs
    if written is None or not (folder / "platform.yaml").is_file():
        return False
    hashes = {path: fingerprint.digest(content) for path, content in found.items()}
    hashes.pop(manifest.NAME, None)
    return written == Manifest(
        package=name,
        generator=fingerprint.hash_generator(),
        inputs=fingerprint.hash_specs(folder),
        outputs=hashes,
    )


def _generate(specs: Path | None, name: str) -> dict[str, bytes]:
    """Make every file of the package, the manifest among them."""
    # Heavy from here on; the check that nothing changed needs none of it.
    from wirogen.plan.package import plan_package  # noqa: PLC0415
    from wirogen.render.package import render_package  # noqa: PLC0415
    from wirogen.spec.folder import open_folder  # noqa: PLC0415

    folder = open_folder(specs)
    try:
        plan = plan_package(folder.models(), folder.platform(), name=name)
    except PlanError as error:  # plans know their place below the specs folder, not where that is
        raise PlanError(
            replace(problem, file=str(folder.root / problem.file)) for problem in error.problems
        ) from None
    files = render_package(plan)
    made = Manifest(
        package=name,
        generator=fingerprint.hash_generator(),
        inputs=fingerprint.hash_specs(folder.root),
        outputs={path: fingerprint.digest(content) for path, content in files.items()},
    )
    return {**files, manifest.NAME: made.to_bytes()}


def _report(arguments: argparse.Namespace, package: Path, differences: Sequence[Difference]) -> int:
    """Say what was done, or what would be, and give the exit status."""
    by_kind = {
        kind: [each.path for each in differences if each.kind == kind]
        for kind in ("changed", "missing", "stale", "stray")
    }
    if arguments.json:
        say(json.dumps({"package": str(package), "check": arguments.check, **by_kind}))
    elif not differences:
        say(f"{package}: current")
    elif arguments.check:
        say(f"{package}: {_counted(len(differences), 'difference')}")
    else:
        written = len(by_kind["changed"]) + len(by_kind["missing"])
        say(f"{package}: {_counted(written, 'file')} written, {len(by_kind['stale'])} deleted")
        for path in by_kind["stray"]:
            warn(f"{package / path}: was not written by wirogen; left alone")
    return DRIFT if arguments.check and differences else SUCCESS


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
