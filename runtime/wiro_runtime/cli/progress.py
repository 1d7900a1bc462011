"""What a person watching a run sees: one moving line on a terminal, nothing elsewhere."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Protocol

from wiro_runtime.cli import console

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from typing import Self

    from wiro_runtime.task.event import Event

__all__ = ["NoProgress", "Progress", "show_progress"]


class Progress(Protocol):
    """A context that shows how far a run is."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...

    def show(self, event: Event) -> None:
        """Take one event in."""
        ...

    def aside(self) -> AbstractContextManager[None]:
        """Return a context in which other lines may be written to the terminal."""
        ...


class NoProgress:
    """Shows nothing: what is used where nobody watches."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def show(self, event: Event) -> None:
        """Pass an event over."""

    def aside(self) -> AbstractContextManager[None]:
        """Return a context that changes nothing: no line is in the way of others."""
        return nullcontext()


def show_progress(title: str) -> Progress:
    """Return what shows a run: a moving line where a person watches standard error, nothing elsewhere.

    Args:
        title: What runs.
    """
    if not console.is_live():
        return NoProgress()
    # rich takes as long to load as the rest of the command; only people who watch need it.
    from wiro_runtime.cli.progress_line import RunProgress  # noqa: PLC0415

    return RunProgress(title)
