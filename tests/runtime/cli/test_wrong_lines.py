"""Command lines that are wrong: each gets one clear sentence and a status, and nothing is sent."""

import io
import shlex

import pytest

from runtime.cli.wrong_lines import LINES
from wiro_runtime.cli import exit_code
from wiromock import MockWiro


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Files that are not what a line takes them for."""
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    (tmp_path / "dir").mkdir()
    for name, content in {
        "bin.txt": b"\xff\xfe\xff",
        "list.json": b"[1]",
        "bad.json": b"{",
        "strange.json": b'{"promt": "x"}',
        "jobs.jsonl": b'{"custom_id": "1", "inputs": {"prompt": "a"}}\n',
        "bad.jsonl": b'{"custom_id": 1}\nxx\n',
        "empty.jsonl": b"",
        "notdb.sqlite": b"this is no database" * 40,
    }.items():
        (tmp_path / name).write_bytes(content)


def test_there_are_many_of_them():
    assert len(LINES) >= 60


@pytest.mark.parametrize(("line", "status", "said"), LINES)
@pytest.mark.usefixtures("folder")
def test_a_wrong_line_is_one_clear_sentence(wiro, line, status, said):
    with MockWiro() as mock:
        ran = wiro(*shlex.split(line))
    assert ran.status == status
    assert said in ran.err
    assert ran.out == ""
    assert "Traceback" not in ran.err
    assert mock.journal.calls("Run") == []


@pytest.mark.parametrize("more", ["--save file/out", "--save file/out --json"])
def test_what_is_paid_and_cannot_be_saved_is_no_usage_error(wiro, tmp_path, more):
    """Its status says to look first, and the last line fetches it."""
    (tmp_path / "file").write_text("in the way of a folder")
    with MockWiro() as mock:
        ran = wiro("run", "pruna/vace", "--prompt", "x", *more.split())
    assert mock.ledger.billed == 1
    assert ran.status == exit_code.UNKNOWN
    assert ran.err.splitlines()[-1].startswith("  wiro outputs pruna/vace 2221 --save file/out")
