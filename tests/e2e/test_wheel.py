"""What people install: the built wheel, without the extras, in an environment of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

from transcripts.server import CONTENT, serve

ROOT = Path(__file__).parent.parent.parent

USER_PROGRAM = """
import importlib.util, sys
for extra in ("jinja2", "yaml", "respx", "datamodel_code_generator", "PIL", "av", "rich"):
    assert importlib.util.find_spec(extra) is None, f"{extra} is here: this is not a base install"
import wiro
assert "site-packages" in wiro.__file__, wiro.__file__
from wiro import Wiro
from wiro.models.pruna import Vace
with Wiro("key", base_url=sys.argv[1]) as client:
    result = client.run(Vace(prompt="a deer in snow"))
    print(*result.outputs.save(sys.argv[2]))
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory) -> Path:
    """The `bin` folder of a fresh environment that holds the wheel and its base requirements."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    run(*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, ROOT)
    (wheel,) = folder.glob("*.whl")
    run(sys.executable, "-m", "venv", folder / "venv")
    python = folder / "venv/bin/python"
    run(python, *pip[1:], "install", wheel)
    return python.parent


def run(*command, **options) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [*map(str, command)], capture_output=True, text=True, check=False, **options
    )
    assert done.returncode == options.pop("expect", 0), f"{done.stdout}\n{done.stderr}"
    return done


def test_a_base_install_runs_a_model_against_a_real_server(environment, tmp_path):
    with serve() as server:
        program = [environment / "python", "-W", "error", "-c", USER_PROGRAM]
        done = run(*program, server.base_url, tmp_path / "out", cwd=tmp_path)
    assert Path(done.stdout.strip()).read_bytes() == CONTENT


@pytest.mark.parametrize("tool", ["wirogen"])
def test_a_tool_without_its_extra_says_what_to_install(environment, tool, tmp_path):
    done = subprocess.run(
        [environment / tool, "generate"], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.returncode == 2
    assert "pip install 'wiro-client[codegen]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_pytest_plugin_breaks_nobody_who_lacks_the_mock_extra(environment, tmp_path):
    run(environment / "python", "-m", "pip", "install", "--quiet", "pytest")
    (tmp_path / "test_theirs.py").write_text(
        "def test_theirs(): pass\ndef test_ours(wiro_mock): pass\n"
    )
    done = subprocess.run(
        [environment / "python", "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert "1 passed, 1 error" in done.stdout
    assert "pip install 'wiro-client[mock]'" in done.stdout
