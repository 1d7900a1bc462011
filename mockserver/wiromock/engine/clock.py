"""Time that moves only when somebody moves it."""

import math
from threading import Lock
from typing import Protocol

from wiromock.errors import WrongScript

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
        WrongScript: it is none that a calendar has.
    """
    if not 0 <= start <= LATEST:
        raise WrongScript(f"start is unix seconds, from 0 to {LATEST:.0f}, not {start}")
    return start


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
            ValueError: negative or not finite; time does not run backwards.
        """
        if not (math.isfinite(seconds) and seconds >= 0):
            raise ValueError(f"time moves forward by a finite number of seconds, not by {seconds}")
        with self._lock:
            self._elapsed += seconds

    def advance_until(self, moment: float) -> None:
        """Move forward to `moment` in unix seconds; a moment that has passed changes nothing."""
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
            self.advance_until(ends)


class PollClock(ManualClock):
    """A clock that moves by a step whenever somebody asks for a task, and not otherwise.

    Args:
        step: seconds that pass with each look.
        start: unix seconds at which it starts.
    """

    def __init__(self, step: float = 1.0, start: float = START) -> None:
        super().__init__(start)
        if not (math.isfinite(step) and step >= 0):
            raise ValueError(f"a step is a finite number of seconds, 0 or more, not {step}")
        self._step = step

    def asked(self, ends: float, /, task: str = "", *, is_held: bool = False) -> None:
        """Move by a step."""
        del ends, task, is_held
        self.advance(self._step)
