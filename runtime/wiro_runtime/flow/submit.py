"""Run: the one request that costs money, and is therefore sent at most once."""

from __future__ import annotations

import itertools
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias
from urllib.parse import quote

from wiro_runtime import errors
from wiro_runtime.flow import retry
from wiro_runtime.flow.effect import Form, Roll, Sleep, TransportFailure
from wiro_runtime.flow.exchange import exchange
from wiro_runtime.flow.upload import inspect, upload_all
from wiro_runtime.request.file import LocalFile, location
from wiro_runtime.task.snapshot import TaskSnapshot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wiro_runtime.flow.deadline import Limit
    from wiro_runtime.flow.effect import Flow
    from wiro_runtime.request.file import FileInput
    from wiro_runtime.request.request import Request

__all__ = ["Beginning", "Upload", "submit"]

Upload: TypeAlias = Literal["before", "with"]
"""How local files travel: each on its own before the run, whose body then is JSON with their URLs; or in the
body of Run, which then is multipart."""


class Beginning(Protocol):
    """Sends Run once; `exchange` does it the usual way."""

    def __call__(
        self, path: str, body: Mapping[str, Any] | Form, *, limit: Limit, timeout: float
    ) -> Flow[dict[str, Any]]:
        """Send it, and give the payload that names the task."""
        ...


def submit(
    request: Request[Any, Any],
    fields: Mapping[str, str],
    *,
    limit: Limit,
    timeout: float,
    upload: Upload = "before",
    retry_refused: int = 0,
    begin: Beginning = exchange,
) -> Flow[TaskSnapshot]:
    """Start the task, with its local files uploaded before or sent along.

    Args:
        request: What to run.
        fields: The call's own fields in the body of Run.
        limit: The call's time limit.
        timeout: Seconds for one exchange.
        upload: How local files travel.
        retry_refused: How often Run may be sent again after a refusal that proves that nothing was
            started.
        begin: Sends Run once, and gives what it answers.

    Raises:
        SubmissionUnknown: Run was sent and no usable answer came.
        ConnectionFailed: Run was never sent.
        Refused: The platform did not start a task.
    """
    given = list(request.__local_files__())
    yield from inspect(given, type(request).__name__)
    files = [LocalFile.of(file) for _, file in given]
    body: Mapping[str, Any] | Form
    if upload == "with":
        body = Form([*request.__form__(), *fields.items()])
        if not all(file.is_repeatable for file in files):
            retry_refused = 0  # a stream that has been read cannot be sent again
    else:
        urls = yield from upload_all(files, limit=limit, timeout=timeout)
        body = {**request.__write__(partial(_url_of, urls)), **fields}
    path = _path(request.__model__)
    try:
        started = yield from _insist(path, body, retry_refused, begin, limit=limit, timeout=timeout)
    except errors.ParameterRefused as refusal:
        raise _named(refusal, request) from refusal.__cause__
    return TaskSnapshot.from_wire(started)


def _url_of(urls: Mapping[object, str], file: FileInput) -> str:
    return location(file) or urls[LocalFile.of(file).key]


@lru_cache(maxsize=256)
def _path(slug: str) -> str:
    return "/".join(("Run", *(quote(part, safe="") for part in slug.split("/"))))


def _insist(
    path: str,
    body: Mapping[str, Any] | Form,
    times: int,
    begin: Beginning,
    *,
    limit: Limit,
    timeout: float,
) -> Flow[dict[str, Any]]:
    """Send Run, and again after a proven refusal, as often as the caller allows it."""
    for refusals in itertools.count(1):
        try:
            return (yield from _start(path, body, begin, limit=limit, timeout=timeout))
        except (errors.ConcurrencyLimit, errors.RateLimited) as refusal:
            if refusals > times or not refusal.safe_to_resubmit:
                raise
            roll = yield from Roll()
            pause = retry.pace(refusals, asked=refusal.retry_after, roll=roll)
            if pause >= (yield from limit.left()):
                raise  # it says more than a deadline that is sure to pass
            yield from Sleep(pause)
    raise AssertionError("unreachable: counting has no end")


def _start(
    path: str, body: Mapping[str, Any] | Form, begin: Beginning, *, limit: Limit, timeout: float
) -> Flow[dict[str, Any]]:
    try:
        payload = yield from begin(path, body, limit=limit, timeout=timeout)
    except TransportFailure as failure:
        if failure.never_sent:
            yield from limit.left()  # a passed deadline says more
            raise errors.ConnectionFailed(
                f"{path} could not be sent: {failure.reason}. Nothing was started."
            ) from failure
        raise _unknown(path, f"{failure.reason}.") from failure
    except (errors.ServerError, errors.UnexpectedReply) as odd:
        raise _unknown(path, str(odd), status=odd.status, task=odd.task) from odd
    except errors.WiroError:
        raise
    except OSError as unreadable:
        raise _unknown(path, f"a file could not be read to its end: {unreadable}.") from unreadable
    except BaseException as leaving:  # Ctrl-C or cancellation while the answer was awaited
        leaving.add_note(
            f"{path} may have been sent; whether the platform started a task, and will bill it, is unknown."
        )
        raise
    if not payload.get("taskid") and not payload.get("socketaccesstoken"):
        raise _unknown(path, "the answer names no task.")
    return payload


def _unknown(
    path: str, reason: str, *, status: int | None = None, task: TaskSnapshot | None = None
) -> errors.SubmissionUnknown:
    error = errors.SubmissionUnknown(
        f"{path} was sent, but whether a task was started is unknown: {reason} It is not sent again, "
        "because a second task would be billed as well. Look at the project's task list first.",
        status=status,
    )
    error.task = task
    return error


def _named(refusal: errors.ParameterRefused, request: Request[Any, Any]) -> errors.ParameterRefused:
    for argument, encoding in request.__wire__.items():
        if refusal.parameter in encoding.names:
            refusal.argument = argument
    return refusal
