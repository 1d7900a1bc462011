"""Many runs: which is started when, and what becomes of each. Decides only; nothing here waits or sends.

How many tasks may run at a time, the platform says when it refuses one (code 96), and by the account's
balance: a tenth of it in US dollars up to 250, any number above. So the first runs feel their way, and
a refused one is simply offered again when another has ended. None is lost, and no caller has to know.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from wiro_runtime import errors, parse
from wiro_runtime.flow import retry
from wiro_runtime.flow.effect import Sleep

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wiro_runtime.flow.effect import Flow
    from wiro_runtime.request.request import Request
    from wiro_runtime.task.snapshot import TaskSnapshot

__all__ = ["PAUSE", "Job", "MapProgress", "MapResult", "Schedule", "Slots", "pause"]

R = TypeVar("R")

PAUSE = -1
"""The number of a pause among the numbers of jobs."""

_FIRST = 4
"""Runs at a time before anything is known."""
_PROBE = 50
"""Runs that have to end before one more at a time is tried than the platform last allowed."""
_WINDOW = 1000
"""Results that wait for an earlier one at most, where they are wanted in order."""
_UNLIMITED_ABOVE = Decimal(250)
_SHARE = Decimal("0.10")
_SAYS = re.compile(r"balance of \$([0-9.,]*[0-9]).*?up to ([0-9]+) tasks", re.IGNORECASE)

_ENDS_ALL = (
    errors.AuthenticationFailed,
    errors.ConfigurationError,
    errors.InsufficientBalance,
    errors.JournalFailed,
)
"""What every further run would end with as well."""


@dataclass(frozen=True)
class MapResult(Generic[R]):
    """What became of one of many runs."""

    index: int
    """Its place among the requests, from 0."""
    request: Request[R, Any]
    key: str | None
    result: R | None = None
    """What `client.run()` would have returned; None if it failed."""
    error: errors.WiroError | None = None
    """What `client.run()` would have raised; None if it succeeded."""

    def unwrap(self) -> R:
        """The result.

        Raises:
            WiroError: What the run ended with.
        """
        if self.error is not None:
            raise self.error
        return cast("R", self.result)  # whoever makes one sets either


@dataclass(frozen=True, slots=True)
class MapProgress:
    """How far many runs are."""

    succeeded: int
    failed: int
    running: int
    at_once: int
    """How many may run at a time, as far as is known."""
    cost: Decimal
    """US dollars billed so far; runs whose cost was not stated count as nothing."""
    stopped: errors.WiroError | None
    """Why no further run is started; None while there is no reason."""


class Slots:
    """How many runs may be under way at a time.

    Args:
        most: The caller's own limit.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._allowed: int | None = None
        """What the platform allows; None as long as it has refused none."""
        self._balance: Decimal | None = None
        self._ends = 0
        self.limit = min(_FIRST, most)

    def accept(self) -> None:
        """A run was accepted: there may be room for one more."""
        self.limit = min(self.limit + 1, self._ceiling)

    def refuse(self, refusal: errors.Refused, running: int) -> None:
        """A run was refused for want of room while so many others were under way."""
        self._ends = 0
        if isinstance(refusal, errors.RateLimited):
            self.limit = max(1, self.limit // 2)
            return
        said = _SAYS.search(str(refusal))
        self._balance = None if said is None else parse.decimal(said[1].replace(",", ""))
        self._allowed = max(1, running) if said is None else max(1, int(said[2]))
        # Others of the same account may be running: no more than were accepted here.
        self.limit = max(1, min(running, self._ceiling))

    def end(self, cost: Decimal | None) -> None:
        """A run has ended; what it cost is missing from the balance."""
        self._ends += 1
        if self._balance is not None and cost is not None:
            self._balance -= cost
            if self._balance <= _UNLIMITED_ABOVE:
                self._allowed = max(1, int(self._balance * _SHARE))
        if self._allowed is not None and self._ends % _PROBE == 0:
            self._allowed += 1  # somebody may have added funds
            self._balance = None
        self.limit = min(max(self.limit, 1), self._ceiling)

    @property
    def _ceiling(self) -> int:
        return self._most if self._allowed is None else min(self._most, self._allowed)


@dataclass(slots=True)
class Job:
    """A request of a map, its place among them and its key."""

    index: int
    request: Request[Any, Any]
    key: str | None


@dataclass
class Schedule:
    """Decides which run is started next, and keeps what has ended until it is taken."""

    jobs: Iterator[Job]
    slots: Slots
    is_ordered: bool = False
    stopped: errors.WiroError | None = None
    """Why no further run is started."""
    succeeded: int = 0
    failed: int = 0
    cost: Decimal = field(default_factory=Decimal)
    _again: deque[Job] = field(default_factory=deque[Job])
    _running: dict[int, Job] = field(default_factory=dict[int, Job])
    _ended: dict[int, tuple[Job, TaskSnapshot | errors.WiroError]] = field(
        default_factory=dict[int, "tuple[Job, TaskSnapshot | errors.WiroError]"]
    )
    _next: int = 0
    """The index whose result is due, where they are wanted in order."""
    _refusals: int = 0
    """In a row, with nothing under way."""
    _is_pausing: bool = False
    _waits_for_end: bool = False
    """Whether nothing is started until something has ended."""
    _is_exhausted: bool = False

    @property
    def is_over(self) -> bool:
        """Whether nothing is under way any more, and nothing will be."""
        nothing_left = self.stopped is not None or (self._is_exhausted and not self._again)
        return nothing_left and not self._running and not self._is_pausing and not self._ended

    def start(self) -> Job | None:
        """The run to start now, if any."""
        is_full = len(self._running) >= self.slots.limit or len(self._ended) >= _WINDOW
        if is_full or self.stopped is not None or self._is_pausing or self._waits_for_end:
            return None
        job = self._again.popleft() if self._again else next(self.jobs, None)
        if job is None:
            self._is_exhausted = True
            return None
        self._running[job.index] = job
        return job

    def accept(self) -> None:
        """A run was accepted by the platform."""
        self._refusals = 0
        self.slots.accept()

    def end(
        self, index: int, task: TaskSnapshot | None, failure: BaseException | None
    ) -> float | None:
        """Note how a run or a pause ended; return the seconds of a pause that is to begin, if any.

        Raises:
            BaseException: The failure, where it is none of a run: Ctrl-C, a bug.
        """
        if index == PAUSE:
            self._is_pausing = False
            return None
        job = self._running.pop(index)
        self._waits_for_end = False
        if task is not None:
            self.succeeded += 1
            self.cost += task.total_cost or Decimal(0)
            self.slots.end(task.total_cost)
            self._ended[index] = (job, task)
            return None
        if not isinstance(failure, errors.WiroError):
            raise failure or AssertionError("a run ends with a task or a failure")
        if (
            isinstance(failure, (errors.ConcurrencyLimit, errors.RateLimited))
            and failure.safe_to_resubmit
        ):
            self._again.appendleft(job)
            return self._refused(failure)
        if isinstance(failure, errors.BudgetExceeded) and self._running:
            self._again.appendleft(job)  # what they release may be enough
            self._waits_for_end = True
            return None
        self.failed += 1
        self.slots.end(None)
        if isinstance(failure, (errors.BudgetExceeded, *_ENDS_ALL)):
            self.stopped = self.stopped or failure
        self._ended[index] = (job, failure)
        return None

    def take(self) -> tuple[Job, TaskSnapshot | errors.WiroError] | None:
        """What has ended and is due, if anything."""
        if not self.is_ordered:
            index = next(iter(self._ended), None)
        else:
            index = self._next if self._next in self._ended else None
            if index is None and self.stopped is not None and not self._running:
                index = min(self._ended, default=None)  # those before it are never started
        if index is None:
            return None
        self._next = index + 1
        return self._ended.pop(index)

    def progress(self) -> MapProgress:
        """How far it is."""
        return MapProgress(
            succeeded=self.succeeded,
            failed=self.failed,
            running=len(self._running),
            at_once=self.slots.limit,
            cost=self.cost,
            stopped=self.stopped,
        )

    def _refused(self, refusal: errors.Refused) -> float | None:
        self.slots.refuse(refusal, len(self._running))
        if self._running and not isinstance(refusal, errors.RateLimited):
            self._waits_for_end = True
            return None
        self._refusals += 1
        self._is_pausing = True
        return retry.refused_delay(self._refusals, asked=refusal.retry_after, random=0.5)


def pause(seconds: float) -> Flow[None]:
    """Wait for so many seconds."""
    yield from Sleep(seconds)
