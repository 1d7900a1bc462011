"""Reading documented values, which documents write as text more often than not."""

import json

from wirogen.spec.model import Scalar
from wirogen.spec.number import read_number


def is_number(value: Scalar | None) -> bool:
    """Whether it is a finite number of 64 bits, or a text that spells one without an exponent."""
    return read_number(value) is not None


def is_whole(value: Scalar | None) -> bool:
    """The same, without a fraction: `5`, `"5"` and `5.0`."""
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


def is_canonical(value: Scalar | None) -> bool:
    """Whether writing the number that a value states gives the value again: not so for `007` and `2.10`."""
    number = read_number(value)
    return number is not None and (not isinstance(value, str) or as_text(number) == value)
