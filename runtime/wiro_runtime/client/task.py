"""A handle on a task: what names it, and what was last seen of it.

Twins differ in one thing: whether what reaches the platform is awaited.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from wiro_runtime.client.runner import from_environment, from_environment_async
from wiro_runtime.errors import WiroError
from wiro_runtime.flow.options import read_options
from wiro_runtime.request.binding import binding_of
from wiro_runtime.task.snapshot import TaskSnapshot

if TYPE_CHECKING:
    from typing import Unpack

    from wiro_runtime.client.result import AsyncResult, Result
    from wiro_runtime.client.runner import AsyncRunner, Runner
    from wiro_runtime.client.stream import AsyncStream, Stream
    from wiro_runtime.flow.calls import Calls
    from wiro_runtime.flow.effect import Flow
    from wiro_runtime.flow.options import WaitOptions, WatchOptions
    from wiro_runtime.request.request import Request

__all__ = ["AsyncTask", "Task", "TaskSnapshot"]

R = TypeVar("R")
A = TypeVar("A")


class _Handle:
    def __init__(self, model: type[Request[Any, Any]], snapshot: TaskSnapshot) -> None:
        self._model = model
        self._snapshot = snapshot

    @property
    def id(self) -> str:
        """Names the task, together with the project's key."""
        return self._snapshot.id

    @property
    def token(self) -> str | None:
        """Names the task to anyone who has it: keep it like a password."""
        return self._snapshot.token

    @property
    def status(self) -> str:
        """The platform's word for how far the task was when it was last seen; "" before the first look."""
        return self._snapshot.status

    @property
    def snapshot(self) -> TaskSnapshot:
        """The task as it was last seen; `refresh()` looks anew."""
        return self._snapshot

    @property
    def _calls(self) -> Calls:
        runner: Runner | AsyncRunner = vars(self)["_runner"]  # each twin has its own kind
        return runner.calls

    @property
    def _deadline(self) -> float | None:
        return self._calls.config.deadline

    def to_dict(self) -> dict[str, Any]:
        """What names the task, as JSON: `client.attach(Vace, id=…)` picks it up; the token is in it."""
        return {
            "version": 1,
            "model": binding_of(self._model).slug,
            "task": self._snapshot.to_dict(),
        }

    def __reduce__(self) -> tuple[Any, ...]:
        binding = binding_of(self._model)
        model = binding.slug if binding.is_open else self._model  # an untyped one is made anew
        return _unpickle, (isinstance(self, AsyncTask), model, self._snapshot)

    def _repr_html_(self) -> str:
        from wiro_runtime.client.html import task_html  # noqa: PLC0415 - for notebooks

        return task_html(binding_of(self._model).slug, self._snapshot)

    def __repr__(self) -> str:
        status = self._snapshot.status or "submitted"
        return f"<{type(self).__name__} {self.id} of {binding_of(self._model).slug}: {status}>"

    def _kept(self, flow: Flow[TaskSnapshot]) -> Flow[TaskSnapshot]:
        """Remember what a flow has seen of the task, also if it ends in an error."""
        try:
            self._snapshot = yield from flow
        except WiroError as error:
            self._snapshot = error.task or self._snapshot
            raise
        return self._snapshot


