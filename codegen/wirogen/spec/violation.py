"""What rules about specs have in common."""

from collections.abc import Iterator
from typing import NamedTuple

from wirogen.spec.yaml_reader import Pointer


class Violation(NamedTuple):
    """One rule that a spec breaks."""

    pointer: Pointer
    message: str
    remedy: str = ""


def check_order(
    low_name: str, low: float | None, high_name: str, high: float | None
) -> Iterator[Violation]:
    """Check that a lower bound is not above its upper bound."""
    if low is not None and high is not None and low > high:
        message = f"{low_name} {low:g} is more than {high_name} {high:g}"
        yield Violation((low_name,), message, "swap them or correct one")
