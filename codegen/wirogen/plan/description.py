"""What the docstring says about an argument: meaning, choices or range, and what leaving it out does."""

import re
from collections.abc import Mapping
from typing import Final

from wirogen.plan.choice import Constants
from wirogen.plan.defaults import Default, Value
from wirogen.plan.types.value_type import Choice, ValueType
from wirogen.spec.model import Input
from wirogen.text.untrusted import Untrusted, compose, data

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
    field: Input, found: ValueType, default: Default, constants: Constants | None
) -> Untrusted:
    """Write the sentences about one argument.

    Args:
        field: the input.
        found: its type.
        default: what leaving it out means.
        constants: the class that names the choices, if there is one.
    """
    sentences = [
        _meaning(field),
        _choices(found, constants),
        _range(found),
        "A number, or text." if found.is_loose else _HOW_TO_GIVE.get(found.kind, ""),
        _omission(default, found, constants),
    ]
    return _join(" ", [sentence for sentence in sentences if sentence])


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
    return compose(Untrusted(text), "" if not text or text[-1] in ".!?:…" else ".")


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _choices(found: ValueType, constants: Constants | None) -> Untrusted | str:
    if constants:
        return f"One of the values of `{constants.name}`."
    if not found.choices:
        return ""
    shown = [_choice(choice, found) for choice in found.choices[:LISTED_CHOICES]]
    more = len(found.choices) - LISTED_CHOICES
    return compose("One of ", _join(", ", shown), f" and {more} more." if more > 0 else ".")


def _choice(choice: Choice, found: ValueType) -> Untrusted:
    """The value, and its label where it says more than another spelling of the value."""
    shown = _quoted(choice.value, found)
    if choice.label is None or data(choice.label).casefold() == data(choice.text).casefold():
        return shown
    return compose(shown, " = ", choice.label)


def _quoted(value: Value, found: ValueType) -> Untrusted:
    """A text between quotes, as a caller writes it; a number, or what stands for a structure, bare."""
    if not isinstance(value, Untrusted):
        return Untrusted(repr(value))
    return compose('"', value, '"') if found.kind in {"string", "choice"} else value


def _range(found: ValueType) -> str:
    low, high = found.minimum, found.maximum
    step = f" Steps of {found.step:g}." if found.step not in {None, 1} else ""
    if low is not None and high is not None:
        return f"From {low:.15g} to {high:.15g}.{step}"
    if low is not None:
        return f"At least {low:.15g}.{step}"
    return f"At most {high:.15g}.{step}" if high is not None else step.strip()


def _omission(default: Default, found: ValueType, constants: Constants | None) -> Untrusted:
    said = _when_left_out(default, found, constants)
    if default.misfit is None:
        return said
    shown = compose('"', default.misfit, '"')
    return compose(said, " The documented default, ", shown, ", does not fit.")


def _when_left_out(default: Default, found: ValueType, constants: Constants | None) -> Untrusted:
    if default.required:
        return Untrusted("Required.")
    if default.value is None:
        return Untrusted("Not sent unless given.")
    shown = _shown(default.value, found, constants)
    if default.is_sent:
        return compose("Default ", shown, ", sent.")
    return compose("Not sent unless given; the model then takes ", shown, ".")


def _shown(value: Value, found: ValueType, constants: Constants | None) -> Untrusted:
    if constants:
        for member in constants.members:
            if member.value == value:
                return Untrusted(f"`{constants.name}.{member.name}`")
    return _quoted(value, found)


def _join(between: str, parts: list[Untrusted] | list[Untrusted | str]) -> Untrusted:
    joined = [piece for part in parts for piece in (between, part)]
    return compose(*joined[1:])
