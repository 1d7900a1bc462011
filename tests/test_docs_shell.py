"""The lines of shell that the README and docs/ print are run: page by page, in order, against a server of the mock.

What needs another machine, or is this project's own upkeep, is named below with its reason; anything else
that does not run fails.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from e2e.conftest import once
from printed import ROOT, blocks, make_world
from wiromock.server.running_mock import run_server

PAGES = sorted({each.name.rpartition("-")[0] for each in blocks() if each.language == "sh"})
NOT_HERE = {
    r"(python3 -m )?pip |PIP_|python3 -m venv": "e2e/ installs into fresh environments",
    r"git |make |docker ": "needs the repository's host, or a container",
    r"\.venv/bin/|python tests/|python docs/": "runs as itself in the project's own checks",
    r"wiromock serve": "the server that the other lines talk to runs already; e2e/ starts one",
    r"wirogen import https:|wirogen import pruna/vace|wirogen diff .*https:": "asks another host",
    r"pytest$": "test_docs.py runs the page's tests",
    r"export ": "the fixture says the same",
    r"wiro login": "asks for a key without showing it: test_login.py",
}


@pytest.fixture(scope="module")
def server():
    with run_server(speed=1000) as server:
        yield server


@pytest.fixture(scope="session")
def _world(tmp_path_factory):
    return once(tmp_path_factory, "printed-world", make_world)


@pytest.fixture
def folder(_world, tmp_path):
    """What a reader has who follows a page: documents, jobs, a base class."""
    work = tmp_path / "work"
    shutil.copytree(_world / "my_specs", work / "my_specs")
    document = (ROOT / "specs/documents/pruna/vace.llms.txt").read_text("utf-8")
    for place in ("vace", "thing", "my-model", "downloads/vace", "../corpus/vace"):
        path = work / f"{place}.llms.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(document, "utf-8")
    (work / "jobs.jsonl").write_text(
        '{"custom_id": "1", "inputs": {"prompt": "a deer"}}\n', "utf-8"
    )
    (work / "src").mkdir()
    (base,) = (each.code for each in blocks() if each.code.startswith("# acme_base.py"))
    (work / "src/acme_base.py").write_text(base, "utf-8")
    return work


def runnable(page: str) -> list[str]:
    """The lines of a page that can run here; a line that is broken by a backslash or a quote is one."""
    lines = []
    for block in blocks():
        if block.language == "sh" and block.name.rpartition("-")[0] == page:
            whole = re.findall(r"(?:'[^']*'|\\\n|[^\n'])+", block.code)
            lines += [line for line in whole if not any(re.match(one, line) for one in NOT_HERE)]
    return lines


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
@pytest.mark.parametrize("page", PAGES)
def test_lines_run_as_printed(page, folder, server):
    server.reset()
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "WIRO_API_KEY": "any",
        "WIRO_BASE_URL": server.base_url,
        "WIRO_SOCKET_URL": server.socket_url,
        "WIRO_JOURNAL": str(folder / "runs.sqlite"),
        "WIROGEN_CACHE": str(folder / "cache"),
        "PYTHONPATH": str(folder / "src"),
    }
    for line in runnable(page):
        done = subprocess.run(
            ["bash", "-c", line.replace("http://127.0.0.1:8080", server.address).replace("curl ", "curl -sS --fail-with-body ")],
            cwd=folder, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"


def test_most_lines_do_run():
    assert len([line for page in PAGES for line in runnable(page)]) >= 25
