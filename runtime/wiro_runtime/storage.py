"""Files that outputs are saved to: safe names, nothing overwritten, nothing half done under its name."""

from __future__ import annotations

import itertools
import os
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["claim", "publish", "safe_name"]

_UNSAFE = re.compile(r'[<>:"|?*\x00-\x1f\x7f]')
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")
_LONGEST = 200
"""Bytes of a name; file systems take 255, and a number and `.part` are still to come."""


def safe_name(name: str, fallback: str) -> str:
    """A file name that stays in its folder on every system.

    Args:
        name: The name as it came, perhaps a path, perhaps hostile.
        fallback: Used when nothing of it can be kept.
    """
    last = re.split(r"[/\\]", name)[-1]
    plain = _UNSAFE.sub("_", last).strip(" .")
    if not plain:
        return fallback
    return _shortened(f"_{plain}" if _DEVICES.match(plain) else plain)


def claim(folder: Path, name: str) -> Path:
    """Make an empty `.part` file for a name, or for the name with a number if it is taken.

    The file is made exclusively, so that two processes saving to one folder never share it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for path in _candidates(folder / name):
        part = path.with_name(f"{path.name}.part")
        if not path.exists():
            try:
                part.open("xb").close()
            except FileExistsError:
                continue
            return part
    raise AssertionError("unreachable: there is always a next number")


def publish(part: Path, name: str) -> Path:
    """Give a complete `.part` file its name, or the next free one; an existing file is never replaced."""
    for path in _candidates(part.with_name(name)):
        try:
            os.link(part, path)  # fails if the name is taken, which a rename would not
        except FileExistsError:
            continue
        except OSError:  # a file system without hard links
            if path.exists():
                continue
            part.replace(path)
            return path
        part.unlink()
        return path
    raise AssertionError("unreachable: there is always a next number")


def _candidates(path: Path) -> Iterator[Path]:
    yield path
    for number in itertools.count(2):
        yield path.with_name(f"{path.stem}-{number}{path.suffix}")


def _shortened(name: str) -> str:
    stem, ending = os.path.splitext(name)  # noqa: PTH122 - a name, not a path
    encoded = name.encode("utf-8", "surrogatepass")
    if len(encoded) <= _LONGEST:
        return name
    ending = ending if len(ending.encode("utf-8", "surrogatepass")) <= 20 else ""
    room = _LONGEST - len(ending.encode("utf-8", "surrogatepass"))
    return stem.encode("utf-8", "replace")[:room].decode("utf-8", "ignore").rstrip(" .") + ending
