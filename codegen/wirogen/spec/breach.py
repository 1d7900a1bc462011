"""What rules about specs have in common."""

import math
from collections.abc import Iterator
from typing import NamedTuple

from wirogen.spec.strict import Pointer


class Breach(NamedTuple):
    """One rule that a spec breaks."""

    pointer: Pointer
    message: str
    remedy: str = ""


def check_order(
    low_name: str, low: float | None, high_name: str, high: float | None
) -> Iterator[Breach]:
    """Check that a lower bound is not above its upper bound."""
    if low is not None and high is not None and low > high:
        message = f"{low_name} {low:g} is more than {high_name} {high:g}"
        yield Breach((low_name,), message, "swap them or correct one")


def read_number(value: object) -> float | None:
    """Read a documented number, which may be a text; None when it is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def is_within(number: float, minimum: float | None, maximum: float | None) -> bool:
    """Say whether a number keeps to its bounds; None is no bound."""
    return (minimum is None or minimum <= number) and (maximum is None or number <= maximum)
