"""Check every spec of a folder, the documents they keep, and that a package can be made of them.

Each problem is one line: file:line:column: where in the spec: what is wrong; what to do.
"""

import argparse
from collections.abc import Sequence
from dataclasses import replace

from wirogen.command.specs_option import add_specs_option
from wirogen.compat import pins
from wirogen.console import print_result
from wirogen.errors import SUCCESS, PlanError
from wirogen.plan.package import plan_package
from wirogen.spec.folder import SpecFolder, open_folder
from wirogen.spec.model import ModelSpec
from wirogen.text.untrusted import expose


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `wirogen lint` takes."""
    add_specs_option(parser)


def _check_plan(specs: Sequence[ModelSpec], folder: SpecFolder) -> None:
    """Plan a package: what `wirogen generate` refuses, this refuses.

    Raises:
        PlanError: with everything that stands in the way, renamed names among it.
    """
    try:
        package = plan_package(specs, folder.platform(), name="checked")
    except PlanError as error:
        raise PlanError(
            replace(problem, file=str(folder.root / problem.file)) for problem in error.problems
        ) from None
    names = {expose(model.slug): pins.of(model) for model in package.models}
    compared = pins.compare(pins.read(folder.root), names, folder.root)
    if compared.renamed:
        raise PlanError(compared.renamed)


def run(arguments: argparse.Namespace) -> int:
    """Read everything, then plan it.

    Raises:
        SpecError: with the problems of all files.
        PlanError: with everything that no package can be made of.
    """
    folder = open_folder(arguments.specs)
    folder.check()
    specs = folder.models()
    count = len(specs)
    if specs:
        _check_plan(specs, folder)
    print_result(f"{folder.root}: {count} {'model' if count == 1 else 'models'}, no problems")
    return SUCCESS
