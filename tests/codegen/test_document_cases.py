"""Odd documents, each written for one rule: what they say is what reaches the wire, or a note says why not."""

import pytest

from codegen.document.llms_writer import Choice, Item, write
from codegen.document_case import make, openapi, tool
from wiro_runtime.errors import InvalidRequest
from wirogen.errors import DocumentError


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


def test_numbers_and_switches_that_list_their_values_are_json_on_the_wire(tmp_path):
    properties = {
        "seconds": {"type": "integer", "enum": [4, 8], "default": 4},
        "copies": {"enum": [1, 2, 3]},
        "tempo": {"type": "number", "enum": [0.5, 1.0, 2.5]},
        "loop": {"type": "boolean", "enum": [True, False], "default": False},
    }
    made = make(openapi(properties, required=["seconds", "loop"]), tmp_path)
    assert made.wire(copies=2, tempo=2.5) == {
        "seconds": 4,
        "copies": 2,
        "tempo": 2.5,
        "loop": False,
    }
    for wrong in ({"seconds": 5}, {"copies": 4}, {"tempo": 3}):
        with pytest.raises(InvalidRequest, match="is not offered"):
            made.request(**wrong)


@pytest.mark.parametrize(
    "spelling",
    [
        {"$ref": "#/components/schemas/Pace"},
        {"allOf": [{"$ref": "#/components/schemas/Pace"}]},
        {"allOf": [{"$ref": "#/components/schemas/Pace"}], "title": "Pace", "nullable": True},
        {"anyOf": [{"$ref": "#/components/schemas/Pace"}, {"type": "null"}]},
        {"oneOf": [{"const": "calm", "type": "string"}, {"const": "wild", "type": "string"}]},
        {"type": ["string", "null"], "enum": ["calm", "wild", None]},
        {"$ref": "#/components/schemas/Alias"},
    ],
)
def test_every_spelling_of_a_choice_is_that_choice(tmp_path, spelling):
    pace = {"type": "string", "enum": ["calm", "wild"]}
    alias = {"$ref": "#/components/schemas/Pace"}
    made = make(openapi({"pace": spelling}, Pace=pace, Alias=alias), tmp_path)
    assert made.wire(pace="wild") == {"pace": "wild"}
    with pytest.raises(InvalidRequest, match="is not offered"):
        made.request(pace="fast")


@pytest.mark.parametrize(
    "spelling",
    [
        {"anyOf": [{"type": "integer", "minimum": 1, "maximum": 4}, {"type": "null"}]},
        {"type": ["integer", "null"], "minimum": 1, "maximum": 4},
        {"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 5},
        {"type": "integer", "minimum": 0, "exclusiveMinimum": True, "maximum": 4},
        {"allOf": [{"type": "integer", "minimum": 1}, {"minimum": -5, "maximum": 4}]},
    ],
)
def test_every_spelling_of_a_range_is_that_range(tmp_path, spelling):
    made = make(openapi({"n": spelling}), tmp_path)
    assert made.wire(n=1) == {"n": 1}
    for wrong in (0, 5, 1.5):
        with pytest.raises(InvalidRequest, match="n: "):
            made.request(n=wrong)


def test_structures_are_sent_as_the_json_they_are(tmp_path):
    turn = {
        "type": "object",
        "properties": {"role": {"enum": ["user", "tool"]}, "parts": {"type": "array", "items": {}}},
        "required": ["role"],
    }
    properties = {
        "messages": {"type": "array", "items": {"$ref": "#/components/schemas/Turn"}},
        "tool_choice": {"anyOf": [{"type": "string"}, {"type": "object"}]},
        "tags": {"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": True},
    }
    made = make(openapi(properties, Turn=turn), tmp_path)
    call = {"messages": [{"role": "user", "parts": [1, {"a": None}]}], "tool_choice": "auto"}
    assert made.wire(**call, tags=["a"]) == {**call, "tags": ["a"]}
    with pytest.raises(InvalidRequest, match="tags: "):
        made.request(**call, tags=[])
    assert made.wire(messages=call["messages"], tool_choice={"name": "f"})["tool_choice"] == {
        "name": "f"
    }
    with pytest.raises(InvalidRequest, match=r"messages: at \[0\]\.role"):
        made.request(messages=[{"role": "nobody"}])
    assert "input `tags`: not used: `uniqueItems`" in made.notes


def test_a_schema_that_leads_nowhere_or_in_a_circle_is_noted(tmp_path):
    node = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Node"}}}
    properties = {
        "node": {"$ref": "#/components/schemas/Node"},
        "gone": {"$ref": "#/components/schemas/Gone"},
        "self": {"$ref": "#/components/schemas/Self"},
        "away": {"$ref": "https://example.com/a.json"},
    }
    loop = {"$ref": "#/components/schemas/Self"}
    made = make(openapi(properties, Node=node, Self=loop), tmp_path)
    for name in ("gone", "self", "away"):
        assert f"input `{name}`: not used: '" in made.notes
    deep = {"next": {"next": {"next": 5}}}
    assert made.wire(node=deep)["node"] == deep


def test_binary_is_how_openapi_says_file(tmp_path):
    binary = {"type": "string", "format": "binary"}
    properties = {"clip": binary, "stills": {"type": "array", "items": binary}}
    made = make(openapi(properties, required=["clip"]), tmp_path)
    files = {"clip": "https://a.example/b.mp4", "stills": ["https://a.example/c.png"]}
    assert made.wire(**files) == files


def test_a_file_input_is_known_by_its_name(tmp_path):
    properties = {"inputDocumentMultiple": {"type": "string"}, "inputImage": {"type": "string"}}
    made = make(openapi(properties), tmp_path)
    assert [a.type.kind for a in made.plan.arguments] == ["files", "file"]
    assert "its name is that of a file input" in made.notes


def test_what_is_read_only_is_no_input_and_what_is_deprecated_says_so(tmp_path):
    properties = {
        "id": {"type": "string", "readOnly": True},
        "sheen": {"type": "integer", "deprecated": True},
        "code": {"type": "string", "pattern": "^[a-z]+$"},
    }
    made = make(openapi(properties), tmp_path)
    assert [*made.request.model_fields] == ["sheen", "code"]
    assert "sheen: Deprecated." in (made.request.__doc__ or "")
    assert "`id` is read only and is no input" in made.notes
    assert "input `code`: not used: `pattern`" in made.notes


def test_a_model_with_tool_calls_takes_what_they_need(tmp_path):
    items = [
        {"id": "prompt", "type": "textarea", "required": True},
        {"id": "tools", "type": "textarea"},
    ]
    made = make(tool(*items, categories=["llm", "llm-tool-call"]), tmp_path)
    markers = {argument.name: argument.type.marker for argument in made.plan.arguments}
    assert markers["prompt"] == "Text"
    assert markers["tools"] == markers["messages"] == "JsonValue"
    turn = {"role": "user", "content": "hi"}
    call = {"type": "function", "name": "f", "parameters": {"type": "object"}}
    body = made.wire(messages=[turn], tools=[call], tool_choice="auto", parallel_tool_calls=False)
    assert body == {
        "messages": [turn], "tools": [call], "tool_choice": "auto", "parallel_tool_calls": False,
    }  # fmt: skip
    later = {"previous_task_token": "t", "tool_outputs": [{"call_id": "c", "output": "4"}]}
    assert made.wire(**later)["toolOutputs"] == later["tool_outputs"]
    with pytest.raises(InvalidRequest, match="give at least one of them"):
        made.request(tools=[call])


def test_a_default_that_is_a_label_is_the_value_of_that_label(tmp_path):
    options = [Choice("f", "Fast"), Choice("s", "Slow")]
    made = make(write([Item("pace", "select", default="Fast", options=options)]), tmp_path)
    assert made.wire() == {"pace": "f"}


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b'{"swagger": "2.0", "paths": {}}', "this is a Swagger 2 document, which is not read"),
        (write([Item("a")]).encode("utf-16-le"), "this is UTF-16 and not UTF-8; save the document"),
        (write([Item("a")]).encode("utf-16"), "this is UTF-16 and not UTF-8"),
    ],
)
def test_what_is_not_read_is_said_by_its_name(tmp_path, data, sentence):
    with pytest.raises(DocumentError, match=sentence):
        make(data, tmp_path)


