"""Documents damaged in their structure, taken all the way: what is still read is what reaches the wire."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codegen.document.llms_writer import Choice, Item, flatten, write
from codegen.document_case import TEXT, load, openapi, tool
from codegen.importing.damage import damage, damage_tree
from codegen.values import calls_of, check_body, check_given, says_something
from wirogen.errors import DocumentError
from wirogen.importing.importer import Importer, ImportOptions, LoadedDocument
from wirogen.plan.model import ModelPlan, plan_model
from wirogen.render.customization import Customization
from wirogen.render.package import render_models
from wirogen.spec.file import read_model
from wirogen.spec.folder import SpecFolder
from wiromock.spec.validation import check_request

ENTRY = {"$ref": "#/components/schemas/Entry"}
MEMBERS = {
    "role": {"enum": ["user", "system"]},
    "content": {"type": ["string", "null"], "minLength": 1, "maxLength": 5},
    "kinds": {"type": "array", "items": ENTRY, "minItems": 1},
}
OPENAPI = openapi(
    {
        "prompt": {**TEXT, "title": "Prompt", "description": "Say it.", "default": "a deer"},
        "steps": {"type": "integer", "minimum": 1, "maximum": 9, "multipleOf": 1, "default": 3},
        "scale": {"type": "number", "enum": [0.5, 1, 2], "default": 1},
        "style": {
            **TEXT,
            "enum": ["plain", "wild"],
            "default": "plain",
            "x-input-type": "select",
            "x-options": [{"value": "plain", "label": "Plain"}, {"value": "wild", "label": "Wild"}],
        },
        "loop": {"type": "boolean", "default": True},
        "inputImage": {**TEXT, "format": "uri"},
        "inputImageUrl": {**TEXT, "format": "uri"},
        "frames": {"type": "array", "items": {**TEXT, "format": "binary"}},
        "turn": {
            "type": "object",
            "properties": MEMBERS,
            "required": ["role"],
            "additionalProperties": False,
        },
        "count": {
            "anyOf": [
                {"type": "integer", "minimum": 0, "exclusiveMaximum": 4},
                {"enum": ["auto"]},
                {"type": "null"},
            ],
            "default": "auto",
        },
        "entry": {"allOf": [ENTRY], "default": "x"},
        "seed": {**TEXT, "minLength": 0, "maxLength": 99, "default": "5"},
    },
    required=["prompt", "steps"],
    Entry={**TEXT, "enum": ["x", "y"]},
)
TOOL = tool(
    {"id": "prompt", "type": "textarea", "label": "Prompt", "note": "Say it.", "required": True},
    {"id": "steps", "type": "range", "min": 1, "max": "9", "step": 1, "default": "3"},
    {
        "id": "style",
        "type": "select",
        "options": [{"value": "plain", "label": "Plain"}, {"value": 2, "label": "Wild"}],
        "default": "plain",
        "required": "false",
    },
    {"id": "inputImage", "type": "combinefileinput", "default": "a.jpg,b.jpg"},
    {"id": "loop", "type": "checkbox", "default": "on"},
    {"id": "depth", "type": "hologram", "default": 0.5},
    {"id": "multiPrompt", "type": "text", "default": '[{"prompt": "a deer"}]'},
    tags=["deer"],
    computingtime="20 seconds",
    cps="0.01",
    approximatelycost=0.2,
    image="https://cdn.example/cover.png",
    inspire=[{"prompt": "a deer"}],
    dynamicprice=[{"inputs": {"style": "plain"}, "price": 0.1, "priceMethod": "cpr"}],
)
LINES = write(
    [
        Item("prompt", "textarea", "Prompt", "Say it.", "a deer"),
        Item("steps", "number", "Steps", "From 1 to 9.", "3"),
        Item(
            "style",
            "select",
            default="plain",
            options=[Choice("plain", "Plain"), Choice("wild", "Wild")],
        ),
        Item("inputImage", "combinefileinput"),
        Item("seed", "text", default="42"),
    ]
)
DOCUMENTS = [json.dumps(OPENAPI), json.dumps(OPENAPI), json.dumps(TOOL), LINES, flatten(LINES)]
"""The richest form twice: it says the most, so the most can be wrong with it."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return SpecFolder(tmp_path_factory.mktemp("specs"))


def planned(data: bytes, folder: SpecFolder):
    """The spec of a document as it would be written and read again, and its plan; None for none."""
    try:
        imported = Importer(folder, ImportOptions()).plan(LoadedDocument("doc", data))
    except DocumentError:
        return None
    imported.path.parent.mkdir(parents=True, exist_ok=True)
    imported.path.write_bytes(imported.files[imported.path])
    try:
        spec = read_model(imported.path)
    finally:
        imported.path.unlink()  # the next document is not imported onto this one
    plan = plan_model(spec)
    return (spec, plan) if isinstance(plan, ModelPlan) else None


def call(spec, plan: ModelPlan, draw) -> None:
    """Render and load the class, make any call, and let the mock judge what is on the wire."""
    (source,) = render_models([plan], Customization()).values()
    made = load(source, plan.class_name)
    needed = [argument.name for argument in plan.arguments if argument.default.required]
    calls = calls_of(plan).filter(lambda given: all(says_something(given[name]) for name in needed))
    arguments = draw(calls)
    request = made(**arguments)
    body = json.loads(json.dumps(request.to_wire()))
    check_given(plan, arguments, body)
    check_body(plan, body)
    assert made.from_wire(body).to_wire() == request.to_wire()
    assert [*check_request(spec, body)] == []


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.sampled_from(DOCUMENTS), st.randoms(use_true_random=False), st.data())
def test_what_a_damaged_document_still_says_reaches_the_wire(folder, document, chance, drawn):
    data = document.encode()
    is_json = data.startswith(b"{")
    outcome = planned(damage_tree(data, chance) if is_json else damage(data, chance), folder)
    if outcome is not None:
        call(*outcome, drawn.draw)


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
@pytest.mark.parametrize(
    "document", sorted(set(DOCUMENTS)), ids=["flat", "lines", "openapi", "tool"]
)
def test_the_undamaged_ones_reach_the_wire(folder, document, drawn):
    outcome = planned(document.encode(), folder)
    assert outcome is not None
    call(*outcome, drawn.draw)
