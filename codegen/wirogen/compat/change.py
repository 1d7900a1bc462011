"""One difference between two sets of models, and how bad it is for a caller."""

from dataclasses import dataclass
from enum import IntEnum
from typing import TypeAlias


class Severity(IntEnum):
    """How bad a change is for a caller, as a semantic version would say it."""

    COSMETIC = 0
    """Calls and their meaning stay; words or order moved."""
    ADDITIVE = 1
    """Every old call still works; there is something new."""
    PRICE = 2
    """Every old call still works and asks for the same; what it costs, or is known to cost, is another sum."""
    BREAKING = 3
    """A call that worked may fail, or ask for something else."""


Finding: TypeAlias = tuple[Severity, str]
"""A severity, and what changed and what it means: one sentence without a full stop."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is different."""

    severity: Severity
    model: str
    """The slug."""
    argument: str | None
    """The Python argument; None for the model as a whole."""
    message: str
    """What changed and what it means, as one sentence without a full stop."""
