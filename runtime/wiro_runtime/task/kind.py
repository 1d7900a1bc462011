"""What a model makes, which decides how its answers are read and what its result offers."""

from __future__ import annotations

from typing import Literal, TypeAlias

__all__ = ["Kind"]

Kind: TypeAlias = Literal["media", "text", "realtime"]
"""Files, a language model's text, or a live session."""
