"""The container recipe, carried out without a container engine: each of its steps, in a folder for its root."""

import json
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from e2e.conftest import ROOT, once

RECIPE = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
STEPS = re.findall(r"^([A-Z]+) (.*)$", RECIPE, re.MULTILINE)
IGNORED = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()


def step(name: str) -> str:
    """What follows an instruction that occurs once."""
    (found,) = (rest for instruction, rest in STEPS if instruction == name)
    return found


class Builder:
    """Does what an engine does, with absolute paths below a folder.

    Stages share the folder, so that programs stay where their first lines say; what the last stage has
    not copied is taken away.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.stages = 0
        self.copied: set[str] = set()
        programs = root / "programs"
        programs.mkdir(parents=True)
        (programs / "python").symlink_to(sys.executable)
        self.env = {
            **{name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        }

    def below(self, text: str) -> str:
        """Put absolute paths of the recipe below the folder."""
        return re.sub(r"(?<![\w./:])/(?=(source|wiromock)\b)", f"{self.root}/", text)

    def build(self) -> None:
        for instruction, rest in STEPS:
            match instruction:
                case "FROM":
                    assert re.fullmatch(r"python:3\.\d+-slim( AS \w+)?", rest)
                    self.stages += 1
                    self.copied.clear()
                case "COPY":
                    self.copy(*shlex.split(rest))
                case "RUN":
                    subprocess.run(
                        ["sh", "-e", "-c", self.below(rest)],
                        check=True,
                        cwd=self.root,
                        env=self.env,
                    )
                case _:
                    assert instruction in {"USER", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT"}
        for path in self.root.iterdir():
            if path.name not in {*self.copied, "programs"}:
                shutil.rmtree(path)

    def copy(self, *words: str) -> None:
        *options, source, target = words
        self.copied.add(target.strip("/"))
        if options:
            assert (options, source) == (["--from=build"], target), "stages share their paths here"
        else:
            ignore = shutil.ignore_patterns(*(name.removeprefix("**/") for name in IGNORED))
            shutil.copytree(ROOT / source, self.below(target), ignore=ignore, symlinks=True)


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """What the recipe leaves, as a folder."""
    root = once(tmp_path_factory, "image", lambda folder: Builder(folder / "root").build()) / "root"
    builder = object.__new__(Builder)
    builder.root = root
    return builder


def test_the_image_holds_the_mock_and_no_source(image):
    assert {path.name for path in image.root.iterdir()} == {"wiromock", "programs"}
    packages = next(image.root.glob("wiromock/lib/python3.*/site-packages"))
    installed = {path.name for path in packages.iterdir()}
    assert {"wiro", "wiromock", "wiro_runtime", "uvicorn"} <= installed
    assert not {"mypy", "ruff", "pytest"} & installed


def test_whoever_has_no_rights_can_read_all_of_it(image):
    """`USER nobody` owns nothing and writes nothing."""
    assert step("USER") == "nobody"
    for path in image.root.rglob("*"):
        if not path.is_symlink():
            needed = stat.S_IROTH | (stat.S_IXOTH if path.is_dir() else 0)
            assert path.stat().st_mode & needed == needed, path


def test_what_it_starts_is_healthy_and_runs_models_under_another_name(image):
    entry = [image.below(word) for word in json.loads(step("ENTRYPOINT"))]
    check = step("HEALTHCHECK").partition("CMD ")[2]
    assert f":{step('EXPOSE')}/health" in check
    # Any port instead of the one that is exposed: it may be taken here.
    command = [*entry, "--port", "0", "--allow-host", "wiromock", "--speed", "0"]
    bare = {"HOME": "/nonexistent", "PATH": os.environ["PATH"]}
    with subprocess.Popen(command, cwd="/", env=bare, stdout=subprocess.PIPE, text=True) as server:
        try:
            port = re.search(r":(\d+)$", server.stdout.readline().strip())[1]
            asked = [image.below(word).replace(step("EXPOSE"), port) for word in json.loads(check)]
            subprocess.run(asked, check=True, cwd="/", env=bare, timeout=60)
            reply = httpx.post(
                f"http://127.0.0.1:{port}/v1/Run/pruna/vace",
                json={"prompt": "x"},
                headers={"x-api-key": "any", "host": "wiromock:8080"},
                timeout=60,
                trust_env=False,
            )
            assert reply.json()["result"] is True
        finally:
            server.terminate()
    assert server.returncode == 0
    assert (
        subprocess.run(asked, check=False, cwd="/", env=bare, capture_output=True).returncode != 0
    )
