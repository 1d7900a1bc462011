"""Errors of the task: it ended without success, or has not ended."""

# ruff: noqa: N818 - a name says what happened; "Error" on each would add nothing
from __future__ import annotations

from wiro_runtime.errors.wiro_error import WiroError

__all__ = [
    "TaskCancelled",
    "TaskError",
    "TaskFailed",
    "TaskNotFinished",
]


class TaskError(WiroError):
    """The task itself ended without success, or has not ended."""


class TaskFailed(TaskError):
    """The task ended without success. A failed task costs nothing."""

    @property
    def exit_code(self) -> int | None:
        """What the process returned; None when the platform did not say."""
        return None if self.task is None else self.task.exit_code

    @property
    def debug_error(self) -> str:
        """All that the task wrote to its error stream."""
        return "" if self.task is None else self.task.debug_error


class TaskCancelled(TaskError):
    """The task was cancelled or killed. It costs nothing."""


class TaskNotFinished(TaskError):
    """The result was asked for while the task was still running; `task.wait()` waits for it."""
