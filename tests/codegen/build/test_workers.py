"""Ctrl-C ends a run and its worker processes, whatever they are doing."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from codegen.synthetic import write_specs
from wirogen.build.package import BATCH
from wirogen.build.workers import ENOUGH
from wirogen.errors import INTERRUPTED

MODELS = BATCH * ENOUGH + 1
"""The fewest that are worth other processes."""

HELD_WORKER = """
import pathlib, sys, time

here = pathlib.Path(__file__).parent
if "--multiprocessing-fork" in sys.orig_argv:
    (here / "started").touch()
    while not (here / "go").exists():
        time.sleep(0.01)
"""
"""Python runs `sitecustomize` before anything else: a worker stays in its start until it may go on."""


@pytest.fixture
def hooks(tmp_path):
    folder = tmp_path / "hooks"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(HELD_WORKER)
    return folder


def start(folder: Path, hooks: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start `wirogen generate` in a process group of its own, as a shell does, without a cache."""
    cache = {"XDG_CACHE_HOME": str(folder / "cache")}
    return subprocess.Popen(
        [sys.executable, "-m", "wirogen", "generate", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(hooks), **cache},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="no groups of processes here")
def test_ctrl_c_while_workers_start_says_one_line_and_writes_nothing(tmp_path, hooks):
    write_specs(tmp_path / "specs", MODELS)
    process = start(tmp_path, hooks, "--workers", "3")
    while process.poll() is None and not (hooks / "started").exists():
        time.sleep(0.01)
    assert process.poll() is None, process.communicate()
    os.killpg(process.pid, signal.SIGINT)
    (hooks / "go").touch()
    _, printed = process.communicate()
    assert process.returncode == INTERRUPTED
    assert printed == "wirogen: interrupted\n"
    assert not list((tmp_path / "generated").rglob("*"))
