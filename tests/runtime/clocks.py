"""Clocks of the tests: one that stands still until somebody sleeps, and one that is ahead."""

from wiro_runtime.seam.clock import SystemClock


class FakeClock:
    """Sleeping moves it, nothing else does."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> float:
        return self.seconds

    def time(self) -> float:
        return 1_734_513_807.0 + self.seconds

    def sleep(self, seconds: float, /) -> None:
        self.seconds += seconds

    async def sleep_async(self, seconds: float, /) -> None:
        self.seconds += seconds


class AheadClock(SystemClock):
    """Real time, and what a test adds to it."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> float:
        return super().now() + self.ahead
