"""The README's first lines, typed by three people into fresh environments; what they see is kept here."""

import os
import re
import subprocess
import sys

import pytest

from e2e.conftest import ROOT, install, once, run
from transcripts.server import CONTENT, serve

README = (ROOT / "README.md").read_text("utf-8")


def block(heading, language, number=0):
    """A block of code below a heading of the README."""
    section = README.partition(f"\n## {heading}")[2].partition("\n## ")[0]
    return re.findall(rf"```{language}\n(.*?)```", section, re.DOTALL)[number]


@pytest.fixture(scope="session")
def everything(tmp_path_factory, wheel):
    """The `bin` folder of an environment with the extras that the README installs, and pytest."""

    def make(folder):
        run(sys.executable, "-m", "venv", "--without-pip", folder / "venv")
        install(folder / "venv/bin/python", f"{wheel}[cli,mock,codegen]", "pytest")

    return once(tmp_path_factory, "readers-environment", make) / "venv/bin"


@pytest.fixture
def shell(everything, tmp_path):
    """Type a line; the programs of the environment come first."""
    variables = {"PATH": f"{everything}{os.pathsep}{os.environ['PATH']}", "HOME": str(tmp_path)}
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    def shell(line, **more):
        done = subprocess.run(
            ["bash", "-c", line],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={**kept, **variables, **more},
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done

    return shell


def test_who_uses_a_model_has_a_file_after_one_block(environment, tmp_path):
    program = block("Use it: with a key", "python")
    with serve() as server:
        done = run(
            environment / "python", "-c", program, cwd=tmp_path,
            env={"WIRO_API_KEY": "k", "WIRO_BASE_URL": server.base_url},
        )  # fmt: skip
    assert (tmp_path / "out").is_dir()
    (path,) = (tmp_path / "out").iterdir()
    assert path.read_bytes() == CONTENT
    assert path.name in done.stdout


def test_who_uses_the_shell_sees_what_a_line_would_send(shell):
    (line,) = (each for each in block("From the shell", "sh").splitlines() if "wiro run" in each)
    done = shell(line.partition("   #")[0] + " --dry-run", WIRO_API_KEY="k")
    assert done.returncode == 0, done.stderr
    assert '"prompt": "a deer in snow"' in done.stdout


def test_who_tests_without_a_key_has_a_green_test(shell, tmp_path):
    (tmp_path / "test_mine.py").write_text(block("Test your code", "python", 1), "utf-8")
    done = shell("pytest -q -p no:cacheprovider")
    assert "1 passed" in done.stdout, done.stdout
    (tmp_path / "fails.py").write_text(block("Test your code", "python"), "utf-8")
    assert "CUDA out of memory" in shell("python fails.py").stdout


def test_who_has_a_document_has_a_package(shell, tmp_path):
    document = (ROOT / "specs/documents/pruna/vace.llms.txt").read_text("utf-8")
    (tmp_path / "vace.llms.txt").write_text(document, "utf-8")
    lines = block("Make clients from model documents", "sh").splitlines()
    said = {}
    for line in lines:
        if line.startswith("wirogen"):
            command = line.partition("   ")[0]
            done = shell(command)
            assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
            said[command] = done.stdout
    assert said["wirogen import vace.llms.txt"].startswith(
        "pruna/vace: created specs/models/pruna/vace.yaml"
    )
    assert said["wirogen lint"] == "specs: 1 model, no problems\n"
    assert (tmp_path / "generated/wiro/models/pruna/vace.py").is_file()


GENERATE = (ROOT / "docs/start/generate.md").read_text("utf-8")


def test_who_has_a_new_document_runs_it_on_its_own_mock(shell, tmp_path):
    """docs/start/generate.md from its first line to its last, with a model that this repository does not hold."""
    document = (ROOT / "specs/documents/pruna/vace.llms.txt").read_text("utf-8")
    (tmp_path / "thing.llms.txt").write_text(document.replace("pruna/vace", "acme/thing"), "utf-8")
    lines = "".join(re.findall(r"```sh\n(.*?)```", GENERATE, re.DOTALL)).splitlines()
    for line in lines:
        if line.startswith("wirogen"):
            done = shell(line)
            assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
    shown = shell("python -m acme_models show acme/thing", PYTHONPATH="src").stdout
    assert "from acme_models.models.acme import Thing" in shown
    _, offline = re.findall(r"```python\n(.*?)```", GENERATE, re.DOTALL)
    (tmp_path / "offline.py").write_text(offline, "utf-8")
    done = shell("python -W error offline.py", PYTHONPATH="src")
    assert done.returncode == 0, done.stderr
    helped = shell("python -m acme_models run acme/thing --help", PYTHONPATH="src")
    assert "--prompt TEXT" in helped.stdout


def test_who_looks_for_a_model_finds_one_and_the_lines_that_run_it(shell):
    assert "pruna/vace" in shell("wiro models video").stdout
    shown = shell("wiro show pruna/vace").stdout
    assert "from wiro.models.pruna import Vace" in shown
    assert "wiro run pruna/vace --prompt 'a deer in snow'" in shown


def test_without_a_key_the_message_says_where_one_comes_from(shell):
    printed = shell("env -u WIRO_API_KEY wiro doctor")
    assert printed.returncode == 3
    assert "wiro login" in printed.stdout
    assert "WIRO_API_KEY" in printed.stdout
