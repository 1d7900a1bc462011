"""What the calls of the mock are given, checked before anything comes of it.

Tests are written in Python, where nothing keeps a text from standing in for a number; a call that went on
would break later and elsewhere, in words that are not the mock's.
"""

import math
from collections.abc import Iterable, Mapping
from decimal import Decimal
from numbers import Real
from typing import Any, TypeVar

from wiromock.errors import WrongValue

T = TypeVar("T")

LONGEST = 1e9
"""Seconds by which time may move at once; calendars end soon after."""


def check_number(
    name: str,
    value: object,
    expected: str = "a number of seconds",
    *,
    least: float = -math.inf,
    most: float = math.inf,
) -> float:
    """Return a number between two bounds.

    Args:
        name: what it is, for messages: `clock.advance: seconds`.
        value: what was given.
        expected: what it should be, for messages.
        least: the least that it may be.
        most: the most that it may be; an infinite one lets `inf` pass.

    Raises:
        WrongValue: it is no number, NaN, or out of bounds.
    """
    number = _read_number(value)
    if number is not None and least <= number <= most:
        return number
    raise WrongValue(f"{name} is {expected}, not {show(value)}{_way_out(value)}")


def _read_number(value: object) -> float | None:
    # What counts is asked first: a client's waits pass here.
    if type(value) is not float and (isinstance(value, bool) or not isinstance(value, Real)):
        return None
    try:
        return float(value)
    except (OverflowError, TypeError, ValueError):
        return None


def _way_out(value: object) -> str:
    """Return how what was given becomes a number, where it nearly is one."""
    if isinstance(value, Decimal):
        return "; float() makes one of it"
    if hasattr(value, "total_seconds"):
        return "; its total_seconds() are one"
    if isinstance(value, str | bytes):
        try:
            float(value)
        except ValueError:
            return ""
        return "; write it without quotes"
    return ""


def check_text(name: str, value: object, expected: str) -> str:
    """Return a text.

    Args:
        name: what it is, for messages.
        value: what was given.
        expected: what it should be, for messages.

    Raises:
        WrongValue: it is something else.
    """
    if isinstance(value, str):
        return value
    raise WrongValue(f"{name} is {expected}, not {show(value)}")


def check_kind(name: str, value: T, kind: type[Any], expected: str) -> T:
    """Return an object of a kind.

    Args:
        name: what it is, for messages.
        value: what was given.
        kind: its class.
        expected: what it should be, for messages.

    Raises:
        WrongValue: it is something else.
    """
    if isinstance(value, kind):
        return value
    raise WrongValue(f"{name} is {expected}, not {show(value)}")


def is_list(value: object) -> bool:
    """Return whether something holds values one by one, in whatever way, and is no text, bytes or object of JSON."""
    return isinstance(value, Iterable) and not isinstance(value, str | bytes | bytearray | Mapping)


def show(value: object, most: int = 60) -> str:
    """Return a value for a message, and of a long one as much as can be read.

    Args:
        value: what was given.
        most: characters to keep.
    """
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - of 4,300 digits Python writes no more, and others write their own
        text = f"<{type(value).__name__}>"
    return text if len(text) <= most else f"{text[:most]}…"
