"""Virtual time for programs that sleep: sleeping costs nothing, and nobody is overtaken.

A thread that sleeps moves the clock itself. An asyncio task that sleeps waits in line, and the
clock moves to the first in line only when the event loop has nothing else to do; so fifty tasks
that sleep side by side take as long as one. What the loop cannot see (a thread that works for it)
does not hold the clock up.
"""

import asyncio
import math
import sys
from collections import Counter
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from threading import local
from typing import Literal, TypeAlias
from weakref import WeakKeyDictionary

from wiromock.argument import LONGEST, check_number, check_text
from wiromock.engine.clock import START, ManualClock
from wiromock.errors import MockError, TimeRanAway, TimeStandsStill

LIMIT = 7 * 86_400.0
"""Virtual seconds after which somebody is taken to wait for what never comes."""

_MOST_TURNS_UNSEEN = 25
"""Turns without a new sleeper after which the clock moves, where a loop hides whether it is busy."""

_MOST_TURNS = 10_000
"""The same where the loop shows it: it is busy, but for so long that it must be waiting for us."""


Look: TypeAlias = Literal["auto", "stand", "finish"] | float
"""`auto`: nothing, until a program that never waits on this clock looks at a task for the third time in
one instant; it finds the task at its end. `stand`: nothing. `finish`: whoever looks at a task finds it
at its end. A number: so many seconds pass with every look."""

_LOOKS_THAT_WAIT = 2
"""Looks at a task in one instant that say nothing; one more comes from a loop that sleeps elsewhere."""

_LOOKS_IN_VAIN = 100
"""Looks at a task in one instant after which somebody waits for what no wait of theirs brings about."""


class VirtualClock(ManualClock):
    """A manual clock that sleepers move. Fits the client's time seam (`wiro_runtime.seam.clock.Clock`).

    Args:
        start: unix seconds at which it starts.
        limit: seconds after which it refuses to go on, so that a wait without end ends.
        look: what a look at a task does to time; see `Look`.
    """

    def __init__(self, start: float = START, *, limit: float = LIMIT, look: Look = "auto") -> None:
        super().__init__(start)
        self._look = check_look(look)
        self._looks: Counter[str] = Counter()
        """How often each task was looked at in `_instant`."""
        self._instant = start
        self._is_slept_on = False
        # The least number above 0, so that time can begin.
        expected = "a number of seconds above 0"
        self._limit = check_number("time_limit", limit, expected, least=math.ulp(0.0))
        self._moved = _MovedByThread()
        self._queues: WeakKeyDictionary[asyncio.AbstractEventLoop, _SleeperQueue] = (
            WeakKeyDictionary()
        )
        self._moment: Callable[[str, str], float] | None = None

    def own_now(self) -> float:
        """Seconds by which the calling thread has moved the clock, since anywhere.

        The client bounds an exchange by them: other threads sleep meanwhile, and each moves the time of all.
        """
        return self._moved.seconds

    def _move(self, seconds: float) -> None:
        super()._move(seconds)
        self._moved.seconds += seconds

    def _move_until(self, moment: float) -> None:
        self._moved.seconds += max(0.0, moment - self.time())
        super()._move_until(moment)

    def sleep(self, seconds: float, /) -> None:
        """Wait for so many virtual seconds.

        Raises:
            TimeRanAway: the limit is passed.
            WrongValue: it is no number, or an infinite one.
        """
        checked = check_number("clock.sleep: seconds", seconds, most=sys.float_info.max)
        self._is_slept_on = True
        self._move(max(0.0, checked))
        self.check()

    async def sleep_async(self, seconds: float, /) -> None:
        """Wait until the time has passed, while other tasks go on.

        Raises:
            TimeRanAway: the limit is passed.
            WrongValue: it is no number.
        """
        checked = check_number("clock.sleep_async: seconds", seconds)
        self._is_slept_on = True
        loop = asyncio.get_running_loop()
        queue = self._queues.get(loop)
        if queue is None:
            queue = self._queues[loop] = _SleeperQueue(self.time, self._move_until)
        await queue.join(loop, self.time() + max(0.0, checked))
        self.check()

    def asked(self, ends: float, /, task: str = "", *, is_held: bool = False) -> None:
        """Do what a look at a task does to time.

        Raises:
            TimeStandsStill: it was looked at again and again in one instant, and is not held.
        """
        if isinstance(self._look, float):
            self._move(self._look)
            return
        is_endless = not math.isfinite(ends)
        if self._look == "finish" and not is_endless:
            self._move_until(ends)
        if not task or is_held or ends <= self.time():
            return
        looks = self._count(task)
        if self._look == "auto" and looks > _LOOKS_THAT_WAIT and not self._is_slept_on:
            self._move_until(self.time() if is_endless else ends)
        if looks >= _LOOKS_IN_VAIN:
            raise TimeStandsStill(
                f"task {task} was looked at {looks} times in one virtual instant, and nothing moves the "
                'mock\'s time between two looks; MockWiro(look="finish") or look=SECONDS lets a look '
                "move it, clock.advance(SECONDS) moves it, and wiro_server or `wiromock serve` run in "
                "real time"
            )

    def _count(self, task: str) -> int:
        """Return how often a task was looked at in this instant, this time included."""
        now = self.time()
        if now != self._instant:
            self._instant = now
            self._looks.clear()
        self._looks[task] += 1
        return self._looks[task]

    def reset(self) -> None:
        """Return to the moment at which the clock was made, and forget who has looked."""
        super().reset()
        self._looks.clear()
        self._is_slept_on = False

    def check(self) -> None:
        """Complain when the limit is passed.

        Raises:
            TimeRanAway: it is.
        """
        if self.now() > self._limit:
            raise TimeRanAway(
                f"{self.now():.0f} virtual seconds have passed, more than the {self._limit:.0f} that "
                "this mock allows: something waits for a task that never ends; give the wait a deadline"
            )

    def follow(self, moment: Callable[[str, str], float]) -> None:
        """Take a function that knows when tasks reach their stages, for `advance_to`.

        Args:
            moment: from status and task id to unix seconds.
        """
        self._moment = moment

    def advance_to(self, status: str, *, task: str) -> None:
        """Move forward to the moment at which a task reaches a status.

        Args:
            status: such as `task_start`. One that has been reached changes nothing.
            task: the task's id.

        Raises:
            WrongScript: there is no such task, or as things stand it never gets there.
            MockError: the clock follows no engine.
        """
        if self._moment is None:
            raise MockError("this clock follows no engine; use advance()")
        named = check_text("clock.advance_to: status", status, 'a text such as "task_start"')
        self._move_until(self._moment(named, task))


