"""Whether one value suits one input: a checker for each kind of value.

A checker answers None, or what the platform would say with our explanation. Numbers may travel as
JSON numbers or as text, which every source does; selects take documented option values only.
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Final, Literal, TypeAlias

from wirogen.spec.model import Input, ValueKind
from wirogen.spec.number import read_number
from wiromock.spec.structure import find_mismatch

_KINDS: Final[Mapping[str, ValueKind]] = {
    **dict.fromkeys(("text", "textarea", "select", "selectwithcover"), "string"),
    **dict.fromkeys(("number", "range", "float", "numeric"), "number"),
    "integer": "integer",
    **dict.fromkeys(("checkbox", "boolean"), "boolean"),
    "fileinput": "file",
    **dict.fromkeys(("multifileinput", "combinefileinput"), "files"),
}
"""What each widget holds; `tests/test_words.py` compares it with the tables of specs and client."""
UNSET: Final[tuple[Any, ...]] = (None, "", [])
"""What clients send for "not set"."""
FILE_TYPES: Final = frozenset(word for word, kind in _KINDS.items() if kind in {"file", "files"})


Blame: TypeAlias = Literal["caller", "client", "spec"]
"""`caller`: wrong whichever way it is sent. `client`: the program that wrote the request encoded it
wrongly. `spec`: wrong by our spec, which may be older than the platform."""

WHOSE: Final[Mapping[Blame, str]] = {
    "caller": "the caller's",
    "client": "the client's, which encodes this in a way no source knows",
    "spec": "the caller's, or the spec is older than the platform",
}
"""The same in words."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a request."""

    text: str
    """The name of the platform's text."""
    name: str
    """The parameter."""
    explanation: str
    bounds: Mapping[str, str] = field(default_factory=dict[str, str])
    """What a text about a range leaves open: `min` and `max`."""
    blame: Blame = "caller"
    """Whose mistake it most likely is."""


def kind_of(field: Input) -> ValueKind:
    """Return what travels: one of its options, else what the spec concluded, else what its widget says.

    Options of a switch or of a file input are none of its values.
    """
    stated = _KINDS.get(field.type.strip().lower())
    if field.options and stated not in {"boolean", "file", "files"}:
        return "choice"
    concluded = None if field.refine is None else field.refine.kind
    if concluded is not None and concluded != "choice":
        return concluded
    return stated or _kind_of_unknown(field)


def _kind_of_unknown(field: Input) -> ValueKind:
    """A widget that is not known holds what its default is; any text, if that is one."""
    if isinstance(field.default, bool):
        return "boolean"
    return "number" if isinstance(field.default, int | float) else "string"


def limits_of(field: Input) -> tuple[float | None, float | None]:
    """Return the least and the greatest number that an input takes: our conclusions, else the document's.

    Bounds with nothing between them bound nothing: the document contradicts itself.
    """
    refine = field.refine
    low = refine.minimum if refine is not None and refine.minimum is not None else field.minimum
    high = refine.maximum if refine is not None and refine.maximum is not None else field.maximum
    is_range = low is None or high is None or low <= high
    return (low, high) if is_range else (None, None)


def check_value(field: Input, value: Any) -> Finding | None:
    """Check one value that was given.

    Args:
        field: the input.
        value: as it arrived: JSON, or text from a form.
    """
    if field.value is not None:
        return _check_native(field, value)
    return _CHECKS[kind_of(field)](field, value)


def _check_native(field: Input, value: Any) -> Finding | None:
    """Check a value that is sent as JSON, level by level, against the schema of its document."""
    schema = field.value or {}
    mismatch = find_mismatch(schema, value)
    if mismatch is None:
        return None
    if not mismatch.path and mismatch.is_of_type:
        return _invalid(field, f"takes {mismatch.expected} as JSON, not {_show(value)}", "client")
    where = f" at {mismatch.path}" if mismatch.path else ""
    return _invalid(field, f"takes{where} {mismatch.expected}, not {_show(mismatch.value)}", "spec")


def _check_text(field: Input, value: Any) -> Finding | None:
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return None
    return _invalid(field, f"takes a text, not {_show(value)}", "client")


def _check_choice(field: Input, value: Any) -> Finding | None:
    offered = [option.value for option in field.options or ()]
    for given in _chosen(field, value, offered):
        if _is_text(given) and (str(given) in offered or _is_offered_number(given, offered)):
            continue
        shown = ", ".join(f'"{item}"' for item in offered)
        hint = _hint(field, given)
        blame: Blame = "caller" if hint else "spec"
        return _invalid(field, f"is one of {shown}, not {_show(given)}.{hint}", blame)
    return None


