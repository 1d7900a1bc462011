"""TAB: names of commands, models, options and choices, without loading what a run needs."""

import os
import shutil
import subprocess
import sys

import pytest

PROGRAM = "import sys; from wiro_runtime.cli import main; sys.exit(main('wiro', prog='wiro'))"


def completed(line: str, shell: str = "bash") -> list[str]:
    """What the shell would offer after the words of a line, the last of which is being typed."""
    words = line.split(" ")
    environment = {
        **os.environ,
        "_WIRO_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": line,
        "COMP_CWORD": words[-1] if shell in {"fish", "pwsh"} else str(len(words) - 1),
    }
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_commands():
    assert "plain,run" in completed("wiro r")


def test_models():
    assert "plain,pruna/vace" in completed("wiro run pruna/v")
    assert "plain,pruna/vace" in completed("wiro show pru")


def test_options_of_the_model():
    assert "plain,--frame-num" in completed("wiro run pruna/vace --fr")


def test_choices():
    assert completed("wiro run pruna/vace --resolution ") == ["plain,480p", "plain,720p"]


def test_paths_are_the_shells_own():
    assert completed("wiro run pruna/vace --input-image ./x") == ["file,./x"]


@pytest.mark.parametrize("shell", ["zsh", "fish", "pwsh"])
def test_every_shell_gets_the_model(shell):
    assert any("pruna/vace" in line for line in completed("wiro run pruna/v", shell))


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "pwsh"])
def test_the_script_is_one_that_the_shell_reads(wiro, shell, tmp_path):
    ran = wiro("completion", shell)
    assert ran.status == 0
    if shell != "pwsh" and shutil.which(shell):
        script = tmp_path / "script"
        script.write_text(ran.out)
        assert subprocess.run([shell, "-n", script], check=False).returncode == 0


def test_completing_loads_no_client():
    program = PROGRAM.replace("sys.exit(", "status = (") + "\n"
    program = (
        "import os, sys; os.environ.update(_WIRO_COMPLETE='bash_complete', COMP_WORDS='wiro run pru', COMP_CWORD='2')\n"
        "from wiro_runtime.cli import main\n"
        "try: main('wiro', prog='wiro')\n"
        "except SystemExit: pass\n"
        "heavy = {'pydantic', 'httpx', 'rich', 'asyncio'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
