"""What both clients offer about money: the journal, estimates, budgets, lost runs. Twins differ in what is awaited."""

from __future__ import annotations

from abc import abstractmethod
from contextlib import asynccontextmanager, contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar, cast

from wiro_runtime.client.task import AsyncTask, Task

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Generator, Iterable
    from decimal import Decimal
    from typing import Unpack

    from wiro_runtime.client.journal import AsyncJournalResource, JournalResource
    from wiro_runtime.client.runner import AsyncRunner, Runner
    from wiro_runtime.errors import SubmissionUnknown
    from wiro_runtime.flow.map import MapProgress, MapResult
    from wiro_runtime.flow.options import MapOptions
    from wiro_runtime.price.budget import Budget
    from wiro_runtime.price.estimate import Estimate
    from wiro_runtime.request.request import Request

R = TypeVar("R")
A = TypeVar("A")

__all__ = ["AsyncSpendingMethods", "SpendingMethods"]

# All of it is loaded with its first use: most programs use none, and are not to be slower for it.


class SpendingMethods:
    """What `Client` offers about money."""

    @cached_property
    @abstractmethod
    def _runner(self) -> Runner:
        """Performs the calls; each client makes its own."""

    @cached_property
    def journal(self) -> JournalResource:
        """The runs that are written down, where the client was given a journal."""
        from wiro_runtime.client.journal import JournalResource  # noqa: PLC0415 - as said above

        return JournalResource(self._runner)

    def estimate(self, request: Request[Any, Any], *, live: bool = False) -> Estimate:
        """What a run may cost, before it is sent; never bills. `basis` says whose prices it rests on.

        Args:
            request: The run.
            live: Ask the platform for its prices now. Otherwise it is asked once, and only for a model whose
                class holds no prices.
        """
        return self._runner.perform(self._runner.calls.estimate(request, live=live))

    @contextmanager
    def budget(
        self,
        cap: Decimal | float | str,
        *,
        name: str | None = None,
        unknown_price: Decimal | float | str | None = None,
    ) -> Generator[Budget]:
        """Keep all runs of a block within an amount of money together.

            with client.budget(5) as budget:
                client.run(request)
            budget.spent

        What a run may cost is set aside before it is sent, and what it did cost is counted when it has
        ended. A run that would need more than is left raises `BudgetExceeded`, and is not sent.

        Args:
            cap: US dollars.
            name: With a journal, all processes that open a budget of this name share it, and it outlasts
                them; without a name it ends with the block.
            unknown_price: US dollars set aside for a run of which nobody can say what it costs at most;
                None to refuse such a run.

        Raises:
            ConfigurationError: It is no amount of money.
        """
        from wiro_runtime.flow.money import open_budget  # noqa: PLC0415 - as said above

        money = self._runner.calls.open_money()
        budget = self._runner.perform(open_budget(money, cap, name, unknown_price))
        with money.budgets.entered(budget):
            yield budget

    def map(
        self,
        requests: Iterable[Request[R, Any]],
        *,
        keys: Iterable[str] | Callable[[Any], str] | None = None,
        ordered: bool = False,
        at_once: int = 32,
        on_progress: Callable[[MapProgress], object] | None = None,
        **options: Unpack[MapOptions],
    ) -> Generator[MapResult[R]]:
        """Run many requests, as many at a time as the account allows, and give what becomes of each.

            for item in client.map(requests, keys=names):
                print(item.key, item.error or item.unwrap())

        A run that is refused because too many are running waits until one has ended. One that fails is
        an item with an `error`, and the others go on; where every further one would fail as well (a
        budget that is used up, an account without money, a journal that cannot be written), no
        further one is started. Requests are read when they are needed, so there may be any number. With a
        journal and keys, the same call after a crash goes on where the last one was.

        Args:
            requests: What to run.
            keys: A key for each, as many as there are requests; or a function that makes one from a request.
            ordered: Give results in the order of the requests; else as they come.
            at_once: How many may run at a time at most.
            on_progress: Called with a `MapProgress` whenever something has changed.
            **options: The options of each run, as `run()` takes them.
        """
        from wiro_runtime.client.map import Batch, map_blocking  # noqa: PLC0415 - as said above
        from wiro_runtime.flow.options import read_options  # noqa: PLC0415 - as said above

        batch = Batch(
            requests,
            keys,
            read_options("map", options, awaits=False),
            at_once=at_once,
            is_ordered=ordered,
            on_progress=on_progress,
            awaits=False,
        )
        return map_blocking(self._runner, batch)

    def reconcile(self, error: SubmissionUnknown) -> Task[Any]:
        """Look in the project's task list for the task of a run whose answer was lost. Never bills.

        Raises:
            NotStarted: It is proven that no task was started; sending it again is safe.
            SubmissionUnknown: Nothing shows which task is its own, or it is too early to say.
        """
        from wiro_runtime.flow.journal import reconcile_error  # noqa: PLC0415 - as said above

        task = self._runner.perform(reconcile_error(self._runner.calls, error))
        return Task(self._runner, _model_of(error), task)


