"""One thing a task produced."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from wiro_runtime import parse

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from wiro_runtime import response

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
    content: response.Answer | None = field(default=None, repr=False)
    """The structured answer of an LLM; None for a file."""
    raw: response.Output = field(default_factory=parse.nothing, repr=False, compare=False)
    """The item as it came, unknown fields included."""
    access_key: str = field(default="", repr=False)
    """The key in its URL, where the platform states one: whoever has it can fetch the file."""
    expires_at: datetime | None = None
    """Until when the platform keeps the file; None where it does not say."""

    @classmethod
    def from_wire(cls, item: Mapping[str, Any]) -> Output:
        """Read one item of a task's `outputs`; missing fields are empty, never an error."""
        wire = cast("response.Output", item)
        return cls(
            name=parse.text(wire.get("name")),
            content_type=parse.text(wire.get("contenttype")),
            size=parse.integer(wire.get("size")),
            url=parse.text(wire.get("url")) or None,
            content=cast("response.Answer", parse.mapping(wire.get("content"))) or None,
            raw=wire,
            access_key=parse.text(wire.get("accesskey")),
            expires_at=parse.when(wire.get("expiretime")),
        )

    def to_dict(self) -> dict[str, Any]:
        """What `from_wire()` reads back: JSON, as the platform sent it."""
        stated = {
            "name": self.name,
            "contenttype": self.content_type,
            "size": None if self.size is None else str(self.size),
            "url": self.url,
            "content": None if self.content is None else dict(self.content),
        }
        return dict(self.raw) or {key: value for key, value in stated.items() if value is not None}
