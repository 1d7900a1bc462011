"""Make a typed client package from specs; run again, it writes only what changed.

The package stands on the installed `wiro_runtime`. Files that somebody edited are never overwritten
without --force, and files that wirogen did not write are left alone. With --check nothing is
written: every difference between specs and package is shown, and the exit status is 1 if there is one.
"""

import argparse
import gc
import importlib.util
import json
import keyword
import os
import re
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wirogen.build import fingerprint
from wirogen.command.specs_option import add_specs_option
from wirogen.console import print_error, print_result
from wirogen.digest import digest
from wirogen.errors import DRIFT, SUCCESS, Problem, UsageError
from wirogen.output import manifest
from wirogen.output.files import locked, recover
from wirogen.output.manifest import Manifest, read_manifest
from wirogen.output.tree import Difference, compare, describe, read_tree
from wirogen.spec.location import find_specs

if TYPE_CHECKING:
    from wirogen.build.package import BuildResult, Progress

_TAKEN: Final = frozenset({"wiro_runtime", "wirogen", "wiromock"}) | sys.stdlib_module_names


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `wirogen generate` takes."""
    add_specs_option(parser)
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
    _add_style(parser)
    _add_effort(parser)


def _add_style(parser: argparse.ArgumentParser) -> None:
    style = parser.add_argument_group("for packages of your own (see docs/own-models.md)")
    style.add_argument(
        "--templates",
        type=Path,
        metavar="DIR",
        help="templates that stand in for those of the same path; they are code, trust them as such",
    )
    style.add_argument(
        "--mixin",
        metavar="MODULE:CLASS",
        help="a class of yours that every request class gets as its first base",
    )


def _add_effort(parser: argparse.ArgumentParser) -> None:
    effort = parser.add_argument_group("effort")
    effort.add_argument(
        "--workers",
        type=_positive,
        default=min(4, _processors()),
        metavar="N",
        help="processes that may work (default: %(default)s)",
    )
    effort.add_argument(
        "--no-cache",
        action="store_true",
        help="make every model anew, and keep none (default: $WIROGEN_CACHE or the user's cache folder)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Generate, or compare."""
    if arguments.check:
        return _generate(arguments)
    with locked(arguments.out):
        recover(arguments.out)
        return _generate(arguments)


def _generate(arguments: argparse.Namespace) -> int:
    package: Path = arguments.out / _checked_name(arguments.package)
    _refuse_installed(arguments.package, package)
    specs = find_specs(arguments.specs)
    inputs = _Inputs(
        arguments.package,
        fingerprint.hash_generator(arguments.templates, arguments.mixin),
        fingerprint.hash_specs(specs),
    )
    on_disk = read_tree(package)
    written = read_manifest(package)
    if not arguments.force and inputs.are_current(on_disk, written):
        return _report(arguments, package, inputs, [])
    with gc_paused():
        result = _make(arguments, specs, inputs)
    wanted = {**result.files, manifest.NAME: inputs.manifest(result.files).to_bytes()}
    differences = compare(on_disk, wanted, written)
    if not arguments.check:
        from wirogen.output.write import write_tree  # noqa: PLC0415 - nothing to write so far

        write_tree(package, wanted, differences, force=arguments.force)
    elif not arguments.json:
        for line in describe(differences, on_disk, wanted, package):
            print_error(line)
    return _report(arguments, package, inputs, differences, result)


@dataclass(frozen=True)
class _Inputs:
    """What decides the output."""

    package: str
    generator: str
    specs: Mapping[str, str]

    def manifest(self, files: Mapping[str, bytes]) -> Manifest:
        """The manifest of files made from these."""
        hashes = {path: digest(content) for path, content in files.items()}
        hashes.pop(manifest.NAME, None)
        return Manifest(self.package, self.generator, self.specs, hashes)

    def are_current(self, on_disk: Mapping[str, bytes], written: Manifest | None) -> bool:
        """Whether nothing changed since the last run, by hashes alone."""
        if written is None or fingerprint.UNREADABLE in self.specs.values():
            return False
        return written == self.manifest(on_disk)


