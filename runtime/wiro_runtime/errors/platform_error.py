"""Errors of the platform: its refusals, and its answers that are none."""

# ruff: noqa: N818 - a name says what happened; "Error" on each would add nothing
from __future__ import annotations

from typing import TYPE_CHECKING

from wiro_runtime.errors.wiro_error import WiroError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wiro_runtime.task.snapshot import TaskSnapshot

__all__ = [
    "AuthenticationFailed",
    "ConcurrencyLimit",
    "InsufficientBalance",
    "ModelNotFound",
    "NotCancellable",
    "NotFound",
    "ParameterRefused",
    "PermissionDenied",
    "PlatformError",
    "RateLimited",
    "Refused",
    "ServerError",
    "SignInRequired",
    "TaskNotFound",
    "UnexpectedReply",
]


class PlatformError(WiroError):
    """The platform answered, and not with what was asked for.

    Args:
        message: What it said, and what to do.
        status: The HTTP status.
        code: The platform's own error code, when it is a number.
        errors: The `errors` array of the answer, as it came.
        retry_after: Seconds the platform asks to wait.
        task: The task it is about.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: int | None = None,
        errors: Sequence[Mapping[str, object]] = (),
        retry_after: float | None = None,
        task: TaskSnapshot | None = None,
    ) -> None:
        super().__init__(message, task=task)
        self.status = status
        self.code = code
        self.errors = tuple(errors)
        self.retry_after = retry_after


class Refused(PlatformError):
    """The platform said no, in words there is no class for.

    Unlike its subclasses it does not prove that nothing was started, hence `billed` None.
    """


class AuthenticationFailed(Refused):
    """Key, secret, signature or IP address were not accepted."""

    billed_without_task = False


class SignInRequired(Refused):
    """The model runs for signed-in accounts only (code 98)."""

    billed_without_task = False


class PermissionDenied(Refused):
    """The account may not do this: suspended, against a team's rule, or somebody else's task."""

    billed_without_task = False


class InsufficientBalance(Refused):
    """The account has too little money for this run (code 97)."""

    billed_without_task = False


class ConcurrencyLimit(Refused):
    """As many tasks as the balance allows are running (code 96). Send again when one has ended.

    `allowed` is how many that are, when the platform named the number.
    """

    billed_without_task = False
    allowed: int | None = None


class RateLimited(Refused):
    """Too many requests (HTTP 429); `retry_after` says how long to wait, if the platform did."""

    billed_without_task = False
    transient = True


class ParameterRefused(Refused):
    """The platform does not take a parameter's value.

    `parameter` is its wire name and `argument` the name the caller writes, when the platform named one.
    """

    billed_without_task = False
    parameter: str | None = None
    argument: str | None = None


class NotFound(Refused):
    """There is no such thing."""

    billed_without_task = False


class ModelNotFound(NotFound):
    """There is no such model, or this account cannot see it."""


class TaskNotFound(NotFound):
    """There is no such task, or it belongs to another project."""


class NotCancellable(Refused):
    """The task is not in a state in which it can be stopped."""


class ServerError(PlatformError):
    """The platform failed (HTTP 408 or 5xx)."""

    transient = True


class UnexpectedReply(PlatformError):
    """The answer is not JSON, not the envelope, or lacks what was asked for."""

    transient = True
