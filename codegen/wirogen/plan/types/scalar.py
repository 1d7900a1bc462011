"""Reading documented values, which documents write as text more often than not."""

import json
import math
import re
from typing import Final

from wirogen.spec.model import Scalar

_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]{1,19}(?:\.[0-9]{1,19})?|\.[0-9]{1,19})")
_LARGEST: Final = 2**63 - 1


def read_number(value: Scalar | None) -> int | float | None:
    """The number that a documented value states, or nothing.

    A whole number stays an `int`. Infinities, exponents and numbers beyond 64 bits are no numbers
    here: no document needs them, and they mean something else to every reader downstream.
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str):
        if not _NUMBER.fullmatch(value):
            return None
        value = float(value) if "." in value else int(value)
    if not math.isfinite(value) or abs(value) > _LARGEST:
        return None
    return int(value) if value == int(value) else value


def is_number(value: Scalar | None) -> bool:
    """Whether the value states a number."""
    return read_number(value) is not None


def is_whole(value: Scalar | None) -> bool:
    """Whether the value states a whole number."""
    return isinstance(read_number(value), int)


def is_structure(value: Scalar | None) -> bool:
    """Whether a documented value is the JSON text of a list or an object."""
    try:
        return isinstance(value, str) and isinstance(json.loads(value), dict | list)
    except (ValueError, RecursionError):
        return False


def as_text(value: Scalar) -> str:
    """The value as the platform would write it in a text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    number = None if isinstance(value, str) else read_number(value)
    return str(value if number is None else number)
