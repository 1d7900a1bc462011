"""JSON from outside, read within bounds: whatever is wrong with it is one error."""

import json
import re
from itertools import accumulate
from typing import Any, Final

DEEPEST: Final = 128
"""Levels of JSON; official clients stop there too."""

_STEPS: Final = {"[": 1, "{": 1, "]": -1, "}": -1}


class NotJson(ValueError):  # noqa: N818 - the name says what happened
    """A text is not JSON, or is more than anybody needs; the message goes on after a subject."""


def read_json_once(text: str) -> Any:
    """Read a JSON text in which no key comes twice: who writes a file by hand means both.

    Raises:
        NotJson: it is none, is nested deeper than `DEEPEST` levels, or holds what UTF-8 cannot say.
    """
    if is_deep(text):
        raise NotJson(f"is nested deeper than {DEEPEST} levels")
    try:
        value = json.loads(text, parse_constant=refuse_constant, object_pairs_hook=_refuse_twice)
    except ValueError as error:
        raise NotJson(f"is not JSON ({error})") from error
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise NotJson("holds half a surrogate pair") from error
    return value


def is_deep(text: str) -> bool:
    """Whether lists and objects are nested too deeply, without going down into them."""
    if text.count("[") + text.count("{") <= DEEPEST:
        return False
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", text)
    return max(accumulate(_STEPS.get(sign, 0) for sign in bare)) > DEEPEST


def refuse_constant(name: str) -> Any:
    """Refuse `NaN` and its like, which Python reads and JSON does not know.

    Raises:
        ValueError: always.
    """
    raise ValueError(f"{name} is not a JSON number")


def _refuse_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, value in pairs:
        if name in made:
            raise ValueError(f"the key {name!r} comes twice in one object")
        made[name] = value
    return made
