"""Run: the one request that costs money, and is therefore sent at most once."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from wiro_runtime import errors
from wiro_runtime.effect import TransportFailure
from wiro_runtime.file import location
from wiro_runtime.flow.read import exchange
from wiro_runtime.flow.upload import inspect, upload
from wiro_runtime.snapshot import TaskSnapshot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wiro_runtime.effect import Flow
    from wiro_runtime.file import FileInput
    from wiro_runtime.flow.limit import Limit
    from wiro_runtime.request import Request

__all__ = ["submit"]


def submit(
    request: Request[Any, Any], fields: Mapping[str, str], *, limit: Limit, timeout: float
) -> Flow[TaskSnapshot]:
    """Upload the local files, then start the task.

    Args:
        request: What to run.
        fields: The call's own fields in the body of Run.
        limit: The call's time limit.
        timeout: Seconds for one exchange.

    Raises:
        SubmissionUnknown: Run was sent and no usable answer came.
        ConnectionFailed: Run was never sent.
        Refused: The platform did not start a task.
    """
    files = list(request.__local_files__())
    yield from inspect(files, type(request).__name__)
    urls: dict[int, str] = {}
    for _, file in files:
        if id(file) not in urls:  # one object given twice is uploaded once
            urls[id(file)] = (yield from upload(file, limit=limit, timeout=timeout)).url

    def url_of(file: FileInput) -> str:
        return location(file) or urls[id(file)]

    body = {**request.__write__(url_of), **fields}
    try:
        started = yield from _start(_path(request.__model__), body, limit=limit, timeout=timeout)
    except errors.ParameterRefused as refusal:
        raise _named(refusal, request) from refusal.__cause__
    return TaskSnapshot.from_wire(started)


@lru_cache(maxsize=256)
def _path(slug: str) -> str:
    return "/".join(("Run", *(quote(part, safe="") for part in slug.split("/"))))


def _start(
    path: str, body: Mapping[str, Any], *, limit: Limit, timeout: float
) -> Flow[dict[str, Any]]:
    try:
        payload = yield from exchange(path, body, limit=limit, timeout=timeout)
    except TransportFailure as failure:
        if failure.never_sent:
            raise errors.ConnectionFailed(
                f"{path} could not be sent: {failure.reason}. Nothing was started."
            ) from failure
        raise _unknown(path, f"{failure.reason}.") from failure
    except (errors.ServerError, errors.UnexpectedReply) as odd:
        raise _unknown(path, str(odd), status=odd.status) from odd
    except errors.WiroError:
        raise
    except BaseException as leaving:  # Ctrl-C or cancellation while the answer was awaited
        leaving.add_note(
            f"{path} may have been sent; whether the platform started a task, and will bill it, is unknown."
        )
        raise
    if not payload.get("taskid") and not payload.get("socketaccesstoken"):
        raise _unknown(path, "the answer names no task.")
    return payload


def _unknown(path: str, reason: str, *, status: int | None = None) -> errors.SubmissionUnknown:
    return errors.SubmissionUnknown(
        f"{path} was sent, but whether a task was started is unknown: {reason} It is not sent again, "
        "because a second task would be billed as well. Look at the project's task list first.",
        status=status,
    )


def _named(refusal: errors.ParameterRefused, request: Request[Any, Any]) -> errors.ParameterRefused:
    for argument, encoding in request.__wire__.items():
        if refusal.parameter in encoding.names:
            refusal.argument = argument
    return refusal
