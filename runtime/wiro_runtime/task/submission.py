"""What was sent when a run was started: enough to find its task again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Submission"]


@dataclass(frozen=True, slots=True)
class Submission:
    """A Run that was sent, and whose answer may be lost."""

    model: str
    """The model's slug."""
    body: Mapping[str, Any] = field(repr=False)
    """The exact JSON body; of a multipart one, its texts."""
    at: float
    """When it was sent, in seconds since the Unix epoch."""
    lasts: float
    """Seconds after `at` in which the sending is over in any case."""
    marker: str = ""
    """Random text in the callback URL of the call, if it had a key and such a URL."""
