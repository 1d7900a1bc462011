"""`client.journal`: runs that are written down. Twins differ in what is awaited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from wiro_runtime import call_check, check
from wiro_runtime.client.task import AsyncTask, Task
from wiro_runtime.client.untyped import request_class
from wiro_runtime.errors import InvalidRequest
from wiro_runtime.flow import journal as flows
from wiro_runtime.flow.effect import AwaitFuture
from wiro_runtime.flow.options import read_options
from wiro_runtime.journal.entry import State

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from concurrent.futures import Future
    from typing import Unpack

    from wiro_runtime.client.runner import AsyncRunner, Runner
    from wiro_runtime.flow.calls import Calls
    from wiro_runtime.flow.effect import Flow
    from wiro_runtime.flow.options import SendOptions
    from wiro_runtime.journal.entry import JournalEntry
    from wiro_runtime.journal.store import BudgetState, Spending, Store
    from wiro_runtime.task.snapshot import TaskSnapshot

__all__ = ["AsyncJournalResource", "JournalResource"]


class _Resource:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    @property
    def _store(self) -> Store:
        return flows.places(self._calls.money)[1]

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {flows.places(self._calls.money)[0].name}>"

    def _page(
        self, state: State | None, model: str | None, after: tuple[float, str] | None
    ) -> Flow[list[JournalEntry]]:
        call_check.require(
            "list",
            state=None if state is None else check.one_of(state, get_args(State)),
            model=None if model is None else check.slug(model),
        )
        states = () if state is None else (state,)
        store = self._store
        return (yield from AwaitFuture(lambda: store.page(states=states, model=model, after=after)))

    def _find(self, key: str, call: str = "get") -> Flow[JournalEntry | None]:
        call_check.require(call, key=check.key(key))
        return (yield from AwaitFuture(lambda: self._store.find(key)))

    def _adopt(self, key: str, task_id: str) -> Flow[TaskSnapshot]:
        call_check.require("adopt", key=check.key(key), id=check.name(task_id))
        return (yield from flows.adopt(self._calls, key, str(task_id)))

    def _forget(self, key: str, *, force: bool) -> Flow[JournalEntry | None]:
        call_check.require("forget", key=check.key(key), force=check.flag(force))
        return (yield from flows.forget(self._calls, key, force=force))

    def _spending(self, since: float) -> Flow[tuple[Spending, ...]]:
        call_check.require("spending", since=check.seconds(since))
        return tuple((yield from AwaitFuture(lambda: self._store.spending(since))))

    def _asked(self, start: Callable[[], Future[Any]]) -> Flow[Any]:
        return (yield from AwaitFuture(start))


class JournalResource(_Resource):
    """The runs of this project in the client's journal."""

    def __init__(self, runner: Runner) -> None:
        super().__init__(runner.calls)
        self._runner = runner
        self._perform = runner.perform

    def get(self, key: str) -> JournalEntry | None:
        """The run under a key; None if there is none. Asks nobody but the journal."""
        entry: JournalEntry | None = self._perform(self._find(key))
        return entry

    def list(
        self, *, state: State | None = None, model: str | None = None
    ) -> Iterator[JournalEntry]:
        """Runs, the oldest first, read page by page.

        Args:
            state: Only those in this state.
            model: Only those of this model, by its slug.
        """
        after: tuple[float, str] | None = None
        while page := self._perform(self._page(state, model, after)):
            yield from page
            after = (page[-1].at, page[-1].key)

    def unfinished(self) -> Iterator[tuple[str, Task[Any]]]:
        """Every run that has a task and has not ended, as its key and a handle on the task.

        Runs whose answers were lost are looked for first, in one pass over the project's task list. What
        cannot be found out stays in `list(state="unknown")`.

            for key, task in client.journal.unfinished():
                task.wait().outputs.save(f"out/{key}")
        """
        for entry, task in self._perform(flows.unfinished(self._calls)):
            yield entry.key, Task(self._runner, request_class(entry.model), task)

    def reconcile(self) -> flows.Reconciliation:
        """Look for the tasks of all runs whose answers were lost, in one pass over the project's task list."""
        return self._perform(flows.reconcile_journal(self._calls))

    def adopt(self, key: str, *, id: str) -> Task[Any]:  # noqa: A002 - the platform's own word
        """Record which task a run with a lost answer has started, where only you know it.

        Raises:
            InvalidRequest: The run is not one whose task is unknown.
        """
        task = self._perform(self._adopt(key, id))
        entry = self.get(key)
        return Task(self._runner, request_class(entry.model if entry else ""), task)

    def rerun(self, key: str, *, as_key: str, **options: Unpack[SendOptions]) -> Task[Any]:
        """Send the exact body of a run again, under a new key, and return a handle on the new task.

        Args:
            key: The run's key.
            as_key: The new one.
            **options: The options of the call, as `submit()` takes them.

        Raises:
            InvalidRequest: There is no such run, or its files were part of its body and are not kept.
        """
        call_check.require("rerun", key=check.key(key), as_key=check.key(as_key))
        chosen = read_options("submit", {**options, "key": as_key}, awaits=False)
        entry = _existing(self.get(key), key)
        model = request_class(entry.model)
        return Task(
            self._runner, model, self._perform(flows.rerun(self._calls, model, entry, chosen))
        )

    def forget(self, key: str, *, force: bool = False) -> JournalEntry | None:
        """Delete a run, so that its key is free; the run as it was, None if there was none.

        Args:
            key: The run's key.
            force: Also one that has not ended, whose task may be running or paid for.

        Raises:
            InvalidRequest: It has not ended, and `force` was not said.
        """
        return self._perform(self._forget(key, force=force))

    def spending(self, since: float = 0.0) -> tuple[Spending, ...]:
        """What was spent since a moment in Unix seconds, by model and outcome, the most expensive first."""
        return self._perform(self._spending(since))

    def budgets(self) -> tuple[BudgetState, ...]:
        """Every budget of a name that was opened in this journal."""
        return tuple(self._perform(self._asked(self._store.budgets)))


