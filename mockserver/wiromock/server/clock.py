"""The clock of a server: it runs with the computer's, faster if asked, and can be pushed forward."""

import asyncio
import math
from collections.abc import Callable

from wiromock.adapter.virtual_time import Look, check_look
from wiromock.argument import check_number
from wiromock.engine.clock import START, check_moment, check_start, check_step
from wiromock.server.real_time import monotonic, wall

FASTEST = 1_000_000.0
"""Times real time; a task of three minutes is over before the reply to Run has arrived."""


_LONGEST = 60.0
"""Real seconds of one sleep; a longer wait looks at the clock in between, since it may be pushed."""


class RunningClock:
    """Mock time: real time times speed, plus what was skipped. It never moves back.

    Args:
        speed: mock seconds in a real second; 0 lets the clock stand still until it is pushed.
        start: unix seconds of mock time at which it starts, and again after a reset; None is what time it is
            by the computer at each of the two.
        ticks: real seconds from anywhere; the computer's monotonic clock.
        look: what a look at a task does to time: finds it at its end (`finish`), lets so many seconds
            pass, or nothing.

    Raises:
        WrongValue: a speed that is negative or too high, or a start that is no moment.
    """

    def __init__(
        self,
        speed: float = 1.0,
        start: float | None = START,
        ticks: Callable[[], float] = monotonic,
        *,
        look: Look = "auto",
    ) -> None:
        self._look = check_look(look)
        self._ticks = ticks
        self._first = start if start is None else check_start(start)
        self._first_speed = _checked(speed)
        self._listeners: list[Callable[[], None]] = []
        self.reset()

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever time jumps or changes its speed, so that what waits can look again."""
        self._listeners.append(listener)

    def reset(self) -> None:
        """Return to the start, and to the first speed."""
        self._start = wall() if self._first is None else self._first
        self._speed = self._first_speed
        self._base = 0.0
        self._since = self._ticks()
        self._notify()

    @property
    def speed(self) -> float:
        """Mock seconds in a real second."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        checked = _checked(speed)
        self._base, self._since, self._speed = self.now(), self._ticks(), checked
        self._notify()

    def now(self) -> float:
        """Mock seconds since the start."""
        return self._base + (self._ticks() - self._since) * self._speed

    def time(self) -> float:
        """The present, in unix seconds of mock time."""
        return self._start + self.now()

    def advance(self, seconds: float) -> None:
        """Push forward.

        Raises:
            WrongValue: negative or no number.
        """
        self._base += check_step(seconds)
        self._notify()

    def advance_until(self, moment: float) -> None:
        """Push forward to `moment` in unix seconds; one that has passed changes nothing.

        Raises:
            WrongValue: it is no moment.
        """
        self.advance(max(0.0, check_moment(moment) - self.time()))

    def asked(self, ends: float, /, task: str = "", *, is_held: bool = False) -> None:
        """Do what a look at a task does to time, which runs on anyway."""
        del task, is_held
        if isinstance(self._look, float):
            self.advance(self._look)
        elif self._look == "finish" and math.isfinite(ends):
            self.advance_until(ends)

    async def sleep_async(self, seconds: float, /) -> None:
        """Wait until so many mock seconds have passed, by themselves or by a push."""
        until = self.now() + check_number("clock.sleep_async: seconds", seconds)
        while (left := until - self.now()) > 0:
            real = left / self._speed if self._speed else _LONGEST
            await asyncio.sleep(min(real, _LONGEST))

    def _notify(self) -> None:
        for listener in self._listeners:
            listener()


def _checked(speed: float) -> float:
    expected = f"a number from 0 (stand still) to {FASTEST:.0f}"
    return check_number("speed", speed, expected, least=0, most=FASTEST)
