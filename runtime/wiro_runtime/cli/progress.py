"""What a person watching a run sees: stage, percent, time left and cost, on one moving line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from wiro_runtime.cli import console

if TYPE_CHECKING:
    from typing import Self

    from rich.progress import Progress, TaskID

    from wiro_runtime.task import event as events

__all__ = ["Display", "LiveDisplay", "counter", "display"]

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


class Display:
    """Shows nothing: what is used where nobody watches."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def show(self, event: events.Event) -> None:
        """Take one event in."""


class LiveDisplay(Display):
    """A line of rich that moves while the task runs, and is gone when it has ended.

    Args:
        title: What runs.
    """

    def __init__(self, title: str) -> None:
        self._title = title
        self._bar = _bar()
        self._row = self._bar.add_task(title, total=None, stage="starting", left="", cost="")

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def show(self, event: events.Event) -> None:
        """Take one event in."""
        from wiro_runtime.task import event as events  # noqa: PLC0415 - help never gets here

        match event:
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


def display(title: str) -> Display:
    """Return what shows a run: a moving line where a person watches standard error, nothing elsewhere.

    Args:
        title: What runs.
    """
    return LiveDisplay(title) if console.is_live() else Display()


def _bar() -> Progress:
    # rich takes as long to load as the rest of the command; only people who watch need it.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )

    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=20),
        TextColumn("{task.fields[stage]}", markup=False),
        TimeElapsedColumn(),
        TextColumn("{task.fields[left]}", markup=False),
        TextColumn("{task.fields[cost]}", markup=False),
        console=Console(stderr=True),
        transient=True,
    )


def counter(total: int) -> tuple[Progress, TaskID]:
    """Return a bar that counts many runs, and its one row.

    Args:
        total: How many there are.
    """
    from rich.console import Console  # noqa: PLC0415 - see above
    from rich.progress import (  # noqa: PLC0415 - see above
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    bar = Progress(
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TextColumn("{task.fields[running]}", markup=False),
        TextColumn("{task.fields[failed]}", markup=False),
        TextColumn("{task.fields[cost]}", markup=False),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    return bar, bar.add_task("batch", total=total, running="", failed="", cost="")
