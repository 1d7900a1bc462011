"""What a model document says, in its own words, before anything is concluded from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from wirogen.spec.model import Form

_FLAGS: Final = {
    **dict.fromkeys(("true", "1", "yes", "on"), True),
    **dict.fromkeys(("false", "0", "no", "off", ""), False),
}

Scalar: TypeAlias = str | int | float | bool


@dataclass(frozen=True, slots=True)
class DocumentOption:
    """A value that an input offers, with what people are shown."""

    value: str
    """May be empty."""
    label: str | None = None
    extra: Mapping[str, object] = field(default_factory=dict[str, object])
    """Other keys, as written."""


@dataclass(frozen=True, slots=True)
class DocumentInput:
    """What a document says of a field of the Run body."""

    name: str
    type: str
    label: str | None = None
    help: str | None = None
    default: Scalar | None = None
    """None for an empty default of an llms.txt as well: that form does not distinguish them."""
    options: tuple[DocumentOption, ...] | None = None
    """None where no list is given; empty for a list with nothing in it."""
    required: bool | None = None
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    value: Mapping[str, object] | None = None
    """The JSON Schema of a value that is no single one: a list, a mapping, alternatives."""
    extra: Mapping[str, object] = field(default_factory=dict[str, object])
    """Other keys, as written."""
    is_type_stated: bool = True
    """False where the form does not name the widget and `type` is what can be concluded of it."""


@dataclass(frozen=True, slots=True)
class DocumentStatus:
    """One task status and what the document says it means."""

    name: str
    meaning: str


@dataclass(frozen=True, slots=True)
class DocumentPrice:
    """One price; amounts are USD in plain decimal digits."""

    price: str
    inputs: Mapping[str, str] = field(default_factory=dict[str, str])
    """What a run must send for it to hold, by input name; empty for one that always holds."""
    method: str | None = None
    """The platform's word for what is counted: `cpr` a run, `cps` a second, …"""
    extra: str | None = None
    per_input: str | None = None


@dataclass(frozen=True, slots=True)
class ModelDocument:
    """One document about one model. What its form cannot say is None or empty."""

    form: Form
    """An API reply and its one tool are the same form."""
    inputs: tuple[DocumentInput, ...]
    name: str | None = None
    """The display form of `owner/model`; may have capitals and blanks."""
    title: str | None = None
    run_endpoint: str | None = None
    """Its last two steps are the authoritative slug."""
    slug: str | None = None
    """`owner/model`, raw or clean, of a document that may have no Run endpoint."""
    detail_endpoint: str | None = None
    description: str | None = None
    cover: str | None = None
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    computing_time: str | None = None
    cps: str | None = None
    """USD for a second of the process, as written."""
    price: tuple[DocumentPrice, ...] = ()
    approximate_cost: str | None = None
    """USD of an average run, as written."""
    completed: tuple[DocumentStatus, ...] = ()
    running: tuple[DocumentStatus, ...] = ()
    samples: tuple[Mapping[str, object], ...] = ()
    """Sets of sample inputs, by input name."""
    extra: Mapping[str, object] = field(default_factory=dict[str, object])
    """Other keys about calling the model, as written."""
    incomplete: bool = False
    """Whether it was cut off."""
    notes: tuple[str, ...] = ()
    """What a reviewer should know about how it was read."""


def read_flag(word: str) -> bool | None:
    """Return what a word says of yes and no, in any case; None where it says neither."""
    return _FLAGS.get(word.strip().lower())
