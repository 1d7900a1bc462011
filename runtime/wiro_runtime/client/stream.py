"""Runs whose events are taken one by one: `with client.stream(request) as run: for event in run: …`.

No thread and no queue stands behind it. The flow of the run is performed as far as its next event each
time one is asked for, so it goes on only while somebody asks. Twins differ in what is awaited.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from wiro_runtime import errors
from wiro_runtime.connected import Connected
from wiro_runtime.flow.effect import CallerError, Emit, ReceiveFrame
from wiro_runtime.flow.outcome import raise_for_outcome
from wiro_runtime.seam import clock
from wiro_runtime.task.event import Submitted
from wiro_runtime.task.snapshot import TaskSnapshot

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self, Unpack

    from wiro_runtime.client.runner import AsyncRunner, Runner  # noqa: F401 - named in the bases below
    from wiro_runtime.flow.effect import Effect, Flow
    from wiro_runtime.flow.exception_notes import RunNotes
    from wiro_runtime.flow.options import WaitOptions
    from wiro_runtime.task.event import Event

__all__ = ["AsyncStream", "AsyncTaskHandle", "Stream", "TaskHandle"]

R = TypeVar("R")
A = TypeVar("A")
R_co = TypeVar("R_co", covariant=True)
N = TypeVar("N")
H = TypeVar("H")


class _Named(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def token(self) -> str | None: ...
    @property
    def status(self) -> str: ...
    @property
    def snapshot(self) -> TaskSnapshot: ...


class TaskHandle(_Named, Protocol[R_co]):
    """What a stream knows of `Task`."""

    def refresh(self) -> TaskSnapshot: ...  # noqa: D102 - as `Task`, here and below
    def wait(self, **options: Unpack[WaitOptions]) -> R_co: ...  # noqa: D102
    def result(self) -> R_co: ...  # noqa: D102
    def cancel(self) -> TaskSnapshot: ...  # noqa: D102


class AsyncTaskHandle(_Named, Protocol[R_co]):
    """What a stream knows of `AsyncTask`."""

    async def refresh(self) -> TaskSnapshot: ...  # noqa: D102 - as `AsyncTask`, here and below
    async def wait(self, **options: Unpack[WaitOptions]) -> R_co: ...  # noqa: D102
    async def result(self) -> R_co: ...  # noqa: D102
    async def cancel(self) -> TaskSnapshot: ...  # noqa: D102


class _Left(BaseException):
    """Thrown into the flow of a run that its caller has left; nobody outside ever sees it."""


class _Run(Connected, Generic[N, H]):
    """A flow, performed step by step by a runner `N`, whose task gets a handle `H`."""

    _enter_first = (
        "Nothing was started: enter the stream first, like `with client.stream(request) as run:`; of an "
        "AsyncWiro, `async with`."
    )

    def __init__(
        self,
        flow: Flow[TaskSnapshot],
        runner: N,
        handle: Callable[[TaskSnapshot], H],
        task: TaskSnapshot | None = None,
        trace: RunNotes | None = None,
    ) -> None:
        self._flow = flow
        self._runner = runner
        self._handle = handle
        self._trace = trace
        self._step = flow.send
        self._answer: Any = None
        self._known = task
        self._first: deque[Event] = deque()
        self._entered = False
        self._over = False
        self._failure: BaseException | None = None

    def __repr__(self) -> str:
        task = "no task yet" if self._known is None else f"task {self._known.id}"
        return f"<{type(self).__name__} of {task}>"

    @property
    def task(self) -> H:
        """A handle on the task."""
        return self._handle(self._kept())

    def _next(self) -> Effect[Any] | None:
        """The next effect to perform; None at the end, which is kept."""
        if self._over:
            return None
        if not self._entered:
            raise errors.UsageError(self._enter_first)
        try:
            return self._step(self._answer)
        except StopIteration as done:
            self._known = done.value
        except CallerError as failed:
            self._failure = failed.error
        except BaseException as failure:  # noqa: BLE001 - raised where the caller asks for more
            self._failure = failure
        self._over = True
        return None

    def _give(self, answer: Any) -> None:
        self._step, self._answer = self._flow.send, answer

    def _fail(self, failure: BaseException) -> None:
        self._step, self._answer = self._flow.throw, failure

    def _take(self, emit: Emit) -> Event:
        self._give(None)
        if isinstance(emit.event, Submitted):
            self._known = TaskSnapshot(id=emit.event.task_id, token=emit.event.token)
        return emit.event

    def _kept(self) -> TaskSnapshot:
        if self._known is None and not self._entered:
            raise errors.UsageError(self._enter_first)
        if self._known is None:
            raise errors.WiroError("The stream has started no task; what was raised says why.")
        return self._known

    def _ended(self) -> TaskSnapshot:
        """The task that has succeeded, or the reason why there is none."""
        if self._failure is not None and not isinstance(self._failure, _Left):
            raise self._failure
        return raise_for_outcome(self._kept())

    def _leave(self) -> bool:
        """Begin to leave; whether there is anything left to perform."""
        if self._over:
            return False
        self._fail(_Left())
        return True

    def _leave_entering(self, leaving: BaseException) -> None:
        if self._trace is not None:
            self._trace.leave(leaving)

    def _explain(self, error: BaseException | None) -> None:
        """Note on the caller's own exception what became of the task; raise what went wrong in leaving."""
        left, self._failure = self._failure, None
        if error is not None:
            for note in getattr(left, "__notes__", ()):
                error.add_note(note)
        elif left is not None and not isinstance(left, _Left):
            self._failure = left
            raise left


