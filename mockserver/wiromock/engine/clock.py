"""Time that moves only when somebody moves it."""

import math
from threading import Lock
from typing import Protocol

from wiromock.argument import LONGEST, check_number

START = 1734513807.0
"""When a mock's time begins by default, in unix seconds: the vace document's example."""


LATEST = 253_370_764_800.0
"""The year 9999; calendars end there."""


class Clock(Protocol):
    """What the engine asks of time."""

    def time(self) -> float:
        """The present, in unix seconds."""
        ...

    def advance(self, seconds: float) -> None:
        """Move forward."""
        ...

    def reset(self) -> None:
        """Return to the moment at which the clock was made."""
        ...

    def asked(self, ends: float, /, task: str = "", *, is_held: bool = False) -> None:
        """Is called before somebody looks at a task.

        Args:
            ends: when the task ends, in unix seconds; infinite for one that is held or stalls.
            task: its id; empty where the call itself waits for the task.
            is_held: whether a test holds it and has yet to let it go on.
        """
        ...


def check_start(start: float) -> float:
    """Return a moment at which time may start.

    Raises:
        WrongValue: it is none that a calendar has.
    """
    return check_number(
        "start", start, f"unix seconds, from 0 to {LATEST:.0f}", least=0, most=LATEST
    )


def check_step(seconds: float) -> float:
    """Return seconds by which a clock may be moved.

    Raises:
        WrongValue: they are not; time does not run backwards.
    """
    expected = f"a number of seconds, 0 to {LONGEST:.0f}, for time moves forward"
    return check_number("clock.advance: seconds", seconds, expected, least=0, most=LONGEST)


def check_moment(moment: float) -> float:
    """Return a moment to which a clock may be moved, whether or not it has passed.

    Raises:
        WrongValue: it is none.
    """
    expected = f"unix seconds, to {LATEST:.0f} at most"
    return check_number("clock.advance_until: moment", moment, expected, most=LATEST)


class ManualClock:
    """A clock that stands still until `advance` moves it, and never moves back.

    Args:
        start: unix seconds at which it starts.
    """

    def __init__(self, start: float = START) -> None:
        self._start = check_start(start)
        self._elapsed = 0.0
        self._lock = Lock()

    def now(self) -> float:
        """Seconds since the start."""
        return self._elapsed

    def time(self) -> float:
        """The present, in unix seconds."""
        return self._start + self._elapsed

    def advance(self, seconds: float) -> None:
        """Move forward.

        Args:
            seconds: how far; zero or more.

        Raises:
            WrongValue: negative or no number; time does not run backwards.
        """
        self._move(check_step(seconds))

    def advance_until(self, moment: float) -> None:
        """Move forward to `moment` in unix seconds; a moment that has passed changes nothing.

        Raises:
            WrongValue: it is no moment.
        """
        self._move_until(check_moment(moment))

    def _move(self, seconds: float) -> None:
        with self._lock:
            self._elapsed += seconds

    def _move_until(self, moment: float) -> None:
        with self._lock:
            self._elapsed = max(self._elapsed, moment - self._start)

    def reset(self) -> None:
        """Return to the moment at which the clock was made."""
        with self._lock:
            self._elapsed = 0.0

    def asked(self, ends: float, /, task: str = "", *, is_held: bool = False) -> None:
        """Stand still, whoever looks."""
        del ends, task, is_held


class InstantClock(ManualClock):
    """A clock for which every look is late enough: whoever asks for a task finds it at its end.

    A task that is held or stalls stays where it is.
    """

    def asked(self, ends: float, /, task: str = "", *, is_held: bool = False) -> None:
        """Move to the end of the task."""
        del task, is_held
        if math.isfinite(ends):
            self._move_until(ends)


class PollClock(ManualClock):
    """A clock that moves by a step whenever somebody asks for a task, and not otherwise.

    Args:
        step: seconds that pass with each look.
        start: unix seconds at which it starts.
    """

    def __init__(self, step: float = 1.0, start: float = START) -> None:
        super().__init__(start)
        expected = f"a number of seconds, 0 to {LONGEST:.0f}"
        self._step = check_number("step", step, expected, least=0, most=LONGEST)

    def asked(self, ends: float, /, task: str = "", *, is_held: bool = False) -> None:
        """Move by a step."""
        del ends, task, is_held
        self._move(self._step)
