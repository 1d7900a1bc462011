"""Run: the one request that costs money, and is therefore sent at most once."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Protocol, cast
from urllib.parse import quote

from wiro_runtime import errors, parse
from wiro_runtime.flow import reply, retry
from wiro_runtime.flow.effect import (
    CallerError,
    Form,
    Random,
    Reply,
    Sleep,
    Time,
    TransportFailure,
)
from wiro_runtime.flow.exchange import exchange
from wiro_runtime.flow.upload import check_files, upload_all
from wiro_runtime.request.file import LocalFile, location
from wiro_runtime.task.snapshot import TaskSnapshot

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wiro_runtime.flow.deadline import Deadline
    from wiro_runtime.flow.effect import Flow
    from wiro_runtime.flow.exception_notes import RunNotes
    from wiro_runtime.flow.options import CallOptions
    from wiro_runtime.request.body import RunBody
    from wiro_runtime.request.file import FileInput
    from wiro_runtime.response import Task
    from wiro_runtime.task.submission import Submission

__all__ = ["Guard", "SendRun", "UploadFiles", "submit"]


class SendRun(Protocol):
    """Sends Run once; `exchange` does it the usual way."""

    def __call__(
        self, path: str, body: Mapping[str, Any] | Form, deadline: Deadline, /
    ) -> Flow[dict[str, Any]]:
        """Send it, and return the payload that names the task."""
        ...


class Guard(Protocol):
    """Stands around each sending of Run: writes down before it what it is about to do, and after it how it went."""

    def __call__(
        self, body: Mapping[str, Any] | Form, attempt: Flow[dict[str, Any]], /
    ) -> Flow[dict[str, Any]]:
        """Perform the attempt, once, and return its payload."""
        ...


class UploadFiles(Protocol):
    """Sends the files of a request; `upload_all` sends each."""

    def __call__(
        self, files: Sequence[LocalFile], deadline: Deadline, /
    ) -> Flow[dict[object, str]]:
        """Return their URLs by key."""
        ...


def submit(  # noqa: PLR0917 - what one call is
    request: RunBody,
    options: CallOptions,
    deadline: Deadline,
    trace: RunNotes,
    send_run: SendRun = exchange,
    guard: Guard | None = None,
    upload_files: UploadFiles = upload_all,
) -> Flow[TaskSnapshot]:
    """Start the task, with its local files uploaded before or sent along.

    Args:
        request: What to run, checked.
        options: The options of the call.
        deadline: How long it may take.
        trace: Notes how far it has come.
        send_run: Sends Run once, and returns the payload of its answer.
        guard: Stands around each sending, for whoever counts or records them.
        upload_files: Sends the local files beforehand.

    Raises:
        SubmissionUnknown: Run was sent and no usable answer came.
        ConnectionFailed: Run was never sent.
        Refused: The platform did not start a task.
    """
    files = request.local_files()
    body, is_repeatable = yield from _body(request, options, deadline, files, upload_files)
    run = _Run(_path(request.slug), body, deadline, trace, send_run, guard)
    try:
        started = yield from _send_until_accepted(
            run, options.retry_refused if is_repeatable else 0
        )
    except errors.ParameterRefused as refusal:
        refusal.argument = request.argument_named(refusal.parameter)
        raise
    except errors.InvalidRequest as unsendable:
        raise _by_argument(request, unsendable) from None
    except errors.SubmissionUnknown as unknown:
        if unknown.submission is None:
            unknown.submission = yield from _submission(request, body, deadline)
        raise
    trace.task = _started(started)
    return trace.task


def _body(
    request: RunBody,
    options: CallOptions,
    deadline: Deadline,
    given: Sequence[tuple[str, FileInput]],
    upload_files: UploadFiles,
) -> Flow[tuple[Mapping[str, Any] | Form, bool]]:
    """The body of Run, its local files uploaded or in it, and whether it can be sent again."""
    urls: dict[object, str] = {}
    is_repeatable = True
    if given:
        yield from check_files(given, request.title)
        files = [LocalFile.of(file) for _, file in given]
        # A stream that has been read cannot be sent again.
        is_repeatable = options.upload == "before" or all(file.is_repeatable for file in files)
        if options.upload != "with":
            urls = yield from upload_files(files, deadline)
    fields = options.to_wire()
    if options.upload == "with":
        return Form([*request.to_form(), *fields.items()]), is_repeatable
    return {**request.to_json(partial(_url_of, urls)), **fields}, is_repeatable


def _submission(
    request: RunBody, body: Mapping[str, Any] | Form, deadline: Deadline
) -> Flow[Submission]:
    """What was sent, and when, for whoever looks for the task."""
    from wiro_runtime.task.submission import Submission  # noqa: PLC0415 - rare

    elapsed = yield from deadline.elapsed()
    sent = body.texts() if isinstance(body, Form) else body
    began = (yield from Time()) - elapsed
    return Submission(request.slug, sent, began, elapsed)


def _url_of(urls: Mapping[object, str], file: FileInput) -> str:
    return location(file) or urls[LocalFile.of(file).key]


@lru_cache(maxsize=256)
def _path(slug: str) -> str:
    return "/".join(("Run", *(quote(part, safe="") for part in slug.split("/"))))


@dataclass(eq=False, slots=True)
class _Run:
    """One Run that is to be sent."""

    path: str
    body: Mapping[str, Any] | Form
    deadline: Deadline
    trace: RunNotes
    send: SendRun
    guard: Guard | None


def _send_until_accepted(run: _Run, retries: int) -> Flow[dict[str, Any]]:
    """Send Run, and again after a proven refusal, as often as the caller allows it."""
    for refusals in itertools.count(1):
        attempt = _send_once(run)
        try:
            return (yield from (attempt if run.guard is None else run.guard(run.body, attempt)))
        except (errors.ConcurrencyLimit, errors.RateLimited) as refusal:
            if refusals > retries or not refusal.safe_to_resubmit:
                raise
            random = yield from Random()
            pause = retry.refused_delay(refusals, asked=refusal.retry_after, random=random)
            if pause >= (yield from run.deadline.remaining()):
                raise  # it says more than a deadline that is sure to pass
            yield from Sleep(pause)
    raise AssertionError("unreachable: counting has no end")


def _send_once(run: _Run) -> Flow[dict[str, Any]]:
    run.trace.sending(run.path)
    try:
        payload = yield from run.send(run.path, run.body, run.deadline)
    except CallerError as failed:
        _trace_ending(run.trace, failed.ending)
        raise
    except TransportFailure as failure:
        if not failure.never_sent:
            reason = failure.reason.rstrip(".")
            raise _unknown(run.path, f"{reason}.") from failure
        run.trace.not_started()
        yield from run.deadline.remaining(after=failure.reason)
        raise errors.ConnectionFailed(
            f"{run.path} could not be sent: {failure.reason}. Nothing was started."
        ) from failure
    except Exception as other:
        if _proves_nothing_started(other):
            run.trace.not_started()
        unclear = _unclear(run.path, other)
        if unclear is None:
            raise
        raise unclear from other
    if not parse.name(payload.get("taskid")) and not parse.name(payload.get("socketaccesstoken")):
        raise _unknown(run.path, "the answer names no task.")
    return payload


def _by_argument(request: RunBody, unsendable: errors.InvalidRequest) -> errors.InvalidRequest:
    """The same problems by the caller's names; what is found in sending knows names of the wire only."""
    problems = [
        errors.Problem(request.argument_named(wrong.argument) or wrong.argument, wrong.message)
        for wrong in unsendable.problems
    ]
    return errors.InvalidRequest.about(request.title, problems)