class Stream(_Run["Runner", TaskHandle[R]], Generic[R]):
    """A run of which the events are taken one by one, and then the result.

    Leaving the block early honours `on_abandon`; failures are raised where they are met, in the loop.
    """

    def __enter__(self) -> Self:
        """Start the run, so that what is wrong with it shows here."""
        self._entered = True
        try:
            first = self._pull()
            if first is None:
                self._ended()
            else:
                self._first.append(first)
            return self  # noqa: TRY300 - within, so that Ctrl-C meets nothing on the way to the caller
        except BaseException as leaving:  # nobody has the stream yet, to ask it for the task
            self._leave_entering(leaving)
            raise

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Event:
        event = self._pull()
        if event is not None:
            return event
        if self._failure is not None:
            raise self._failure
        raise StopIteration

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._leave():
            while self._pull() is not None:
                pass
            self._explain(error)

    def result(self) -> R:
        """The result. Within the block it waits for it, and passes over the events still to come.

        Raises:
            TaskNotFinished: The block was left before the task had ended.
            TaskFailed: It failed.
            TaskCancelled: It was cancelled or killed.
        """
        while self._pull() is not None:
            pass
        return self._handle(self._ended()).result()

    def _pull(self, until: float | None = None) -> Event | None:
        """The next event; None at the end, or when the moment `until` has come."""
        return self._first.popleft() if self._first else self._pull_new(until)

    def _pull_new(self, until: float | None = None) -> Event | None:
        while (effect := self._next()) is not None:
            if isinstance(effect, Emit):
                return self._take(effect)
            try:
                self._give(self._runner.do(_shortened(effect, until)))
            except BaseException as failure:  # noqa: BLE001 - the flow decides, on Ctrl-C as well
                self._fail(failure)
            if until is not None and clock.current().now() >= until:
                return None
        return None


class AsyncStream(_Run["AsyncRunner", AsyncTaskHandle[A]], Generic[A]):
    """A run of which the events are taken one by one, and then the result; as `Stream`, awaited."""

    async def __aenter__(self) -> Self:
        """Start the run, so that what is wrong with it shows here."""
        self._entered = True
        try:
            first = await self._pull()
            if first is None:
                self._ended()
            else:
                self._first.append(first)
            return self  # noqa: TRY300 - within, so that Ctrl-C meets nothing on the way to the caller
        except BaseException as leaving:  # nobody has the stream yet, to ask it for the task
            self._leave_entering(leaving)
            raise

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        event = await self._pull()
        if event is not None:
            return event
        if self._failure is not None:
            raise self._failure
        raise StopAsyncIteration

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._leave():
            while await self._pull() is not None:
                pass
            self._explain(error)

    async def result(self) -> A:
        """The result, as `Stream.result()` returns it."""
        while await self._pull() is not None:
            pass
        return await self._handle(self._ended()).result()

    async def _pull(self, until: float | None = None) -> Event | None:
        """The next event; None at the end, or when the moment `until` has come."""
        return self._first.popleft() if self._first else await self._pull_new(until)

    async def _pull_new(self, until: float | None = None) -> Event | None:
        while (effect := self._next()) is not None:
            if isinstance(effect, Emit):
                return self._take(effect)
            try:
                self._give(await self._runner.do(_shortened(effect, until)))
            except BaseException as failure:  # noqa: BLE001 - the flow decides, on cancellation as well
                self._fail(failure)
            if until is not None and clock.current().now() >= until:
                return None
        return None


def _shortened(effect: Effect[Any], until: float | None) -> Effect[Any]:
    """Listen no longer than a caller wants to; the flow takes it for silence."""
    if until is None or not isinstance(effect, ReceiveFrame):
        return effect
    return ReceiveFrame(effect.socket, min(effect.timeout, max(0.0, until - clock.current().now())))