class Task(_Handle, Generic[R]):
    """A handle on a task whose result is an `R`."""

    def __init__(
        self, runner: Runner, model: type[Request[R, Any]], snapshot: TaskSnapshot
    ) -> None:
        super().__init__(model, snapshot)
        self._runner = runner

    def refresh(self) -> TaskSnapshot:
        """Look at the task now.

        Raises:
            TaskNotFound: There is no such task.
        """
        return self._runner.perform(self._kept(self._calls.fetch_task(self._model, self._snapshot)))

    def wait(
        self,
        **options: Unpack[WaitOptions],
    ) -> R:
        """Wait until the task has ended, and return its result.

        Args:
            deadline: Seconds from now; None for no limit; "default" for the client's.
            on_event: Called with each `Event`, in order.
            on_abandon: What happens to the task if the deadline passes, on Ctrl-C, or when `on_event`
                raises: "detach" leaves it running, "cancel" asks it to stop.
            tracking: How it is followed; None for the client's way.

        Raises:
            TaskFailed: It failed.
            TaskCancelled: It was cancelled or killed.
            DeadlineExceeded: It did not end in time.
        """
        chosen = read_options("task.wait", options, awaits=False)
        flow = self._calls.wait(self._model, self._snapshot, chosen)
        return self._result(self._runner.perform(self._kept(flow)))

    def stream(
        self,
        **options: Unpack[WatchOptions],
    ) -> Stream[R]:
        """Wait for the task and take its events one by one, as `Client.stream()` does with a new one.

        Args:
            deadline: Seconds from now; None for no limit; "default" for the client's.
            on_abandon: What happens to the task if the block is left before it has ended.
            tracking: How it is followed; None for the client's way.
        """
        from wiro_runtime.client.stream import Stream  # noqa: PLC0415 - loaded with its first use

        chosen = read_options("task.stream", options, awaits=False)
        flow = self._calls.watch(self._model, self._snapshot, chosen)
        return Stream(self._kept(flow), self._runner, self._handle, self._snapshot)

    def _handle(self, snapshot: TaskSnapshot) -> Task[R]:
        return Task(self._runner, self._model, snapshot)

    def result(self) -> R:
        """The result of a task that has ended; looks once if that is not known yet.

        Raises:
            TaskNotFinished: It is still running.
            TaskFailed: It failed.
            TaskCancelled: It was cancelled or killed.
        """
        flow = self._calls.result(self._model, self._snapshot)
        return self._result(self._runner.perform(self._kept(flow)))

    def cancel(self) -> TaskSnapshot:
        """Stop the task: taken back while it is queued, killed once a worker has it.

        A task that has ended already is left as it is; the returned state shows it.

        Raises:
            WiroError: It could not be stopped.
        """
        return self._runner.perform(self._kept(self._calls.stop(self._model, self._snapshot)))

    def _result(self, task: TaskSnapshot) -> R:
        # A request class states its `R` by its bases, and the same at run time by its kind.
        make = _result_types(self._model)[0]
        return cast(
            "R", make.of(task, self._runner.perform, self._deadline, self._calls.note_saved)
        )


class AsyncTask(_Handle, Generic[A]):
    """A handle on a task whose result is an `A`."""

    def __init__(
        self, runner: AsyncRunner, model: type[Request[Any, A]], snapshot: TaskSnapshot
    ) -> None:
        super().__init__(model, snapshot)
        self._runner = runner

    async def refresh(self) -> TaskSnapshot:
        """Look at the task now, as `Task.refresh()` does."""
        return await self._runner.perform(
            self._kept(self._calls.fetch_task(self._model, self._snapshot))
        )

    async def wait(
        self,
        **options: Unpack[WaitOptions],
    ) -> A:
        """Wait until the task has ended, as `Task.wait()` does; `on_event` may be a coroutine function."""
        chosen = read_options("task.wait", options, awaits=True)
        flow = self._calls.wait(self._model, self._snapshot, chosen)
        return self._result(await self._runner.perform(self._kept(flow)))

    def stream(
        self,
        **options: Unpack[WatchOptions],
    ) -> AsyncStream[A]:
        """Wait for the task and take its events one by one, as `Task.stream()` does."""
        from wiro_runtime.client.stream import AsyncStream  # noqa: PLC0415 - loaded with its first use

        chosen = read_options("task.stream", options, awaits=True)
        flow = self._calls.watch(self._model, self._snapshot, chosen)
        return AsyncStream(self._kept(flow), self._runner, self._handle, self._snapshot)

    def _handle(self, snapshot: TaskSnapshot) -> AsyncTask[A]:
        return AsyncTask(self._runner, self._model, snapshot)

    async def result(self) -> A:
        """The result of a task that has ended, as `Task.result()` returns it."""
        flow = self._calls.result(self._model, self._snapshot)
        return self._result(await self._runner.perform(self._kept(flow)))

    async def cancel(self) -> TaskSnapshot:
        """Stop the task, as `Task.cancel()` does."""
        return await self._runner.perform(self._kept(self._calls.stop(self._model, self._snapshot)))

    def _result(self, task: TaskSnapshot) -> A:
        make = _result_types(self._model)[1]
        return cast(
            "A", make.of(task, self._runner.perform, self._deadline, self._calls.note_saved)
        )


def _result_types(model: type[Request[Any, Any]]) -> tuple[type[Result], type[AsyncResult]]:
    from wiro_runtime.client.result import result_types  # noqa: PLC0415 - loaded with the first result

    return result_types(binding_of(model))


def _unpickle(
    awaits: bool,
    model: type[Request[Any, Any]] | str,
    snapshot: TaskSnapshot,
) -> Task[Any] | AsyncTask[Any]:
    if isinstance(model, str):
        from wiro_runtime.client.untyped import request_class  # noqa: PLC0415 - loads pydantic

        model = request_class(model)
    if awaits:
        return AsyncTask(from_environment_async(), model, snapshot)
    return Task(from_environment(), model, snapshot)
