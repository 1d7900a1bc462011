"""Several files are written as one step, wherever the process ends in the middle of it."""

import json
import shutil
import threading
from pathlib import Path

import pytest

from wirogen.digest import digest
from wirogen.output.files import STAGING, locked, recover, write_files, write_private

OLD = {"a.txt": b"old a", "deep/b.txt": b"old b", "gone.txt": b"old c"}
NEW = {"a.txt": b"new a", "deep/b.txt": b"new b", "new/d.txt": b"new d"}


class Killed(BaseException):
    """Nothing after it happens: not even what stands in a `finally`."""


@pytest.fixture
def root(tmp_path):
    for name, data in OLD.items():
        (tmp_path / "root" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "root" / name).write_bytes(data)
    return tmp_path / "root"


def read(root):
    files = (path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def write(root):
    write_files({root / name: data for name, data in NEW.items()}, root, remove=[root / "gone.txt"])


def killed_after(steps, monkeypatch):
    """Let so many changes of the disk happen, and then none."""
    left = [steps]

    def dying(real):
        def change(*arguments, **options):
            if left[0] == 0:
                raise Killed
            left[0] -= 1
            return real(*arguments, **options)

        return change

    for owner, name in (
        (Path, "write_bytes"),
        (Path, "write_text"),
        (Path, "replace"),
        (Path, "unlink"),
        (Path, "mkdir"),
        (shutil, "rmtree"),
    ):
        monkeypatch.setattr(owner, name, dying(getattr(owner, name)))


def test_files_are_written_and_removed_and_nothing_else_stays(root):
    write(root)
    assert read(root) == NEW


def test_a_kill_at_any_step_leaves_the_old_or_the_new_for_the_next_run(root, monkeypatch):
    """The next run brings to its end what was recorded, and forgets what was not."""
    outcomes = []
    for steps in range(30):
        copy = root.with_name(f"copy{steps}")
        shutil.copytree(root, copy)
        with monkeypatch.context() as patched:
            killed_after(steps, patched)
            try:
                write(copy)
            except Killed:
                is_killed = True
            else:
                is_killed = False
        recover(copy)
        after = read(copy)
        assert after in (OLD, NEW), steps
        assert not (copy / STAGING).exists()
        outcomes.append((is_killed, after == NEW))
    assert (True, False) in outcomes
    assert (True, True) in outcomes
    assert outcomes[-1] == (False, True)
    assert outcomes == sorted(outcomes, key=lambda outcome: outcome[1])  # never back to the old


def test_an_interrupt_while_names_change_comes_after_they_have_changed(root, monkeypatch):
    real, calls = Path.replace, []

    def interrupted(path, target):
        calls.append(target)
        if len(calls) == 3:  # the record, one file, then Ctrl-C
            raise KeyboardInterrupt
        return real(path, target)

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write(root)
    assert read(root) == NEW


def test_a_disk_that_is_full_changes_no_name(root, monkeypatch):
    def full(_path, _data):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", full)
        with pytest.raises(OSError, match="No space left"):
            write(root)
    assert read(root) == OLD


def leave_record(root, *steps, staged=b"new"):
    (root / STAGING).mkdir()
    (root / STAGING / "0").write_bytes(staged)
    (root / STAGING / "record.json").write_text(json.dumps(steps))


def test_what_somebody_changed_since_the_kill_stays_as_it_is(root):
    before = digest(OLD["a.txt"])
    leave_record(root, ["a.txt", "0", before])
    (root / "a.txt").write_bytes(b"by hand")
    recover(root)
    assert read(root) == {**OLD, "a.txt": b"by hand"}


@pytest.mark.parametrize("path", ["../outside.txt", "{parent}/outside.txt", "link/x.txt"])
def test_a_record_leads_to_no_other_folder(root, path):
    path = path.format(parent=root.parent)
    (root.parent / "elsewhere").mkdir()
    (root / "link").symlink_to(root.parent / "elsewhere")
    leave_record(root, [path, "0", None])
    recover(root)
    assert not (root.parent / "outside.txt").exists()
    assert list((root.parent / "elsewhere").iterdir()) == []


def test_a_record_takes_no_file_from_elsewhere(root):
    leave_record(root, ["new.txt", "../a.txt", None])
    recover(root)
    assert read(root) == OLD


@pytest.mark.parametrize("record", ["", "{}", "[1]", '[["a.txt"]]', "[" * 100_000])
def test_a_record_that_cannot_be_read_is_none(root, record):
    leave_record(root)
    (root / STAGING / "record.json").write_text(record)
    recover(root)
    assert read(root) == OLD


def test_one_run_at_a_time_writes_below_a_root(root):
    entered = threading.Event()

    def second():
        with locked(root):
            entered.set()

    with locked(root):
        other = threading.Thread(target=second)
        other.start()
        assert not entered.wait(0)
    other.join(60)
    assert entered.is_set()


def test_a_private_file_is_nobody_elses(tmp_path):
    write_private(tmp_path / "kept" / "x", b"1")
    assert (tmp_path / "kept" / "x").stat().st_mode & 0o077 == 0
    assert (tmp_path / "kept").stat().st_mode & 0o077 == 0
