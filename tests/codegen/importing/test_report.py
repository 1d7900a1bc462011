"""What the rules had to assume is reported, one line each; what a document or a person settles is not."""

import pytest

from codegen.kit import a_spec, an_input
from wirogen.importing.report import explain
from wirogen.spec.model import ModelRefinement


@pytest.mark.parametrize(
    ("facts", "note"),
    [
        (
            {"name": "scale", "type": "text"},
            "it is called like a number and has no numeric default, so it takes numbers and text (rule numeric_name)",
        ),
        (
            {"type": "text", "default": "16"},
            "its default is a number and nothing says of what kind, so it takes fractions as well (rule numeric_default)",
        ),
        (
            {"type": "text", "default": "42", "min_length": 0, "max_length": 9999999},
            "its lengths, 0 to 9999999, are read as the range of a whole number (rule misplaced_range)",
        ),
        (
            {"type": "text", "default": "[]"},
            "its default is JSON, so it takes nothing but JSON (rule structure)",
        ),
        (
            {"name": "inputImageUrl", "type": "text"},
            "its name says that it takes the URL of a file, so it takes files as well (rule lone_url)",
        ),
        (
            {"type": "select", "options": []},
            "it lists no options, so it takes any text (rule no_choices)",
        ),
        (
            {"type": "select", "options": [f"v{n}" for n in range(257)]},
            "it has 257 options, too many for a type, so it takes any text (rule too_many_choices)",
        ),
        (
            {"type": "number", "minimum": 1, "maximum": 15},
            "no step says that it is whole, so it takes fractions as well (rule number)",
        ),
        ({"type": "hologram"}, "its widget is unknown, so it takes any text (rule unknown)"),
        (
            {"type": "select", "options": ["auto"], "default": "Auto"},
            "its documented default 'Auto' does not fit it and is not sent",
        ),
        (
            {"name": "prompt", "type": "textarea"},
            "the document requires nothing, but a prompt is taken to be required (rule prompt)",
        ),
    ],
)
def test_an_assumption_is_reported_with_its_rule(facts, note):
    field = an_input(**facts)
    assert f"input `{field.name}`: {note}" in explain(a_spec(field, an_input("text", "textarea")))


@pytest.mark.parametrize(
    "facts",
    [
        {"type": "text", "default": "16", "refine": {"kind": "number"}},
        {"name": "scale", "type": "text", "refine": {"kind": "number"}},
        {"name": "scale", "type": "text", "refine": {"kind": "string"}},
        {"name": "prompt", "type": "textarea", "refine": {"required": True}},
        {"name": "prompt", "type": "textarea", "required": True},
        {"type": "select", "options": ["5", "10"], "default": "5"},
        {"type": "select", "options": ["on", "off"]},
        {"type": "number", "minimum": 1, "maximum": 15, "step": 1},
        {"type": "number", "minimum": 0, "maximum": 1, "step": 0.1},
        {"type": "combinefileinput", "default": "a.jpg"},
        {"name": "websiteUrl", "type": "text"},
        {"name": "callbackUrl", "type": "hologram"},
    ],
)
def test_what_is_settled_is_not_reported(facts):
    required = an_input("text", "textarea", required=True)
    assert explain(a_spec(an_input(**facts), required)) == []


def test_a_folded_sibling_is_not_reported_apart():
    spec = a_spec(an_input("inputImage", "fileinput", required=True), an_input("inputImageUrl"))
    assert explain(spec) == []


def test_a_model_that_works_on_any_of_several_inputs_is_reported():
    spec = a_spec(an_input("text", "textarea"), an_input("inputImage", "fileinput"))
    (note,) = explain(spec)
    assert note == "a call that gives none of `text`, `inputImage` is refused (rule content)"
    refined = ModelRefinement(why="a blank page is a page", content=[])
    assert explain(spec.model_copy(update={"refine": refined})) == []


def test_what_keeps_a_model_from_being_generated_is_reported_instead():
    spec = a_spec(an_input("topP"), an_input("top_p"))
    (note,) = explain(spec)
    assert note.startswith("models/acme/thing.yaml: inputs: `topP` and `top_p` would both be")
    assert note.endswith("pin a name for one of them with `refine.python_name`")
