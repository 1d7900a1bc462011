"""One thread that writes the journal, so that no caller's thread and no event loop waits for a disk.

What waits when it is ready to write is written together: one flush of the disk for all of it.
"""

from __future__ import annotations

import os
import queue
import threading
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from wiro_runtime.errors import JournalFailed
from wiro_runtime.journal.database import transaction

if TYPE_CHECKING:
    from collections.abc import Callable

    from wiro_runtime.journal.database import Connection, Database

__all__ = ["Work", "Writer"]

T = TypeVar("T")

_TOGETHER = 64
"""Pieces of work in one transaction at most."""
_ATTEMPTS = 8
"""How often a transaction is tried that others were in the way of."""
_IDLE = 5.0
"""Seconds without work after which the thread ends; the next piece of work begins another."""

_of_parents: list[Connection] = []
"""Connections of the process that this one was forked from, kept from being closed."""


@dataclass(frozen=True)
class Work(Generic[T]):
    """Something to be done in a transaction, and who waits for it."""

    do: Callable[[Connection], T]
    future: Future[T]


class Writer:
    """Performs work on one database, in the order in which it is given. Many threads may share one.

    Args:
        database: Where the journal is.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._queue: queue.SimpleQueue[Work[Any] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._process = os.getpid()
        self._connection: Connection | None = None

    def submit(self, do: Callable[[Connection], T]) -> Future[T]:
        """Begin a piece of work; what it raises, its future raises.

        Raises in the future:
            JournalFailed: The database could not be used; nothing of the work was done.
        """
        work = Work(do, Future[T]())
        if self._process != os.getpid():
            self._start_over()
        with self._lock:
            self._queue.put(work)
            if (
                self._thread is None or self._thread.ident is None
            ):  # never started: Ctrl-C came between
                self._thread = threading.Thread(
                    target=self._serve, name="wiro-journal", daemon=True
                )
                self._thread.start()
        return work.future

    def close(self) -> None:
        """Finish what was begun and disconnect; the writer can be used again."""
        with self._lock:
            thread = self._thread
            if thread is not None and self._process == os.getpid():
                self._queue.put(None)
        if thread not in (None, threading.current_thread()) and thread.ident is not None:
            thread.join()

    def _serve(self) -> None:
        with self._lock:
            if self._thread is not threading.current_thread():
                return  # another has taken its place
        try:
            while (batch := self._next()) is not None:
                if batch:
                    self._perform(batch)
        finally:
            connection, self._connection = self._connection, None
            if connection is not None:
                connection.close()

    def _next(self) -> list[Work[Any]] | None:
        """What to write next; None once there is no more, and another thread may take this one's place."""
        batch: list[Work[Any]] = []
        while not batch:
            try:
                first = self._queue.get(timeout=_IDLE)
            except queue.Empty:
                first = None
            if first is None:
                with self._lock:
                    if self._queue.empty():
                        self._thread = None
                        return None
                continue
            batch.append(first)
        while len(batch) < _TOGETHER and not self._queue.empty():
            work = self._queue.get()
            if work is not None:
                batch.append(work)
            else:  # the end is seen again when the queue is empty
                self._queue.put(None)
                break
        return [work for work in batch if work.future.set_running_or_notify_cancel()]

    def _perform(self, batch: list[Work[Any]]) -> None:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                answers = self._write(batch)
            except Exception as error:  # noqa: BLE001 - raised to everybody who waits
                if attempt < _ATTEMPTS and self._database.is_transient(error):
                    continue
                self._disconnect()
                for work in batch:
                    work.future.set_exception(self._failure(error))
                return
            for work, (answer, failure) in zip(batch, answers, strict=True):
                if failure is None:
                    work.future.set_result(answer)
                else:
                    work.future.set_exception(failure)
            return

    def _write(self, batch: list[Work[Any]]) -> list[tuple[Any, Exception | None]]:
        """Do all of it in one transaction; what fails for a reason of its own leaves the rest alone."""
        connection = self._begin()
        if (
            len(batch) == 1
        ):  # the whole transaction is its own: on a server, each savepoint is a round trip
            try:
                with transaction(connection):
                    return [(batch[0].do(connection), None)]
            except Exception as error:
                if self._is_the_databases(error):
                    raise
                return [(None, error)]
        answers: list[tuple[Any, Exception | None]] = []
        with transaction(connection):
            for work in batch:
                connection.execute("SAVEPOINT work")
                try:
                    answers.append((work.do(connection), None))
                except Exception as error:
                    if self._is_the_databases(error):
                        raise
                    connection.execute("ROLLBACK TO SAVEPOINT work")
                    answers.append((None, error))
                connection.execute("RELEASE SAVEPOINT work")
        return answers

    def _begin(self) -> Connection:
        """A connection in a transaction; a new one where the last has broken since."""
        if self._connection is not None:
            try:
                self._connection.execute(self._database.begin)
            except Exception as error:
                if self._database.explain(error) is None:
                    raise
                self._disconnect()
            else:
                return self._connection
        self._connection = self._database.connect()
        self._connection.execute(self._database.begin)
        return self._connection

    def _start_over(self) -> None:
        """Leave to the parent of this process what is the parent's: neither side may close it here."""
        if self._connection is not None:
            _of_parents.append(self._connection)
        self._lock, self._queue = threading.Lock(), queue.SimpleQueue()
        self._thread, self._connection, self._process = None, None, os.getpid()

    def _is_the_databases(self, error: Exception) -> bool:
        return isinstance(error, JournalFailed) or self._database.explain(error) is not None

    def _failure(self, error: Exception) -> Exception:
        """One exception for each who waits: a traceback belongs to one."""
        if isinstance(error, JournalFailed):
            failure: Exception = JournalFailed(str(error))
        else:
            failure = self._database.explain(error) or error
        failure.__cause__ = error
        return failure

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(Exception):  # it is broken already
                connection.close()
