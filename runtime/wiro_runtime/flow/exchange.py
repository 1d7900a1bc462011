"""One exchange with the platform, and reads: questions that change nothing, asked as often as it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wiro_runtime import errors, parse
from wiro_runtime.flow import reply, retry
from wiro_runtime.flow.effect import Form, Random, Send, Sleep, Time, TransportFailure
from wiro_runtime.secret import Secret
from wiro_runtime.task.snapshot import TaskSnapshot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wiro_runtime.flow.deadline import Deadline
    from wiro_runtime.flow.effect import Flow

__all__ = ["exchange", "fetch_task", "read"]


def exchange(path: str, body: Mapping[str, Any] | Form, deadline: Deadline) -> Flow[dict[str, Any]]:
    """Send once, and return the payload of the answer.

    Raises:
        PlatformError: The platform answered with something else than success.
        TransportFailure: No answer came.
        DeadlineExceeded: There was no time left to send it.
    """
    remaining = yield from deadline.remaining()
    timeout = min(deadline.http_timeout, remaining)
    # How long a file takes is up to its size and the line; all else has to be over in one timeout.
    total_timeout = remaining if isinstance(body, Form) else timeout
    answer = yield from Send(path, body, timeout, total_timeout)
    # Only a `Retry-After` that is a date asks what time it is.
    now = (yield from Time()) if "retry-after" in answer.headers else 0.0
    return reply.read(answer, now=now)


def read(path: str, body: Mapping[str, Any], deadline: Deadline) -> Flow[dict[str, Any]]:
    """Send until an answer comes, waiting between attempts, and return its payload.

    Raises:
        PlatformError: The platform refused, or failed several times in a row.
        NetworkError: No answer came several times in a row.
        DeadlineExceeded: The time is up.
    """
    failures = 0
    while True:
        try:
            return (yield from exchange(path, body, deadline))
        except TransportFailure as failure:
            problem = _lost(path, failure, failures + 1)
            asked = None
        except errors.PlatformError as refusal:
            if not refusal.transient:
                raise
            problem, asked = refusal, refusal.retry_after
        failures += 1
        # A passed deadline says more than one more failed read.
        remaining = yield from deadline.remaining()
        if failures == retry.ATTEMPTS:
            raise problem
        pause = retry.delay(failures, asked=asked, roll=(yield from Random()))
        yield from Sleep(min(pause, remaining))


def fetch_task(task: TaskSnapshot, deadline: Deadline) -> Flow[TaskSnapshot]:
    """A task as it is now, by its id, or by its token where the id is not known.

    Raises:
        TaskNotFound: There is no such task.
    """
    names = {"taskid": task.id} if task.id else {"tasktoken": Secret(task.token or "")}
    payload = yield from read("Task/Detail", names, deadline)
    tasks = parse.mappings(payload.get("tasklist"))
    if not tasks:
        raise errors.TaskNotFound(
            "The platform knows no such task. Check the id or token, and that the key belongs to the "
            "task's project."
        )
    return TaskSnapshot.from_wire(tasks[0])


def _lost(path: str, failure: TransportFailure, attempts: int) -> errors.WiroError:
    text = f"{path} got no answer in {attempts} attempts: {failure.reason}."
    problem = errors.ConnectionFailed(text) if failure.never_sent else errors.ConnectionLost(text)
    problem.__cause__ = failure
    return problem
