"""What the docstring says about an argument: meaning, choices or range, and what leaving it out does."""

import re
from collections.abc import Mapping
from typing import Final

from wirogen.plan.choice import Constants
from wirogen.plan.defaults import Default, Value
from wirogen.plan.types.value_type import Choice, ValueType
from wirogen.spec.model import Input
from wirogen.text.untrusted import Untrusted, expose, join

LISTED_CHOICES: Final = 12
"""So many are listed; the type has them all."""

_TRANSLATION_KEY: Final = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)+")
_FILES: Final = "a URL, a `Path`, bytes, an open binary file, or another run's output."
_HOW_TO_GIVE: Final[Mapping[str, str]] = {
    "file": f"One file: {_FILES}",
    "files": f"One file or several: {_FILES}",
    "json": "A list, a dict, or their JSON text.",
}


def describe(
    field: Input, value_type: ValueType, default: Default, constants: Constants | None
) -> Untrusted:
    """Write the sentences about one argument.

    Args:
        field: the input.
        value_type: its type.
        default: what leaving it out means.
        constants: the class that names the choices, if there is one.
    """
    is_deprecated = bool(field.extra and field.extra.get("deprecated"))
    sentences = [
        "Deprecated." if is_deprecated else "",
        _meaning(field),
        _choices(value_type, constants),
        _range(value_type),
        _how_to_give(value_type),
        _omission(default, value_type, constants),
    ]
    return _join(" ", [sentence for sentence in sentences if sentence])


def _how_to_give(value_type: ValueType) -> str:
    if value_type.is_loose:
        return "A number, or text."
    is_native = value_type.marker == "JsonValue"
    return "Sent as JSON." if is_native else _HOW_TO_GIVE.get(value_type.kind, "")


def _meaning(field: Input) -> Untrusted:
    """The help, or the label where the help is missing or an untranslated key (`seed-help`).

    A label that says the argument's name over again is left out, and one that is a key is read as words.
    """
    text = (field.help or "").strip()
    if not text or _TRANSLATION_KEY.fullmatch(text):
        text = (field.label or "").strip() or text
    if _letters(text) == _letters(field.name):
        return Untrusted("")
    if _TRANSLATION_KEY.fullmatch(text):
        text = re.sub(r"[-_]+", " ", text).strip().capitalize() or text
    return join(Untrusted(text), "" if not text or text[-1] in ".!?:…" else ".")


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _choices(value_type: ValueType, constants: Constants | None) -> Untrusted | str:
    if constants:
        return f"One of the values of `{constants.name}`."
    if not value_type.choices:
        return ""
    shown = [_choice(choice, value_type) for choice in value_type.choices[:LISTED_CHOICES]]
    more = len(value_type.choices) - LISTED_CHOICES
    return join("One of ", _join(", ", shown), f" and {more} more." if more > 0 else ".")


def _choice(choice: Choice, value_type: ValueType) -> Untrusted:
    """The value, and its label where it says more than another spelling of the value."""
    shown = _quoted(choice.value, value_type)
    if choice.label is None or expose(choice.label).casefold() == expose(choice.text).casefold():
        return shown
    return join(shown, " = ", choice.label)


def _quoted(value: Value, value_type: ValueType) -> Untrusted:
    """A text between quotes, as a caller writes it; a number, or what stands for a structure, bare."""
    if not isinstance(value, Untrusted):
        return Untrusted(repr(value))
    return join('"', value, '"') if value_type.kind in {"string", "choice"} else value


def _range(value_type: ValueType) -> str:
    low, high = value_type.minimum, value_type.maximum
    step = f" Steps of {value_type.step:g}." if value_type.step not in {None, 1} else ""
    if low is not None and high is not None:
        return f"From {low:.15g} to {high:.15g}.{step}"
    if low is not None:
        return f"At least {low:.15g}.{step}"
    return f"At most {high:.15g}.{step}" if high is not None else step.strip()


def _omission(default: Default, value_type: ValueType, constants: Constants | None) -> Untrusted:
    said = _when_left_out(default, value_type, constants)
    if default.rejected_default is None:
        return said
    shown = join('"', default.rejected_default, '"')
    return join(said, " The documented default, ", shown, ", does not fit.")


def _when_left_out(
    default: Default, value_type: ValueType, constants: Constants | None
) -> Untrusted:
    if default.required:
        return Untrusted("Required.")
    if default.value is None:
        return Untrusted("Not sent unless given.")
    shown = _shown(default.value, value_type, constants)
    if default.is_sent:
        return join("Default ", shown, ", sent.")
    return join("Not sent unless given; the model then takes ", shown, ".")


def _shown(value: Value, value_type: ValueType, constants: Constants | None) -> Untrusted:
    if constants:
        for member in constants.members:
            if member.value == value:
                return Untrusted(f"`{constants.name}.{member.name}`")
    return _quoted(value, value_type)


def _join(between: str, parts: list[Untrusted] | list[Untrusted | str]) -> Untrusted:
    joined = [piece for part in parts for piece in (between, part)]
    return join(*joined[1:])
