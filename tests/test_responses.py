"""The platform's answers are stated once, in `platform.yaml`; types, readers, documents and the mock agree with it."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ConfigDict, TypeAdapter

from wiro_runtime import response
from wiro_runtime.catalog.info import InputInfo, ModelInfo
from wiro_runtime.price.rule import Rule
from wiro_runtime.request.file import UploadedFile
from wiro_runtime.task.llm_answer import read_segments
from wiro_runtime.task.output import Output
from wiro_runtime.task.snapshot import TaskSnapshot
from wirogen.render.responses import responses_module
from wirogen.spec.folder import SpecFolder
from wiromock import Fails, MockWiro, Success, ToolCall

ROOT = Path(__file__).parent.parent
STATED = SpecFolder(ROOT / "specs").platform().responses
API = "https://api.wiro.ai/v1"


def unstated(answer: dict[str, Any], kind: type[Any]) -> None:
    """Fail where an answer has a field, or a value, that its type does not know."""
    either: Any = kind | None
    adapter = TypeAdapter[Any](either, config=ConfigDict(strict=True, extra="forbid"))
    adapter.validate_python({name: answer[name] for name in answer.keys() - {"result", "errors"}})
    envelope: Any = response.Envelope | None
    TypeAdapter[Any](envelope, config=ConfigDict(strict=True, extra="forbid")).validate_python(
        {name: answer[name] for name in answer.keys() & {"result", "errors"}}
    )


def test_the_types_are_written_from_the_spec():
    """`wirogen schema --responses runtime/wiro_runtime/response.py` brings back every byte."""
    written = (ROOT / "runtime/wiro_runtime/response.py").read_bytes().replace(b"\r\n", b"\n")
    assert written == responses_module(STATED)


def test_the_runtime_loads_no_type_of_an_answer():
    """They are for type checkers: no import may pay for them."""
    sources = (ROOT / "runtime/wiro_runtime").rglob("*.py")
    for path in sources:
        for line in path.read_text(encoding="utf-8").splitlines():
            if "response import" in line or "import response" in line:
                assert line.startswith("    "), f"{path}: {line}"


@pytest.fixture
def ask():
    with MockWiro() as mock, httpx.Client() as client:

        def ask(path: str, body: dict[str, Any] | None = None, **parts: Any) -> dict[str, Any]:
            headers = {"x-api-key": "key"}
            sent = {"json": body} if body is not None else parts
            return client.post(f"{API}{path}", headers=headers, **sent).json()

        ask.mock = mock
        yield ask


CASES = {
    "video": ("pruna/vace", {"prompt": "a deer"}, Success()),
    "failure": ("pruna/vace", {"prompt": "a deer"}, Fails(pexit="1", stderr="out of memory")),
    "answer": ("google/gemini-3-flash", {"prompt": "hi"}, Success(answer="hello", thinking="hm")),
    "tools": (
        "google/gemini-3-flash",
        {"prompt": "hi", "tools": [{"type": "function", "name": "weather"}]},
        Success(tool_calls=(ToolCall(name="weather", arguments='{"city": "Izmir"}'),)),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_mock_writes_tasks_as_stated(ask, case):
    model, parameters, scenario = CASES[case]
    ask.mock.on(model).then(scenario)
    started = ask(f"/Run/{model}", parameters)
    assert started["result"] is True, started
    unstated(started, response.RunReply)
    named = {"taskid": started["taskid"]}
    unstated(ask("/Task/Detail", named), response.TaskReply)
    ask.mock.clock.advance_to("task_postprocess_end", task=started["taskid"])
    ended = ask("/Task/Detail", named)
    assert ended["tasklist"][0]["status"] == "task_postprocess_end"
    unstated(ended, response.TaskReply)
    unstated(ask("/Task/List", {"type": "model", "start": "0", "limit": "5"}), response.TaskReply)
    unstated(ask("/Task/Cancel", named), response.TaskReply)


def test_the_mock_writes_models_files_and_refusals_as_stated(ask):
    task = ask("/Run/pruna/vace", {"prompt": "a deer"})
    unstated(ask("/Task/Cancel", {"taskid": task["taskid"]}), response.TaskReply)
    unstated(ask("/Tool/List", {}), response.ToolReply)
    model = {"slugowner": "pruna", "slugproject": "vace"}
    unstated(ask("/Tool/Detail", model), response.ToolReply)
    unstated(ask("/Tool/Explore", {}), response.ExploreReply)
    unstated(ask("/File/FolderCreate", {"name": "x"}), response.FileReply)
    unstated(ask("/File/Upload", files={"file": ("a.png", b"x")}), response.FileReply)
    unstated(ask("/Task/Detail", {"taskid": "0"}), response.TaskReply)


def test_the_documents_own_example_is_as_stated():
    text = (ROOT / "specs/documents/pruna/vace.llms.txt").read_text(encoding="utf-8")
    block = text.split("Get Task Detail - Response ```json ")[1].split(" ```")[0]
    unstated(json.loads(block), response.TaskReply)


class Recording(dict[str, Any]):
    """An answer without a field, that remembers what it was asked for."""

    def __init__(self, **fields: Any) -> None:
        super().__init__(fields)
        self.asked: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.asked.add(key)
        return super().get(key, default)


READERS = {
    "Task": (lambda wire: TaskSnapshot.from_wire(wire).timings, {}),
    "Output": (Output.from_wire, {}),
    "Tool": (ModelInfo.from_wire, {}),
    "Input": (InputInfo.from_wire, {}),
    "Price": (Rule.from_wire, {"price": "1"}),
    "File": (UploadedFile.from_wire, {}),
    "Answer": (read_segments, {}),
    "Segment": (lambda wire: read_segments({"segments": [wire]}), {"type": "function_call"}),
}


@pytest.mark.parametrize("name", READERS)
def test_a_reader_asks_for_fields_that_are_stated(name):
    """A field that is misspelt where it is read would be missing for ever, without a word."""
    read, fields = READERS[name]
    wire = Recording(**fields)
    read(wire)
    assert wire.asked, "the reader asks for nothing"
    assert wire.asked <= STATED.schemas[name].properties.keys()