@pytest.mark.parametrize(
    ("stated", "note"),
    [
        (
            {"minimum": 2, "maximum": 6, "default": 11},
            "the default 11 is outside its range, 2 to 6",
        ),
        ({"minimum": 20, "maximum": 6, "default": 8}, "minimum 20 is more than maximum 6"),
        ({"minimum": 0, "multipleOf": 0}, "a step of 0 leads nowhere"),
        ({"minimum": "few"}, "`minimum` is no number and is kept as it stands"),
    ],
)
def test_a_document_that_contradicts_itself_makes_a_class_that_takes_calls(tmp_path, stated, note):
    made = make(openapi({"count": {"type": "number", **stated}}, required=["count"]), tmp_path)
    assert note in made.notes
    assert made.wire(count=5) == {"count": 5}
    if stated.get("default") == 11:
        with pytest.raises(InvalidRequest, match="count: is missing"):
            made.request()


def test_a_server_ends_in_a_slash_or_is_another(tmp_path):
    document = openapi({"prompt": {"type": "string"}})
    document["servers"] = [{"url": "https://api.wiro.ai/v1/"}]
    made = make(document, tmp_path / "slash")
    assert made.spec.endpoints.run == "https://api.wiro.ai/v1/Run/acme/case"
    assert "Run endpoint" not in made.notes
    document["servers"] = [{"url": "https://api.example/v9"}]
    notes = make(document, tmp_path / "other").notes
    assert "its Run endpoint is on api.example; clients run it on api.wiro.ai all the same" in notes


def test_a_form_that_is_newer_and_disagrees_is_read_with_a_note(tmp_path):
    count = {"type": "number", "minimum": 1, "maximum": 4, "multipleOf": 1, "default": 2}
    make(openapi({"prompt": {"type": "string"}, "count": count}, required=["prompt"]), tmp_path)
    items = [Item("prompt", "textarea"), Item("count", "number", default="9")]
    made = make(write(items, slug="acme/case"), tmp_path)
    assert "the default 9 is outside its range, 1 to 4, and is not sent" in made.notes
    assert made.wire(prompt="a deer") == {"prompt": "a deer"}


def test_keys_and_sections_that_are_new_are_no_part_of_a_value(tmp_path):
    text = write([Item("prompt", "textarea", default="a deer"), Item("tone", default="calm")])
    text = text.replace(
        "    default: calm", "    default: calm\n    required: true\n    hint: soft"
    )
    text = text.replace(
        "## Integration", "## Model Pricing:\n\n- per run: 0.04 USD\n\n## Integration", 1
    )
    made = make(text, tmp_path)
    assert made.wire(prompt="x") == {"prompt": "x", "tone": "calm"}
    assert [price.price for price in made.spec.price] == ["0.04"]
    assert "`hint:` has no meaning here and is kept as it stands" in made.notes
