"""Every example runs as it is, without a key and without a network."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"
SCRIPTS = [
    path.name for path in sorted(EXAMPLES.glob("*.py")) if "__main__" in path.read_text("utf-8")
]


@pytest.fixture
def run(tmp_path, monkeypatch):
    for name in ("WIRO_API_KEY", "WIRO_API_SECRET"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-W", "error", *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return done

    return run


@pytest.mark.parametrize("script", SCRIPTS)
def test_it_runs(run, script):
    assert run(EXAMPLES / script).stdout


def test_the_demo_ends_with_the_path_of_a_video(run, tmp_path):
    last = run(EXAMPLES / "demo.py").stdout.splitlines()[-1]
    assert (tmp_path / last).read_bytes()[4:8] == b"ftyp"


@pytest.mark.parametrize("suite", sorted(EXAMPLES.glob("test_*.py")), ids=lambda path: path.stem)
def test_the_example_tests_pass(run, suite):
    done = run("-m", "pytest", "-q", "-p", "no:cacheprovider", suite)
    assert f"{suite.read_text('utf-8').count('def test_')} passed" in done.stdout


def test_a_batch_that_is_started_again_pays_for_nothing_twice(run):
    first = run(EXAMPLES / "prompts_to_videos.py").stdout
    assert first.count("0.00819") == 3
    again = run(EXAMPLES / "prompts_to_videos.py")  # a new mock: it would bill, and knows no task
    assert again.stdout.count(" USD") == 3


def test_a_line_of_a_file_is_a_prompt(run, tmp_path):
    (tmp_path / "prompts.txt").write_text("an owl\n\na fox\n", "utf-8")
    lines = run(EXAMPLES / "prompts_to_videos.py", "prompts.txt").stdout.splitlines()
    assert sorted(line.partition(":")[0] for line in lines) == ["a fox", "an owl"]


def test_pictures_of_ones_own_are_edited(run, tmp_path):
    run(EXAMPLES / "edit_images.py")
    (mine,) = (tmp_path / "demo-output").glob("0.*")
    edited = run(EXAMPLES / "edit_images.py", "make it night", mine).stdout.splitlines()[0]
    assert (tmp_path / edited).stat().st_size > 0


def test_a_model_asks_for_a_tool_and_gets_its_answer(run):
    lines = run(EXAMPLES / "chat_with_tools.py").stdout.splitlines()
    assert lines[-3:] == ["Let me look.", "tool: snow in Oslo", "Yes, there is snow in Oslo."]


def test_the_notebook_is_one_and_its_cells_run_in_order(run):
    notebook = json.loads((EXAMPLES / "first_run.ipynb").read_text("utf-8"))
    assert (notebook["nbformat"], notebook["metadata"]["kernelspec"]["name"]) == (4, "python3")
    cells = ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]
    assert all(c["outputs"] == [] for c in notebook["cells"] if c["cell_type"] == "code")
    run("-c", "\n".join(cells))
