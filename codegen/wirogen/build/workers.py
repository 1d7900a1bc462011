"""Batches spread over processes; the outcome is the same however many there are."""

import gc
import multiprocessing
import signal
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Final

from wirogen.build.batch import Batch, Outcome, make
from wirogen.errors import GenerateError, Problem

ENOUGH: Final = 2
"""Batches that are worth another process, which takes half a second to start."""


def make_all(
    batches: Sequence[Batch], workers: int, done: Callable[[int], object]
) -> list[Outcome]:
    """Make every batch; the outcomes stand in the order of the batches.

    Args:
        batches: what to make.
        workers: how many processes may work, this one among them.
        done: is called with how many models each finished batch had.

    Raises:
        GenerateError: what was rendered is not what was planned, or a process died.
    """
    if workers == 1 or len(batches) <= ENOUGH:
        return [outcome for batch in batches for outcome in _report_done(make(batch), done)]
    # Spawned and not forked: a fork of a process with threads may hang.
    pool = ProcessPoolExecutor(
        min(workers, len(batches)) - 1, multiprocessing.get_context("spawn"), _begin
    )
    try:
        with _sigint_held():
            promised = [pool.submit(make, batch) for batch in batches]
        made = _share(batches, dict(enumerate(promised)), done)
    except BrokenProcessPool as error:
        remedy = "try again with --workers 1"
        raise GenerateError(Problem("a worker process died", remedy)) from error
    finally:
        pool.shutdown(cancel_futures=True)
    return [outcome for position in range(len(batches)) for outcome in made[position]]


@contextmanager
def _sigint_held() -> Generator[None]:
    """Hold Ctrl-C back while processes start, which inherit that; here it is raised afterwards.

    A process that is only importing would otherwise end with a traceback of its own.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _share(
    batches: Sequence[Batch],
    promised: dict[int, Future[list[Outcome]]],
    done: Callable[[int], object],
) -> dict[int, list[Outcome]]:
    """The pool works from the front, this process from the back, until they meet."""
    made: dict[int, list[Outcome]] = {}
    for position in reversed(range(len(batches))):
        if promised[position].cancel():
            made[position] = _report_done(make(batches[position]), done)
            del promised[position]
    made.update(
        {position: _report_done(future.result(), done) for position, future in promised.items()}
    )
    return made


def _report_done(outcomes: list[Outcome], done: Callable[[int], object]) -> list[Outcome]:
    done(len(outcomes))
    return outcomes


def _begin() -> None:
    """Set up a process of the pool. Ctrl-C reaches each; the first one ends the others and reports it."""
    gc.disable()  # see `wirogen.command.generate`
    signal.signal(signal.SIGINT, signal.SIG_IGN)
