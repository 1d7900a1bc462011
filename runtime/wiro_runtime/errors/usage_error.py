"""Errors of the caller: the call itself is wrong, or against the caller's own limit. Nothing was sent."""

# ruff: noqa: N818 - a name says what happened; "Error" on each would add nothing
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wiro_runtime.errors.wiro_error import WiroError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

__all__ = [
    "BudgetExceeded",
    "ConfigurationError",
    "InvalidRequest",
    "KeyConflict",
    "MaxCostExceeded",
    "PriceUnknown",
    "Problem",
    "SpendingRefused",
    "UsageError",
]


class UsageError(WiroError):
    """The call itself is wrong. Nothing was sent."""

    billed_without_task = False


class ConfigurationError(UsageError):
    """A setting is missing or malformed; the text says which argument or variable to set."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one argument."""

    argument: str
    """The argument's name as the caller writes it."""
    message: str
    """What is wrong with it, and what would be right."""

    def __str__(self) -> str:
        return f"{self.argument}: {self.message}"


class InvalidRequest(UsageError, ValueError):
    """Arguments do not fit the model; all problems are reported together.

    Args:
        message: The whole text.
        problems: The same, one by one.
    """

    def __init__(self, message: str, *, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)

    @classmethod
    def about(cls, subject: str, problems: Sequence[Problem]) -> InvalidRequest:
        """Compose the text from a subject, such as the model's class, and its problems."""
        if len(problems) == 1:
            return cls(f"{subject}: {problems[0]} Nothing was sent.", problems=problems)
        lines = "".join(f"\n  {problem}" for problem in problems)
        return cls(
            f"{subject}: {len(problems)} problems, nothing was sent:{lines}", problems=problems
        )


class KeyConflict(UsageError):
    """The key stands for another request already. Nothing was sent.

    Args:
        message: What was found, and the ways out.
        key: The key.
    """

    def __init__(self, message: str, *, key: str = "") -> None:
        super().__init__(message)
        self.key = key


class SpendingRefused(UsageError):
    """The caller's own limit on money. Nothing was sent.

    Args:
        message: Which limit, and what was asked.
        estimate: US dollars that the run may cost at most; None if nobody can say.
        limit: US dollars that are allowed; None where none was set.
    """

    def __init__(
        self, message: str, *, estimate: Decimal | None = None, limit: Decimal | None = None
    ) -> None:
        super().__init__(message)
        self.estimate = estimate
        self.limit = limit


class BudgetExceeded(SpendingRefused):
    """A budget has no room for the run.

    `name` says which, `left` what it has left in US dollars.
    """

    name: str = ""
    left: Decimal | None = None

    @classmethod
    def of(
        cls, name: str, model: str, estimate: Decimal | None, left: Decimal, cap: Decimal
    ) -> BudgetExceeded:
        """An error whose text names the budget, what is left of it and what the run may cost."""
        error = cls(
            f"{model} may cost {estimate} US dollars, and the budget {name!r} has {left} of {cap} left. "
            "Raise the budget, or wait until running tasks have ended and released what is reserved "
            "for them. Nothing was sent.",
            estimate=estimate,
            limit=cap,
        )
        error.name, error.left = name, left
        return error


class MaxCostExceeded(SpendingRefused):
    """The run may cost more than `max_cost` allows."""


class PriceUnknown(SpendingRefused):
    """Nobody can say beforehand what the run costs at most, and a limit on money was set."""
