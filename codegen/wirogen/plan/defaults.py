"""What a documented default means, and whether an argument may be left out.

Three kinds. *Sent*: the Python default, always on the wire, as in the document's own example call.
*Server*: what the model does without it; documented, not sent. *Sample*: an example that would cost
money if it were taken for a wish (a prompt about a deer, the file name of somebody's picture); never
a default, never sent.

`DEFAULTS` and `REQUIRED` are the tables: the first rule that answers decides. The docstring of a
rule is its text in `docs/typing-rules.md`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from wirogen.plan.types.scalar import as_text, is_structure
from wirogen.plan.types.value_type import TRUE_FALSE, ValueType
from wirogen.spec.model import DefaultKind, Input, Scalar
from wirogen.spec.number import read_number
from wirogen.spec.widget import family
from wirogen.text.untrusted import Untrusted, expose

PROSE_WORDS: Final = 3
"""A default of so many words was written to be read."""

Value: TypeAlias = Untrusted | int | float | bool

Flags: TypeAlias = Literal["absent", "unused", "used"]
"""Whether a document says what is required: not at all; of nothing; of something."""

DefaultRule: TypeAlias = Callable[[Input, ValueType, Flags], DefaultKind | None]
RequiredRule: TypeAlias = Callable[[Input, ValueType, Flags], bool | None]


class DefaultError(ValueError):
    """A refinement does not fit the documented default.

    Args:
        message: what is wrong, as one sentence without a full stop.
    """


@dataclass(frozen=True)
class Default:
    """What happens when the caller leaves the argument out."""

    required: bool
    """Leaving it out is an error."""
    kind: DefaultKind | None = None
    """What the documented default means; nothing if none is documented that fits."""
    value: Value | None = None
    """The documented default as a Python value; for a `json` argument, as JSON text."""
    rejected_default: Untrusted | None = None
    """A documented default that the argument does not take, and that is therefore never sent."""
    assumption: str = ""
    """What was assumed about leaving it out, as a sentence without a full stop; empty if nothing."""

    @property
    def is_sent(self) -> bool:
        """Whether it is the Python default."""
        return self.kind == "sent"


def required_flags(inputs: Sequence[Input]) -> Flags:
    """Return whether a document states what is required."""
    stated = {field.required for field in inputs}
    return "used" if True in stated else "unused" if False in stated else "absent"


# Required: the first rule that answers


def refined_required(field: Input, _value_type: ValueType, _flags: Flags) -> bool | None:
    """A refinement's `required` decides."""
    return None if field.refine is None else field.refine.required


def stated_required(field: Input, _value_type: ValueType, flags: Flags) -> bool | None:
    """Where a document requires anything, it says what is required and what is not."""
    return bool(field.required) if flags == "used" else None


def prompt(field: Input, value_type: ValueType, _flags: Flags) -> bool | None:
    """Where it requires nothing, `prompt` is required, unless its help says optional.

    Asking a caller for one word too many is cheaper than a bill for the sample's deer.
    """
    is_prompt = value_type.kind == "string" and field.name == "prompt"
    return is_prompt and "optional" not in (field.help or "").lower()


REQUIRED: Final[tuple[RequiredRule, ...]] = (refined_required, stated_required, prompt)


# Defaults: the first rule that answers


def refined_default(field: Input, _value_type: ValueType, _flags: Flags) -> DefaultKind | None:
    """A refinement's `default` decides."""
    return None if field.refine is None else field.refine.default


def sample_file(_field: Input, value_type: ValueType, _flags: Flags) -> DefaultKind | None:
    """The default of a file input names somebody's sample file: a *sample*."""
    return "sample" if value_type.is_file else None


def prose(field: Input, value_type: ValueType, _flags: Flags) -> DefaultKind | None:
    """Text that was written to be read is a *sample*: a `prompt`, a text area, three words or more, a URL, a structure."""
    words = str(field.default or "").split()
    is_url = bool(words) and words[0].lower().startswith(("https://", "http://"))
    is_long = family(field.type) == "prose" or len(words) >= PROSE_WORDS
    is_written = value_type.kind == "string" and (field.name == "prompt" or is_long or is_url)
    is_example = value_type.kind == "json" and is_structure(field.default)
    return "sample" if is_written or is_example else None


