"""Names: of arguments in Python, of models in slugs, and which one was probably meant by a wrong one."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["clean_slug_part", "closest", "did_you_mean", "listed", "snake_case"]

# The generator derives names by the same rule; a test compares the two.
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*|[a-z0-9]+|[0-9]+")


def snake_case(wire_name: str) -> str:
    """A wire name in Python's spelling: `inputImageUrl` → `input_image_url`.

    A name in letters without a plain ASCII form stays as it is.
    """
    folded = "".join(
        mark for mark in unicodedata.normalize("NFKD", wire_name) if not unicodedata.combining(mark)
    )
    words = _WORD.findall(folded)
    if not words or any(mark.isalnum() and not mark.isascii() for mark in folded):
        return wire_name
    name = "_".join(words).lower()
    return f"arg_{name}" if name[0].isdigit() else name


def clean_slug_part(raw: str) -> str:
    """An owner or a model as it stands in a slug: `Vace 2.1` → `vace-2-1`."""
    return re.sub(r"[^a-z0-9_]+", "-", raw.lower()).strip("-")


def closest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like a wrong one; None if none is like it."""
    import difflib  # noqa: PLC0415 - loaded for a mistake only

    matches = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return matches[0] if matches else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The end of a sentence about a wrong name: the closest known one, else all there are."""
    names = sorted(known)
    close = closest(name, names)
    return f"; did you mean {close}?" if close else f"; there are {listed(names) or 'none'}."


def listed(values: Iterable[object], most: int = 20) -> str:
    """Values one after the other, the first twenty of them."""
    texts = [value if isinstance(value, str) else repr(value) for value in values]
    shown = ", ".join(texts[:most])
    return shown if len(texts) <= most else f"{shown} and {len(texts) - most} more"
