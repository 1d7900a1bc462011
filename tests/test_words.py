"""Words of the platform that several packages know mean the same to each: none may import another's list."""

import pytest

from wiro_runtime import names
from wiro_runtime.catalog import info
from wiro_runtime.request import body, wire
from wiro_runtime.task.kind import kind_of
from wirogen.importing import facts
from wirogen.spec import tool_call, widget
from wirogen.spec.model import Input
from wirogen.spec.rules import clean_slug
from wiromock.engine.endpoint import run
from wiromock.spec import tool_call as mock_tool_call
from wiromock.spec import validation, value

FAMILIES = {
    "text": (None, "string"),
    "prose": (None, "string"),
    "select": (None, "string"),  # its options make it a choice
    "number": (wire.Number, "number"),
    "whole number": (wire.Number, "integer"),
    "boolean": (wire.Boolean, "boolean"),
    "file": (wire.File, "file"),
    "files": (wire.FileList, "files"),
    "combined files": (wire.CombinedFiles, "files"),
}
"""What the client writes a live model's input with, and what the mock expects of a spec's."""
JSON_TYPES = {"array": list, "object": dict, "string": str, "boolean": bool}


@pytest.mark.parametrize(("word", "family"), sorted(widget.WIDGETS.items()))
def test_a_widget_is_the_same_to_specs_client_and_mock(word, family):
    encoding, kind = FAMILIES[family]
    assert info._ENCODINGS.get(word) is encoding
    assert value.kind_of(Input(name="x", type=word.upper())) == kind
    assert (word in value.FILE_TYPES) == widget.is_file(word)
    assert (word in info._CONTENT) == (family == "prose" or widget.is_file(word))


def test_no_package_knows_a_widget_that_specs_do_not():
    assert value._KINDS.keys() == widget.WIDGETS.keys()
    assert info._ENCODINGS.keys() | info._CONTENT <= widget.WIDGETS.keys()


@pytest.mark.parametrize(("default", "kind"), [(True, "boolean"), (0.5, "number"), ("1", "string")])
def test_an_unknown_widget_is_what_its_default_is(default, kind):
    assert value.kind_of(Input(name="x", type="toggle", default=default)) == kind


def test_what_calls_of_tools_take_is_the_same_to_specs_client_and_mock():
    assert {encoding.name for encoding in info._TOOL_CALLS.values()} == tool_call.VALUES.keys()
    assert mock_tool_call.SHAPES.keys() == tool_call.VALUES.keys()
    assert mock_tool_call.CATEGORY == tool_call.CATEGORY == info.TOOL_CALL_CATEGORY
    assert set(tool_call.WORDS) - {"prompt"} <= tool_call.VALUES.keys()


@pytest.mark.parametrize("name", sorted(tool_call.VALUES))
def test_a_value_of_a_tool_call_is_of_the_same_type_to_specs_and_mock(name):
    schema = tool_call.VALUES[name]
    branches = schema.get("anyOf", [schema])
    assert {JSON_TYPES[branch["type"]] for branch in branches} == set(mock_tool_call.SHAPES[name])


def test_what_belongs_to_the_call_is_the_same_everywhere():
    fields = set(widget.CALL_FIELDS)
    assert set(body.CALL_FIELDS.values()) == fields
    assert set(validation._EVERYWHERE) == set(run._COMMON) == fields


@pytest.mark.parametrize("raw", ["Acme Inc/My Model 2.0", "a/ b", "X_y/--z..", "acme/wan 2.6+"])
def test_a_slug_is_cleaned_in_one_way(raw):
    owner, model = raw.split("/")
    clean = clean_slug(f"https://api.wiro.ai/v1/Run/{raw}")
    assert clean == "/".join(names.clean_slug_part(part) for part in (owner, model))


@pytest.mark.parametrize(
    "categories",
    [
        [],
        ["tool"],
        ["image-to-video"],
        ["LLM"],
        ["llm-tool-call"],
        ["realtime-voice", "llm"],
        ["text-to"],
    ],
)
def test_categories_say_the_same_kind_to_specs_and_client(categories):
    assert kind_of(categories) == facts._kind_of(categories)
