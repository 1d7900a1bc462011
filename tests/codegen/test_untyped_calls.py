"""A model without a class is sent what the class of the same description would send."""

import json

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from codegen.document_case import URL, make, tool
from codegen.kit import a_plan, an_input
from codegen.values import calls_of
from wiro_runtime import ModelInfo
from wiro_runtime.errors import InvalidRequest
from wiro_runtime.request.body import Empty
from wirogen.text.untrusted import expose

INPUTS = [
    [{"id": "prompt", "type": "textarea", "required": True}],
    [{"id": "steps", "type": "range", "min": 1, "max": "9", "step": 1, "default": "3"}],
    [{"id": "scale", "type": "number", "min": 0.5, "max": 2, "default": 1}],
    [{"id": "zip", "type": "text", "default": "01234"}, {"id": "seed", "type": "text"}],
    [{"id": "style", "type": "select", "options": [{"value": "a b"}, {"value": 2}]}],
    [{"id": "count", "type": "select", "options": [{"value": "1"}, {"value": "2"}]}],
    [{"id": "sound", "type": "select", "options": [{"value": "on"}, {"value": "off"}]}],
    [{"id": "loop", "type": "select", "options": [{"value": True}, {"value": False}]}],
    [{"id": "safe", "type": "checkbox", "default": "on"}],
    [{"id": "inputImage", "type": "combinefileinput"}, {"id": "inputs", "type": "multifileinput"}],
    [{"id": "inputVideo", "type": "fileinput"}, {"id": "inputVideoUrl", "type": "text"}],
    [{"id": "depth", "type": "hologram", "default": 0.5}],
    [{"id": "tiled", "type": "toggle", "default": True}],
    [{"id": "mode", "type": "radio", "options": [{"value": "1"}, {"value": "2"}]}],
    [{"id": "class", "type": "text"}, {"id": "topP", "type": "number", "default": "0.9"}],
]  # fmt: skip


def written(info: ModelInfo, arguments) -> dict[str, object]:
    """What a call of a model without a class puts on the wire."""
    body = {
        how.written_name: how.empty if isinstance(value, Empty) else how.write(value, str)
        for how, value in info.check(arguments).values()
    }
    return json.loads(json.dumps(body))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The class of all inputs, and the same description read as the untyped client reads it."""
    document = tool(*(item for items in INPUTS for item in items))
    return make(document, tmp_path_factory.mktemp("specs")), ModelInfo.from_wire(
        document["tool"][0]
    )


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_call_without_a_class_is_written_as_the_class_writes_it(made, drawn):
    typed, info = made
    call = drawn.draw(calls_of(typed.plan))
    try:
        body = typed.request(**call).to_wire()
    except InvalidRequest:
        assume(False)
    given = [argument for argument in typed.plan.arguments if argument.name in call]
    sent = {expose(argument.url_name or argument.wire_name) for argument in given}
    wanted = {name: value for name, value in json.loads(json.dumps(body)).items() if name in sent}
    assert written(info, call) == wanted
    assert written(info, {expose(a.wire_name): call[a.name] for a in given}) == wanted


def test_a_required_file_may_be_given_as_its_url():
    items = [{"id": "inputVideo", "type": "fileinput", "required": True}]
    items += [{"id": "inputVideoUrl", "type": "text"}]
    info = ModelInfo.from_wire(tool(*items)["tool"][0])
    for name in ("input_video", "inputVideo", "input_video_url"):
        assert written(info, {name: URL}) == {"inputVideoUrl": URL}


def test_a_file_and_its_url_are_not_both_taken():
    items = [{"id": "inputVideo", "type": "fileinput"}, {"id": "inputVideoUrl", "type": "text"}]
    info = ModelInfo.from_wire(tool(*items)["tool"][0])
    said = "inputVideoUrl: takes the URL of inputVideo, which was given too; give one of them"
    with pytest.raises(InvalidRequest, match=said):
        info.check({"input_video": URL, "input_video_url": URL})


@pytest.mark.parametrize(
    ("file", "url"),
    [
        ("inputImage", "inputImageUrl"),
        ("inputDocumentMultiple", "inputDocumentUrlMultiple"),
        ("mask", "maskURL"),
        ("mask", "mask_uri"),
        ("mask", "maskUrls"),
        ("mask", "curl"),
    ],
)
def test_both_read_the_name_of_a_sibling_alike(file, url):
    plan = a_plan(an_input(file, "fileinput", required=True), an_input(url))
    document = tool({"id": file, "type": "fileinput"}, {"id": url, "type": "text"})
    info = ModelInfo.from_wire(document["tool"][0])
    sibling = plan.arguments[0].url_name
    name = file if sibling is None else expose(sibling)
    assert written(info, {file: URL}) == {name: URL}
