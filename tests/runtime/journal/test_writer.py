"""The thread that writes: order, groups, failures and its end."""

import threading

import pytest

from wiro_runtime.errors import JournalFailed
from wiro_runtime.journal.writer import Writer


class _Rows:
    rowcount = 0

    def fetchone(self):
        return None

    def fetchall(self):
        return []


class Script:
    """A database whose statements are written down, and fail on request."""

    name = "script"
    begin = "BEGIN"

    def __init__(self):
        self.log: list[str] = []
        self.failures: list[tuple[str, Exception]] = []
        self.connections = 0

    def connect(self):
        self.connections += 1
        return self

    def execute(self, sql, parameters=()):
        self.log.append(sql)
        if self.failures and self.failures[0][0] == sql:
            raise self.failures.pop(0)[1]
        return _Rows()

    def close(self):
        self.log.append("close")

    def explain(self, error):
        return JournalFailed(f"script: {error}") if isinstance(error, OSError) else None

    def is_transient(self, error):
        return str(error) == "deadlock"


@pytest.fixture
def script():
    return Script()


@pytest.fixture
def writer(script):
    writer = Writer(script)
    yield writer
    writer.close()


def held(writer) -> threading.Event:
    """Keep the writer busy until the event is set, so that what follows waits together."""
    gate, running = threading.Event(), threading.Event()

    def work(_):
        running.set()
        gate.wait()

    writer.submit(work)
    running.wait()
    return gate


def test_what_waits_is_committed_at_once_and_in_order(writer, script):
    gate = held(writer)
    order: list[int] = []
    futures = [writer.submit(lambda _, n=n: order.append(n)) for n in range(10)]
    gate.set()
    for future in futures:
        future.result()
    assert order == list(range(10))
    assert script.log.count("COMMIT") == 2


def test_one_that_fails_for_its_own_reason_leaves_the_others_alone(writer, script):
    gate = held(writer)

    def fail(_):
        raise ValueError("mine")

    first, bad, last = writer.submit(lambda _: 1), writer.submit(fail), writer.submit(lambda _: 3)
    gate.set()
    assert (first.result(), last.result()) == (1, 3)
    with pytest.raises(ValueError, match="mine"):
        bad.result()
    assert script.log.count("ROLLBACK TO SAVEPOINT work") == 1


def test_a_database_that_fails_fails_all_that_wait_each_with_an_exception_of_its_own(
    writer, script
):
    gate = held(writer)
    futures = [writer.submit(lambda _: None) for _ in range(3)]
    script.failures = [("COMMIT", OSError("first")), ("COMMIT", OSError("disk"))]
    gate.set()
    failures = [future.exception() for future in futures]
    assert [str(failure) for failure in failures] == ["script: disk"] * 3
    assert len({id(failure) for failure in failures}) == 3


def test_after_a_failure_the_next_work_opens_a_new_connection(writer, script):
    script.failures = [("COMMIT", OSError("disk"))]
    assert isinstance(writer.submit(lambda _: None).exception(), JournalFailed)
    assert writer.submit(lambda _: 7).result() == 7
    assert script.connections == 2


def test_a_connection_that_broke_while_idle_is_replaced_before_anything_is_lost(writer, script):
    writer.submit(lambda _: None).result()
    script.failures = [("BEGIN", OSError("server closed the connection"))]
    assert writer.submit(lambda _: 7).result() == 7


def test_transactions_that_waited_for_each_other_are_tried_again(writer, script):
    script.failures = [("COMMIT", OSError("deadlock"))] * 3
    done: list[int] = []
    assert writer.submit(lambda _: done.append(1)).result() is None
    assert len(done) == 4, "undone three times, and done"


def test_work_that_nobody_waits_for_any_more_is_not_begun(writer):
    gate = held(writer)
    future = writer.submit(lambda _: pytest.fail("begun"))
    assert future.cancel()
    gate.set()
    assert writer.submit(lambda _: 7).result() == 7


def test_a_closed_writer_has_finished_its_work_and_opens_again(writer, script):
    future = writer.submit(lambda _: 7)
    writer.close()
    assert future.done()
    assert script.log[-1] == "close"
    assert writer.submit(lambda _: 8).result() == 8


def test_no_thread_is_there_before_work_and_after_the_end(script):
    before = set(threading.enumerate())
    writer = Writer(script)
    assert set(threading.enumerate()) == before
    writer.submit(lambda _: None).result()
    writer.close()
    assert set(threading.enumerate()) <= before
