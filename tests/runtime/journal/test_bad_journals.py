"""A journal that cannot be used says so before anything is sent, and how to mend it."""

import errno
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from wiro_runtime.errors import ConfigurationError, JournalFailed
from wiro_runtime.journal import schema
from wiro_runtime.journal.journal import Journal
from wiro_runtime.journal.sqlite import SQLite


def reason(path) -> str:
    """Why a file cannot be a journal."""
    journal = Journal(path)
    failure = journal.store("u", "k").find("scene-1").exception()
    journal.close()
    assert isinstance(failure, JournalFailed)
    assert failure.billed is False
    assert str(path) in str(failure)
    return str(failure)


def test_the_file_is_for_its_owner_only(tmp_path):
    path = tmp_path / "runs.sqlite"
    journal = Journal(path)
    journal.store("u", "k").budgets().result()
    files = [path for path in tmp_path.iterdir() if path.name.startswith("runs")]
    assert len(files) > 1, "the write-ahead log is there as well"
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    journal.close()


def test_a_file_that_others_may_read_is_closed_to_them(tmp_path):
    path = tmp_path / "runs.sqlite"
    path.touch(0o644)
    journal = Journal(path)
    journal.store("u", "k").budgets().result()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    journal.close()


def test_what_is_committed_survives_a_power_cut(tmp_path):
    connection = SQLite(tmp_path / "runs.sqlite").connect()
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,), "FULL"
    connection.close()


def test_a_file_of_something_else(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("these are my notes, and no database at all. " * 50, encoding="utf-8")
    assert "file of its own" in reason(path)
    assert path.read_text(encoding="utf-8").startswith("these are my notes")


def test_a_database_of_something_else(tmp_path):
    path = tmp_path / "shop.sqlite"
    shop = sqlite3.connect(path)
    shop.execute("CREATE TABLE customers (name TEXT)")
    shop.commit()
    shop.close()
    assert "some other program" in reason(path)
    left = sqlite3.connect(path)
    assert left.execute("SELECT name FROM sqlite_master").fetchall() == [("customers",)]
    left.close()


def test_a_damaged_file(tmp_path):
    path = tmp_path / "runs.sqlite"
    journal = Journal(path)
    journal.store("u", "k").budgets().result()
    journal.close()
    content = bytearray(path.read_bytes())
    content[1024:] = b"\xff" * (len(content) - 1024)
    path.write_bytes(content)
    assert "damaged" in reason(path)


def test_a_folder(tmp_path):
    assert "not a file" in reason(tmp_path)


def test_a_folder_that_is_not_there(tmp_path):
    assert os.strerror(errno.ENOENT) in reason(tmp_path / "nowhere" / "runs.sqlite")


def test_a_file_of_a_newer_version(tmp_path):
    path = tmp_path / "runs.sqlite"
    journal = Journal(path)
    journal.store("u", "k").budgets().result()
    journal.close()
    later = sqlite3.connect(path)
    later.execute("UPDATE wiro_journal SET value = 99")
    later.commit()
    later.close()
    assert "Upgrade wiro-client" in reason(path)


def test_a_file_of_an_older_version_is_brought_up_to_date(tmp_path, monkeypatch):
    path = tmp_path / "runs.sqlite"
    journal = Journal(path)
    journal.store("u", "k").open_budget("night", Decimal(5)).result()
    journal.close()
    step = ("ALTER TABLE wiro_budgets ADD COLUMN note TEXT",)
    monkeypatch.setattr(schema, "STEPS", (*schema.STEPS, step))
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 1)
    journal = Journal(path)
    assert journal.store("u", "k").budget("night").result().cap == 5
    journal.close()
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT note FROM wiro_budgets").fetchall() == [(None,)]
    connection.close()


def test_a_file_that_another_process_keeps_locked(tmp_path):
    path = tmp_path / "runs.sqlite"
    SQLite(path).connect().close()
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    connection = SQLite(path, timeout=0.0).connect()
    with pytest.raises(sqlite3.OperationalError) as locked:
        connection.execute("BEGIN IMMEDIATE")
    assert "Another process" in str(SQLite(path).explain(locked.value))
    connection.close()
    holder.close()


