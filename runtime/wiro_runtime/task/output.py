"""One thing a task produced."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wiro_runtime import parse

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Output"]


@dataclass(frozen=True, slots=True)
class Output:
    """A produced file, or an LLM's structured answer.

    Pass it as a file argument of another request and its URL is sent; nothing is uploaded again.
    """

    name: str
    """The file's name as the platform gives it; not to be trusted as a path."""
    content_type: str
    """Such as `image/png`; `raw` for a structured answer."""
    size: int | None
    """Bytes, as the platform states them."""
    url: str | None
    """Where the file can be fetched without credentials, for a limited time; None for an answer."""
    content: Mapping[str, Any] | None = field(default=None, repr=False)
    """The structured answer of an LLM; None for a file."""
    raw: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False, compare=False)
    """The item as it came, unknown fields included."""

    @classmethod
    def from_wire(cls, item: Mapping[str, Any]) -> Output:
        """Read one item of a task's `outputs`; missing fields are empty, never an error."""
        return cls(
            name=parse.text(item.get("name")),
            content_type=parse.text(item.get("contenttype")),
            size=parse.integer(item.get("size")),
            url=parse.text(item.get("url")) or None,
            content=parse.mapping(item.get("content")) or None,
            raw=item,
        )
