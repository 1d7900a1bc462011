"""A model's form, built from its spec, and the body of Run that a filled-in form means."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from wirogen.spec.model import Input, ModelSpec, ValueKind
from wiromock.spec.validation import required_names
from wiromock.spec.value import as_list, kind_of, limits_of

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
    """What a caller may choose: the value on the wire, and the words people see."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """An input as the page draws it."""

    name: str
    """The wire name."""
    id: str
    """Of the element; a number, because names come from documents that nobody here wrote."""
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
    required = required_names(spec)
    return tuple(
        _field(
            model_input,
            at,
            _first_value(model_input) if filled is None else filled.get(model_input.name, ""),
            (errors or {}).get(model_input.name, ""),
            is_required=model_input.name in required,
        )
        for at, model_input in enumerate(spec.inputs)
    )


def _field(model_input: Input, at: int, value: Any, error: str, *, is_required: bool) -> Field:
    kind = kind_of(model_input)
    return Field(
        name=model_input.name,
        id=f"field-{at}",
        label=model_input.label or model_input.name,
        help=". ".join(
            part.rstrip(".") for part in (model_input.help or "", _range(model_input)) if part
        ),
        widget=_widget(model_input, kind),
        required=is_required,
        value=_shown(value),
        choices=_choices(model_input, kind, is_required=is_required),
        mode={"integer": "numeric", "number": "decimal"}.get(kind, "text"),
        error=error,
    )


def _shown(value: Any) -> str | tuple[str, ...]:
    if isinstance(value, list):
        return tuple(str(item) for item in as_list(value))
    return str(value)


def _widget(model_input: Input, kind: ValueKind) -> Widget:
    widget = model_input.type.lower()
    if widget == "textarea" and kind == "string":
        return "text"
    return "choices" if widget == "multiselect" and kind == "choice" else _WIDGETS[kind]


def _choices(model_input: Input, kind: ValueKind, *, is_required: bool) -> tuple[Choice, ...]:
    if kind == "boolean":
        return (Choice("", "not set"), Choice("true", "true"), Choice("false", "false"))
    if kind != "choice":
        return ()
    offered = tuple(
        Choice(option.value, option.label or option.value) for option in model_input.options or ()
    )
    if is_required or any(choice.value == "" for choice in offered):
        return offered
    return (Choice("", "not set"), *offered)


def _first_value(model_input: Input) -> str:
    """The documented default, except of files: those are names of samples that nobody here has."""
    if model_input.default is None or kind_of(model_input) in {"file", "files"}:
        return ""
    return (
        str(model_input.default).lower()
        if isinstance(model_input.default, bool)
        else str(model_input.default)
    )


def _range(model_input: Input) -> str:
    low, high = limits_of(model_input)
    if low is None and high is None:
        return ""
    if high is None:
        return f"At least {low:g}"
    return f"At most {high:g}" if low is None else f"Between {low:g} and {high:g}"


def body_of(spec: ModelSpec, filled: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body of Run for a filled-in form, without what was left empty.

    Args:
        spec: the model.
        filled: texts, or lists of texts, by name; the URLs of files.
    """
    body: dict[str, Any] = {}
    for model_input in spec.inputs:
        given = filled.get(model_input.name)
        if given not in (None, "", []):
            body[model_input.name] = _wire_value(model_input, given)
    return body


def _wire_value(model_input: Input, given: Any) -> Any:
    kind = kind_of(model_input)
    if kind == "files":
        return as_list(given)
    if kind == "choice" and model_input.type.lower() == "multiselect":
        return as_list(given)
    if kind == "boolean" and given in {"true", "false"} and not model_input.options:
        return given == "true"
    if model_input.type.lower() in _AS_NUMBER and isinstance(given, str):
        return _number(given)
    return given


def _number(text: str) -> Any:
    """A JSON number where the text is one; else the text, for the platform to refuse."""
    try:
        number: Any = json.loads(text)
    except ValueError:
        return text
    return number if isinstance(number, int | float) and not isinstance(number, bool) else text