def test_a_full_disk(tmp_path):
    path = tmp_path / "runs.sqlite"
    journal = Journal(path)
    store = journal.store("u", "k")
    store.budgets().result()
    # SQLite's own limit ends in the same error as a disk without room.
    store.writer.submit(lambda connection: connection.execute("PRAGMA max_page_count=1")).result()
    failure = store.keep_upload("d" * 100_000, "https://u", 1.0).exception()
    assert isinstance(failure, JournalFailed)
    assert "make room" in str(failure)
    journal.close()
    journal = Journal(path)
    again = journal.store("u", "k")
    assert again.find_upload("d" * 100_000, 0.0).result() is None
    journal.close()


def test_a_file_that_may_not_be_written(tmp_path):
    path = tmp_path / "runs.sqlite"
    SQLite(path).connect().close()
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    with pytest.raises(sqlite3.OperationalError) as forbidden:
        connection.execute("CREATE TABLE t (a)")
    assert "write permission" in str(SQLite(path).explain(forbidden.value))
    connection.close()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write all")
def test_a_folder_that_may_not_be_written(tmp_path):
    tmp_path.chmod(0o500)
    try:
        assert os.strerror(errno.EACCES) in reason(tmp_path / "runs.sqlite")
    finally:
        tmp_path.chmod(0o700)


def replaced(path):
    other = path.with_name("other.sqlite")
    SQLite(other).connect().close()
    other.replace(path)


def without_its_log(path):
    path.with_name(f"{path.name}-wal").unlink()


@pytest.mark.skipif(os.name == "nt", reason="an open file cannot be removed there")
@pytest.mark.parametrize("harm", [Path.unlink, replaced, without_its_log])
def test_a_file_that_is_taken_away_while_it_is_in_use(tmp_path, harm):
    """What was written into it then, the next process would not find."""
    path = tmp_path / "runs.sqlite"
    journal = Journal(path)
    store = journal.store("u", "k")
    store.keep_upload("before", "https://u", 1.0).result()
    harm(path)
    failure = store.keep_upload("after", "https://u", 1.0).exception()
    assert isinstance(failure, JournalFailed)
    assert "removed or replaced" in str(failure)
    journal.close()


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="no limits for files here")
def test_a_file_that_may_not_grow(tmp_path):
    """In a process of its own, since the limit is the process's."""
    script = """
import resource, signal, sys
from wiro_runtime.journal.journal import Journal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = Journal(sys.argv[1]).store("u", "k")
store.keep_upload("before", "https://u", 1.0).result()
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
print(type(store.keep_upload("after", "https://u", 1.0).exception()).__name__)
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "runs.sqlite")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.strip() == "JournalFailed", done.stderr


@pytest.mark.parametrize("place", ["", ":memory:", "mysql://host/db", "file:runs.sqlite"])
def test_what_is_no_place_for_a_journal(place):
    with pytest.raises(ConfigurationError, match="neither the path"):
        Journal(place)


def test_first_launches_at_the_same_moment_make_the_tables_once(location):
    """Several processes that find nothing there."""
    script = (
        "import sys; from wiro_runtime.journal.journal import Journal; sys.stdin.read(1);"
        "print(Journal(sys.argv[1]).store('u', 'k').budgets().result())"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script, location],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(4)
    ]
    ends = [process.communicate(b"x", timeout=60) for process in processes]
    assert [output.strip() for output, _ in ends] == [b"[]"] * 4, ends


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_fork_opens_its_own_connection(store):
    """In a process of its own, since a fork of a process with threads is warned about."""
    store.keep_upload("before", "https://u", 1.0).result()
    script = """
import os, sys
from wiro_runtime.journal.journal import Journal
store = Journal(sys.argv[1]).store("https://platform.test/v1", "a key")
store.keep_upload("parent", "https://u", 1.0).result()
child = os.fork()
if child == 0:
    store.keep_upload("child", "https://u", 1.0).result()
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
store.keep_upload("after", "https://u", 1.0).result()
print([store.find_upload(name, 0.0).result() for name in ("parent", "child", "after")])
"""
    place = store.writer._database
    location = getattr(place, "_url", place.name)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script, location],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.strip() == str(["https://u"] * 3), done.stderr
