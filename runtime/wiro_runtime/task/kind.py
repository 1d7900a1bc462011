"""What a model makes, which decides how its answers are read and what its result offers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Kind", "kind_of"]

Kind: TypeAlias = Literal["media", "text", "realtime"]
"""Files, a language model's text, or a live session."""


def kind_of(categories: Iterable[str]) -> Kind | None:
    """What the platform's categories of a model, or of its task, say that it makes; None if they say nothing of it."""
    words = {word.lower() for word in categories}
    if any(word.startswith("realtime") for word in words):
        return "realtime"
    if any(word == "llm" or word.startswith("llm-") for word in words):
        return "text"
    return "media" if any("-to-" in word for word in words) else None