def _checked_name(name: str) -> str:
    """The package's name, which must be one that Python can import and nobody else has."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or keyword.iskeyword(name):
        message = f"{name!a} cannot be imported as a package"
        raise UsageError(Problem(message, "use lower-case letters, digits and _ for --package"))
    if name in _TAKEN:
        message = f"the package name {name} is taken"
        raise UsageError(Problem(message, "choose another --package"))
    return name


def _refuse_installed(name: str, package: Path) -> None:
    """Refuse the name of a package that is installed and was not written by this command.

    Raises:
        UsageError: whoever imported that name would get one of the two.
    """
    if package.exists():
        return  # what is there already decides, file by file
    installed = importlib.util.find_spec(name)
    if (
        installed is None
        or installed.origin is None
        or read_manifest(Path(installed.origin).parent)
    ):
        return
    message = f"the package name {name} is that of an installed package, {installed.origin}"
    raise UsageError(Problem(message, "choose another --package"))


def _make(arguments: argparse.Namespace, specs: Path, inputs: _Inputs) -> "BuildResult":
    """Make every file of the package but the manifest."""
    # Heavy from here on; the check that nothing changed needs none of it.
    from wirogen.build.cache import Cache, default_folder  # noqa: PLC0415
    from wirogen.build.package import BuildRequest, build_package  # noqa: PLC0415
    from wirogen.render.customization import Customization  # noqa: PLC0415
    from wirogen.render.template import check_templates  # noqa: PLC0415

    templates = arguments.templates and arguments.templates.resolve()
    customization = Customization(templates, arguments.mixin)
    if arguments.mixin is not None and customization.mixin_parts is None:
        message = f"--mixin {arguments.mixin!a} names no class"
        raise UsageError(Problem(message, "write it like acme.base:Request"))
    if templates is not None:
        check_templates(templates)
    request = BuildRequest(
        specs, inputs.package, inputs.specs, inputs.generator, customization, arguments.workers
    )
    cache = Cache(None if arguments.no_cache else default_folder())
    with _shown_progress() as progress:
        return build_package(request, cache, progress)


@contextmanager
def gc_paused() -> Generator[None]:
    """Put off garbage collection: a short run of many objects that stay spends a fifth of it there."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextmanager
def _shown_progress() -> Generator["Progress"]:
    """A bar on a terminal, for runs long enough to be watched; else nothing."""
    from wirogen.build.package import Progress  # noqa: PLC0415 - see `_make`

    if not sys.stderr.isatty():
        yield Progress()
        return
    from wirogen.command.progress import Bar  # noqa: PLC0415 - most runs show none

    with Bar() as bar:
        yield bar


def _report(
    arguments: argparse.Namespace,
    package: Path,
    inputs: _Inputs,
    differences: Sequence[Difference],
    result: "BuildResult | None" = None,
) -> int:
    """Print what was done, or what would be, and return the exit status."""
    by_kind = {
        kind: [difference.path for difference in differences if difference.kind == kind]
        for kind in ("changed", "missing", "stale", "stray")
    }
    if arguments.json:
        effort = {
            "models": sum(path.startswith("models/") for path in inputs.specs),
            "made": result.made if result else 0,
            "unpinned": result.unpinned if result else 0,
        }
        stated = {"package": str(package), "check": arguments.check}
        print_result(json.dumps({**stated, **effort, **by_kind}))
    elif not differences:
        print_result(f"{package}: current")
    elif arguments.check:
        print_result(f"{package}: {_counted(len(differences), 'difference')}")
    else:
        written = len(by_kind["changed"]) + len(by_kind["missing"])
        print_result(
            f"{package}: {_counted(written, 'file')} written, {len(by_kind['stale'])} deleted"
        )
        for path in by_kind["stray"]:
            print_error(f"{package / path}: was not written by wirogen; left alone")
    return DRIFT if arguments.check and differences else SUCCESS


def _positive(text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,3}", text):
        raise argparse.ArgumentTypeError(f"expected a whole number from 1, found {text[:20]!a}")
    return int(text)


def _processors() -> int:
    """The processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
