"""Everything that can go wrong, split by whose turn it is to act.

    WiroError
    ├── UsageError                    the caller: mend the call; nothing was sent
    │   ├── ConfigurationError          a setting is missing or malformed
    │   ├── InvalidRequest              arguments do not fit the model (also a ValueError)
    │   ├── KeyConflict                 the key of a run stands for another request already
    │   └── SpendingRefused             the caller's own limit on money
    │       ├── BudgetExceeded            a budget has no room for the run
    │       ├── MaxCostExceeded           the run may cost more than `max_cost`
    │       └── PriceUnknown              nobody can say what it costs at most
    ├── NetworkError                  the network
    │   ├── ConnectionFailed            proven never sent: safe to send again
    │   ├── ConnectionLost              a read got no answer in several attempts
    │   ├── SubmissionUnknown           Run was sent and its answer was lost: never re-sent for you
    │   ├── NotStarted                  its answer was lost, and looking proved that nothing was started
    │   ├── UploadFailed                a file did not arrive; no task was started
    │   └── DownloadFailed              an output could not be saved whole
    ├── PlatformError                 the platform answered, and not with what was asked for
    │   ├── Refused                     it said no, in words we have no class for
    │   │   ├── AuthenticationFailed      key, secret, signature or IP address
    │   │   ├── SignInRequired            code 98
    │   │   ├── PermissionDenied          suspended account, team rule, somebody else's task
    │   │   ├── InsufficientBalance       code 97
    │   │   ├── ConcurrencyLimit          code 96: as many tasks as the balance allows are running
    │   │   ├── RateLimited               HTTP 429
    │   │   ├── ParameterRefused          the platform does not take a parameter's value
    │   │   ├── NotFound                  ModelNotFound, TaskNotFound
    │   │   └── NotCancellable            the task is not in a state that can be stopped
    │   ├── ServerError                 HTTP 408 and 5xx
    │   └── UnexpectedReply             not JSON, not the envelope, or without what was asked for
    ├── TaskError                     the task itself
    │   ├── TaskFailed                  it ended without success; `debug_error` has its last words
    │   ├── TaskCancelled               it was cancelled or killed
    │   └── TaskNotFinished             its result was asked for too early
    ├── JournalFailed                 the journal could not be read or written
    └── DeadlineExceeded              the caller's own time limit passed (also a TimeoutError)

Every one answers `.task` (what is known of the task, or None), `.billed` (True, False, or None for
"nobody can know yet") and `.safe_to_resubmit`. Facts are attributes; the text is for people. No
exception of the HTTP library leaves the client, and no key, secret, token or signature is in a text.
"""

# ruff: noqa: N818 - a name says what happened; "Error" on each would add nothing
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from wiro_runtime.task.snapshot import TaskSnapshot
    from wiro_runtime.task.submission import Submission

__all__ = [
    "AuthenticationFailed",
    "BudgetExceeded",
    "ConcurrencyLimit",
    "ConfigurationError",
    "ConnectionFailed",
    "ConnectionLost",
    "DeadlineExceeded",
    "DownloadFailed",
    "InsufficientBalance",
    "InvalidRequest",
    "JournalFailed",
    "KeyConflict",
    "MaxCostExceeded",
    "ModelNotFound",
    "NetworkError",
    "NotCancellable",
    "NotFound",
    "NotStarted",
    "ParameterRefused",
    "PermissionDenied",
    "PlatformError",
    "PriceUnknown",
    "Problem",
    "RateLimited",
    "Refused",
    "ServerError",
    "SignInRequired",
    "SpendingRefused",
    "SubmissionUnknown",
    "TaskCancelled",
    "TaskError",
    "TaskFailed",
    "TaskNotFinished",
    "TaskNotFound",
    "UnexpectedReply",
    "UploadFailed",
    "UsageError",
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


class UsageError(WiroError):
    """The call itself is wrong. Nothing was sent."""

    billed_without_task = False


class ConfigurationError(UsageError):
    """A setting is missing or malformed; the text says which argument or variable to set."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one argument."""

    argument: str
    """The argument's name as the caller writes it."""
    message: str
    """What is wrong with it, and what would be right."""

    def __str__(self) -> str:
        return f"{self.argument}: {self.message}"


class InvalidRequest(UsageError, ValueError):
    """Arguments do not fit the model; all problems are reported together.

    Args:
        message: The whole text.
        problems: The same, one by one.
    """

    def __init__(self, message: str, *, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)

    @classmethod
    def about(cls, subject: str, problems: Sequence[Problem]) -> InvalidRequest:
        """Compose the text from a subject, such as the model's class, and its problems."""
        if len(problems) == 1:
            return cls(f"{subject}: {problems[0]} Nothing was sent.", problems=problems)
        lines = "".join(f"\n  {problem}" for problem in problems)
        return cls(
            f"{subject}: {len(problems)} problems, nothing was sent:{lines}", problems=problems
        )


class KeyConflict(UsageError):
    """The key stands for another request already. Nothing was sent.

    Args:
        message: What was found, and the ways out.
        key: The key.
    """

    def __init__(self, message: str, *, key: str = "") -> None:
        super().__init__(message)
        self.key = key


class SpendingRefused(UsageError):
    """The caller's own limit on money. Nothing was sent.

    Args:
        message: Which limit, and what was asked.
        estimate: US dollars that the run may cost at most; None if nobody can say.
        limit: US dollars that are allowed; None where none was set.
    """

    def __init__(
        self, message: str, *, estimate: Decimal | None = None, limit: Decimal | None = None
    ) -> None:
        super().__init__(message)
        self.estimate = estimate
        self.limit = limit


class BudgetExceeded(SpendingRefused):
    """A budget has no room for the run.

    `name` says which, `left` what it has left in US dollars.
    """

    name: str = ""
    left: Decimal | None = None

    @classmethod
    def of(
        cls, name: str, model: str, estimate: Decimal | None, left: Decimal, cap: Decimal
    ) -> BudgetExceeded:
        """Compose the text."""
        error = cls(
            f"{model} may cost {estimate} US dollars, and the budget {name!r} has {left} of {cap} left. "
            "Raise the budget, or wait until running tasks have ended and released what is reserved "
            "for them. Nothing was sent.",
            estimate=estimate,
            limit=cap,
        )
        error.name, error.left = name, left
        return error


class MaxCostExceeded(SpendingRefused):
    """The run may cost more than `max_cost` allows."""


class PriceUnknown(SpendingRefused):
    """Nobody can say beforehand what the run costs at most, and a limit on money was set."""


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


class JournalFailed(WiroError):
    """The journal could not be read or written; the text says why and what to do.

    Before the run was sent, nothing was sent. Afterwards `task` and `resume` name what was started.
    """

    billed_without_task = False


class TaskError(WiroError):
    """The task itself ended otherwise than hoped."""


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