def required_value(field: Input, value_type: ValueType, flags: Flags) -> DefaultKind | None:
    """The default of a required input is *sent*, and the caller may leave the argument out."""
    return "sent" if field.required or _is_required(field, value_type, flags) else None


def optional_value(field: Input, _value_type: ValueType, flags: Flags) -> DefaultKind | None:
    """The default of an input that the document calls optional is the *server*'s: documented, not sent."""
    return "server" if flags == "used" or field.required is False else None


def unflagged_text(_field: Input, value_type: ValueType, _flags: Flags) -> DefaultKind | None:
    """Without required flags, the default of a free text is a *sample*."""
    return "sample" if value_type.kind == "string" else None


def unflagged_value(_field: Input, _value_type: ValueType, _flags: Flags) -> DefaultKind:
    """Without required flags, the default of a choice, a number or a switch is *sent*, as the document's own example call does."""
    return "sent"


DEFAULTS: Final[tuple[DefaultRule, ...]] = (
    refined_default,
    sample_file,
    prose,
    required_value,
    optional_value,
    unflagged_text,
    unflagged_value,
)


def decide(field: Input, value_type: ValueType, *, flags: Flags) -> Default:
    """Decide what leaving the argument out means.

    Args:
        field: the input.
        value_type: its type, which a default has to fit: documents state defaults that are not among the
            options, or cut-off text for numbers, and none of those may be sent.
        flags: whether the document says what is required; see `required_flags`.

    Raises:
        DefaultError: If a refinement does not fit the documented default.
    """
    required = _is_required(field, value_type, flags)
    assumption = _assumption(field, required=required)
    kind = _kind(field, value_type, flags)
    if kind == "sample":
        return Default(required=required, kind=kind, assumption=assumption)
    value = usable(field, value_type)
    if value is not None:
        return Default(
            required=required and kind != "sent", kind=kind, value=value, assumption=assumption
        )
    _blame_refinement(field, value_type)
    stated = as_text(field.default) if field.default is not None else ""
    rejected_default = Untrusted(stated) if stated else None
    return Default(required=required, rejected_default=rejected_default, assumption=assumption)


def _kind(field: Input, value_type: ValueType, flags: Flags) -> DefaultKind:
    answers: list[DefaultKind | None] = [rule(field, value_type, flags) for rule in DEFAULTS]
    return next(answer for answer in answers if answer is not None)


def _is_required(field: Input, value_type: ValueType, flags: Flags) -> bool:
    answers = (rule(field, value_type, flags) for rule in REQUIRED)
    return next((answer for answer in answers if answer is not None), False)


def _assumption(field: Input, *, required: bool) -> str:
    refined = field.refine is not None and field.refine.required is not None
    assumed = required and not refined and not field.required
    return "the document requires nothing, but a prompt is taken to be required" if assumed else ""


def usable(field: Input, value_type: ValueType) -> Value | None:
    """The documented default as a value of the argument's type, or nothing if it is none."""
    if field.default is None or value_type.is_file:
        return None
    if value_type.is_numeric:
        return _fitting_number(field.default, value_type)
    word = Untrusted(as_text(field.default))
    if value_type.kind == "boolean":
        words = value_type.flag or TRUE_FALSE
        return {words.on: True, words.off: False}.get(word)
    if value_type.kind == "choice":
        return next((choice.value for choice in value_type.choices if choice.text == word), None)
    is_value = bool(word) and (value_type.kind != "json" or is_structure(expose(word)))
    return word if is_value else None


def _fitting_number(default: Scalar, value_type: ValueType) -> int | float | None:
    number = read_number(default)
    if number is None or (value_type.kind == "integer" and not isinstance(number, int)):
        return None
    above = value_type.minimum is None or number >= value_type.minimum
    below = value_type.maximum is None or number <= value_type.maximum
    return number if above and below else None


def _blame_refinement(field: Input, value_type: ValueType) -> None:
    """Refuse a refinement that no longer fits the documented default; facts alone may be odd."""
    refine = field.refine
    if refine is None or field.default in {None, ""}:
        return
    refined = (refine.kind, refine.minimum, refine.maximum, refine.default)
    if any(conclusion is not None for conclusion in refined):
        raise DefaultError(
            f"the refinement does not fit the documented default {field.default!a}, "
            f"which is no {value_type.kind} in range"
        )
