"""What a task's state means for the caller: a result, an error, or another try later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wiro_runtime import errors
from wiro_runtime.request.binding import binding_of

if TYPE_CHECKING:
    from wiro_runtime.request.request import Request
    from wiro_runtime.task.snapshot import TaskSnapshot

__all__ = ["raise_for_outcome", "resume_line"]


def raise_for_outcome(task: TaskSnapshot) -> TaskSnapshot:
    """The task itself if it succeeded.

    Raises:
        TaskFailed: It failed.
        TaskCancelled: It was cancelled or killed.
        TaskNotFinished: It is still running.
    """
    match task.outcome:
        case "succeeded":
            return task
        case "failed":
            raise errors.TaskFailed(_last_words(task), task=task)
        case "cancelled":
            raise errors.TaskCancelled(f"Task {task.id} was cancelled.{_cost(task)}", task=task)
        case "pending":
            raise errors.TaskNotFinished(
                f"Task {task.id} has not ended ({task.status or 'not looked at yet'}); "
                "task.wait() waits for it.",
                task=task,
            )


def resume_line(
    model: type[Request[Any, Any]], task: TaskSnapshot, after: BaseException | None = None
) -> str | None:
    """The line of Python that picks a task up again; None if there is nothing to be had from it.

    Args:
        model: The request class.
        task: The task as it was last seen.
        after: What was raised; of a task that is not there, no line can help.
    """
    if task.outcome in ("failed", "cancelled") or isinstance(after, errors.TaskNotFound):
        return None
    binding = binding_of(model)
    request = f'client.models["{binding.slug}"]' if binding.is_open else model.__name__
    # The id is enough for whoever has the key; a token in a text would be in every log.
    name = f'id="{task.id}"' if task.id else "token=error.task.token"
    return f"client.attach({request}, {name})"


def _last_words(task: TaskSnapshot, most: int = 500) -> str:
    code = (
        "no exit code and no outputs" if task.exit_code is None else f"exit code {task.exit_code}"
    )
    words = task.debug_error.strip() or task.debug_output.strip()
    tail = words if len(words) <= most else f"…{words[-most:]}"
    return f"Task {task.id} failed with {code}.{_cost(task)}" + (
        f" Its last words:\n{tail}" if tail else ""
    )


def _cost(task: TaskSnapshot) -> str:
    if task.billed is False:
        return " It costs nothing."
    return (
        f" The platform states a cost of {task.total_cost} US dollars." if task.total_cost else ""
    )
