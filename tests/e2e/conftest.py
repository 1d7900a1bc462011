"""Environments like those of people who install the wheel; each is made once for all processes."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*command, **options) -> subprocess.CompletedProcess[str]:
    """Run a command that must succeed, and must not find this checkout by a variable."""
    options.setdefault("env", {k: v for k, v in os.environ.items() if k != "PYTHONPATH"})
    done = subprocess.run(
        [*map(str, command)], capture_output=True, text=True, check=False, **options
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done


def pip(*arguments) -> None:
    """Run the pip of this environment."""
    if find_spec("pip") is None:
        pytest.fail(
            f"{sys.executable} has no pip, which these tests build and install with; make the "
            f"environment with `python -m venv`, or run: {sys.executable} -m ensurepip",
            pytrace=False,
        )
    run(sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments)


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that the first process to ask makes; the others wait for it."""
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    ready, failed = folder / "ready", folder / "failed"
    try:
        folder.mkdir()
    except FileExistsError:
        while not ready.exists():
            assert not failed.exists(), f"another process could not make {folder}"
            time.sleep(0.1)
        return folder
    try:
        make(folder)
    except BaseException:
        failed.touch()
        raise
    ready.touch()
    return folder


@pytest.fixture(scope="session")
def wheel(tmp_path_factory) -> Path:
    """The built wheel."""

    def build(folder: Path) -> None:
        pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, ROOT)

    (found,) = once(tmp_path_factory, "wheel", build).glob("*.whl")
    return found


@pytest.fixture(scope="session")
def environment(tmp_path_factory, wheel) -> Path:
    """The `bin` folder of a fresh environment that holds the wheel and its base requirements."""
    return _environment(tmp_path_factory, "base", str(wheel))


@pytest.fixture(scope="session")
def generating(tmp_path_factory, wheel) -> Path:
    """The same with the extra `codegen`."""
    return _environment(tmp_path_factory, "codegen", f"{wheel}[codegen]")


def _environment(factory: pytest.TempPathFactory, name: str, requirement: str) -> Path:
    def make(folder: Path) -> None:
        run(sys.executable, "-m", "venv", "--without-pip", folder / "venv")  # ours installs faster
        install(folder / "venv/bin/python", requirement)

    return once(factory, f"{name}-environment", make) / "venv/bin"


def install(python: Path, *requirements: str) -> None:
    """Install into the environment of an interpreter, in the versions that this suite runs on."""
    tested = python.parent / "tested.txt"
    tested.write_text(
        "".join(
            f"{found.name}=={found.version}\n"
            for found in metadata.distributions()
            if found.name != "wiro-client"  # that one comes from the wheel
        ),
        encoding="utf-8",
    )
    pip("--python", python, "install", "--constraint", tested, *requirements)
