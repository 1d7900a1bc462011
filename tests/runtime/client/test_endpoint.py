"""`client.models.pruna.vace.run(…)` is `client.run(Vace(…))`: at run time and for type checkers."""

import asyncio
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from runtime.replies import DONE, RUN_REPLY
from wiro_runtime.errors import InvalidRequest

HERE = Path(__file__).parent.parent / "miniature"
ROOT = Path(__file__).parents[3]
CALLS = HERE / "calls.py"


@pytest.fixture
def mini(monkeypatch):
    monkeypatch.syspath_prepend(str(HERE))
    yield __import__("mini")
    for name in [name for name in sys.modules if name.split(".")[0] == "mini"]:
        del sys.modules[name]


def answer(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json=RUN_REPLY if "Run" in request.url.path else DONE)


def test_a_call_by_attribute_runs_the_model(mini, virtual_time):
    with httpx.Client(transport=httpx.MockTransport(answer)) as own:
        client = mini.Wiro("key", http_client=own)
        assert client.models.pruna.vace.run(prompt="x").task.id == "2221"
        assert client.models.pruna.vace.submit(prompt="x").id == "2221"
        assert client.models.pruna.vace(prompt="x").to_wire()["frameNum"] == "81"


def test_the_same_awaited(mini, virtual_time):
    async def main():
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as own:
            client = mini.AsyncWiro("key", http_client=own)
            result = await client.models.pruna.vace.run(prompt="x")
            return result.task.id, (await client.models.pruna.vace.submit(prompt="x")).id

    assert asyncio.run(main()) == ("2221", "2221")


def test_a_model_is_loaded_when_it_is_first_used_and_then_kept(mini):
    client = mini.Wiro("key")
    assert "mini.models.pruna" not in sys.modules
    pruna = client.models.pruna
    assert "mini.models.pruna.vace" not in sys.modules
    assert pruna.vace is client.models.pruna.vace
    assert "mini.models.pruna.vace" in sys.modules


def test_namespaces_list_what_they_hold_and_guess_what_was_meant(mini):
    client = mini.Wiro("key")
    assert dir(client.models) == ["pruna"]
    assert dir(client.models.pruna) == ["vace"]
    with pytest.raises(AttributeError, match=r"has no 'vase'; did you mean vace\?"):
        _ = client.models.pruna.vase
    with pytest.raises(AttributeError, match="there are pruna"):
        _ = client.models.xyz


def test_an_endpoint_says_what_it_is(mini):
    vace = mini.Wiro("key").models.pruna.vace
    assert repr(vace) == "<Endpoint pruna/vace: Vace>"
    assert vace.__doc__ == "What it does."
    with pytest.raises(InvalidRequest, match="prompt: is missing"):
        vace.run()


def lines_marked_wrong() -> set[int]:
    lines = CALLS.read_text(encoding="utf-8").splitlines()
    return {number for number, line in enumerate(lines, start=1) if line.endswith("# wrong")}


def test_mypy_rejects_what_is_wrong_and_nothing_else():
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", "pyproject.toml", str(CALLS)],
        cwd=ROOT,
        env={**os.environ, "MYPYPATH": f"{ROOT}/runtime:{HERE}"},
        capture_output=True,
        text=True,
        check=False,
    )
    errors = [line for line in done.stdout.splitlines() if ": error: " in line]
    refused = {int(re.search(r"calls\.py:(\d+): ", line)[1]) for line in errors}
    assert refused == lines_marked_wrong(), done.stdout + done.stderr
    assert any("promt" in line and line.endswith("[call-arg]") for line in errors)


def test_pyright_rejects_what_is_wrong_and_nothing_else(tmp_path):
    config = tmp_path / "pyrightconfig.json"
    settings = {
        "include": [str(HERE)],
        "extraPaths": [str(ROOT / "runtime"), str(HERE)],
        "typeCheckingMode": "strict",
        "pythonVersion": "3.11",
    }
    config.write_text(json.dumps(settings), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "basedpyright", "--outputjson", "-p", str(config)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    errors = [
        item
        for item in json.loads(done.stdout)["generalDiagnostics"]
        # "Unknown" follows from an error that is reported too.
        if item["severity"] == "error" and not item["rule"].startswith("reportUnknown")
    ]
    assert {Path(item["file"]) for item in errors} == {CALLS}, errors
    assert {item["range"]["start"]["line"] + 1 for item in errors} == lines_marked_wrong()
    assert any("promt" in item["message"] and item["rule"] == "reportCallIssue" for item in errors)
