"""What people install: the built wheel, without the extras, in an environment of its own."""

import subprocess
from pathlib import Path

import pytest

from e2e.conftest import install, run
from transcripts.server import CONTENT, serve

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
    install(environment / "python", "pytest")
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
