"""What a workflow engine may try again: which errors are transient, where a run has a key."""

from __future__ import annotations

from wiro_runtime import errors

__all__ = ["TRANSIENT"]

TRANSIENT: tuple[type[errors.WiroError], ...] = (
    errors.ConcurrencyLimit,
    errors.ConnectionFailed,
    errors.ConnectionLost,
    errors.DeadlineExceeded,
    errors.DownloadFailed,
    errors.JournalFailed,
    errors.RateLimited,
    errors.ServerError,
    errors.UnexpectedReply,
    errors.UploadFailed,
)
"""After one of these, the same call with the same key may well succeed, and never pays twice.

Not among them: what is wrong with the call, what the platform refuses, a task that failed, which stays
failed under its key. Nor `SubmissionUnknown` and `NotStarted`: what happens then is the caller's word, `on_unknown=`.
"""
