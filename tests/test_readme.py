"""Every Python block of the README runs, in order of appearance, against the mock."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
SCRIPTS = [block for block in BLOCKS if "def test_" not in block]
TESTS = [block for block in BLOCKS if "def test_" in block]

RUN_OFFLINE = """
import sys
from contextlib import nullcontext
from wiromock import MockWiro
source = sys.stdin.read()
with nullcontext() if "MockWiro" in source else MockWiro():
    exec(compile(source, "README.md", "exec"), {"__name__": "__main__"})
"""


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run Python in an empty folder, with a key in the environment."""
    monkeypatch.setenv("WIRO_API_KEY", "test")
    monkeypatch.delenv("WIRO_API_SECRET", raising=False)

    def run(*arguments, source=None) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, *arguments],
            input=source,
            capture_output=True,
            text=True,
            cwd=tmp_path,
            check=False,
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return done

    return run


def test_there_are_blocks_of_both_kinds():
    assert len(SCRIPTS) >= 5
    assert TESTS


@pytest.mark.parametrize("number", range(len(SCRIPTS)))
def test_a_script_runs_as_printed(run, number):
    run("-W", "error", "-c", RUN_OFFLINE, source=SCRIPTS[number])


def test_the_tests_pass_as_printed(run, tmp_path):
    for number, block in enumerate(TESTS):
        (tmp_path / f"test_{number}.py").write_text(block, encoding="utf-8")
    done = run("-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert f"{len(TESTS)} passed" in done.stdout


def test_the_commands_without_make_are_the_makefiles():
    """README's list and the Makefile say the same, in the same order."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8").replace("$(BIN)", ".venv/bin")
    recipes = {
        name: [line.strip() for line in body.splitlines()]
        for name, body in re.findall(r"^(demo|test):.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    }
    for name in ("demo", "test"):
        section = (
            README.split(f"What `make {name}` does", 1)[1].split("```sh\n", 1)[1].split("```")[0]
        )
        listed = [
            line
            for line in section.splitlines()
            if "venv .venv" not in line and "--editable" not in line
        ]
        assert listed == recipes[name]
