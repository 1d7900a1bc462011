"""Tasks by name: finding, listing and stopping them, deleting their files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wiro_runtime import call_check, check, errors, parse
from wiro_runtime.flow.effect import Sleep, TransportFailure
from wiro_runtime.flow.exchange import exchange, fetch_task, read
from wiro_runtime.flow.paging import Page
from wiro_runtime.task.snapshot import Stage, TaskSnapshot

if TYPE_CHECKING:
    from wiro_runtime.flow.deadline import Deadline
    from wiro_runtime.flow.effect import Flow

__all__ = [
    "PAGE_SIZE",
    "cancel",
    "delete_files",
    "kill",
    "list_page",
    "name_of",
    "named_task",
    "stop",
]

PAGE_SIZE = 50
"""Tasks per page; the platform gives 1 to 100."""

_ATTEMPTS = 5
_PAUSE = 0.5


def named_task(token: str | None, task_id: str | None, call: str) -> TaskSnapshot:
    """A task of which only the name is known.

    Raises:
        InvalidRequest: Neither name was given, or both.
    """
    if call_check.is_given(token) == call_check.is_given(task_id):
        raise errors.InvalidRequest(
            f'{call}() takes either token= or id=, like {call}(id="2221"). Nothing was sent.'
        )
    call_check.require(call, id=None if token else check.name(task_id))
    return TaskSnapshot(id=str(task_id or ""), token=token)


def name_of(task: TaskSnapshot) -> str:
    """What identifies a task in a list: its name, or all that is said of it where it has none."""
    return task.id or task.token or repr(task.raw)


def list_page(
    model: str | None, start: int, size: int, deadline: Deadline
) -> Flow[Page[TaskSnapshot]]:
    """One page of the project's tasks, the newest first. Numbers travel as text."""
    body = {"type": "model", "sort": "id", "order": "DESC", "start": str(start), "limit": str(size)}
    if model is not None:
        body["modelName"] = model
    payload = yield from read("Task/List", body, deadline)
    tasks = tuple(map(TaskSnapshot.from_wire, parse.mappings(payload.get("tasklist"))))
    return Page(tasks, start, parse.integer(payload.get("total")))


def cancel(task: TaskSnapshot, deadline: Deadline) -> Flow[TaskSnapshot]:
    """Take a queued task back, and return its state. The platform wants its id: a token is asked for it."""
    if not task.id:
        task = yield from fetch_task(task, deadline)
    return (yield from _command("Task/Cancel", {"taskid": task.id}, task, deadline))


def kill(task: TaskSnapshot, deadline: Deadline) -> Flow[TaskSnapshot]:
    """Stop a task that a worker has, and return its state."""
    body = {"taskid": task.id} if task.id else {"socketaccesstoken": task.token or ""}
    return (yield from _command("Task/Kill", body, task, deadline))


def delete_files(task: TaskSnapshot, deadline: Deadline) -> Flow[None]:
    """Delete the inputs and outputs of a task that has ended. The platform wants its token."""
    if not task.token:
        task = yield from fetch_task(task, deadline)
    if not task.token:
        raise errors.UnexpectedReply(
            f"The platform gave no token for task {task.id}, and deleting its files needs one.",
            task=task,
        )
    # Deleting twice is no harm, so that a lost answer is simply asked for again.
    yield from read("Task/InputOutputDelete", {"tasktoken": task.token}, deadline)


def _command(
    path: str, body: dict[str, Any], task: TaskSnapshot, deadline: Deadline
) -> Flow[TaskSnapshot]:
    """Send a command once, then fetch the task: the command's own answer shows a finished task's numbers."""
    try:
        yield from exchange(path, body, deadline)
    except TransportFailure as failure:
        raise errors.ConnectionLost(
            f"{path} got no answer: {failure.reason}. Asking again is free.", task=task
        ) from failure
    except errors.PlatformError as refusal:
        refusal.task = task
        raise
    return (yield from fetch_task(task, deadline))


def stop(task: TaskSnapshot, deadline: Deadline) -> Flow[TaskSnapshot]:
    """Stop a task, queued or running, and return its state; one that has ended is left as it is.

    Cancel stops a queued task, Kill one that a worker has. A task moves on while we decide: Cancel is
    refused when a worker has just taken it, Kill when no machine is assigned yet. After a refusal, as
    after a lost answer, the task is fetched again and the fitting one is tried. Asking twice costs nothing.

    Raises:
        WiroError: It could not be stopped; the last reason.
    """
    problem: errors.WiroError | None = None
    for attempt in range(_ATTEMPTS):
        task = yield from fetch_task(task, deadline)
        if task.stage is Stage.ENDED:
            return task
        problem = yield from _try_to_stop(task, deadline)
        if problem is None:
            return (yield from _wait_until_stopped(task, deadline))
        yield from Sleep(min(_PAUSE * 2**attempt, (yield from deadline.remaining())))
    raise problem or AssertionError("unreachable: the loop has run")


def _try_to_stop(task: TaskSnapshot, deadline: Deadline) -> Flow[errors.WiroError | None]:
    """Send Cancel or Kill once; return what went wrong, if it may be mended by fetching the task again."""
    path = "Task/Cancel" if task.stage is Stage.QUEUED else "Task/Kill"
    try:
        yield from exchange(path, {"taskid": task.id}, deadline)
    except TransportFailure as failure:
        lost = errors.ConnectionLost(f"{path} got no answer: {failure.reason}.", task=task)
        lost.__cause__ = failure
        return lost
    except (errors.AuthenticationFailed, errors.PermissionDenied):
        raise
    except errors.PlatformError as refusal:
        refusal.task = task
        return refusal
    return None


def _wait_until_stopped(task: TaskSnapshot, deadline: Deadline) -> Flow[TaskSnapshot]:
    """Fetch a task that is being stopped until it has ended, for a few seconds at most.

    The answers of Cancel and Kill are not read: the documented ones show a finished task's numbers.
    """
    for attempt in range(_ATTEMPTS):
        task = yield from fetch_task(task, deadline)
        if task.stage is Stage.ENDED:
            break
        yield from Sleep(min(_PAUSE * 2**attempt, (yield from deadline.remaining())))
    return task
