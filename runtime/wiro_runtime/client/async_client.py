"""The client for asyncio: the words of `Client`, awaited."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, TypeVar, overload

from wiro_runtime import call_check
from wiro_runtime.client.base import ClientBase
from wiro_runtime.client.runner import AsyncRunner
from wiro_runtime.client.spending import AsyncSpendingMethods
from wiro_runtime.client.task import AsyncTask
from wiro_runtime.flow.exception_notes import RunNotes

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self, Unpack

    import httpx

    from wiro_runtime.client.catalog import AsyncCatalogResource
    from wiro_runtime.client.files import AsyncFilesResource
    from wiro_runtime.client.live_session import AsyncLiveSession
    from wiro_runtime.client.requests import RealtimeRequest
    from wiro_runtime.client.result import AsyncRealtimeResult, AsyncResult
    from wiro_runtime.client.stream import AsyncStream
    from wiro_runtime.client.tasks import AsyncTasksResource
    from wiro_runtime.config import Config
    from wiro_runtime.driver.asynchronous import AsyncDriver
    from wiro_runtime.flow.options import RunOptions, SessionOptions, StreamOptions, SubmitOptions
    from wiro_runtime.request.request import Request
    from wiro_runtime.task.snapshot import TaskSnapshot

__all__ = ["AsyncClient"]

A = TypeVar("A")


class AsyncClient(ClientBase["httpx.AsyncClient", "AsyncDriver"], AsyncSpendingMethods):
    """Runs models and waits for them, in asyncio. Works across several event loops.

    Takes what `Client` takes, with an `httpx.AsyncClient` of your own.
    """

    _awaits = True

    def _connect(self, config: Config, http_client: httpx.AsyncClient | None) -> AsyncDriver:
        from wiro_runtime.driver.asynchronous import AsyncDriver  # noqa: PLC0415 - loads asyncio

        return AsyncDriver(config, http_client)

    @cached_property
    def _runner(self) -> AsyncRunner:
        return AsyncRunner(self._calls, self._driver.perform, self._driver.do)

    @cached_property
    def files(self) -> AsyncFilesResource:
        """Files of one's own on the platform."""
        from wiro_runtime.client.files import AsyncFilesResource  # noqa: PLC0415 - loaded with its first use

        return AsyncFilesResource(self._runner)

    @cached_property
    def tasks(self) -> AsyncTasksResource:
        """The project's tasks, by id or token."""
        from wiro_runtime.client.tasks import AsyncTasksResource  # noqa: PLC0415 - loaded with its first use

        return AsyncTasksResource(self._runner)

    @cached_property
    def catalog(self) -> AsyncCatalogResource:
        """The models that the platform has now."""
        from wiro_runtime.client.catalog import AsyncCatalogResource  # noqa: PLC0415 - as above

        return AsyncCatalogResource(self._runner)

    @overload
    async def run(self, request: Request[Any, A], **options: Unpack[RunOptions]) -> A: ...
    @overload
    async def run(self, request: str, **inputs: Any) -> AsyncResult: ...
    async def run(self, request: Request[Any, A] | str, **options: Any) -> A | AsyncResult:
        """Run a model as `Client.run()` does; `on_event` may be a coroutine function.

        `on_abandon` also covers the cancellation of the asyncio task.
        """
        request, given = self._request(request, options)
        chosen = self._options("run", given)
        trace = RunNotes(type(request))
        try:  # not `with`: on the way to the caller, nothing more is run that Ctrl-C could meet
            flow = self._calls.run(request, chosen, trace)
            return await self._task(type(request), await self._driver.perform(flow)).result()
        except BaseException as leaving:
            trace.leave(leaving)
            raise

    @overload
    def stream(
        self, request: Request[Any, A], **options: Unpack[StreamOptions]
    ) -> AsyncStream[A]: ...
    @overload
    def stream(self, request: str, **inputs: Any) -> AsyncStream[AsyncResult]: ...
    def stream(
        self, request: Request[Any, A] | str, **options: Any
    ) -> AsyncStream[A] | AsyncStream[AsyncResult]:
        """Run a model and take its events one by one, as `Client.stream()` does: `async with`, `async for`."""
        from wiro_runtime.client.stream import AsyncStream  # noqa: PLC0415 - loaded with its first use

        request, given = self._request(request, options)
        trace = RunNotes(type(request))
        flow = self._calls.stream(request, self._options("stream", given), trace)
        return AsyncStream(flow, self._runner, partial(self._task, type(request)), trace=trace)

    def session(
        self,
        request: RealtimeRequest,
        **options: Unpack[SessionOptions],
    ) -> AsyncLiveSession[AsyncRealtimeResult]:
        """Open a live session, as `Client.session()` does."""
        from wiro_runtime.client.live_session import AsyncLiveSession, SessionSender  # noqa: PLC0415 - rare

        sender = SessionSender()
        chosen = self._options("session", {"deadline": None, **options})
        trace = RunNotes(type(request))
        flow = self._calls.session(request, chosen, sender.listen_to, trace)
        handle = partial(self._task, type(request))
        return AsyncLiveSession(flow, self._runner, handle, sender, trace)

    @overload
    async def submit(
        self, request: Request[Any, A], **options: Unpack[SubmitOptions]
    ) -> AsyncTask[A]: ...
    @overload
    async def submit(self, request: str, **inputs: Any) -> AsyncTask[AsyncResult]: ...
    async def submit(
        self, request: Request[Any, A] | str, **options: Any
    ) -> AsyncTask[A] | AsyncTask[AsyncResult]:
        """Start a task as `Client.submit()` does."""
        request, given = self._request(request, options)
        chosen = self._options("submit", given)
        trace = RunNotes(type(request))
        try:  # not `with`: on the way to the caller, nothing more is run that Ctrl-C could meet
            flow = self._calls.submit(request, chosen, trace)
            return self._task(type(request), await self._driver.perform(flow))
        except BaseException as leaving:
            trace.leave(leaving)
            raise

    @overload
    async def attach(self, model: type[Request[Any, A]], *, token: str | None) -> AsyncTask[A]: ...
    @overload
    async def attach(self, model: type[Request[Any, A]], *, id: str) -> AsyncTask[A]: ...
    async def attach(
        self,
        model: type[Request[Any, A]],
        *,
        token: str | None = None,
        id: str | None = None,  # noqa: A002 - the platform's own word
    ) -> AsyncTask[A]:
        """Pick up a task as `Client.attach()` does."""
        token = call_check.read_token("attach", token)
        return self._task(model, await self._driver.perform(self._calls.attach(model, token, id)))

    async def close(self) -> None:
        """Close this event loop's connections; those of a loop that has ended are closed already."""
        await self._driver.close()
        if self._own_journal is not None:
            from wiro_runtime.flow.journal import close_journal  # noqa: PLC0415 - as above

            await self._driver.perform(close_journal(self._own_journal))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    def _task(self, model: type[Request[Any, A]], snapshot: TaskSnapshot) -> AsyncTask[A]:
        return AsyncTask(self._runner, model, snapshot)
