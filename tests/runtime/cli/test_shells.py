"""TAB in real shells, and the command in a real terminal: its width, and no colour for who wants none."""

import fcntl
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from runtime.cli.terminal import Terminal

BIN = Path(sys.executable).parent

BASH = """\
eval "$(wiro completion bash 2>/dev/null)"
COMP_WORDS=({line}{word}); COMP_CWORD={cword}
_wiro_completion wiro
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
ZSH = """\
compdef() {{ : }}
compadd() {{ print -rl -- "${{completions[@]}}" }}
_describe() {{ print -rl -- "${{completions_with_descriptions[@]}}" }}
eval "$(wiro completion zsh 2>/dev/null)"
words=({line}{word}); CURRENT=$(({cword} + 1))
_wiro_completion
"""
FISH = """\
wiro completion fish 2>/dev/null | source
complete -C "{typed}"
"""


def complete(shell, typed):
    """What a shell offers after what was typed."""
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell}")
    script = {"bash": BASH, "zsh": ZSH, "fish": FISH}[shell]
    before, _, last = typed.rpartition(" ")
    text = script.format(
        typed=typed, line=f"{before} ", word=last or "''", cword=len(before.split())
    )
    flags = {"bash": ["--norc"], "zsh": ["-f"], "fish": ["--no-config"]}[shell]
    done = subprocess.run(
        [shell, *flags, "-c", text],
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"},
        check=False,
    )
    offered = {re.split(r"[\t:]", line)[0] for line in done.stdout.splitlines()}
    return offered, done


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("wiro run pruna/v", "pruna/vace"),
        ("wiro run pruna/vace --resol", "--resolution"),
        ("wiro run pruna/vace --resolution 7", "720p"),
        ("wiro comp", "completion"),
    ],
)
def test_tab_offers_models_options_and_choices(shell, typed, offered):
    offers, done = complete(shell, typed)
    assert offered in offers, f"{done.stdout}\n{done.stderr}"


INTERACTIVE = {
    "bash": ("bash --norc --noprofile -i", 'eval "$(wiro completion bash 2>/dev/null)"'),
    "zsh": ("zsh -f -i", 'autoload -Uz compinit; compinit -u -D; eval "$(wiro completion zsh 2>/dev/null)"'),
    "fish": ("fish --no-config -i", "wiro completion fish 2>/dev/null | source"),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
@pytest.mark.parametrize("shell", [*INTERACTIVE])
def test_tab_completes_what_is_typed_at_a_prompt(shell, tmp_path):
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell}")
    start, load = INTERACTIVE[shell]
    prompt = Terminal(start, columns=120, cwd=tmp_path, HOME=str(tmp_path))
    prompt.press(f"{load}; echo re''ady\n")
    prompt.see("\nready")
    prompt.press("wiro run pruna/vac\t")
    prompt.see("wiro run pruna/vace")
    prompt.press("--resol\t")
    prompt.see("wiro run pruna/vace --resolution")
    prompt.press("7\t")
    prompt.see("wiro run pruna/vace --resolution 720p")
    prompt.press("\x15exit\n")
    prompt.end()


def in_a_terminal(*words, columns, **variables):
    """What a command writes to a terminal of so many columns."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    kept = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "NO_COLOR", "LINES")}
    with subprocess.Popen(
        [BIN / "wiro", *words],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**kept, "TERM": "xterm-256color", **variables},
    ):
        os.close(theirs)
        written = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # the other side is closed
                break
            if not piece:
                break
            written += piece
    os.close(ours)
    return written.decode("utf-8")


@pytest.mark.parametrize("columns", [80, 60])
def test_help_fits_the_terminal(columns):
    lines = in_a_terminal("run", "--help", columns=columns).splitlines()
    prose = [line for line in lines if not re.match(r"\s+\d+ ", line)]  # the table of statuses
    assert max(map(len, prose)) <= columns
    assert lines


@pytest.mark.parametrize("words", [("models", "video"), ("show", "pruna/vace"), ("run", "--help")])
def test_no_color_is_honoured_in_a_terminal(words):
    written = in_a_terminal(*words, columns=80, NO_COLOR="1")
    assert not re.search(r"\x1b\[[0-9;]*\b(3[0-8]|4[0-8]|9[0-7])[;m]", written)
    assert written
