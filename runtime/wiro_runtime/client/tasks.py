"""`client.tasks`: the project's tasks by id or token, whoever started them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wiro_runtime import call_check, check
from wiro_runtime.flow import tasks as flows
from wiro_runtime.flow.exchange import fetch_task
from wiro_runtime.flow.paging import Page, Paging
from wiro_runtime.request.binding import binding_of
from wiro_runtime.task.snapshot import TaskSnapshot
from wiro_runtime.task.webhook import InvalidWebhook, Webhook

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from wiro_runtime.client.runner import AsyncRunner, Runner
    from wiro_runtime.flow.calls import Calls
    from wiro_runtime.flow.effect import Flow
    from wiro_runtime.request.request import Request

__all__ = ["AsyncTasksResource", "TasksResource"]


class _Tasks:
    """The flows of both twins."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def _get(self, token: str | None, task_id: str | None) -> Flow[TaskSnapshot]:
        task = flows.named_task(token, task_id, "get")
        deadline = yield from self._calls.start_deadline()
        return (yield from fetch_task(task, deadline))

    def _page(self, model: str | None, start: int, size: int) -> Flow[Page[TaskSnapshot]]:
        deadline = yield from self._calls.start_deadline()
        return (yield from flows.list_page(model, start, size, deadline))

    def _cancel(self, token: str | None, task_id: str | None) -> Flow[TaskSnapshot]:
        task = flows.named_task(token, task_id, "cancel")
        deadline = yield from self._calls.start_deadline()
        return (yield from flows.cancel(task, deadline))

    def _kill(self, token: str | None, task_id: str | None) -> Flow[TaskSnapshot]:
        task = flows.named_task(token, task_id, "kill")
        deadline = yield from self._calls.start_deadline()
        return (yield from flows.kill(task, deadline))

    def _delete_files(self, token: str | None, task_id: str | None) -> Flow[None]:
        task = flows.named_task(token, task_id, "delete_files")
        deadline = yield from self._calls.start_deadline()
        yield from flows.delete_files(task, deadline)

    def _confirm(self, webhook: Webhook) -> Flow[TaskSnapshot]:
        wrong = check.held_by(
            webhook, Webhook, like="the Webhook that parse_webhook(body) returned"
        )
        call_check.require("confirm", webhook=wrong)
        deadline = yield from self._calls.start_deadline()
        # Its words prove nothing, so that a name that does not exist is asked for once.
        named = webhook.task
        asked = TaskSnapshot(id=named.id, token=None if named.id else named.token)
        task = yield from fetch_task(asked, deadline)
        if named.token and task.token and named.token != task.token:
            raise InvalidWebhook(
                f"The webhook names task {task.id} and a token that is not that task's. It was not sent by "
                "the platform: do not act on it."
            )
        return task