def _is_offered_number(given: Any, offered: list[str]) -> bool:
    """Whether a JSON number is one of the offered, however those are spelled: 1 for "1.0"."""
    return not isinstance(given, str) and given in map(read_number, offered)


def _chosen(field: Input, value: Any, offered: list[str]) -> list[Any]:
    """What was chosen: of a multiselect several, as a list or comma-joined; no source says which."""
    if field.type.lower() != "multiselect":
        return [value]
    if isinstance(value, str) and value not in offered:
        return [*value.split(",")]
    return as_list(value)


def _hint(field: Input, given: Any) -> str:
    """Recognise a label in place of its value, or a typo."""
    for option in field.options or ():
        if option.label is not None and option.label == given:
            return f' That is a label; send its value "{option.value}"'
    close = get_close_matches(str(given), [option.value for option in field.options or ()], n=1)
    return f' Did you mean "{close[0]}"?' if close else ""


def _check_number(field: Input, value: Any) -> Finding | None:
    number = _number(value)
    if number is None:
        explanation = f"`{field.name}` takes a number, or a number as text, not {_show(value)}"
        return Finding("parameter_not_a_number", field.name, explanation)
    return _check_range(field, number, value)


def _check_integer(field: Input, value: Any) -> Finding | None:
    number = _number(value)
    if number is not None and not number.is_integer():
        return _invalid(field, f"takes a whole number, not {_show(value)}{_because(field)}")
    return _check_number(field, value)


def _check_range(field: Input, number: float, value: Any) -> Finding | None:
    low, high = limits_of(field)
    if (low is None or number >= low) and (high is None or number <= high):
        return None
    lower = "-Infinity" if low is None else f"{low:g}"
    upper = "Infinity" if high is None else f"{high:g}"
    explanation = (
        f"`{field.name}` is between {lower} and {upper}, not {_show(value)}{_because(field)}"
    )
    bounds = {"min": lower, "max": upper}
    return Finding("parameter_out_of_range", field.name, explanation, bounds)


def _check_boolean(field: Input, value: Any) -> Finding | None:
    if isinstance(value, bool) or value in {"true", "false"}:
        return None
    return _invalid(field, f"takes true or false, not {_show(value)}", "client")


def _check_file(field: Input, value: Any) -> Finding | None:
    if isinstance(value, str):
        return None
    return _invalid(field, f"takes the URL of a file, not {_show(value)}", "client")


def _check_files(field: Input, value: Any) -> Finding | None:
    wrong = next((item for item in as_list(value) if not isinstance(item, str)), None)
    if wrong is None:
        return None
    return _invalid(field, f"takes an array of file URLs, and {_show(wrong)} is none", "client")


def _check_json(field: Input, value: Any) -> Finding | None:
    if isinstance(value, list | dict):
        return None
    try:
        json.loads(value)
    except (ValueError, TypeError, RecursionError):
        said = f"takes a structure, or one as JSON text, not {_show(value)}"
        return _invalid(field, said, "client")
    return None


_CHECKS: Final[Mapping[ValueKind, Callable[[Input, Any], Finding | None]]] = {
    "string": _check_text,
    "choice": _check_choice,
    "number": _check_number,
    "integer": _check_integer,
    "boolean": _check_boolean,
    "file": _check_file,
    "files": _check_files,
    "json": _check_json,
}


def as_list(value: Any) -> list[Any]:
    """Return the items of a list, or a single value as the only one."""
    if isinstance(value, list):
        return value  # pyright: ignore[reportUnknownVariableType] # items of raw JSON are Any
    return [value]


def as_objects(value: Any) -> list[dict[str, Any]]:
    """Return the items of a list that are objects; a single object counts as a list of one."""
    return [item for item in as_list(value) if isinstance(item, dict)]


def form_text(value: Any) -> str:
    """Return a value as a form sends it: a text as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def _invalid(field: Input, said: str, blame: Blame = "caller") -> Finding:
    return Finding("parameters_invalid", field.name, f"`{field.name}` {said}", blame=blame)


def _because(field: Input) -> str:
    return f" ({field.refine.why})" if field.refine is not None else ""


def _is_text(value: Any) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _number(value: Any) -> float | None:
    if not _is_text(value):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _show(value: Any) -> str:
    """Show a value shortly, in the words of JSON."""
    text = {None: "null", True: "true", False: "false"}.get(value) if _is_atom(value) else None
    text = repr(value) if text is None else text
    return text if len(text) <= 80 else f"{text[:77]}…"


def _is_atom(value: Any) -> bool:
    return value is None or isinstance(value, bool)
