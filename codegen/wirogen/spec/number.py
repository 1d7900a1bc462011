"""Documented numbers, which may be written as texts: the one reader of them, and their bounds."""

import math
import re
from typing import Final

_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]{1,19}(?:\.[0-9]{1,19})?|\.[0-9]{1,19})")
_LARGEST: Final = 2**63 - 1


def read_number(value: object) -> int | float | None:
    """Return the number that a documented value states, or None.

    A whole number stays an `int`. Infinities, exponents and numbers beyond 64 bits are no numbers
    here: no document needs them, and they mean something else to every reader downstream.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if isinstance(value, str):
        if not _NUMBER.fullmatch(value):
            return None
        value = float(value) if "." in value else int(value)
    if not math.isfinite(value) or abs(value) > _LARGEST:
        return None
    return int(value) if value == int(value) else value


def is_range(minimum: float | None, maximum: float | None) -> bool:
    """Return whether there is a number between two bounds; None is no bound."""
    return minimum is None or maximum is None or minimum <= maximum


def is_within(number: float, minimum: float | None, maximum: float | None) -> bool:
    """Return whether a number keeps to its bounds; None is no bound."""
    return (minimum is None or minimum <= number) and (maximum is None or number <= maximum)