class TasksResource(_Tasks):
    """Tasks of the project, as the platform knows them."""

    def __init__(self, runner: Runner) -> None:
        super().__init__(runner.calls)
        self._perform = runner.perform

    def get(self, *, id: str | None = None, token: str | None = None) -> TaskSnapshot:  # noqa: A002 - the platform's own word
        """A task as it is now.

        Args:
            id: The task's id; or
            token: its token.

        Raises:
            TaskNotFound: There is no such task.
        """
        token = call_check.read_token("get", token)
        return self._perform(self._get(token, id))

    def list(
        self,
        model: str | type[Request[Any, Any]] | None = None,
        *,
        page_size: int = flows.PAGE_SIZE,
    ) -> Iterator[TaskSnapshot]:
        """Every task of the project, the newest first; pages are fetched as you go on.

        Args:
            model: Only tasks of this model: its slug or its request class.
            page_size: Tasks per exchange, 1 to 100.
        """
        slug, paging = _slug(model), _paging(page_size)
        while paging.start is not None:
            yield from paging.take(self._perform(self._page(slug, paging.start, page_size)))

    def cancel(self, *, id: str | None = None, token: str | None = None) -> TaskSnapshot:  # noqa: A002 - as above
        """Take a task back while it is queued; free. `Task.cancel()` picks between this and `kill()`.

        Raises:
            NotCancellable: It is no longer queued.
        """
        token = call_check.read_token("cancel", token)
        return self._perform(self._cancel(token, id))

    def kill(self, *, id: str | None = None, token: str | None = None) -> TaskSnapshot:  # noqa: A002 - as above
        """Stop a task that a worker has; free.

        Raises:
            NotCancellable: No worker has it, or it has ended.
        """
        token = call_check.read_token("kill", token)
        return self._perform(self._kill(token, id))

    def delete_files(self, *, id: str | None = None, token: str | None = None) -> None:  # noqa: A002 - as above
        """Delete the inputs and outputs of a task that has ended; its record stays. For good.

        Raises:
            Refused: The task is still running, or somebody else's.
        """
        token = call_check.read_token("delete_files", token)
        self._perform(self._delete_files(token, id))

    def confirm(self, webhook: Webhook) -> TaskSnapshot:
        """What the platform itself says of the task that a webhook reported.

        Anybody can send a POST to a public address: act on this, not on the webhook's own words.

        Raises:
            TaskNotFound: There is no such task.
            InvalidWebhook: Its id and its token are of different tasks.
        """
        return self._perform(self._confirm(webhook))


class AsyncTasksResource(_Tasks):
    """Tasks of the project, as the platform knows them."""

    def __init__(self, runner: AsyncRunner) -> None:
        super().__init__(runner.calls)
        self._perform = runner.perform

    async def get(self, *, id: str | None = None, token: str | None = None) -> TaskSnapshot:  # noqa: A002 - the platform's own word
        """A task as it is now, as `TasksResource.get()` returns it."""
        token = call_check.read_token("get", token)
        return await self._perform(self._get(token, id))

    async def list(
        self,
        model: str | type[Request[Any, Any]] | None = None,
        *,
        page_size: int = flows.PAGE_SIZE,
    ) -> AsyncIterator[TaskSnapshot]:
        """Every task of the project, as `TasksResource.list()` returns them; use `async for`."""
        slug, paging = _slug(model), _paging(page_size)
        while paging.start is not None:
            page = await self._perform(self._page(slug, paging.start, page_size))
            for task in paging.take(page):
                yield task

    async def cancel(self, *, id: str | None = None, token: str | None = None) -> TaskSnapshot:  # noqa: A002 - as above
        """Take a queued task back, as `TasksResource.cancel()` does."""
        token = call_check.read_token("cancel", token)
        return await self._perform(self._cancel(token, id))

    async def kill(self, *, id: str | None = None, token: str | None = None) -> TaskSnapshot:  # noqa: A002 - as above
        """Stop a running task, as `TasksResource.kill()` does."""
        token = call_check.read_token("kill", token)
        return await self._perform(self._kill(token, id))

    async def delete_files(self, *, id: str | None = None, token: str | None = None) -> None:  # noqa: A002 - as above
        """Delete a task's files, as `TasksResource.delete_files()` does."""
        token = call_check.read_token("delete_files", token)
        await self._perform(self._delete_files(token, id))

    async def confirm(self, webhook: Webhook) -> TaskSnapshot:
        """Ask the platform about a webhook's task, as `TasksResource.confirm()` does."""
        return await self._perform(self._confirm(webhook))


def _slug(model: str | type[Request[Any, Any]] | None) -> str | None:
    if model is None or not isinstance(model, str):
        return None if model is None else binding_of(model).slug
    call_check.require("list", model=check.slug(model))
    return model


def _paging(page_size: int) -> Paging[TaskSnapshot]:
    call_check.require("list", page_size=check.count(page_size, least=1, most=100))
    return Paging(flows.name_of)
