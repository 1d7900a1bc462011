"""Every example runs as it is, without a key and without a network."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"
SCRIPTS = [
    path.name for path in sorted(EXAMPLES.glob("*.py")) if not path.name.startswith(("_", "test_"))
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


def test_the_example_tests_pass(run):
    done = run("-m", "pytest", "-q", "-p", "no:cacheprovider", EXAMPLES / "test_my_code.py")
    assert "2 passed" in done.stdout