def _started(payload: dict[str, Any]) -> TaskSnapshot:
    """The task that Run's answer names; the usual one names it and says nothing else."""
    if "status" in payload:
        return TaskSnapshot.from_wire(payload)
    task = cast("Task", payload)
    token = parse.name(task.get("socketaccesstoken")) or None
    return TaskSnapshot(id=parse.name(task.get("taskid")), token=token, raw=task)


def _unclear(path: str, error: Exception) -> errors.SubmissionUnknown | None:
    """What is raised instead of a failure after which nobody knows whether a task was started."""
    if isinstance(error, (errors.ServerError, errors.UnexpectedReply)):
        return _unknown(path, str(error), status=error.status, task=error.task)
    if isinstance(error, OSError) and not isinstance(error, errors.WiroError):
        return _unknown(path, f"a file could not be read to its end: {error}.")
    return None


def _proves_nothing_started(error: Exception) -> bool:
    if isinstance(error, errors.WiroError):
        return error.billed is False
    # Of a mock, for one: it was used wrongly, and did nothing.
    return bool(getattr(error, "proves_not_sent", False))


def _trace_ending(trace: RunNotes, ending: Reply | BaseException | None) -> None:
    """Note how the sending of Run had ended when the caller's callback was called with it, and raised."""
    if isinstance(ending, TransportFailure) and ending.never_sent:
        trace.not_started()
    elif isinstance(ending, Reply):
        try:
            task = TaskSnapshot.from_wire(reply.read(ending, now=0.0))
        except errors.PlatformError as refusal:
            if refusal.billed is False:
                trace.not_started()
        else:
            trace.task = task if task.id or task.token else None


def _unknown(
    path: str, reason: str, *, status: int | None = None, task: TaskSnapshot | None = None
) -> errors.SubmissionUnknown:
    error = errors.SubmissionUnknown(
        f"{path} was sent, but whether a task was started is unknown: {reason} It is not sent again, "
        "because a second task would be billed as well. client.reconcile(error) looks for it.",
        status=status,
    )
    error.task = task
    return error
