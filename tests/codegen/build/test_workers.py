"""Ctrl-C ends a run and its worker processes, whatever they are doing."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from codegen.synthetic import write_specs
from wirogen.build.package import BATCH
from wirogen.build.workers import ENOUGH
from wirogen.errors import INTERRUPTED

MODELS = BATCH * ENOUGH + 1
"""The fewest that are worth other processes."""

needs_proc = pytest.mark.skipif(
    not Path("/proc/self/task").is_dir(), reason="children are counted in /proc"
)


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start `wirogen generate` in a process group of its own, as a shell does, without a cache."""
    return subprocess.Popen(
        [sys.executable, "-m", "wirogen", "generate", *arguments],
        cwd=folder,
        env={**os.environ, "XDG_CACHE_HOME": str(folder / "cache")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )


def children(process: subprocess.Popen[str]) -> int:
    tasks = Path(f"/proc/{process.pid}/task").glob("*/children")
    return sum(len(task.read_text().split()) for task in tasks)


@needs_proc
def test_ctrl_c_while_workers_start_says_one_line_and_writes_nothing(tmp_path):
    write_specs(tmp_path / "specs", MODELS)
    process = start(tmp_path, "--workers", "3")
    while (
        process.poll() is None and children(process) < 2
    ):  # the tracker of resources, and a worker
        pass
    assert process.poll() is None, process.communicate()
    os.killpg(process.pid, signal.SIGINT)
    _, printed = process.communicate()
    # Python dies of the signal itself where it came within `exec()`; to a shell, that is 130 too.
    assert process.returncode in {INTERRUPTED, -signal.SIGINT}
    assert printed == "wirogen: interrupted\n"
    assert not list((tmp_path / "generated").rglob("*"))
