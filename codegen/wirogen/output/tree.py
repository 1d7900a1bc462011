"""A generated package on disk, compared with what it should be, in both directions."""

import difflib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from wirogen.digest import digest
from wirogen.errors import GenerateError, Problem
from wirogen.output import manifest
from wirogen.output.manifest import Manifest

_DIFF_LINES: Final = 60
"""Lines of a diff that are shown; more of them say nothing more."""


_OLD_MANIFEST: Final = "was written for other specs or by another generator; run `wirogen generate`"


@dataclass(frozen=True)
class Difference:
    """One file that is not as it should be."""

    path: str
    kind: Literal["changed", "missing", "stale", "stray"]
    """`stale`: written by an earlier run, no longer wanted. `stray`: never written by us."""
    is_edited: bool
    """Whether somebody changed the file after it was written, or wrote it."""


def read_tree(package: Path) -> dict[str, bytes]:
    """Read a package's files, by path; empty if there is none yet.

    Raises:
        GenerateError: If something in it is a link, or no regular file: writing might go elsewhere.
    """
    if package.is_symlink() or (package.exists() and not package.is_dir()):
        raise _refusal(package, "is no plain folder")
    files: dict[str, bytes] = {}
    for folder, folders, names in os.walk(package):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for name in [*folders, *names]:
            path = Path(folder, name)
            if path.is_symlink():
                raise _refusal(path, "is a link")
        for name in names:
            path = Path(folder, name)
            if not path.is_file():
                raise _refusal(path, "is no regular file")
            files[path.relative_to(package).as_posix()] = path.read_bytes()
    return files


def compare(
    on_disk: Mapping[str, bytes], wanted: Mapping[str, bytes], written: Manifest | None
) -> list[Difference]:
    """List every file that is not as it should be, sorted by path.

    Args:
        on_disk: the files that are there.
        wanted: the files as they should be, the manifest among them.
        written: what the last run wrote.
    """
    outputs: Mapping[str, str] = {} if written is None else written.outputs
    return [
        Difference(path, kind, is_edited=_is_edited(path, on_disk, outputs))
        for path in sorted(on_disk.keys() | wanted.keys())
        if (kind := _kind(path, on_disk, wanted, outputs)) is not None
    ]


def describe(
    differences: list[Difference],
    on_disk: Mapping[str, bytes],
    wanted: Mapping[str, bytes],
    package: Path,
) -> Iterator[str]:
    """Describe differences for people: a heading for each, a unified diff where both sides exist."""
    sentences = {
        "missing": "is missing; run `wirogen generate`",
        "stale": "belongs to no spec any more; run `wirogen generate`",
        "stray": "was not written by wirogen; move it out of the package",
        "changed": "is not what the specs say; change a spec and run `wirogen generate`",
    }
    for difference in differences:
        shown = (package / difference.path).as_posix()
        is_old = difference.path == manifest.NAME and difference.kind == "changed"
        yield f"{shown}: {_OLD_MANIFEST if is_old else sentences[difference.kind]}"
        if difference.kind == "changed":
            yield from _diff(on_disk[difference.path], wanted[difference.path], shown)


def _kind(
    path: str,
    on_disk: Mapping[str, bytes],
    wanted: Mapping[str, bytes],
    outputs: Mapping[str, str],
) -> Literal["changed", "missing", "stale", "stray"] | None:
    if path not in on_disk:
        return "missing"
    if path not in wanted:
        return "stale" if path in outputs else "stray"
    return "changed" if on_disk[path] != wanted[path] else None


def _is_edited(path: str, on_disk: Mapping[str, bytes], outputs: Mapping[str, str]) -> bool:
    """The manifest holds no hash of itself; it is made anew, never kept."""
    return path != manifest.NAME and path in on_disk and digest(on_disk[path]) != outputs.get(path)


def _diff(on_disk: bytes, wanted: bytes, shown: str) -> Iterator[str]:
    old, new = (content.decode(errors="replace").splitlines() for content in (on_disk, wanted))
    lines = list(difflib.unified_diff(old, new, shown, f"{shown} (from specs)", lineterm=""))
    if not lines:
        yield "  only line ends or the last newline differ"
    yield from lines[:_DIFF_LINES]
    if len(lines) > _DIFF_LINES:
        yield f"… {len(lines) - _DIFF_LINES} more lines"


def _refusal(path: Path, what: str) -> GenerateError:
    remedy = "remove it, or choose another --out or --package"
    return GenerateError(
        Problem(f"{what}, which generated files are not written through", remedy, file=str(path))
    )
