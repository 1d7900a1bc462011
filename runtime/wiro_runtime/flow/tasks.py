"""Tasks by name: listing them, stopping them one way or the other, deleting their files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wiro_runtime import errors
from wiro_runtime import parse as loose
from wiro_runtime.flow.effect import TransportFailure
from wiro_runtime.flow.exchange import exchange, look, read
from wiro_runtime.task.snapshot import TaskSnapshot

if TYPE_CHECKING:
    from wiro_runtime.flow.deadline import Limit
    from wiro_runtime.flow.effect import Flow

__all__ = ["PAGE", "TaskPage", "cancel", "delete_files", "find", "kill", "list_page", "named"]

PAGE = 50
"""Tasks per page; the platform gives 1 to 100."""


@dataclass(frozen=True, slots=True)
class TaskPage:
    """A part of a list of tasks."""

    tasks: tuple[TaskSnapshot, ...]
    start: int
    """How many stand before it."""
    total: int | None
    """How many there are in all; None when the platform does not say."""

    @property
    def next_start(self) -> int | None:
        """Where the next page begins; None after the last."""
        end = self.start + len(self.tasks)
        is_last = not self.tasks or (end >= self.total if self.total is not None else False)
        return None if is_last else end


def named(token: str | None, task_id: str | None, call: str) -> TaskSnapshot:
    """A task of which only the name is known.

    Raises:
        InvalidRequest: Neither name was given, or both.
    """
    if bool(token) == bool(task_id):
        raise errors.InvalidRequest(
            f'{call}() takes either token= or id=, like {call}(id="2221"). Nothing was sent.'
        )
    return TaskSnapshot(id=task_id or "", token=token)


def find(task: TaskSnapshot, *, limit: Limit, timeout: float) -> Flow[TaskSnapshot]:
    """The task as it is now."""
    return (yield from look(task, limit=limit, timeout=timeout))


def list_page(
    model: str | None, start: int, size: int, *, limit: Limit, timeout: float
) -> Flow[TaskPage]:
    """One page of the project's tasks, the newest first. Numbers travel as text."""
    body = {"type": "model", "sort": "id", "order": "DESC", "start": str(start), "limit": str(size)}
    if model is not None:
        body["modelName"] = model
    payload = yield from read("Task/List", body, limit=limit, timeout=timeout)
    tasks = tuple(map(TaskSnapshot.from_wire, loose.mappings(payload.get("tasklist"))))
    return TaskPage(tasks, start, loose.integer(payload.get("total")))


def cancel(task: TaskSnapshot, *, limit: Limit, timeout: float) -> Flow[TaskSnapshot]:
    """Take a queued task back. The platform wants its id, which a token alone has to be asked for."""
    if not task.id:
        task = yield from look(task, limit=limit, timeout=timeout)
    body = {"taskid": task.id}
    return (yield from _command("Task/Cancel", body, task, limit=limit, timeout=timeout))


def kill(task: TaskSnapshot, *, limit: Limit, timeout: float) -> Flow[TaskSnapshot]:
    """Stop a task that a worker has."""
    body = {"taskid": task.id} if task.id else {"socketaccesstoken": task.token or ""}
    return (yield from _command("Task/Kill", body, task, limit=limit, timeout=timeout))


def delete_files(task: TaskSnapshot, *, limit: Limit, timeout: float) -> Flow[None]:
    """Delete the inputs and outputs of a task that has ended. The platform wants its token."""
    if not task.token:
        task = yield from look(task, limit=limit, timeout=timeout)
    if not task.token:
        raise errors.UnexpectedReply(
            f"The platform gave no token for task {task.id}, and deleting its files needs one.",
            task=task,
        )
    # Deleting twice is no harm, so that a lost answer is simply asked for again.
    names = {"tasktoken": task.token}
    yield from read("Task/InputOutputDelete", names, limit=limit, timeout=timeout)


def _command(
    path: str, body: dict[str, Any], task: TaskSnapshot, *, limit: Limit, timeout: float
) -> Flow[TaskSnapshot]:
    """Send a command once, then look: its own answer shows a finished task's numbers."""
    try:
        yield from exchange(path, body, limit=limit, timeout=timeout)
    except TransportFailure as failure:
        raise errors.ConnectionLost(
            f"{path} got no answer: {failure.reason}. Asking again is free.", task=task
        ) from failure
    except errors.PlatformError as refusal:
        refusal.task = task
        raise
    return (yield from look(task, limit=limit, timeout=timeout))
