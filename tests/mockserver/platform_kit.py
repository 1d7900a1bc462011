"""The engine without any front end, and words for what a client says to it."""

import json
from pathlib import Path
from typing import Any

from wirogen.spec.model import Input, ModelSpec, Option, Refinement, Source
from wiromock import Engine, ManualClock, Reply, Request
from wiromock.spec.catalog import FolderSpecs

ROOT = Path(__file__).parent.parent.parent
API = "https://api.wiro.ai/v1"
PROMPT = {"prompt": "a deer in snow"}
SPECS = FolderSpecs(ROOT / "specs")


def model(slug: str, *inputs: Input, kind: str = "media", categories: tuple[str, ...] = ()):
    """A spec by hand."""
    return ModelSpec.model_validate(
        {
            "model": slug,
            "title": slug,
            "kind": kind,
            "categories": list(categories),
            "source": Source(form="openapi.json", sha256="0" * 64),
            "inputs": list(inputs),
        }
    )


EVERYTHING = model(
    "acme/everything",
    Input(name="text", type="text", required=True),
    Input(name="number", type="number", minimum=1, maximum=10),
    Input(name="whole", type="text", refine=Refinement(why="a count", kind="integer")),
    Input(
        name="choice", type="select", options=[Option(value="5", label="Five"), Option(value="")]
    ),
    Input(name="flag", type="checkbox"),
    Input(name="inputImage", type="fileinput", required=True),
    Input(name="inputDocumentMultiple", type="multifileinput"),
    Input(name="plan", type="textarea", refine=Refinement(why="a structure", kind="json")),
    Input(name="tags", type="multiselect", options=[Option(value="a"), Option(value="b")]),
    Input(
        name="switch",
        type="select",
        options=[Option(value="on"), Option(value="off")],
        refine=Refinement(why="two texts", kind="boolean"),
    ),
    Input(
        name="serverside",
        type="text",
        required=True,
        default="x",
        refine=Refinement(why="the server fills it in", default="server"),
    ),
)

CHAT = model(
    "acme/chat",
    Input(name="prompt", type="textarea", required=True),
    kind="text",
    categories=("llm", "llm-tool-call"),
)
MODELS = (
    EVERYTHING,
    CHAT,
    model("acme/image", categories=("tool", "text-to-image")),
    model("acme/voice", categories=("text-to-speech",)),
    model("acme/ears", categories=("speech-to-text",)),
    SPECS.model("pruna/vace"),
)


class Platform:
    """An engine, its clock, and a client's side of the talk."""

    def __init__(self, *, specs=SPECS, key: str = "key", **options: Any) -> None:
        self.clock = ManualClock()
        self.engine = Engine(specs, clock=self.clock, **options)
        self.headers = {"x-api-key": key, "content-type": "application/json"}

    def post(self, path: str, body: dict[str, Any], **headers: str) -> Reply:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        content = json.dumps(body, ensure_ascii=False).encode()
        return self.engine.handle(
            Request.to(f"{API}{path}", headers={**self.headers, **named}, body=content)
        )

    def run(self, slug: str = "pruna/vace", **parameters: Any) -> str:
        """Make a task; gives its id."""
        reply = self.post(f"/Run/{slug}", {**PROMPT, **parameters}).json
        assert reply["result"] is True, reply
        return reply["taskid"]

    def task(self, task: str) -> dict[str, Any]:
        reply = self.post("/Task/Detail", {"taskid": task}).json
        assert reply["result"] is True, reply
        return reply["tasklist"][0]

    def status(self, task: str) -> str:
        return self.task(task)["status"]

    def refusal(
        self, path: str, body: dict[str, Any], **headers: str
    ) -> tuple[int, list[str], str]:
        """HTTP status, messages and explanation of a call that must be refused."""
        reply = self.post(path, body, **headers)
        assert reply.json["result"] is False
        messages = [error["message"] for error in reply.json["errors"]]
        return reply.status, messages, reply.headers.get("x-mock-explanation", "")

    def get(self, url: str, **headers: str) -> Reply:
        return self.engine.handle(Request.to(url, method="GET", headers=headers))

    def until(self, status: str, task: str) -> None:
        self.clock.advance_until(self.engine.moment(status, task))


def exit_of(platform: Platform, **parameters: Any) -> Any:
    """A run to its end, and its exit status."""
    task = platform.run(**parameters)
    platform.clock.advance(3600)
    return platform.task(task)["pexit"]
