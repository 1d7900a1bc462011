"""Batches spread over processes; the outcome is the same however many there are."""

import gc
import multiprocessing
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
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
        done: is told how many models each finished batch had.

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
        made = _share(batches, pool, done)
    except BrokenProcessPool as error:
        remedy = "try again with --workers 1"
        raise GenerateError(Problem("a worker process died", remedy)) from error
    finally:
        pool.shutdown(cancel_futures=True)
    return [outcome for position in range(len(batches)) for outcome in made[position]]


def _share(
    batches: Sequence[Batch], pool: ProcessPoolExecutor, done: Callable[[int], object]
) -> dict[int, list[Outcome]]:
    """The pool works from the front, this process from the back, until they meet."""
    promised: dict[int, Future[list[Outcome]]] = {
        position: pool.submit(make, batch) for position, batch in enumerate(batches)
    }
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
    """Set up a process of the pool. Ctrl-C reaches each; the first one ends the others and tells it."""
    gc.disable()  # see `wirogen.command.generate`
    signal.signal(signal.SIGINT, signal.SIG_IGN)
