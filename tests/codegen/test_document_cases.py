"""Odd documents, each written for one rule: what they say is what reaches the wire, or a note says why not."""

import pytest

from codegen.document.llms_writer import Choice, Item, write
from codegen.document_case import make, openapi, tool
from wiro_runtime.errors import InvalidRequest


def test_digits_in_a_text_stay_the_digits_they_are(tmp_path):
    items = [
        {"id": "postcode", "type": "text", "default": "00501"},
        {"id": "release", "type": "text", "default": "3.20"},
        {"id": "noise_seed", "type": "text", "default": "9007199254740995"},
        {"id": "hotline", "type": "text", "default": "+4930123"},
    ]
    made = make(tool(*items), tmp_path)
    assert made.wire() == {item["id"]: item["default"] for item in items}
    given = {"postcode": "01234", "release": "2.10", "noise_seed": 2**60 + 1, "hotline": "+1555"}
    assert made.wire(**given) == {**given, "noise_seed": str(2**60 + 1)}


def test_the_only_file_of_a_model_cannot_be_forgotten(tmp_path):
    zoom = Item("zoom", "select", default="2", options=[Choice("2", "2x"), Choice("4", "4x")])
    made = make(write([Item("inputVideo", "combinefileinput", default="a.mp4"), zoom]), tmp_path)
    with pytest.raises(InvalidRequest, match="input_video: is missing"):
        made.request(zoom=4)
    assert "it is all that the model works on" in made.notes


def test_what_a_help_says_in_words_counts(tmp_path):
    items = [
        Item("prompt", "textarea", help="It is not optional here.", default="x"),
        Item("inputMask", "fileinput", help="Required. White is kept.", default="m.png"),
        Item("inputImage", "fileinput", help="Optional reference.", default="i.png"),
    ]
    made = make(write(items), tmp_path)
    required = {name for name, field in made.request.model_fields.items() if field.is_required()}
    assert required == {"prompt", "input_mask"}


def test_a_model_of_either_or_says_which_will_do(tmp_path):
    properties = {
        "prompt": {"type": "string"},
        "inputImage": {"type": "string", "x-input-type": "combinefileinput"},
        "quality": {"type": "string", "enum": ["low", "high"], "default": "low"},
    }
    made = make(openapi(properties, required=["quality"]), tmp_path)
    with pytest.raises(InvalidRequest, match="prompt or input_image: give at least one of them"):
        made.request(quality="high")
    assert made.wire(prompt="a deer") == {"prompt": "a deer", "quality": "low"}


def test_a_switch_takes_any_spelling_of_its_default(tmp_path):
    spellings = {"a": "1", "b": "true", "c": 1, "d": "on", "e": False, "f": "no"}
    items = [{"id": name, "type": "checkbox", "default": word} for name, word in spellings.items()]
    assert make(tool(*items), tmp_path).wire() == {
        **dict.fromkeys("abcd", True),
        **dict.fromkeys("ef", False),
    }


def test_an_unknown_widget_keeps_its_options_and_the_type_of_its_default(tmp_path):
    options = [{"value": "en", "label": "English"}, {"value": "tr", "label": "Turkish"}]
    items = [
        {"id": "langs", "type": "multiselect", "default": "en", "options": options},
        {"id": "glow", "type": "toggle", "default": True},
        {"id": "warp", "type": "dial", "default": 0.5},
    ]
    made = make(tool(*items), tmp_path)
    assert made.wire(langs="en,tr", glow=False) == {"langs": "en,tr", "glow": False, "warp": 0.5}
    assert '"en" = English, "tr" = Turkish' in (made.request.__doc__ or "")
    assert "input `langs`: its widget is unknown" in made.notes


def test_names_that_python_or_pydantic_have_taken_shadow_nothing(tmp_path):
    names = ["register", "mro", "model_fields", "class", "wire", "json"]
    made = make(tool(*({"id": name, "type": "text"} for name in names)), tmp_path)
    assert [*made.request.model_fields] == [f"{name}_" for name in names]


def test_the_url_of_a_file_takes_the_file(tmp_path):
    names = ["maskUrl", "face_url", "referenceImageUrl", "website_url"]
    made = make(write([Item(name) for name in names]), tmp_path)
    kinds = {argument.name: argument.type.kind for argument in made.plan.arguments}
    files = dict.fromkeys(("mask", "face", "reference_image"), "file")
    assert kinds == {**files, "website_url": "string"}


@pytest.mark.parametrize(
    ("categories", "kind", "noted"),
    [
        (["llm", "text-to-image"], "text", False),
        (["realtime-voice", "realtime-voice"], "realtime", False),
        (["image-to-video"], "media", False),
        (["tool", "acme"], "media", True),
        ([], "media", True),
    ],
)
def test_a_kind_of_result_that_no_category_states_is_noted(tmp_path, categories, kind, noted):
    made = make(tool({"id": "prompt", "type": "text"}, categories=categories), tmp_path)
    assert made.spec.kind == kind
    assert (f"kind `{kind}`" in made.notes) == noted
