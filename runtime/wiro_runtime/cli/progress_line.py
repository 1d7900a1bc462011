"""The line that moves while something runs: stage, percent, time left and cost, drawn by rich."""

from __future__ import annotations

from contextlib import contextmanager
from threading import Event as Signal
from threading import RLock, Thread
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.segment import Segments

from wiro_runtime.task import event as events

if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import Self

__all__ = ["BatchProgress", "MovingLine", "RunProgress"]

_STAGES: Final = {
    "task_queue": "waiting in the queue",
    "task_accept": "accepted",
    "task_preprocess_start": "preparing the inputs",
    "task_preprocess_end": "inputs prepared",
    "task_assign": "loading the model",
    "task_start": "running",
    "task_output": "running",
    "task_output_full": "running",
    "task_end": "collecting the outputs",
    "task_postprocess_start": "storing the outputs",
    "task_postprocess_end": "finished",
    "task_cancel": "cancelled",
}
"""The platform's statuses (platform.md's table of the lifecycle) in words for people."""


_PAUSE: Final = 0.1
"""Seconds between two pictures."""
_ROOM_FOR_BAR: Final = 60
"""Columns of a terminal from which on the line has a bar."""
_ERASE, _HIDE, _SHOW = "\r\x1b[J", "\x1b[?25l", "\x1b[?25h"
"""Line and all that follows is erased, also after the `^C` of a terminal; the cursor is hidden, and shown."""
_CUT, _WRAP = "\x1b[?7l", "\x1b[?7h"
"""The terminal cuts a line at its edge; it breaks the line into several, as it does by itself."""


class MovingLine:
    """One line on standard error, drawn again and again, and erased at the end.

    The cursor waits at the beginning of the line. So a terminal that was made narrower in between, and has
    broken the line into several, is clean after one erasure of all that follows; and one that has not, too.
    One that is made narrower while a picture is on its way cuts the picture: broken into several lines, it
    would leave the cursor at the beginning of the last one, and no erasure would reach the others.
    rich's own `Live` waits at the line's end, leaves the broken pieces standing, and sends what is printed
    to standard output to standard error instead.

    Args:
        progress: What the line shows.
    """

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._console = progress.console
        self._columns = progress.columns
        self._lock = RLock()
        self._ended = Signal()
        self._thread = Thread(target=self._move, daemon=True)

    def start(self) -> None:
        """Draw it, until it is stopped."""
        self._write(_HIDE + self._picture())
        self._thread.start()

    def stop(self) -> None:
        """Erase the picture and show the cursor again; returns once nothing is drawn any more."""
        self._ended.set()
        self._thread.join()
        self._write(_ERASE + _SHOW)

    @contextmanager
    def aside(self) -> Generator[None]:
        """Take the line away for a while, so that other lines can be written."""
        with self._lock:
            self._write(_ERASE)
            yield
            self._write(self._picture())

    def _move(self) -> None:
        while not self._ended.wait(_PAUSE):
            with self._lock:
                self._write(_ERASE + self._picture())

    def _picture(self) -> str:
        width = self._console.width
        self._progress.columns = tuple(
            column
            for column in self._columns
            if width >= _ROOM_FOR_BAR or not isinstance(column, BarColumn)
        )
        # A column is kept free: at the edge, some terminals begin a new line.
        room = self._console.options.update(width=max(width - 1, 1), height=1)
        rows = self._console.render_lines(self._progress.get_renderable(), room, pad=False)
        with self._console.capture() as drawn:
            self._console.print(Segments(rows[0]), end="")
        return f"{_CUT}{drawn.get()}\r{_WRAP}"

    def _write(self, text: str) -> None:
        self._console.file.write(text)
        self._console.file.flush()


class RunProgress:
    """The line of one run.

    Args:
        title: What runs.
    """

    def __init__(self, title: str) -> None:
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=20),
            TextColumn("{task.fields[stage]}", markup=False),
            TimeElapsedColumn(),
            TextColumn("{task.fields[left]}", markup=False),
            TextColumn("{task.fields[cost]}", markup=False),
            console=Console(stderr=True),
        )
        self._title = title
        self._row = self._bar.add_task(title, total=None, stage="starting", left="", cost="")
        self._line = MovingLine(self._bar)

    def __enter__(self) -> Self:
        self._line.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._line.stop()

    @contextmanager
    def aside(self) -> Generator[None]:
        """Take the line away for a while, so that other lines can be written."""
        with self._line.aside():
            yield

    def show(self, event: events.Event) -> None:
        """Take one event in."""
        match event:
            case events.Submitted(task_id=task_id):
                self._update(description=f"{self._title} {task_id}", stage="submitted")
            case events.StatusChanged(status=status):
                self._update(stage=_STAGES.get(status, status))
            case events.Progress(percent=percent, remaining=remaining, estimated=estimated):
                left = (
                    ""
                    if remaining is None
                    else f"{'about ' if estimated else ''}{remaining:.0f} s left"
                )
                self._update(total=100, completed=percent or 0, left=left)
            case events.Cost(total=total) if total is not None:
                self._update(cost=f"{total} USD")
            case events.TextDelta(text=text):
                self._update(stage=f"{len(text):,} characters")
            case _:
                pass

    def _update(self, **fields: Any) -> None:
        self._bar.update(self._row, **fields)


class BatchProgress:
    """The line of many runs.

    Args:
        total: How many there are.
    """

    def __init__(self, total: int) -> None:
        self._bar = Progress(
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            TextColumn("{task.fields[running]}", markup=False),
            TextColumn("{task.fields[failed]}", markup=False),
            TextColumn("{task.fields[cost]}", markup=False),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
        )
        self._row = self._bar.add_task("batch", total=total, running="", failed="", cost="")
        self._line = MovingLine(self._bar)

    def __enter__(self) -> Self:
        self._line.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._line.stop()

    def show(self, **fields: Any) -> None:
        """Take news in: `completed`, `running`, `failed`, `cost`."""
        self._bar.update(self._row, **fields)
