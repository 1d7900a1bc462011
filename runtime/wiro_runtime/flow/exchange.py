"""One exchange with the platform, and reads: questions that change nothing, asked as often as it takes."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from wiro_runtime import errors, parse
from wiro_runtime.flow import reply, retry
from wiro_runtime.flow.effect import Form, Random, Send, Sleep, Time, TransportFailure
from wiro_runtime.secret import Secret
from wiro_runtime.task.snapshot import TaskSnapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from wiro_runtime.flow.deadline import Deadline
    from wiro_runtime.flow.effect import Flow, Reply
    from wiro_runtime.response import Task

__all__ = ["exchange", "fetch_task", "read"]

T = TypeVar("T")


def exchange(path: str, body: Mapping[str, Any] | Form, deadline: Deadline) -> Flow[dict[str, Any]]:
    """Send once, and return the payload of the answer.

    Args:
        path: Below the base URL.
        body: What is sent.
        deadline: How long it may take.

    Raises:
        PlatformError: The platform answered with something else than success.
        TransportFailure: No answer came.
        DeadlineExceeded: There was no time left to send it.
    """
    remaining = yield from deadline.remaining()
    timeout = min(deadline.http_timeout, remaining)
    # How long a file takes is up to its size and the line; all else has to be over in one timeout.
    total_timeout = remaining if isinstance(body, Form) else timeout
    answer = yield from Send(path, body, timeout, total_timeout, queue_timeout=remaining)
    return (yield from _payload(answer))


def _exchange_again(
    path: str, body: Mapping[str, Any], deadline: Deadline, after: str
) -> Flow[dict[str, Any]]:
    """One attempt at a read; `after` is what had failed last, for the text of a deadline that has passed."""
    remaining = yield from deadline.remaining(after=after)
    timeout = min(deadline.http_timeout, remaining)
    answer = yield from Send(
        path, body, timeout, timeout, queue_timeout=remaining, max_idle=math.inf
    )
    return (yield from _payload(answer))


def _payload(answer: Reply) -> Flow[dict[str, Any]]:
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
    return (yield from _insist(path, body, deadline, _as_it_is, lambda error: error.transient))


def fetch_task(task: TaskSnapshot, deadline: Deadline) -> Flow[TaskSnapshot]:
    """A task as it is now, by its id, or by its token where the id is not known.

    One odd answer proves nothing about a task that is known to be there: it is asked for again, like an
    answer that was lost.

    Raises:
        TaskNotFound: There is no such task.
    """
    names = {"taskid": task.id} if task.id else {"tasktoken": Secret(task.token or "")}
    is_known = bool(task.status or (task.id and task.token))

    def may_pass(error: errors.PlatformError) -> bool:
        is_about_the_key = isinstance(error, (errors.AuthenticationFailed, errors.PermissionDenied))
        # Stated by the platform itself; a gateway in between says 403 for reasons of its own.
        is_final = is_about_the_key and bool(error.errors)
        return error.transient or (is_known and not is_final)

    def find(payload: dict[str, Any]) -> TaskSnapshot:
        return _find_task(task, parse.mappings(payload.get("tasklist")))

    return (yield from _insist("Task/Detail", names, deadline, find, may_pass))


def _insist(
    path: str,
    body: Mapping[str, Any],
    deadline: Deadline,
    take: Callable[[dict[str, Any]], T],
    may_pass: Callable[[errors.PlatformError], bool],
) -> Flow[T]:
    """Send until an answer comes that can be taken, waiting between attempts."""
    failures, reason = 0, ""
    while True:
        try:
            return take((yield from _exchange_again(path, body, deadline, reason)))
        except TransportFailure as failure:
            problem = _lost(path, failure, failures + 1)
            asked, reason = None, failure.reason
        except errors.PlatformError as refusal:
            if not may_pass(refusal):
                raise
            problem, asked, reason = refusal, refusal.retry_after, str(refusal)
        failures += 1
        # A passed deadline says more than one more failed read.
        remaining = yield from deadline.remaining(after=reason)
        if failures == retry.ATTEMPTS:
            raise problem
        pause = retry.delay(failures, asked=asked, random=(yield from Random()))
        yield from Sleep(min(pause, remaining))


def _as_it_is(payload: dict[str, Any]) -> dict[str, Any]:
    return payload


def _find_task(task: TaskSnapshot, items: Sequence[Task]) -> TaskSnapshot:
    """The task that was asked for, among those of an answer; what the answer leaves out of its name is kept.

    An item that names another task is not it. One whose name proves nothing is taken where it is the only
    one, but for its word that nothing was billed.
    """
    if not items:
        raise errors.TaskNotFound(
            "The platform knows no such task. Check the id or token, and that the key belongs to the "
            "task's project."
        )
    seen = [TaskSnapshot.from_wire(item) for item in items]
    own = [item for item in seen if _is_same(task, item)]
    if not own and len(seen) == 1 and _may_be_same(task, seen[0]) and seen[0].billed is not False:
        own = seen
    asked = f"The platform was asked for task {task.id or 'by its token'} and answered with"
    if not own:
        raise errors.UnexpectedReply(f"{asked} another one, or with one that has no name.")
    if any(item != own[0] for item in own):
        raise errors.UnexpectedReply(f"{asked} {len(own)} states of it that contradict each other.")
    found = own[0]
    if found.id and found.token:
        return found
    return replace(found, id=found.id or task.id, token=found.token or task.token)


def _is_same(asked: TaskSnapshot, seen: TaskSnapshot) -> bool:
    """Whether an item names the task that was asked for: an answer may leave out either name."""
    if asked.id and seen.id:
        return asked.id == seen.id
    return bool(asked.token) and asked.token == seen.token


def _may_be_same(asked: TaskSnapshot, seen: TaskSnapshot) -> bool:
    """Whether an item has no name that speaks against its being the task that was asked for."""
    return not (asked.id and seen.id) and not (asked.token and seen.token)


def _lost(path: str, failure: TransportFailure, attempts: int) -> errors.WiroError:
    text = f"{path} got no answer in {attempts} attempts: {failure.reason}."
    problem = errors.ConnectionFailed(text) if failure.never_sent else errors.ConnectionLost(text)
    problem.__cause__ = failure
    return problem
