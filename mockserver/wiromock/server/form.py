"""A model's form, built from its spec, and the body of Run that a filled-in form means."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from wirogen.spec.model import Input, ModelSpec, ValueKind
from wiromock.spec.validation import is_required
from wiromock.spec.value import as_list, kind_of

Widget: TypeAlias = Literal["line", "text", "choice", "choices", "switch", "file", "files"]

_WIDGETS: Final[Mapping[ValueKind, Widget]] = {
    "string": "line",
    "integer": "line",
    "number": "line",
    "choice": "choice",
    "boolean": "switch",
    "file": "file",
    "files": "files",
    "json": "text",
}

_AS_NUMBER: Final = frozenset({"number", "range", "float", "numeric", "integer", "int"})
"""Widgets whose values official clients send as JSON numbers; everything else travels as text."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a field."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form."""

    name: str
    """The wire name."""
    id: str
    """Of the element; a number, because names come from strangers."""
    label: str
    help: str
    """What people should know, our own words on ranges included."""
    widget: Widget
    required: bool
    value: str | tuple[str, ...]
    """What it holds at first."""
    choices: tuple[Choice, ...] = ()
    mode: str = "text"
    """Which keyboard a phone shows."""
    error: str = ""


def fields_of(
    spec: ModelSpec,
    filled: Mapping[str, Any] | None = None,
    errors: Mapping[str, str] | None = None,
) -> tuple[Field, ...]:
    """Build the fields of a model.

    Args:
        spec: the model.
        filled: what was filled in before, by name; None takes the documented defaults.
        errors: what was wrong with it, by name.
    """
    return tuple(
        _field(
            one, at, _first_value(one) if filled is None else filled.get(one.name, ""), errors or {}
        )
        for at, one in enumerate(spec.inputs)
    )


def _field(one: Input, at: int, value: Any, errors: Mapping[str, str]) -> Field:
    kind = kind_of(one)
    return Field(
        name=one.name,
        id=f"field-{at}",
        label=one.label or one.name,
        help=". ".join(part.rstrip(".") for part in (one.help or "", _range(one)) if part),
        widget=_widget(one, kind),
        required=is_required(one),
        value=_shown(value),
        choices=_choices(one, kind),
        mode={"integer": "numeric", "number": "decimal"}.get(kind, "text"),
        error=errors.get(one.name, ""),
    )


def _shown(value: Any) -> str | tuple[str, ...]:
    if isinstance(value, list):
        return tuple(str(item) for item in as_list(value))
    return str(value)


def _widget(one: Input, kind: ValueKind) -> Widget:
    widget = one.type.lower()
    if widget == "textarea" and kind == "string":
        return "text"
    return "choices" if widget == "multiselect" and kind == "choice" else _WIDGETS[kind]


def _choices(one: Input, kind: ValueKind) -> tuple[Choice, ...]:
    if kind == "boolean":
        return (Choice("", "not set"), Choice("true", "true"), Choice("false", "false"))
    if kind != "choice":
        return ()
    offered = tuple(Choice(each.value, each.label or each.value) for each in one.options or ())
    if is_required(one) or any(each.value == "" for each in offered):
        return offered
    return (Choice("", "not set"), *offered)


def _first_value(one: Input) -> str:
    """The documented default, except of files: those are names of samples that nobody here has."""
    if one.default is None or kind_of(one) in {"file", "files"}:
        return ""
    return str(one.default).lower() if isinstance(one.default, bool) else str(one.default)


def _range(one: Input) -> str:
    refine = one.refine
    low = refine.minimum if refine is not None and refine.minimum is not None else one.minimum
    high = refine.maximum if refine is not None and refine.maximum is not None else one.maximum
    if low is None and high is None:
        return ""
    if high is None:
        return f"At least {low:g}"
    return f"At most {high:g}" if low is None else f"Between {low:g} and {high:g}"


def body_of(spec: ModelSpec, filled: Mapping[str, Any]) -> dict[str, Any]:
    """Say what Run shall be sent for a filled-in form: nothing for what was left empty.

    Args:
        spec: the model.
        filled: texts, or lists of texts, by name; the URLs of files.
    """
    body: dict[str, Any] = {}
    for one in spec.inputs:
        given = filled.get(one.name)
        if given not in (None, "", []):
            body[one.name] = _wire_value(one, given)
    return body


def _wire_value(one: Input, given: Any) -> Any:
    kind = kind_of(one)
    if kind == "files":
        return as_list(given)
    if kind == "choice" and one.type.lower() == "multiselect":
        return as_list(given)
    if kind == "boolean" and given in {"true", "false"} and not one.options:
        return given == "true"
    if one.type.lower() in _AS_NUMBER and isinstance(given, str):
        return _number(given)
    return given


def _number(text: str) -> Any:
    """A JSON number where the text is one; else the text, for the platform to refuse."""
    try:
        number: Any = json.loads(text)
    except ValueError:
        return text
    return number if isinstance(number, int | float) and not isinstance(number, bool) else text