class AsyncJournalResource(_Resource):
    """The runs of this project in the client's journal, as `JournalResource` has them."""

    def __init__(self, runner: AsyncRunner) -> None:
        super().__init__(runner.calls)
        self._runner = runner
        self._perform = runner.perform

    async def get(self, key: str) -> JournalEntry | None:
        """The run under a key; None if there is none. Asks nobody but the journal."""
        entry: JournalEntry | None = await self._perform(self._find(key))
        return entry

    async def list(
        self, *, state: State | None = None, model: str | None = None
    ) -> AsyncIterator[JournalEntry]:
        """Runs, as `JournalResource.list()` returns them; use `async for`."""
        after: tuple[float, str] | None = None
        while page := await self._perform(self._page(state, model, after)):
            for entry in page:
                yield entry
            after = (page[-1].at, page[-1].key)

    async def unfinished(self) -> AsyncIterator[tuple[str, AsyncTask[Any]]]:
        """What is to be picked up, as `JournalResource.unfinished()` returns it; use `async for`."""
        for entry, task in await self._perform(flows.unfinished(self._calls)):
            yield entry.key, AsyncTask(self._runner, request_class(entry.model), task)

    async def reconcile(self) -> flows.Reconciliation:
        """Look for lost tasks, as `JournalResource.reconcile()` does."""
        return await self._perform(flows.reconcile_journal(self._calls))

    async def adopt(self, key: str, *, id: str) -> AsyncTask[Any]:  # noqa: A002 - as above
        """Record which task a run has started, as `JournalResource.adopt()` does."""
        task = await self._perform(self._adopt(key, id))
        entry = await self.get(key)
        return AsyncTask(self._runner, request_class(entry.model if entry else ""), task)

    async def rerun(
        self, key: str, *, as_key: str, **options: Unpack[SendOptions]
    ) -> AsyncTask[Any]:
        """Send the exact body of a run again, as `JournalResource.rerun()` does."""
        call_check.require("rerun", key=check.key(key), as_key=check.key(as_key))
        chosen = read_options("submit", {**options, "key": as_key}, awaits=True)
        entry = _existing(await self.get(key), key)
        model = request_class(entry.model)
        task = await self._perform(flows.rerun(self._calls, model, entry, chosen))
        return AsyncTask(self._runner, model, task)

    async def forget(self, key: str, *, force: bool = False) -> JournalEntry | None:
        """Delete a run, as `JournalResource.forget()` does."""
        return await self._perform(self._forget(key, force=force))

    async def spending(self, since: float = 0.0) -> tuple[Spending, ...]:
        """What was spent, as `JournalResource.spending()` returns it."""
        return await self._perform(self._spending(since))

    async def budgets(self) -> tuple[BudgetState, ...]:
        """Every budget, as `JournalResource.budgets()` returns them."""
        return tuple(await self._perform(self._asked(self._store.budgets)))


def _existing(entry: JournalEntry | None, key: str) -> JournalEntry:
    if entry is None:
        raise InvalidRequest(
            f"The journal has no run {key!r}; client.journal.list() returns those that there are. Nothing was sent."
        )
    return entry
