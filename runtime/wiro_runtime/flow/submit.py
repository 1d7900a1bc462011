"""Run: the one request that costs money, and is therefore sent at most once."""

from __future__ import annotations

import itertools
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

from wiro_runtime import errors
from wiro_runtime.flow import retry
from wiro_runtime.flow.effect import Form, Random, Sleep, TransportFailure
from wiro_runtime.flow.exchange import exchange
from wiro_runtime.flow.upload import check_files, upload_all
from wiro_runtime.request.file import LocalFile, location
from wiro_runtime.task.snapshot import TaskSnapshot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wiro_runtime.flow.deadline import Deadline
    from wiro_runtime.flow.effect import Flow
    from wiro_runtime.flow.options import CallOptions
    from wiro_runtime.request.body import RunBody
    from wiro_runtime.request.file import FileInput

__all__ = ["SendRun", "submit"]


class SendRun(Protocol):
    """Sends Run once; `exchange` does it the usual way."""

    def __call__(
        self, path: str, body: Mapping[str, Any] | Form, deadline: Deadline, /
    ) -> Flow[dict[str, Any]]:
        """Send it, and return the payload that names the task."""
        ...


def submit(
    request: RunBody,
    options: CallOptions,
    deadline: Deadline,
    send_run: SendRun = exchange,
) -> Flow[TaskSnapshot]:
    """Start the task, with its local files uploaded before or sent along.

    Args:
        request: What to run, checked.
        options: The options of the call.
        deadline: How long it may take.
        send_run: Sends Run once, and returns the payload of its answer.

    Raises:
        SubmissionUnknown: Run was sent and no usable answer came.
        ConnectionFailed: Run was never sent.
        Refused: The platform did not start a task.
    """
    given = request.local_files()
    yield from check_files(given, request.title)
    files = [LocalFile.of(file) for _, file in given]
    fields, retries = options.to_wire(), options.retry_refused
    body: Mapping[str, Any] | Form
    if options.upload == "with":
        body = Form([*request.to_form(), *fields.items()])
        if not all(file.is_repeatable for file in files):
            retries = 0  # a stream that has been read cannot be sent again
    else:
        urls = yield from upload_all(files, deadline)
        body = {**request.to_json(partial(_url_of, urls)), **fields}
    path = _path(request.slug)
    try:
        started = yield from _send_until_accepted(path, body, retries, deadline, send_run)
    except errors.ParameterRefused as refusal:
        refusal.argument = request.argument_named(refusal.parameter)
        raise
    return TaskSnapshot.from_wire(started)


def _url_of(urls: Mapping[object, str], file: FileInput) -> str:
    return location(file) or urls[LocalFile.of(file).key]


@lru_cache(maxsize=256)
def _path(slug: str) -> str:
    return "/".join(("Run", *(quote(part, safe="") for part in slug.split("/"))))


def _send_until_accepted(
    path: str,
    body: Mapping[str, Any] | Form,
    retries: int,
    deadline: Deadline,
    send_run: SendRun,
) -> Flow[dict[str, Any]]:
    """Send Run, and again after a proven refusal, as often as the caller allows it."""
    for refusals in itertools.count(1):
        try:
            return (yield from _send_once(path, body, deadline, send_run))
        except (errors.ConcurrencyLimit, errors.RateLimited) as refusal:
            if refusals > retries or not refusal.safe_to_resubmit:
                raise
            roll = yield from Random()
            pause = retry.refused_delay(refusals, asked=refusal.retry_after, roll=roll)
            if pause >= (yield from deadline.remaining()):
                raise  # it says more than a deadline that is sure to pass
            yield from Sleep(pause)
    raise AssertionError("unreachable: counting has no end")


def _send_once(
    path: str, body: Mapping[str, Any] | Form, deadline: Deadline, send_run: SendRun
) -> Flow[dict[str, Any]]:
    try:
        payload = yield from send_run(path, body, deadline)
    except TransportFailure as failure:
        if failure.never_sent:
            yield from deadline.remaining()  # a passed deadline says more
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
