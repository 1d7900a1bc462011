"""Keyed runs from the shell: paid once, listed, added up, and sent again on purpose."""

from pathlib import Path

import pytest

from wiro_runtime.cli import exit_code
from wiromock import ConnectionLost, MockWiro


@pytest.fixture
def mock():
    with MockWiro() as mock:
        yield mock


def keyed(wiro, key: str, prompt: str = "a deer"):
    return wiro("run", "pruna/vace", "--prompt", prompt, "--key", key, "--journal", "runs.sqlite")


def test_a_keyed_run_is_paid_once(wiro, mock):
    first, again = keyed(wiro, "scene-1"), keyed(wiro, "scene-1")
    assert (first.status, again.status) == (exit_code.DONE, exit_code.DONE)
    assert first.out == again.out
    assert mock.ledger.billed == 1


def test_another_request_under_the_same_key_is_refused(wiro, mock):
    keyed(wiro, "scene-1")
    ran = keyed(wiro, "scene-1", prompt="a fox")
    assert ran.status == exit_code.USAGE
    assert mock.ledger.billed == 1


def test_log_and_spend_read_the_journal_alone(wiro, mock):
    keyed(wiro, "scene-1")
    keyed(wiro, "scene-2")
    calls = len(mock.journal.calls())
    (first, second) = wiro("log", "--journal", "runs.sqlite", "--json").document
    assert (first["key"], second["key"]) == ("scene-1", "scene-2")
    assert first["state"] == "done"
    total = wiro("spend", "--journal", "runs.sqlite", "--json").document["total"]
    assert float(total) == pytest.approx(float(first["cost"]) + float(second["cost"]))
    assert "scene-1" in wiro("log", "--journal", "runs.sqlite").out
    assert len(mock.journal.calls()) == calls


def test_rerun_sends_the_exact_body_under_a_new_key(wiro, mock):
    keyed(wiro, "scene-1")
    assert wiro("rerun", "scene-1", "--journal", "runs.sqlite").status == exit_code.DONE
    first, second = (call.body for call in mock.journal.calls("Run"))
    assert first == second
    assert [row["key"] for row in wiro("log", "--journal", "runs.sqlite", "--json").document] == ["scene-1", "scene-1-2"]  # fmt: skip


def test_rerun_of_an_unknown_key_is_a_sentence(wiro, mock):
    ran = wiro("rerun", "none", "--journal", "runs.sqlite")
    assert ran.status == exit_code.USAGE
    assert "wiro log" in ran.err


def test_without_a_file_the_users_own_is_taken(wiro, mock, tmp_path):
    wiro("run", "pruna/vace", "--prompt", "x", "--key", "a")
    assert list(tmp_path.rglob("runs.sqlite")) != []
    assert wiro("log", "--json").document[0]["key"] == "a"


def test_a_run_that_may_cost_too_much_is_not_sent(wiro, mock):
    ran = wiro("run", "pruna/vace", "--prompt", "x", "--max-cost", "0.000001")
    assert ran.status == exit_code.NOT_STARTED
    assert mock.journal.calls("Run") == []


def test_of_two_that_are_alike_a_person_says_which_is_whose(wiro, mock):
    other = wiro("submit", "pruna/vace", "--prompt", "a deer").out.strip()
    mock.on("pruna/vace").then(ConnectionLost(accepted=True), after="pass_through")
    printed = keyed(wiro, "scene-1")
    assert printed.status == exit_code.UNKNOWN
    assert other in printed.err
    assert "`wiro adopt 'scene-1' ID`" in printed.err
    assert wiro("adopt", "scene-1", "2222", "--journal", "runs.sqlite").out == "2222\n"
    assert keyed(wiro, "scene-1").status == exit_code.DONE
    assert len(mock.journal.calls("Run")) == 2


def test_a_key_that_the_journal_does_not_have_adopts_nothing(wiro, mock):
    assert wiro("adopt", "none", "2221", "--journal", "runs.sqlite").status == exit_code.USAGE


def test_log_says_where_outputs_are(wiro, mock, tmp_path):
    keyed(wiro, "scene-1")
    (row,) = wiro("log", "--journal", "runs.sqlite", "--json").document
    assert row["outputs"] == []
    assert row["urls"][0]["url"].startswith("http")
    assert row["urls"][0]["size"] > 0
    assert "on the platform" in wiro("log", "--journal", "runs.sqlite").out
    arguments = ("pruna/vace", "--prompt", "a deer", "--key", "scene-1", "--save", "out")
    wiro("run", *arguments, "--journal", "runs.sqlite")
    (row,) = wiro("log", "--journal", "runs.sqlite", "--json").document
    assert [path.is_file() for path in map(Path, row["outputs"])] == [True] * len(row["urls"])
    assert row["outputs"][0] in wiro("log", "--journal", "runs.sqlite").out
