"""What pydantic found wrong with a request, said in the caller's own argument names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from wiro_runtime.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from wiro_runtime.request.request import Request

__all__ = ["explain", "offered", "unknown"]

_CALL_OPTIONS = (
    "deadline",
    "on_event",
    "on_abandon",
    "callback_url",
    "project_id",
    "upload",
    "retry_refused",
)

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


def explain(model: type[Request[Any, Any]], invalid: ValidationError) -> list[Problem]:
    """One problem per argument, in the order pydantic found them."""
    problems: dict[str, Problem] = {}
    for error in invalid.errors(include_url=False):
        argument = str(error["loc"][0]) if error["loc"] else "arguments"
        # A union reports each of its members; the first of them says enough.
        problems.setdefault(argument, _problem(model, argument, error))
    return list(problems.values())


def _close(name: str, known: Iterable[str]) -> list[str]:
    import difflib  # noqa: PLC0415 - loaded for a mistake only

    return difflib.get_close_matches(name, known, n=1, cutoff=0.6)


def unknown(name: str, known: Collection[str], *, what: str = "input") -> Problem:
    """An argument that is not there, with the one that was probably meant."""
    close = _close(name, known)
    if close:
        return Problem(name, f"there is no such {what}; did you mean {close[0]}?")
    listed = ", ".join(sorted(known)) or "none"
    return Problem(name, f"there is no such {what}; there are {listed}.")


def _problem(model: type[Request[Any, Any]], argument: str, error: ErrorDetails) -> Problem:
    kind = error["type"]
    if kind == "extra_forbidden":
        return _unknown_argument(model, argument)
    if kind == "missing":
        return Problem(argument, f"is missing; give it {_wanted(model, argument)}.")
    if kind == "literal_error":
        return Problem(argument, _not_offered(error["input"], offered(model, argument)))
    return Problem(argument, _misfit(kind, error))


def _misfit(kind: str, error: ErrorDetails) -> str:
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


def _unknown_argument(model: type[Request[Any, Any]], argument: str) -> Problem:
    if argument in _CALL_OPTIONS:
        return Problem(
            argument, f"belongs to the call, not to the model: client.run(request, {argument}=…)."
        )
    for name, encoding in model.__wire__.items():
        if argument in encoding.names:
            return Problem(argument, f"is its name on the wire; in Python it is {name}.")
    return unknown(argument, model.__wire__.keys(), what="argument")


def _wanted(model: type[Request[Any, Any]], argument: str) -> str:
    choices = offered(model, argument)
    if choices:
        return f"one of {_listed(choices)}"
    annotation = model.model_fields[argument].annotation
    return _EXPECTED.get(getattr(annotation, "__name__", ""), "a value")


def offered(model: type[Request[Any, Any]], argument: str) -> list[object]:
    """The values that an argument's type lists; none for an open type."""
    return list(_literals(model.model_fields[argument].annotation))


def _literals(annotation: object) -> Iterator[object]:
    if get_origin(annotation) is Literal:
        yield from get_args(annotation)
        return
    for member in get_args(annotation):
        yield from _literals(member)


def _not_offered(given: object, choices: list[object]) -> str:
    texts = {str(choice): choice for choice in choices}
    close = [str(given)] if str(given) in texts else _close(str(given), texts)
    meant = f" did you mean {texts[close[0]]!r}?" if close else ""
    return f"{_shown(given)} is not offered;{meant} Offered: {_listed(choices)}."


def _listed(choices: list[object], most: int = 20) -> str:
    shown = ", ".join(repr(choice) for choice in choices[:most])
    return shown if len(choices) <= most else f"{shown} and {len(choices) - most} more"


def _shown(value: object, most: int = 60) -> str:
    if isinstance(value, (bytes, bytearray)):
        return f"{len(value)} bytes"
    text = repr(value)
    return text if len(text) <= most else f"{text[:most]}…"
