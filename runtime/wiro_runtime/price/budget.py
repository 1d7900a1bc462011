"""A cap on what runs may cost together: reserved before a run is sent, settled when it has ended."""

from __future__ import annotations

import secrets
import threading
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from typing import TYPE_CHECKING

from wiro_runtime import check
from wiro_runtime.errors import BudgetExceeded, ConfigurationError, PriceUnknown

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from wiro_runtime.price.estimate import Estimate

__all__ = ["Budget", "OpenBudgets", "release_all", "reserve_all", "to_dollars"]

_entered: ContextVar[tuple[Budget, ...]] = ContextVar("wiro_budgets", default=())


def to_dollars(amount: Decimal | float | str, name: str) -> Decimal:
    """An amount of money as the caller wrote it; 0.1 is a tenth.

    Raises:
        ConfigurationError: It is no amount.
    """
    problem = check.dollars(amount)
    if problem is not None:
        raise ConfigurationError(f"{name}={check.shown(amount)}: {problem}")
    return Decimal(str(amount))


class Budget:
    """What the runs of a block may cost together, in US dollars.

    Args:
        cap: How much.
        name: What it is called; processes that share a journal share the budget of a name.
        unknown_price: What is reserved for a run of which nobody can say what it costs at most; None
            to refuse such a run.
    """

    def __init__(
        self, cap: Decimal, *, name: str | None = None, unknown_price: Decimal | None = None
    ) -> None:
        self.cap = cap
        self.name = name or f"budget-{secrets.token_hex(4)}"
        self.unknown_price = unknown_price
        self._lock = threading.Lock()
        self._held = Decimal(0)
        self._spent = Decimal(0)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r} of {self.cap} USD>"

    def amount(self, model: str, estimate: Estimate) -> Decimal:
        """What is reserved for a run.

        Raises:
            PriceUnknown: Nobody can say what it costs at most.
        """
        if estimate.high is not None:
            return estimate.high
        if self.unknown_price is None:
            raise PriceUnknown(
                f"Nobody can say what {model} costs at most ({estimate.basis}), and the budget "
                f"{self.name!r} refuses what it cannot count. Say what to reserve for such a run: "
                "client.budget(…, unknown_price=0.50). Nothing was sent.",
                limit=self.cap,
            )
        return max(self.unknown_price, estimate.expected or Decimal(0))

    @property
    def held(self) -> Decimal:
        """Reserved in this process for runs that have not ended."""
        return self._held

    @property
    def spent(self) -> Decimal:
        """Billed to runs of this process."""
        return self._spent

    @property
    def left(self) -> Decimal:
        """What further runs may reserve, as far as this process knows."""
        return self.cap - self._held - self._spent

    def reserve(self, model: str, amount: Decimal) -> None:
        """Set aside what a run may cost.

        Raises:
            BudgetExceeded: There is not that much left. Nothing was set aside.
        """
        with self._lock:
            if amount > self.left:
                raise BudgetExceeded.of(self.name, model, amount, self.left, self.cap)
            self._held += amount

    def hold(self, amount: Decimal) -> None:
        """Count what was set aside elsewhere: in the journal, which asked all who share the budget."""
        with self._lock:
            self._held += amount

    def settle(self, amount: Decimal, cost: Decimal) -> None:
        """Release what was set aside, and count what was billed."""
        with self._lock:
            self._held -= amount
            self._spent += cost


def reserve_all(model: str, amounts: Sequence[tuple[Budget, Decimal]]) -> None:
    """Set aside in every budget or in none.

    Raises:
        BudgetExceeded: One of them has no room.
    """
    for number, (budget, amount) in enumerate(amounts):
        try:
            budget.reserve(model, amount)
        except BudgetExceeded:
            release_all(amounts[:number])
            raise


def release_all(amounts: Sequence[tuple[Budget, Decimal]]) -> None:
    """Release what was set aside: nothing was billed."""
    for budget, amount in amounts:
        budget.settle(amount, Decimal(0))


class OpenBudgets:
    """The budgets of one client that are open now.

    A call counts towards those that its own thread or asyncio task is inside of. A thread that was
    started by hand is inside of none; its calls count towards every budget that is open, since to
    count them towards none would be the way past all of them.
    """

    def __init__(self) -> None:
        self._open: tuple[Budget, ...] = ()
        self._lock = threading.Lock()

    @contextmanager
    def entered(self, budget: Budget) -> Generator[None]:
        """Count the calls of the block towards a budget as well."""
        with self._lock:
            self._open = (*self._open, budget)
        before = _entered.get()
        _entered.set((*before, budget))
        try:
            yield
        finally:
            with self._lock:
                self._open = tuple(other for other in self._open if other is not budget)
            _entered.set(before)

    def current(self) -> Sequence[Budget]:
        """What a call that is made here and now counts towards."""
        inside = tuple(budget for budget in _entered.get() if budget in self._open)
        return inside or self._open
