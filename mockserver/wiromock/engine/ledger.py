"""Money: what was charged, what is left, and how many tasks the balance allows at once.

Nothing is booked by hand: a task is charged because its timeline says that it succeeded, whether or
not anybody looked.
"""

from collections import deque
from dataclasses import dataclass
from decimal import Decimal

from wiromock.engine.completion import Completions
from wiromock.task.task import Task

LEAST = Decimal("0.50")
"""USD that a run needs."""
UNLIMITED_ABOVE = Decimal(250)
"""USD above which any number of tasks may run at once."""


@dataclass(frozen=True, slots=True)
class Charge:
    """What one successful task cost."""

    task: str
    amount: Decimal
    """USD."""
    at: float
    """Unix seconds."""


class Ledger:
    """The account of a customer.

    Args:
        completions: what is charged depends on what has ended.
        deposit: USD at the start.
        kept: how many charges are remembered one by one; the sums count them all.
    """

    def __init__(self, completions: Completions, deposit: Decimal, kept: int) -> None:
        self._completions = completions
        self._deposit = deposit
        self._spent = Decimal(0)
        self._billed = 0
        self._charges: deque[Charge] = deque(maxlen=kept)
        completions.listen(self._charge)

    @property
    def charges(self) -> tuple[Charge, ...]:
        """Every charge so far; of very many, the latest."""
        self._completions.settle()
        return tuple(self._charges)

    @property
    def billed(self) -> int:
        """How many tasks were charged."""
        self._completions.settle()
        return self._billed

    @property
    def spent(self) -> Decimal:
        """USD charged so far."""
        self._completions.settle()
        return self._spent

    @property
    def balance(self) -> Decimal:
        """USD left."""
        return self._deposit - self.spent

    @property
    def running(self) -> int:
        """How many tasks count against the limit: from the queue until they end."""
        return len(self._completions.running)

    @property
    def limit(self) -> int | None:
        """How many tasks the balance allows at once; None when there is no limit."""
        balance = self.balance
        return None if balance > UNLIMITED_ABOVE else max(1, int(balance / 10))

    def _charge(self, task: Task, end: float) -> None:
        view = task.view(end)
        if view.succeeded:
            self._charges.append(Charge(task.id, view.cost, end))
            self._spent += view.cost
            self._billed += 1
