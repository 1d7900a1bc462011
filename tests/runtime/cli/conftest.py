"""Running the command in this process, against the mock."""

import json
from typing import NamedTuple

import pytest

from wiro_runtime.cli import main


class Ran(NamedTuple):
    """What one run of the command left behind."""

    status: int
    out: str
    err: str

    @property
    def document(self):
        return json.loads(self.out)

    @property
    def lines(self):
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def wiro(capsys, monkeypatch, tmp_path):
    """Call it with the words of a command line; a home of its own, and a key in the environment."""
    monkeypatch.setenv("WIRO_API_KEY", "test")
    monkeypatch.delenv("WIRO_API_SECRET", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> Ran:
        capsys.readouterr()
        status = main("wiro", words)
        said = capsys.readouterr()
        return Ran(status, said.out, said.err)

    return run
