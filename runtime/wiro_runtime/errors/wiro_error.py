"""What every error can be asked, and the two that belong to none of the four groups."""

# ruff: noqa: N818 - a name says what happened; "Error" on each would add nothing
from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from wiro_runtime.task.snapshot import TaskSnapshot

__all__ = [
    "DeadlineExceeded",
    "JournalFailed",
    "WiroError",
]


class WiroError(Exception):
    """The base of them all.

    Args:
        message: What happened and what to do about it.
        task: What is known of the task, when one was started.
    """

    billed_without_task: ClassVar[bool | None] = None
    """The answer of `billed` when no task is known."""

    transient: ClassVar[bool] = False
    """Whether asking the same question again may well help; decides whether a read is retried."""

    def __init__(self, message: str, *, task: TaskSnapshot | None = None) -> None:
        super().__init__(message)
        self.task = task
        self.resume: str | None = None
        """The line of Python that picks the task up again, when it may still be running."""

    @property
    def billed(self) -> bool | None:
        """Whether this call cost money: True, False, or None when that is not known (yet)."""
        return self.billed_without_task if self.task is None else self.task.billed

    @property
    def safe_to_resubmit(self) -> bool:
        """Whether sending the same request again cannot pay for it twice."""
        return self.billed is False

    def __str__(self) -> str:
        text = super().__str__()
        return f"{text} Pick the task up again with {self.resume}." if self.resume else text


class JournalFailed(WiroError):
    """The journal could not be read or written; the text says why and what to do.

    Before the run was sent, nothing was sent. Afterwards `task` and `resume` name what was started.
    """

    billed_without_task = False


class DeadlineExceeded(WiroError, TimeoutError):
    """The time the caller allowed has passed.

    With `on_abandon="detach"` the task keeps running and `resume` says how to pick it up; with
    `"cancel"` it was asked to stop, and `task` says how that went.

    Args:
        message: Which limit passed, and during what.
        deadline: The limit, in seconds.
        task: What was last known of the task; None if none was started, and then nothing was billed.
    """

    billed_without_task = False

    def __init__(
        self, message: str, *, deadline: float | None = None, task: TaskSnapshot | None = None
    ) -> None:
        super().__init__(message, task=task)
        self.deadline = deadline
