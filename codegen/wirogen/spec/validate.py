"""Values into spec models, and pydantic's complaints into sentences with places."""

from collections.abc import Iterator
from types import NoneType
from typing import Any, TypeVar, cast, get_args

from pydantic import BaseModel, ValidationError

from wirogen.errors import Problem, suggest
from wirogen.spec.yaml_reader import Pointer, Reading

SpecModel = TypeVar("SpecModel", bound=BaseModel)

_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "string_too_short": "at least one character",
    "string_too_long": "fewer characters",
}
_PATTERNS = {
    "model": "`owner/model` in lower case letters, digits, `.`, `_` and `-`",
    "sha256": "64 lower case hexadecimal digits",
}


def fit(reading: Reading, model: type[SpecModel]) -> SpecModel | list[Problem]:
    """Validate what was read, strictly: no text becomes a number, no number a flag.

    Returns:
        The model, or everything that is wrong: the reading's own problems first.
    """
    try:
        value = model.model_validate(reading.value, strict=True)
    except ValidationError as error:
        known = {problem.pointer for problem in reading.problems}
        complaints = _complaints(reading, model, error)
        return [*reading.problems, *(new for new in complaints if new.pointer not in known)]
    return reading.problems or value


def _complaints(
    reading: Reading, model: type[BaseModel], error: ValidationError
) -> Iterator[Problem]:
    seen: set[Pointer] = set()
    for detail in error.errors(include_url=False):
        pointer = _pointer_of(reading.value, detail["loc"], detail["type"])
        if pointer in seen:
            continue  # each branch of a union complains; once is enough
        seen.add(pointer)
        message, remedy = explain_error(model, pointer, detail)
        yield reading.problem(pointer, message, remedy)


def _pointer_of(value: Any, location: Pointer, kind: str) -> Pointer:
    """Leave out the steps of a location that name a branch of a union and not a place."""
    if kind == "missing":
        return location
    steps: list[str | int] = []
    for step in location:
        is_key = isinstance(value, dict) and step in value
        if not is_key and not (isinstance(value, list) and isinstance(step, int)):
            break
        steps.append(step)
        value = cast("Any", value)[step]
    return tuple(steps)


def explain_error(model: type[BaseModel], pointer: Pointer, detail: Any) -> tuple[str, str]:
    """Return what one of pydantic's complaints means, and what to do about it.

    Args:
        model: what was being made.
        pointer: where in it.
        detail: the complaint.
    """
    kind, given = detail["type"], detail["input"]
    if kind == "extra_forbidden":
        known = sorted(_fields_at(model, pointer[:-1]))
        hint = suggest(str(pointer[-1]), known)
        return "unknown key", hint or f"known here: {', '.join(known)}"
    if kind == "missing":
        return "the key is missing", "add it"
    if kind == "literal_error":
        expected = str(detail["ctx"]["expected"])
        hint = suggest(str(given), expected.replace("'", "").replace(" or ", ", ").split(", "))
        return f"expected {expected}, found {_name(given)}", hint
    if kind == "string_pattern_mismatch":
        expected = _PATTERNS.get(str(pointer[-1]), "another spelling")
        return f"expected {expected}, found {_name(given)}", ""
    if kind == "value_error":
        message, _, remedy = str(detail["ctx"]["error"]).partition("; ")
        return message, remedy
    expected = _EXPECTED.get(kind, str(detail["msg"]))
    can_quote = kind == "string_type" and isinstance(given, int | float)
    return f"expected {expected}, found {_name(given)}", "quote it" if can_quote else ""


def _fields_at(model: type[BaseModel], pointer: Pointer) -> set[str]:
    """List the keys of the section that stands at `pointer`."""
    here: Any = model
    for step in pointer:
        is_section = hasattr(here, "model_fields")
        here = here.model_fields[step].annotation if is_section else get_args(here)[-1]
        here = _without_none(here)
    return set(here.model_fields)


def _without_none(annotation: Any) -> Any:
    branches = get_args(annotation)
    return branches[0] if NoneType in branches else annotation


def _name(value: Any) -> str:
    """Describe what was found, shortly."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
