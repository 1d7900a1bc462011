"""`wiro batch`: every job once, results and errors apart, resumed by running it again."""

import json

import pytest

from wiro_runtime.cli import exit_code
from wiromock import Fails, MockWiro


@pytest.fixture
def mock():
    with MockWiro(seed=7) as mock:
        yield mock


@pytest.fixture
def jobs(tmp_path):
    def write(*rows: object) -> None:
        (tmp_path / "jobs.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))

    write(*({"custom_id": f"s{n}", "inputs": {"prompt": f"deer {n}"}} for n in range(5)))
    return write


def batch(wiro, *more: str):
    return wiro("batch", "jobs.jsonl", "--out", "results.jsonl", "--model", "pruna/vace", "--journal", "runs.sqlite", *more)  # fmt: skip


def rows(path) -> dict:
    return {row["custom_id"]: row for row in map(json.loads, path.read_text().splitlines())}


def test_every_job_has_a_result(wiro, mock, jobs, tmp_path):
    assert batch(wiro).status == exit_code.DONE
    results = rows(tmp_path / "results.jsonl")
    assert sorted(results) == [f"s{n}" for n in range(5)]
    assert all(row["billed"] and row["outputs"] for row in results.values())
    assert mock.ledger.billed == 5


def test_failures_go_to_a_file_of_their_own_and_are_tried_again(wiro, mock, jobs, tmp_path):
    mock.on("pruna/vace", where={"prompt": "deer 3"}).then(Fails(stderr="out of memory"))
    assert batch(wiro).status == exit_code.FAILED
    (failure,) = rows(tmp_path / "results.errors.jsonl").values()
    assert (failure["custom_id"], failure["error"], failure["billed"]) == (
        "s3",
        "TaskFailed",
        False,
    )
    assert "s3" not in rows(tmp_path / "results.jsonl")


def test_running_it_again_pays_for_nothing_twice(wiro, mock, jobs, tmp_path):
    batch(wiro)
    assert batch(wiro).status == exit_code.DONE
    assert mock.ledger.billed == 5
    assert len((tmp_path / "results.jsonl").read_text().splitlines()) == 5


def test_a_line_that_was_cut_off_is_written_again_from_the_journal(wiro, mock, jobs, tmp_path):
    batch(wiro)
    path = tmp_path / "results.jsonl"
    path.write_bytes(path.read_bytes()[:-20])
    assert batch(wiro).status == exit_code.DONE
    assert len(rows(path)) == 5
    assert mock.ledger.billed == 5


def test_outputs_are_saved_in_a_folder_for_each(wiro, mock, jobs, tmp_path):
    batch(wiro, "--save", "videos")
    assert len(list((tmp_path / "videos").glob("s*/*.mp4"))) == 5


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ([], "object"),
        ({"inputs": {}}, "custom_id"),
        ({"custom_id": "a"}, "inputs"),
        ({"custom_id": "a", "inputs": {"prompt": "x"}, "modle": "a/b"}, "modle"),
        ({"custom_id": "a", "inputs": {"promt": "x"}}, "prompt"),
        ({"custom_id": "s1", "inputs": {"prompt": "x"}}, "twice"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_sent(wiro, mock, jobs, row, said):
    jobs({"custom_id": "s1", "inputs": {"prompt": "x"}}, row)
    ran = batch(wiro)
    assert ran.status == exit_code.USAGE
    assert "jobs.jsonl:2:" in ran.err
    assert said in ran.err
    assert mock.journal.calls("Run") == []


def test_a_budget_stops_the_batch(wiro, mock, jobs, tmp_path):
    ran = batch(wiro, "--budget", "0.000001")
    assert ran.status != exit_code.DONE
    assert mock.ledger.billed == 0


def test_a_budget_sets_aside_what_is_said_for_runs_of_unknown_price(wiro, mock, jobs):
    refused = batch(wiro, "--budget", "20")
    assert refused.status == exit_code.NOT_STARTED
    assert "unknown_price" in refused.err
    assert "results.errors.jsonl" in refused.err
    assert batch(wiro, "--budget", "20", "--unknown-price", "0.50").status == exit_code.DONE
    assert mock.ledger.billed == 5
