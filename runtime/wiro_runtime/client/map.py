"""`client.map()`: many runs, their results as they come. Twins differ in what is awaited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from inspect import isawaitable
from typing import TYPE_CHECKING, Any

from wiro_runtime import call_check, check
from wiro_runtime.client.task import AsyncTask, Task
from wiro_runtime.driver.flow_pool import AsyncPool, ThreadPool
from wiro_runtime.errors import InvalidRequest, Problem, SubmissionUnknown, WiroError
from wiro_runtime.flow.exception_notes import RunNotes
from wiro_runtime.flow.map import PAUSE, Job, MapResult, Schedule, Slots, pause
from wiro_runtime.request.request import Request
from wiro_runtime.task.event import Submitted

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Generator, Iterator

    from wiro_runtime.client.runner import AsyncRunner, Runner
    from wiro_runtime.flow.effect import Flow
    from wiro_runtime.flow.map import MapProgress
    from wiro_runtime.flow.options import CallOptions
    from wiro_runtime.task.event import Event
    from wiro_runtime.task.snapshot import TaskSnapshot

__all__ = ["Batch", "map_async", "map_blocking"]


class Batch:
    """What both twins do alike: jobs out of requests, flows out of jobs, the decisions in between."""

    def __init__(
        self,
        requests: Iterable[Request[Any, Any]],
        keys: Iterable[str] | Callable[[Any], str] | None,
        options: CallOptions,
        *,
        at_once: int,
        is_ordered: bool,
        on_progress: Callable[[MapProgress], object] | None,
        awaits: bool,
    ) -> None:
        call_check.require(
            "map",
            requests=_requests_problem(requests),
            keys=None if keys is None or callable(keys) else _keys_problem(keys),
            at_once=check.count(at_once, least=1),
            ordered=check.flag(is_ordered),
            on_progress=check.callback(on_progress, awaits=awaits),
        )
        self.schedule = Schedule(_jobs(requests, keys), Slots(at_once), is_ordered)
        self._options = options
        self._on_progress = on_progress
        self._unreported: dict[int, Job] = {}
        """What was begun, and has not reached the caller."""

    def start_all(self, runner: Runner | AsyncRunner, pool: ThreadPool | AsyncPool) -> None:
        """Start what may be started now."""
        while (job := self.schedule.start()) is not None:
            self._unreported[job.index] = job
            pool.start(job.index, self._flow(runner, pool, job))

    def note(self, ended: Any, pool: ThreadPool | AsyncPool) -> object:
        """Note what has ended; return what the caller's callback did."""
        number, task, failure = ended
        if number is None:
            self.schedule.accept()
        else:
            seconds = self.schedule.end(number, task, failure)
            if seconds is not None:
                pool.start(PAUSE, pause(seconds))
        callback = self._on_progress
        return None if callback is None else callback(self.schedule.progress())

    def hand_over(self, job: Job, pool: ThreadPool | AsyncPool) -> None:
        """What became of a run has reached the caller."""
        del self._unreported[job.index]
        pool.ended.pop(job.index, None)

    def report(self, leaving: BaseException, pool: ThreadPool | AsyncPool) -> None:
        """Note on what leaves the call which tasks it has started and returned nobody of, once nothing is under way."""
        for job in self._unreported.values():
            _, task, failure = pool.ended.get(job.index, (None, None, None))
            if failure is None:
                trace = RunNotes(type(job.request))
                trace.task = task
                trace.note(leaving)
            elif isinstance(failure, SubmissionUnknown) or getattr(failure, "resume", None):
                leaving.add_note(str(failure))
            returned: list[str] = getattr(leaving, "__notes__", [])
            for note in [*getattr(failure, "__notes__", ())]:  # it may be the same exception
                if note not in returned:
                    leaving.add_note(note)

    def _flow(
        self, runner: Runner | AsyncRunner, pool: ThreadPool | AsyncPool, job: Job
    ) -> Flow[TaskSnapshot]:
        theirs = self._options.on_event

        def on_event(event: Event) -> object:
            if isinstance(event, Submitted):
                pool.wake()
            return None if theirs is None else theirs(event)

        options = replace(self._options, key=job.key, on_event=on_event)
        return runner.calls.run(job.request, options)


def map_blocking(runner: Runner, batch: Batch) -> Generator[MapResult[Any]]:
    """Perform the runs of a batch in threads, and give what becomes of each."""
    pool = ThreadPool(runner.perform)
    try:
        while not batch.schedule.is_over:
            batch.start_all(runner, pool)
            while (taken := batch.schedule.take()) is not None:
                job, outcome = taken
                if isinstance(outcome, WiroError):
                    yield MapResult(job.index, job.request, job.key, error=outcome)
                else:
                    result = Task(runner, type(job.request), outcome).result()
                    yield MapResult(job.index, job.request, job.key, result)
                batch.hand_over(job, pool)
                batch.start_all(runner, pool)
            if not batch.schedule.is_over:
                batch.note(pool.next_ended(), pool)
    except GeneratorExit:
        raise
    except BaseException as leaving:
        pool.close()
        batch.report(leaving, pool)
        raise
    finally:
        pool.close()


async def map_async(runner: AsyncRunner, batch: Batch) -> AsyncGenerator[MapResult[Any]]:
    """Perform the runs of a batch as tasks of asyncio, and give what becomes of each."""
    pool = AsyncPool(runner.perform)
    try:
        while not batch.schedule.is_over:
            batch.start_all(runner, pool)
            while (taken := batch.schedule.take()) is not None:
                job, outcome = taken
                if isinstance(outcome, WiroError):
                    yield MapResult(job.index, job.request, job.key, error=outcome)
                else:
                    result = await AsyncTask(runner, type(job.request), outcome).result()
                    yield MapResult(job.index, job.request, job.key, result)
                batch.hand_over(job, pool)
                batch.start_all(runner, pool)
            if not batch.schedule.is_over:
                returned = batch.note(await pool.next_ended(), pool)
                if isawaitable(returned):
                    await returned
    except GeneratorExit:
        raise
    except BaseException as leaving:
        await pool.close()
        batch.report(leaving, pool)
        raise
    finally:
        await pool.close()


def _jobs(
    requests: Iterable[Request[Any, Any]], keys: Iterable[str] | Callable[[Any], str] | None
) -> Iterator[Job]:
    if keys is None or callable(keys):
        for index, request in enumerate(requests):
            yield Job(index, request, None if keys is None else _checked(keys(request)))
        return
    names = iter(keys)
    for index, request in enumerate(requests):
        key = next(names, None)
        if key is None:
            raise _unequal(f"there are {index} keys and more requests")
        yield Job(index, request, _checked(key))
    if next(names, None) is not None:
        raise _unequal("there are more keys than requests")


def _checked(key: str) -> str:
    call_check.require("map", keys=check.key(key))
    return key


def _can_be_iterated(values: object) -> bool:
    single = (str, bytes, Mapping, Request)
    return isinstance(values, Iterable) and not isinstance(values, single)


def _requests_problem(requests: object) -> str | None:
    if _can_be_iterated(requests):
        return None
    return (
        f"give a list of requests, or whatever else can be iterated; got {check.shown(requests)}."
    )


def _keys_problem(keys: object) -> str | None:
    if _can_be_iterated(keys):
        return None
    return f"give a text for each request, or a function of one; got {check.shown(keys)}."


def _unequal(what: str) -> InvalidRequest:
    return InvalidRequest.about("map()", [Problem("keys", f"{what}; give one for each.")])
