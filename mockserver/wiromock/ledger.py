"""Money: what was charged, what is left, and how many tasks the balance allows at once.

Nothing is booked by hand: a task is charged because its timeline says that it succeeded, whether or
not anybody looked.
"""

from dataclasses import dataclass
from decimal import Decimal
from heapq import heappop, heappush

from wiromock.clock import Clock
from wiromock.task import Task

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
    """The account of the mock's only customer.

    Args:
        clock: what is charged depends on the time.
        deposit: USD at the start.
    """

    def __init__(self, clock: Clock, deposit: Decimal) -> None:
        self._clock = clock
        self._deposit = deposit
        self._spent = Decimal(0)
        self._charges: list[Charge] = []
        self._running: dict[str, Task] = {}
        # By end, so that a thousand running tasks cost nothing until they end. A task that ends
        # otherwise than first planned has several entries; only the true one counts.
        self._ends: list[tuple[float, str]] = []

    def follow(self, task: Task) -> None:
        """Watch a new task, or one whose end has moved."""
        self._running[task.id] = task
        heappush(self._ends, (task.course.ends, task.id))

    @property
    def charges(self) -> tuple[Charge, ...]:
        """Every charge so far."""
        self._settle()
        return tuple(self._charges)

    @property
    def billed(self) -> int:
        """How many tasks were charged."""
        return len(self.charges)

    @property
    def spent(self) -> Decimal:
        """USD charged so far."""
        self._settle()
        return self._spent

    @property
    def balance(self) -> Decimal:
        """USD left."""
        return self._deposit - self.spent

    @property
    def running(self) -> int:
        """How many tasks count against the limit: from the queue until they end."""
        self._settle()
        return len(self._running)

    @property
    def limit(self) -> int | None:
        """How many tasks the balance allows at once; None when there is no limit."""
        balance = self.balance
        return None if balance > UNLIMITED_ABOVE else max(1, int(balance / 10))

    def _settle(self) -> None:
        now = self._clock.time()
        while self._ends and self._ends[0][0] <= now:
            _, task_id = heappop(self._ends)
            task = self._running.get(task_id)
            if task is None or task.course.ends > now:
                continue
            del self._running[task_id]
            look = task.look(now)
            if look.succeeded:
                self._charges.append(Charge(task.id, look.cost, task.course.ends))
                self._spent += look.cost
