"""One document all the way: read, made a spec, planned, written, loaded, and called."""

import json
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wirogen.importing.importer import ImportOptions, LoadedDocument, import_documents
from wirogen.plan.model import ModelPlan, plan_model
from wirogen.render.customization import Customization
from wirogen.render.package import render_models
from wirogen.spec.file import read_model
from wirogen.spec.model import ModelSpec

TEXT = {"type": "string"}
"""The schema of a text, for documents in OpenAPI's form."""
URL = "https://a.example/b.png"


@dataclass
class Made:
    """What became of a document."""

    spec: ModelSpec
    notes: str
    """All notes of its import, a line each."""
    plan: ModelPlan
    source: str
    """The text of its module."""
    request: Any
    """The request class."""

    def wire(self, **arguments: Any) -> dict[str, Any]:
        """The body of Run for a call, read back to the same request on the way."""
        request = self.request(**arguments)
        body = json.loads(json.dumps(request.to_wire()))
        assert self.request.from_wire(body).to_wire() == request.to_wire()
        return body


def make(document: str | bytes | dict[str, Any], folder: Path, **options: Any) -> Made:
    """Take a document all the way."""
    if isinstance(document, dict):
        document = json.dumps(document)
    data = document.encode() if isinstance(document, str) else document
    result = import_documents([LoadedDocument("document", data)], folder, ImportOptions(**options))
    result.raise_for_failures()
    (imported,) = result.imported
    spec = read_model(imported.path)
    plan = plan_model(spec)
    assert isinstance(plan, ModelPlan), plan
    (source,) = render_models([plan], Customization()).values()
    return Made(spec, "\n".join(imported.notes), plan, source, load(source, plan.class_name))


def load(source: str, class_name: str) -> Any:
    """A class of a module's text; importing it must be quiet."""
    space: dict[str, Any] = {"__name__": "made"}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        exec(compile(source, "made", "exec"), space)  # noqa: S102 - running it is the test
    return space[class_name]


def openapi(
    properties: dict[str, Any],
    *,
    required: list[str] | None = None,
    slug: str = "acme/case",
    **more: Any,
) -> dict[str, Any]:
    """An openapi.json of one model; `more` are further schemas of its components."""
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    if required is not None:
        schema["required"] = required
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/RunToolSchema"}}}
    return {
        "openapi": "3.0.3",
        "info": {"title": f"{slug} API (Signature Auth)", "version": "1"},
        "servers": [{"url": "https://api.wiro.ai/v1"}],
        "paths": {
            "/Task/Detail": {"post": {}},
            f"/Run/{slug}": {
                "post": {"summary": f"Run {slug}", "requestBody": {"content": content}}
            },
        },
        "components": {"schemas": {"RunToolSchema": schema, **more}},
    }


def tool(*items: dict[str, Any], slug: str = "acme/case", **facts: Any) -> dict[str, Any]:
    """A reply of Tool/Detail with one model."""
    owner, model = slug.split("/")
    stated = {
        "title": "Case",
        "cleanslugowner": owner,
        "cleanslugproject": model,
        "categories": ["text-to-image"],
        "parameters": [{"title": "Main", "items": list(items)}],
    }
    return {"result": True, "errors": [], "tool": [{**stated, **facts}]}
