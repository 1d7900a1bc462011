"""What a model document says, in its own words, before anything is concluded from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

Form: TypeAlias = Literal["llms.txt"]
"""The forms that are read; the spec's `source.form` knows more that may follow."""


@dataclass(frozen=True, slots=True)
class DocumentOption:
    """One choice of a select."""

    value: str
    """May be empty."""
    label: str | None = None
    extra: Mapping[str, str] = field(default_factory=dict[str, str])
    """Other keys, as written."""


@dataclass(frozen=True, slots=True)
class DocumentInput:
    """One input."""

    name: str
    type: str
    label: str | None = None
    help: str | None = None
    default: str | None = None
    """None for an empty default as well: this form does not tell them apart."""
    options: tuple[DocumentOption, ...] | None = None
    """None without the heading; empty for a heading with nothing under it."""


@dataclass(frozen=True, slots=True)
class DocumentStatus:
    """One task status and what the document says it means."""

    name: str
    meaning: str


@dataclass(frozen=True, slots=True)
class DocumentExample:
    """One request or response that the document shows."""

    heading: str
    """The section it stands in."""
    url: str | None = None
    """Where a request goes; None for a response."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: Any = None
    """The JSON; None where it cannot be read even after repair."""
    repaired: bool = False
    """Whether quotes inside a string had to be escaped to read it."""


@dataclass(frozen=True, slots=True)
class ModelDocument:
    """One document about one model."""

    form: Form
    vocabulary: Literal["Model", "Tool"]
    """The word the document uses for what it describes."""
    name: str | None
    """The display form of `owner/model`; may have capitals and blanks."""
    run_endpoint: str
    """Its last two steps are the authoritative slug."""
    detail_endpoint: str | None
    description: str | None
    cover: str | None
    categories: tuple[str, ...]
    tags: tuple[str, ...]
    inputs: tuple[DocumentInput, ...]
    completed: tuple[DocumentStatus, ...]
    running: tuple[DocumentStatus, ...]
    examples: tuple[DocumentExample, ...]
    incomplete: bool = False
    """Whether it was cut off."""
    notes: tuple[str, ...] = ()
    """What a reviewer should know about how it was read."""
