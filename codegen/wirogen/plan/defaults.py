"""What a documented default means.

Three kinds. *Sent*: the Python default, always on the wire, as in the document's own example call.
*Server*: what the model does without it; documented, not sent. *Sample*: an example that would cost
money if it were taken for a wish (a prompt about a deer, the file name of somebody's picture); never
a default, never sent.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from wirogen.plan.scalar import as_text, read_number
from wirogen.plan.typing import TRUE_FALSE, ValueType
from wirogen.render.untrusted import Untrusted, data
from wirogen.spec.model import DefaultKind, Input, Scalar

PROSE_WORDS: Final = 3
"""A default of so many words was written to be read."""


Value: TypeAlias = Untrusted | int | float | bool


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

    @property
    def is_sent(self) -> bool:
        """Whether it is the Python default."""
        return self.kind == "sent"


def has_required_flags(inputs: Sequence[Input]) -> bool:
    """Whether the document says of any input that it is required, or that it is not."""
    return any(field.required is not None for field in inputs)


def decide(field: Input, found: ValueType, *, flags: bool) -> Default:
    """Decide what leaving the argument out means.

    Args:
        field: the input.
        found: its type, which a default has to fit: documents state defaults that are not among the
            options, or cut-off text for numbers, and none of those may be sent.
        flags: whether the document has required flags at all; see `has_required_flags`.

    Raises:
        DefaultError: If a refinement does not fit the documented default.
    """
    required = _is_required(field, found, flags=flags)
    kind = _kind(field, found, flags=flags)
    if kind == "sample":
        return Default(required=required, kind=kind)
    value = usable(field, found)
    if value is None:
        _blame_refinement(field, found)
        return Default(required=required)
    return Default(required=required and kind != "sent", kind=kind, value=value)


def usable(field: Input, found: ValueType) -> Value | None:
    """The documented default as a value of the argument's type, or nothing if it is none."""
    if field.default is None or found.is_file:
        return None
    if found.is_numeric:
        return _fitting_number(field.default, found)
    word = Untrusted(as_text(field.default))
    if found.kind == "boolean":
        words = found.flag or TRUE_FALSE
        return {words.on: True, words.off: False}.get(word)
    if found.kind == "choice":
        return word if any(choice.value == word for choice in found.choices) else None
    is_value = bool(word) and (found.kind != "json" or _is_structure(data(word)))
    return word if is_value else None


def _fitting_number(default: Scalar, found: ValueType) -> int | float | None:
    number = read_number(default)
    if number is None or (found.kind == "integer" and not isinstance(number, int)):
        return None
    above = found.minimum is None or number >= found.minimum
    below = found.maximum is None or number <= found.maximum
    return number if above and below else None


def _is_structure(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict | list)
    except (ValueError, RecursionError):
        return False


def _blame_refinement(field: Input, found: ValueType) -> None:
    """Refuse a refinement that no longer fits the documented default; facts alone may be odd."""
    refine = field.refine
    if refine is None or field.default in {None, ""}:
        return
    if any(
        each is not None for each in (refine.kind, refine.minimum, refine.maximum, refine.default)
    ):
        raise DefaultError(
            f"the refinement does not fit the documented default {field.default!a}, "
            f"which is no {found.kind} in range"
        )


def _kind(field: Input, found: ValueType, *, flags: bool) -> DefaultKind:
    """What a default means unless a refinement says it; unsure means not sent."""
    if field.refine is not None and field.refine.default is not None:
        return field.refine.default
    if found.is_file or (found.kind == "string" and _is_prose(field)):
        return "sample"
    if not flags:
        return "sample" if found.kind in {"string", "json"} else "sent"
    return "sent" if _is_required(field, found, flags=flags) else "server"


def _is_prose(field: Input) -> bool:
    """Whether the default was written to be read, not to be obeyed."""
    words = str(field.default or "").split()
    return field.name == "prompt" or field.type.lower() == "textarea" or len(words) >= PROSE_WORDS


def _is_required(field: Input, found: ValueType, *, flags: bool) -> bool:
    """Whether the platform wants it.

    A document without flags is taken to require what is called `prompt`, unless its help says
    optional: asking a caller for one word too many is cheaper than a bill for the sample's deer.
    """
    if field.refine is not None and field.refine.required is not None:
        return field.refine.required
    if flags:
        return bool(field.required)
    help_text = (field.help or "").lower()
    return found.kind == "string" and field.name == "prompt" and "optional" not in help_text
