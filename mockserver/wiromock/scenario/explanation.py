"""What is wrong with the JSON form of a scenario or a rule, in the words of people who write them."""

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from wiromock.argument import show

_EXPECTED: Final[Mapping[str, str]] = {
    "string": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "list": "a list",
    "tuple": "a list",
    "sequence": "a list",
    "is_instance_of": "a list",  # of `Sequence`; nothing else is checked like that
    "dict": "an object",
    "mapping": "an object",
    "dataclass": "an object",
    "model": "an object",
}
"""What a kind of value is called, by the start of the validator's name for it."""


def explain(error: ValidationError, keys: Iterable[str]) -> list[tuple[tuple[int | str, ...], str]]:
    """Return where each fault is and what was expected there.

    Args:
        error: what the validator found.
        keys: every key that the JSON form has, to recognise a misspelt one.

    Returns:
        The place and a sentence of each, in the validator's order.
    """
    known = list(keys)
    faults = error.errors(include_url=False)
    return [(fault["loc"], _sentence(fault, known)) for fault in faults]


def _sentence(fault: ErrorDetails, known: list[str]) -> str:
    said = _SENTENCES.get(fault["type"])
    return _expected(fault) if said is None else said(fault, known)


def _expected(fault: ErrorDetails) -> str:
    kind, given = fault["type"], show(fault["input"])
    expected = next((words for name, words in _EXPECTED.items() if kind.startswith(name)), None)
    return f"{given} cannot stand here" if expected is None else f"takes {expected}, not {given}"


def _choice(fault: ErrorDetails, _known: list[str]) -> str:
    offered = _plain(fault.get("ctx", {})["expected"])
    return f"is one of {offered}; not {show(fault['input'])}"


def _scenario(fault: ErrorDetails, _known: list[str]) -> str:
    context = fault.get("ctx", {})
    offered = _plain(context["expected_tags"])
    return f"there is no scenario {show(context['tag'])}; there are {offered}"


def _unknown(fault: ErrorDetails, known: list[str]) -> str:
    given = str(fault["loc"][-1])
    close = get_close_matches(given, [name for name in known if name != given], n=1)
    return "there is no such key" + (f"; did you mean `{close[0]}`?" if close else "")


def _plain(offered: str) -> str:
    """A list of names without its quotes and its `or`."""
    return offered.replace("'", "").replace(" or ", ", ")


_SENTENCES: Final[Mapping[str, Callable[[ErrorDetails, list[str]], str]]] = {
    "extra_forbidden": _unknown,
    "unexpected_keyword_argument": _unknown,
    "missing": lambda _fault, _known: "must be given",
    "union_tag_not_found": lambda _fault, _known: (
        "needs a key `scenario` that says what shall happen"
    ),
    "union_tag_invalid": _scenario,
    "literal_error": _choice,
    "dataclass_exact_type": lambda fault, _known: (
        f"takes a {fault.get('ctx', {})['class_name']}, not {show(fault['input'])}"
    ),
    "assertion_error": lambda fault, _known: str(fault.get("ctx", {})["error"]),
}
"""What to say of a fault, by the validator's name for it; `_expected` says the rest."""
