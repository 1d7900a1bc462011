"""Exit statuses that speak of money, so that a script knows whether to run again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from wiro_runtime.errors import WiroError

__all__ = [
    "DETACHED",
    "DONE",
    "FAILED",
    "INTERRUPTED",
    "NOT_STARTED",
    "TABLE",
    "UNKNOWN",
    "USAGE",
    "exit_code",
]

DONE: Final = 0
FAILED: Final = 1
USAGE: Final = 2
NOT_STARTED: Final = 3
UNKNOWN: Final = 4
DETACHED: Final = 5
INTERRUPTED: Final = 130

TABLE: Final = """\
\b
Exit status:
  0    done
  1    the task failed or was cancelled; it was not billed
  2    the command is wrong; nothing was sent
  3    refused, and nothing was started
  4    unknown: look with `wiro tasks` before you run it again
  5    the deadline passed and the task runs on; pick it up with `wiro attach`
  130  Ctrl-C
"""
"""As `--help` shows it; click keeps the lines after `\\b` as they are."""


def exit_code(error: WiroError) -> int:
    """Return the exit status that says what an error means for the caller's money.

    Args:
        error: What ended the command.
    """
    from wiro_runtime import errors  # noqa: PLC0415 - help and completion never get here

    if isinstance(error, errors.SpendingRefused):
        return NOT_STARTED
    if isinstance(error, errors.UsageError):
        return USAGE
    if isinstance(error, errors.DeadlineExceeded) and error.task is not None:
        return DETACHED
    if error.billed is not False:
        return UNKNOWN
    return NOT_STARTED if error.task is None else FAILED