class AsyncSpendingMethods:
    """What `AsyncClient` offers about money: the same, awaited."""

    @cached_property
    @abstractmethod
    def _runner(self) -> AsyncRunner:
        """Performs the calls; each client makes its own."""

    @cached_property
    def journal(self) -> AsyncJournalResource:
        """The runs that are written down, where the client was given a journal."""
        from wiro_runtime.client.journal import AsyncJournalResource  # noqa: PLC0415 - as said above

        return AsyncJournalResource(self._runner)

    async def estimate(self, request: Request[Any, Any], *, live: bool = False) -> Estimate:
        """What a run may cost, as `Client.estimate()` returns it."""
        return await self._runner.perform(self._runner.calls.estimate(request, live=live))

    @asynccontextmanager
    async def budget(
        self,
        cap: Decimal | float | str,
        *,
        name: str | None = None,
        unknown_price: Decimal | float | str | None = None,
    ) -> AsyncGenerator[Budget]:
        """Keep all runs of an `async with` block within an amount of money, as `Client.budget()` does."""
        from wiro_runtime.flow.money import open_budget  # noqa: PLC0415 - as said above

        money = self._runner.calls.open_money()
        budget = await self._runner.perform(open_budget(money, cap, name, unknown_price))
        with money.budgets.entered(budget):
            yield budget

    def map(
        self,
        requests: Iterable[Request[Any, A]],
        *,
        keys: Iterable[str] | Callable[[Any], str] | None = None,
        ordered: bool = False,
        at_once: int = 32,
        on_progress: Callable[[MapProgress], object] | None = None,
        **options: Unpack[MapOptions],
    ) -> AsyncGenerator[MapResult[A]]:
        """Run many requests, as `Client.map()` does; use `async for`."""
        from wiro_runtime.client.map import Batch, map_async  # noqa: PLC0415 - as said above
        from wiro_runtime.flow.options import read_options  # noqa: PLC0415 - as said above

        batch = Batch(
            requests,
            keys,
            read_options("map", options, awaits=True),
            at_once=at_once,
            is_ordered=ordered,
            on_progress=on_progress,
            awaits=True,
        )
        return map_async(self._runner, batch)

    async def reconcile(self, error: SubmissionUnknown) -> AsyncTask[Any]:
        """Look for the task of a run whose answer was lost, as `Client.reconcile()` does."""
        from wiro_runtime.flow.journal import reconcile_error  # noqa: PLC0415 - as said above

        task = await self._runner.perform(reconcile_error(self._runner.calls, error))
        return AsyncTask(self._runner, _model_of(error), task)


def _model_of(error: SubmissionUnknown) -> type[Request[Any, Any]]:
    """The class of the request that was lost."""
    from wiro_runtime.client.untyped import request_class  # noqa: PLC0415 - as said above

    if error.request is not None:
        return cast("type[Request[Any, Any]]", type(error.request))
    return request_class("" if error.submission is None else error.submission.model)
