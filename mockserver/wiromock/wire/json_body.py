"""A body that is JSON, read as strictly as JSON is defined."""

import json
from typing import Any, Final

import pydantic_core

from wiromock.strict_json import DEEPEST, is_deep, refuse_constant

_WORDS: Final = {
    list: "an array",
    str: "a string",
    int: "a number",
    float: "a number",
    bool: "true or false",
    type(None): "null",
}


class UnreadableBody(ValueError):  # noqa: N818 - the name says what happened
    """The body is not what its content type says; the message explains."""


def read_json_object(body: bytes) -> dict[str, Any]:
    """Read a body as a JSON object in UTF-8.

    Raises:
        UnreadableBody: it is none, or it is nested deeper than `DEEPEST` levels.
    """
    if _may_be_deep(body) and is_deep(body.decode(errors="replace")):
        raise UnreadableBody(f"the body is nested deeper than {DEEPEST} levels")
    try:
        value = pydantic_core.from_json(body, allow_inf_nan=False)
    except ValueError:
        raise UnreadableBody(_explain(body)) from None
    if not isinstance(value, dict):
        raise UnreadableBody(f"the body is {_WORDS[type(value)]}, not a JSON object")
    return value  # pyright: ignore[reportUnknownVariableType] # keys of a JSON object are strings


def _may_be_deep(body: bytes) -> bool:
    # Asked for every body, and cheaper than to decode it.
    return len(body) > DEEPEST and body.count(b"[") + body.count(b"{") > DEEPEST


def _explain(body: bytes) -> str:
    """Return what is wrong with a text that is not JSON."""
    try:
        json.loads(body.decode(), parse_constant=refuse_constant)
    except UnicodeDecodeError as error:
        return f"the body is not UTF-8 ({error})"
    except ValueError as error:
        return f"the body is not JSON ({error})"
    # JSON can write halves of surrogate pairs, and Python reads them; UTF-8 cannot say them back.
    return "a text of the body holds half a surrogate pair"
