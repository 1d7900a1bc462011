"""Pages that a script makes, in their folder: written, or compared with what is there."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path


def main_of_one(
    out: Path,
    make: Callable[[], str],
    *,
    doc: str | None,
    why: str,
    arguments: Sequence[str] | None = None,
    essence: Callable[[str], object] = str,
) -> int:
    """Be the command of a script that makes one file: write it, or compare it with `--check`.

    Args:
        out: The file.
        make: Returns its text.
        doc: The script's docstring, whose first line its help shows.
        why: What a file that differs is not, and the way out.
        arguments: What stands after the command; None takes `sys.argv`.
        essence: What of a text is compared.

    Returns:
        0, or 1 where --check found a difference.
    """
    parser = argparse.ArgumentParser(description=(doc or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; compare")
    given, wanted = parser.parse_args(arguments), make()
    if not given.check:
        out.write_text(wanted, encoding="utf-8", newline="\n")
    elif essence(out.read_text(encoding="utf-8")) != essence(wanted):
        sys.stderr.write(f"{out}: {why}\n")
        return 1
    return 0


def publish(wanted: Mapping[Path, str], folder: Path, *, check: bool, why: str) -> int:
    """Write pages and delete those that are no longer wanted, or tell of every difference.

    Args:
        wanted: Every page of the folder and its text.
        folder: What may hold nothing else; only files of the kinds in `wanted` are looked at.
        check: Write nothing; tell of changed, missing and stray pages on standard error.
        why: What a page that differs is not, and the way out.

    Returns:
        0, or 1 where a check found a difference.
    """
    kinds = {path.suffix for path in wanted}
    found = {path: path.read_text("utf-8") for path in folder.rglob("*") if path.suffix in kinds}
    changed = [
        path for path in sorted(wanted.keys() | found.keys()) if wanted.get(path) != found.get(path)
    ]
    if check:
        for path in changed:
            sys.stderr.write(f"{path}: {why}\n")
        return 1 if changed else 0
    for path in changed:
        if path in wanted:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted[path], encoding="utf-8", newline="\n")
        else:
            path.unlink()
    sys.stdout.write(f"{folder}: {len(wanted)} made, {len(changed)} changed\n")
    return 0
