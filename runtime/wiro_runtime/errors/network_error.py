"""Errors of the network: what broke on the way, and whether the request had left by then."""

# ruff: noqa: N818 - a name says what happened; "Error" on each would add nothing
from __future__ import annotations

from typing import TYPE_CHECKING

from wiro_runtime.errors.wiro_error import WiroError

if TYPE_CHECKING:
    from wiro_runtime.task.snapshot import TaskSnapshot
    from wiro_runtime.task.submission import Submission

__all__ = [
    "ConnectionFailed",
    "ConnectionLost",
    "DownloadFailed",
    "NetworkError",
    "NotStarted",
    "SubmissionUnknown",
    "UploadFailed",
]


class NetworkError(WiroError):
    """The network failed, on the way there or on the way back."""


class ConnectionFailed(NetworkError):
    """No connection could be made, so the request never left. Safe to send again."""

    billed_without_task = False
    transient = True


class ConnectionLost(NetworkError):
    """A read got no answer, several times in a row. Reading again is free."""

    transient = True


class SubmissionUnknown(NetworkError):
    """Run was sent, and whether the platform started a task is unknown.

    It is never sent a second time on its own: if the first one was accepted, a second would be paid
    for as well. `client.reconcile(error)` looks for the task in the project's list, which is free.

    Args:
        message: What happened.
        status: The HTTP status of the answer, if there was one.
        submission: What was sent, when, and the marker in it; what `client.reconcile()` goes by.

    `request` is the request, as the caller made it, and `key` its key in the journal, if it had one.
    """

    billed_without_task = None
    request: object = None
    key: str | None = None

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        submission: Submission | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.submission = submission


class NotStarted(NetworkError):
    """The answer to Run was lost, and the project's task list proves that nothing was started.

    Nothing is billed, and sending the request again is safe.
    """

    billed_without_task = False


class UploadFailed(NetworkError):
    """A file did not arrive. No task was started, so nothing was billed."""

    billed_without_task = False


class DownloadFailed(NetworkError):
    """An output could not be saved whole; no broken file was left. Saving again is free.

    Args:
        message: What happened.
        url: Where the output lives.
        task: The task it belongs to.
    """

    def __init__(self, message: str, *, url: str = "", task: TaskSnapshot | None = None) -> None:
        super().__init__(message, task=task)
        self.url = url
