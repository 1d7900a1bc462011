"""Clients that we did not write: the document's own curl lines, and Node without any SDK."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest
from server_kit import ROOT

DOCUMENT = (ROOT / "specs/documents/pruna/vace.llms.txt").read_text(encoding="utf-8")
CURL_LINES = re.findall(r"curl -X POST \".*?}';", DOCUMENT, re.DOTALL)
HOST = "https://api.wiro.ai"


@pytest.fixture
def curl(served):
    """Runs a line of the document as it is printed, but for the host."""
    if shutil.which("curl") is None or shutil.which("bash") is None:
        pytest.skip("needs bash and curl")

    def run(line: str) -> dict:
        assert line.count(HOST) == 1
        done = subprocess.run(
            [
                "bash",
                "-c",
                "export YOUR_API_KEY=k NONCE=1 SIGNATURE=s\n" + line.replace(HOST, served.url),
            ],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "no_proxy": "*"},
        )
        return json.loads(done.stdout)

    return run


def with_id(line: str, name: str, value: str) -> str:
    """Put the id of a task that exists in place of the document's example."""
    changed, count = re.subn(rf'("{name}": ")[^"]+', rf"\g<1>{value}", line)
    assert count == 1
    return changed


def test_the_document_has_six_curl_lines():
    assert len(CURL_LINES) == 6
    assert all('-H "Content-Type: multipart/form-data"' in line for line in CURL_LINES)


def test_the_documents_curl_lines_work_as_they_are_printed(curl, served):
    """JSON under a multipart header without a boundary, a sentence for a callback URL and all."""
    run, by_id, by_token, kill_by_id, kill_by_token, cancel = CURL_LINES
    started = curl(run)
    assert started["result"] is True, started
    task, token = started["taskid"], started["socketaccesstoken"]
    assert task == "2221"
    assert curl(by_id)["tasklist"][0]["socketaccesstoken"] == token
    assert curl(with_id(by_token, "tasktoken", token))["tasklist"][0]["id"] == task
    served.push(until={"task": task, "status": "task_start"})
    killed = curl(with_id(kill_by_id, "taskid", task))
    assert killed["tasklist"][0]["status"] == "task_cancel"
    second = curl(run)
    served.push(until={"task": second["taskid"], "status": "task_start"})
    killed = curl(with_id(kill_by_token, "socketaccesstoken", second["socketaccesstoken"]))
    assert killed["tasklist"][0]["status"] == "task_cancel"
    third = curl(run)["taskid"]
    assert curl(with_id(cancel, "taskid", third))["tasklist"][0]["id"] == third
    assert served.control("GET", "/ledger")["billed"] == 0


def test_node_runs_a_whole_lifecycle_without_any_sdk(served):
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs node")
    served.push(speed=1000)
    done = subprocess.run(
        [node, str(ROOT / "tests/mockserver/server/lifecycle.mjs")],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "WIRO_BASE_URL": f"{served.url}/v1", "WIRO_SOCKET_URL": served.socket},
    )
    assert done.returncode == 0, done.stderr
    printed = json.loads(done.stdout)
    assert printed["messages"] > 10
    assert printed["ledger"]["billed"] == 1


def test_a_client_of_the_usual_shape_polls_and_kills_while_it_is_prepared(tmp_path):
    """Over `wiromock serve` itself, in a process of its own."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs node")
    serve = "import sys; from wiromock.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", serve, "serve", "--port", "0", "--speed", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as server:
        try:
            address = server.stdout.readline().split()[-1]
            done = subprocess.run(
                [node, str(ROOT / "tests/mockserver/server/vendor_client.mjs")],
                capture_output=True,
                text=True,
                check=False,
                timeout=60,
                env={**os.environ, "WIRO_BASE_URL": f"{address}/v1"},
            )
        finally:
            server.terminate()
    assert done.returncode == 0, done.stderr
    printed = json.loads(done.stdout)
    assert printed["killed"][-2:] == ["task_preprocess_start", "task_cancel"]
    assert printed["billed"] == 1
