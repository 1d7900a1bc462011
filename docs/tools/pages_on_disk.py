"""Pages that a script makes, in their folder: written, or compared with what is there."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


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
