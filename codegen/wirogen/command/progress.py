"""The progress bar of long runs, on standard error."""

from types import TracebackType
from typing import Final, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress

from wirogen.build.package import Progress

MANY: Final = 100
"""So many models take long enough to be watched."""


class Bar(Progress):
    """Shows how many models are made; gone when all are."""

    def __init__(self) -> None:
        self._bar = RichProgress(
            TextColumn("Making models"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._bar.add_task("", total=None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def begin(self, total: int) -> None:
        """Appear, if it takes long."""
        if total >= MANY:
            self._bar.update(self._task, total=total)
            self._bar.start()

    def advance(self, count: int) -> None:
        """Move on."""
        self._bar.advance(self._task, count)
