"""What pydantic found wrong with a request, said in the caller's own argument names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args, get_origin

from wiro_runtime import check
from wiro_runtime.errors import Problem
from wiro_runtime.names import closest, did_you_mean, listed
from wiro_runtime.request.body import CALL_OPTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pydantic import ValidationError
    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

    from wiro_runtime.request.encoding import Encoding

__all__ = ["choices_of", "explain", "nothing_given", "unknown"]

_EXPECTED = {
    "int": "a whole number",
    "float": "a number",
    "str": "text",
    "string": "text",
    "bool": "True or False",
    "list": "a list",
    "tuple": "a list",
    "dict": "a dict",
}

_BOUNDS = {
    "greater_than_equal": ("ge", "at least"),
    "greater_than": ("gt", "more than"),
    "less_than_equal": ("le", "at most"),
    "less_than": ("lt", "less than"),
}


def explain(
    fields: Mapping[str, FieldInfo], encodings: Mapping[str, Encoding], invalid: ValidationError
) -> list[Problem]:
    """One problem per argument, in the order pydantic found them.

    Args:
        fields: The request class's fields, by argument name.
        encodings: How each argument is written.
        invalid: What pydantic raised.
    """
    problems: dict[str, Problem] = {}
    for error in invalid.errors(include_url=False):
        name = str(error["loc"][0]) if error["loc"] else "arguments"
        # A union reports each of its members; the first of them says enough.
        if name not in problems:
            problems[name] = Problem(name, _sentence(fields.get(name), name, encodings, error))
    return list(problems.values())


def nothing_given(content: Mapping[str, object]) -> list[Problem]:
    """What to say of a call without anything to work on; it would be billed all the same.

    Args:
        content: The arguments of which one must be given, with what was given; none where a model has none.
    """
    if not content or any(not _is_blank(value) for value in content.values()):
        return []
    names = " or ".join((", ".join([*content][:-1]), [*content][-1])) if len(content) > 1 else ""
    if not names:
        (name,) = content
        return [Problem(name, "is empty, and the model works on nothing else.")]
    return [
        Problem(names, "give at least one of them; without any the model has nothing to work on.")
    ]


def _is_blank(value: object) -> bool:
    return not value.strip() if isinstance(value, str) else value in (None, [], (), {})


def unknown(name: str, known: Iterable[str], *, what: str = "input") -> Problem:
    """An argument that is not there, with the one that was probably meant."""
    return Problem(name, f"there is no such {what}{did_you_mean(name, known)}")


def _sentence(
    field: FieldInfo | None, name: str, encodings: Mapping[str, Encoding], error: ErrorDetails
) -> str:
    kind = error["type"]
    if field is None or kind == "extra_forbidden":
        return _unknown_argument(name, encodings)
    if kind == "missing":
        return f"is missing; give it {_wanted(field)}."
    if kind == "literal_error":
        return _not_offered(error["input"], choices_of(field))
    return _wrong_value(kind, error)


def _wrong_value(kind: str, error: ErrorDetails) -> str:
    """A value that is not of the type or out of the range."""
    facts, given = error.get("ctx", {}), _shown(error["input"])
    if kind == "value_error":  # raised by our own checks, which speak for themselves
        return str(facts["error"])
    if kind in _BOUNDS:
        key, words = _BOUNDS[kind]
        return f"must be {words} {facts[key]}, got {given}."
    expected = _EXPECTED.get(kind.split("_", maxsplit=1)[0])
    if expected and kind.endswith(("_type", "_parsing", "_from_float")):
        return f"expected {expected}, got {given}."
    return f"{error['msg']}, got {given}."


def _unknown_argument(name: str, encodings: Mapping[str, Encoding]) -> str:
    if name in CALL_OPTIONS:
        return f"belongs to the call, not to the model: client.run(request, {name}=…)."
    for argument, encoding in encodings.items():
        if name in encoding.names:
            return f"is its name on the wire; in Python it is {argument}."
    return unknown(name, encodings, what="argument").message


def _wanted(field: FieldInfo) -> str:
    choices = choices_of(field)
    if choices:
        return f"one of {listed(map(repr, choices))}"
    return _EXPECTED.get(getattr(field.annotation, "__name__", ""), "a value")


def choices_of(field: FieldInfo) -> list[object]:
    """The values that an argument's type lists; none for an open type."""
    return list(_literals(field.annotation))


def _literals(annotation: object) -> Iterator[object]:
    if get_origin(annotation) is Literal:
        yield from get_args(annotation)
        return
    for member in get_args(annotation):
        yield from _literals(member)


def _not_offered(given: object, choices: list[object]) -> str:
    texts = {str(choice): choice for choice in choices}
    text = check.written(given)
    close = text if text in texts else closest(text, texts)
    meant = "" if close is None else f" did you mean {texts[close]!r}?"
    return f"{_shown(given)} is not offered;{meant} Offered: {listed(map(repr, choices))}."


def _shown(value: object, most: int = 60) -> str:
    if isinstance(value, (bytes, bytearray)):
        return f"{len(value)} bytes"
    return check.shown(value, most)
