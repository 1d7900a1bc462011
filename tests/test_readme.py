"""Every Python block of the README runs, in order of appearance, against the mock."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
PYTEST_BLOCKS = [block for block in BLOCKS if "def test_" in block]

RUN_OFFLINE = """
import sys
from wiromock import MockWiro
source = sys.stdin.read()
if "MockWiro" in source:
    exec(compile(source, "README.md", "exec"), {"__name__": "__main__"})
else:
    with MockWiro():
        exec(compile(source, "README.md", "exec"), {"__name__": "__main__"})
"""


@pytest.mark.parametrize(
    "block", [b for b in BLOCKS if b not in PYTEST_BLOCKS], ids=range(99).__getitem__
)
def test_the_block_runs_as_printed(block, tmp_path, monkeypatch):
    monkeypatch.setenv("WIRO_API_KEY", "test")
    monkeypatch.delenv("WIRO_API_SECRET", raising=False)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", RUN_OFFLINE],
        input=block,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 0, done.stderr


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
