"""A spec is read once: Tool/Detail, the OpenAPI documents, the form, Run and the client say the same of it."""

import importlib
from functools import cache
from typing import Any

import pytest
from platform_kit import SPECS, Platform, model

from wiro import catalog
from wirogen.spec.model import Input, ModelSpec, Refinement
from wirogen.spec.tool_call import CATEGORY
from wiromock.server.form import fields_of
from wiromock.spec.catalog import GivenSpecs
from wiromock.spec.validation import check_request, required_names, url_names
from wiromock.spec.value import FILE_TYPES, kind_of, limits_of
from wiromock.task.profile import USUAL_SECONDS, Profile

SLUGS = tuple(SPECS.slugs())
EVERY_MODEL = pytest.mark.parametrize("slug", SLUGS)


@cache
def platform() -> Platform:
    return Platform()


@cache
def tool(slug: str) -> dict[str, dict[str, Any]]:
    """The inputs of a model as Tool/Detail states them, by name."""
    owner, _, project = slug.partition("/")
    sent = {"slugowner": owner, "slugproject": project}
    detail = platform().post("/Tool/Detail", sent).json["tool"][0]
    return {item["id"]: item for group in detail["parameters"] for item in group["items"]}


@cache
def schema(slug: str) -> dict[str, Any]:
    """The body of Run as DetailOpenAPI states it."""
    owner, _, project = slug.partition("/")
    sent = {"slugowner": owner, "slugproject": project}
    documents = platform().post("/Tool/DetailOpenAPI", sent).json
    return documents[0]["spec"]["components"]["schemas"]["RunToolSchema"]


def example(known: Input) -> Any:
    """A value that suits an input."""
    kind = kind_of(known)
    low, high = limits_of(known)
    values: dict[str, Any] = {
        "file": "https://example.com/a.png",
        "files": ["https://example.com/a.png"],
        "boolean": "true",
        "json": "[]",
        "string": "words",
    }
    if kind == "choice":
        return next(option.value for option in known.options or () if option.value)
    if kind in {"number", "integer"}:
        return str(int(low if low is not None else high if high is not None else 1))
    return values[kind]


def whole(spec: ModelSpec) -> dict[str, Any]:
    """A body with every input; of a model that takes turns, with messages in place of a prompt."""
    body = {known.name: example(known) for known in spec.inputs if known.options != []}
    if CATEGORY in spec.categories:
        del body["prompt"]
        body["messages"] = [{"role": "user", "content": "words"}]
    return body


@EVERY_MODEL
def test_what_run_refuses_to_do_without_is_required_everywhere(slug):
    spec = SPECS.model(slug)
    body = whole(spec)
    assert list(check_request(spec, body)) == []
    enough = {name for name in body if name in required_names(spec)}
    refused = {
        known.name
        for known in spec.inputs
        if any(
            finding.name == known.name
            for finding in check_request(
                spec,
                {
                    name: value
                    for name, value in body.items()
                    if name not in (known.name, *url_names(known))
                },
            )
        )
    }
    assert refused == enough
    assert {name for name, item in tool(slug).items() if item["required"]} == refused
    assert set(schema(slug).get("required", [])) == refused
    assert {field.name for field in fields_of(spec) if field.required} == refused


WIDGETS = {"prompt": "textarea", "inputImage": "fileinput"}
REFINEMENTS = (
    None,
    Refinement(why="the server fills it in", default="server"),
    Refinement(why="an example", default="sample"),
    Refinement(why="seen to be left out", required=False),
    Refinement(why="seen to be refused", required=True),
)


@pytest.mark.parametrize("refine", REFINEMENTS, ids=str)
@pytest.mark.parametrize("flag", [True, False, None])
@pytest.mark.parametrize("help_text", ["", "Required.", "Optional."])
@pytest.mark.parametrize("others", ["none", "image", "flagged"])
@pytest.mark.parametrize("name", WIDGETS)
def test_a_spec_by_hand_is_read_once_too(name, others, help_text, flag, refine):
    more = {
        "none": [],
        "image": [Input(name="mask", type="fileinput")],
        "flagged": [Input(name="seed", type="number", required=True)],
    }
    known = Input(
        name=name,
        type=WIDGETS[name],
        required=flag,
        help=help_text,
        default="a deer",
        refine=refine,
    )
    spec = model("acme/odd", known, *more[others], kind="media")
    body = whole(spec)
    assert list(check_request(spec, body)) == []
    refused = {
        left.name
        for left in spec.inputs
        if not is_runnable(spec, {key: value for key, value in body.items() if key != left.name})
    }
    given = GivenSpecs([spec], SPECS.platform())
    (tool,) = (
        Platform(specs=given)
        .post("/Tool/Detail", {"slugowner": "acme", "slugproject": "odd"})
        .json["tool"]
    )
    stated = {
        item["id"] for group in tool["parameters"] for item in group["items"] if item["required"]
    }
    assert stated == refused == required_names(spec)
    assert {field.name for field in fields_of(spec) if field.required} == refused


def is_runnable(spec: ModelSpec, body: dict[str, Any]) -> bool:
    return not list(check_request(spec, body))


@EVERY_MODEL
def test_choices_ranges_and_files_are_the_same_everywhere(slug):
    spec = SPECS.model(slug)
    fields = {field.name: field for field in fields_of(spec)}
    for known in spec.inputs:
        item, described = tool(slug)[known.name], schema(slug)["properties"][known.name]
        offered = [option.value for option in known.options or ()]
        assert [option["value"] for option in item.get("options", [])] == offered
        assert described.get("enum", []) == offered
        if kind_of(known) == "choice":
            assert {choice.value for choice in fields[known.name].choices} - {""} == set(
                offered
            ) - {""}
        low, high = limits_of(known)
        assert (item.get("min"), item.get("max")) == (low, high)
        assert (described.get("minimum"), described.get("maximum")) == (low, high)
        is_file = known.type.lower() in FILE_TYPES
        assert (described.get("format") == "uri") is is_file
        assert (fields[known.name].widget in {"file", "files"}) is (
            kind_of(known) in {"file", "files"}
        )


@EVERY_MODEL
def test_the_client_demands_what_run_does(slug):
    model = catalog.get(slug)
    request = getattr(importlib.import_module(model.module), model.class_name)
    demanded = {known.wire_name for known in model.inputs if known.required}
    required = required_names(SPECS.model(slug))
    # What the client fills in from the document it need not be given.
    defaulted = {known.name for known in SPECS.model(slug).inputs if known.default is not None}
    assert demanded <= required
    assert required - demanded <= defaulted
    assert request.__name__ == model.class_name


@EVERY_MODEL
def test_the_client_reads_the_same_computing_time(slug):
    spec = SPECS.model(slug)
    assert Profile.of(spec).duration == (catalog.get(slug).computing_seconds or USUAL_SECONDS)
