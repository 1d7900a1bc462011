"""Publish names: write those of every class, argument and constant to `names.json` beside the specs.

From then on `wirogen generate` refuses to rename any of them. Run it when you release a package, and
commit the file. A name that would change is an error here too, unless --rename says that it is meant.
"""

import argparse
from collections.abc import Mapping

from wirogen.command.specs_option import add_specs_option
from wirogen.compat import pins
from wirogen.console import print_result
from wirogen.errors import DRIFT, SUCCESS, PlanError
from wirogen.output.files import write_files
from wirogen.plan.model import plan_model
from wirogen.spec.folder import SpecFolder, open_folder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `wirogen pin` takes."""
    add_specs_option(parser)
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--rename", action="store_true", help="accept names that are others now")
    mode.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 unless every name is published"
    )


def run(arguments: argparse.Namespace) -> int:
    """Compare, then write."""
    folder = open_folder(arguments.specs)
    names = _names(folder)
    compared = pins.compare(pins.read(folder.root), names, folder.root)
    if compared.renamed and not arguments.rename:
        raise PlanError(compared.renamed)
    lines = [f"renamed: {problem.file}: {problem.message}" for problem in compared.renamed]
    lines += [f"new: {name}" for name in compared.new]
    lines += [f"gone: {name}" for name in compared.gone]
    if not arguments.check:
        write_files({folder.root / pins.FILE: pins.to_bytes(names)}, folder.root)
    print_result("\n".join([*lines, f"{folder.root / pins.FILE}: {len(names)} models"]))
    return DRIFT if arguments.check and lines else SUCCESS


def _names(folder: SpecFolder) -> Mapping[str, pins.Names]:
    planned = {spec.model: plan_model(spec) for spec in folder.models()}
    problems = [problem for plan in planned.values() if isinstance(plan, list) for problem in plan]
    if problems:
        raise PlanError(problems)
    return {model: pins.of(plan) for model, plan in planned.items() if not isinstance(plan, list)}