class _MovedByThread(local):
    """How far each thread has moved a clock."""

    seconds = 0.0


class _SleeperQueue:
    """The sleepers of one event loop, and the turn that wakes the first of them."""

    def __init__(self, now: Callable[[], float], move_until: Callable[[float], None]) -> None:
        self._now = now
        self._move_until = move_until
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._number = count()
        self._turning = False
        self._turns = 0

    async def join(self, loop: asyncio.AbstractEventLoop, moment: float) -> None:
        """Sleep until a moment."""
        sleeper = loop.create_future()
        heappush(self._sleepers, (moment, next(self._number), sleeper))
        self._turn_soon(loop)
        await sleeper

    def _turn_soon(self, loop: asyncio.AbstractEventLoop) -> None:
        self._turns = 0
        if not self._turning:
            self._turning = True
            loop.call_soon(self._turn, loop)

    def _turn(self, loop: asyncio.AbstractEventLoop) -> None:
        self._wake(due=self._now())
        if not self._sleepers:
            self._turning = False
        else:
            if self._is_idle(loop):
                self._move_until(self._sleepers[0][0])
                self._wake(due=self._sleepers[0][0])
            loop.call_soon(self._turn, loop)

    def _is_idle(self, loop: asyncio.AbstractEventLoop) -> bool:
        """Whether nothing but this turn is due.

        asyncio's own loop keeps what is due in `_ready`, and looks for I/O before every turn. Other
        loops keep it to themselves; there, a number of turns without a new sleeper has to do.
        """
        self._turns += 1
        ready = getattr(loop, "_ready", None)
        if ready is None:
            return self._turns > _MOST_TURNS_UNSEEN
        return len(ready) == 0 or self._turns > _MOST_TURNS

    def _wake(self, due: float) -> None:
        """Wake everybody whose time has come, and forget who was cancelled."""
        while self._sleepers and (self._sleepers[0][0] <= due or self._sleepers[0][2].done()):
            _, _, sleeper = heappop(self._sleepers)
            if not sleeper.done():
                sleeper.set_result(None)
                self._turns = 0


def check_look(look: Look) -> Look:
    """Return a look that is one of the words or a finite number of seconds.

    Raises:
        WrongValue: it is neither.
    """
    given: object = look  # what a caller has written, whatever it is
    if isinstance(given, str) and given in {"auto", "stand", "finish"}:
        return look
    expected = '"auto", "stand", "finish" or a finite number of seconds, 0 or more'
    return check_number("look", given, expected, least=0, most=LONGEST) or "stand"
