"""One field that is written in a way that nobody would choose: the rest is read, and the import says what it took."""

import json

import pytest

from codegen.document_case import TEXT, URL, make, openapi, tool
from wiro_runtime.errors import InvalidRequest
from wiromock.spec.validation import check_request

PROMPT = {"id": "prompt", "type": "textarea"}
URI = {**TEXT, "format": "uri"}
COUNT_OR_AUTO = {"anyOf": [{"type": "integer", "maximum": 4}, {**TEXT, "enum": ["auto"]}]}


def property_of(schema, folder, *, required=("prompt", "t")):
    """Take an openapi.json with a prompt and one property `t` all the way."""
    return make(openapi({"prompt": TEXT, "t": schema}, required=[*required]), folder)


def item_of(item, folder):
    """Take a Tool/Detail with a prompt and one input `t` all the way."""
    return make(tool(PROMPT, {"id": "t", "type": "text", **item}), folder)


def accepted(made, **arguments):
    """The body of a call, which the mock takes as well."""
    body = made.wire(**arguments)
    assert [*check_request(made.spec, body)] == []
    return body


@pytest.mark.parametrize(
    ("item", "note"),
    [
        ({"label": ["x"]}, "`label` is no text and is kept as it stands"),
        ({"description": {"en": "x"}}, "`description` is no text and is kept as it stands"),
        ({"type": ["text"]}, "`type` is no text and is kept as it stands"),
        ({"type": None}, "no `type` says what it is; taken for a text"),
        ({"type": " ", "options": ["a"]}, "no `type` says what it is; taken for a select"),
        ({"required": {}}, "`required` says neither yes nor no and is kept as it stands"),
        ({"default": ["a"]}, "`default` is no single value and is kept as it stands"),
        ({"options": 5}, "its options 5 are no list and were left out"),
        ({"options": {"a": "A"}}, "its options are a mapping, taken for values with their labels"),
        ({"options": [["a"], "b"]}, "1 options without a value were left out"),
        ({"options": ["a"] * 5}, "option 'a' is listed 5 times, kept once"),
    ],
)
def test_a_field_of_a_tool_that_is_odd_costs_no_input(tmp_path, item, note):
    made = item_of(item, tmp_path)
    assert [*made.request.model_fields] == ["prompt", "t"]
    assert f"input `t`: {note}" in made.notes


@pytest.mark.parametrize(
    "options",
    [["a", "b"], {"a": "A", "b": "B"}, '[{"value": "a"}, {"value": "b", "label": ["x"]}]'],
)
def test_options_come_as_a_list_a_mapping_or_json_text(tmp_path, options):
    made = item_of({"type": "select", "options": options}, tmp_path)
    assert accepted(made, prompt="x", t="b") == {"prompt": "x", "t": "b"}
    with pytest.raises(InvalidRequest, match="Offered: 'a', 'b'"):
        made.wire(prompt="x", t="c")


@pytest.mark.parametrize("write", [json.dumps, lambda value: value])
def test_inputs_may_stand_outside_any_group_and_in_json_text(tmp_path, write):
    document = tool()
    document["tool"][0]["parameters"] = write([PROMPT, {"title": "A", "items": [{"id": "n"}]}])
    assert [*make(document, tmp_path).request.model_fields] == ["prompt", "n"]


@pytest.mark.parametrize(
    ("categories", "kind"), [("llm", "text"), (["llm\n"], "text"), ({"a": 1}, "media")]
)
def test_categories_may_be_one_word(tmp_path, categories, kind):
    assert make(tool(PROMPT, categories=categories), tmp_path).spec.kind == kind


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        (True, "string"),
        ("string", "string"),
        ({"type": "String"}, "string"),
        ({"type": "int"}, "integer"),
        ({"type": "bool"}, "boolean"),
        ({"type": "file"}, "file"),
        ({"default": 2.5}, "number"),
        ({"minimum": 1}, "number"),
        ({"anyOf": [{"type": "integer"}, {"type": "number"}]}, "number"),
    ],
)
def test_a_property_is_typed_by_whatever_says_something(tmp_path, schema, kind):
    made = property_of(schema, tmp_path)
    assert made.plan.arguments[1].type.kind == kind


def test_a_select_may_have_several_types(tmp_path):
    kinds = {"type": ["string", "integer"], "enum": ["a"], "x-input-type": "select"}
    assert accepted(property_of(kinds, tmp_path), prompt="x", t="a")["t"] == "a"


def test_a_property_may_say_itself_that_it_is_required(tmp_path):
    made = make(openapi({"prompt": TEXT, "t": {**TEXT, "required": True}}), tmp_path)
    with pytest.raises(InvalidRequest, match="t: is missing"):
        made.wire(prompt="x")


@pytest.mark.parametrize("required", ["prompt", {"prompt": True}, True])
def test_required_that_is_no_list_is_noted(tmp_path, required):
    made = make(openapi({"prompt": TEXT}, required=required), tmp_path)
    assert "`required` is no list" in made.notes


class TestAlternatives:
    @pytest.mark.parametrize("default", ["auto", 2])
    def test_the_default_of_alternatives_is_sent_as_it_is(self, tmp_path, default):
        made = property_of({**COUNT_OR_AUTO, "default": default}, tmp_path)
        assert accepted(made, prompt="x") == {"prompt": "x", "t": default}

    @pytest.mark.parametrize("default", [5, "other", True, 2.5])
    def test_a_default_that_is_none_of_the_alternatives_is_never_sent(self, tmp_path, default):
        made = property_of({**COUNT_OR_AUTO, "default": default}, tmp_path)
        assert "does not fit it and is not sent" in made.notes
        with pytest.raises(InvalidRequest, match="t: is missing"):
            made.wire(prompt="x")

    def test_a_choice_of_numbers_and_words_is_nothing_to_work_on(self, tmp_path):
        made = make(openapi({"inputImage": TEXT, "t": {**COUNT_OR_AUTO, "default": 1}}), tmp_path)
        with pytest.raises(InvalidRequest, match="input_image: is missing"):
            made.wire(t=2)

    def test_one_file_or_a_list_of_them_is_files(self, tmp_path):
        several = {"type": "array", "items": URI}
        made = make(openapi({"inputImage": {"anyOf": [URI, several]}}), tmp_path)
        assert accepted(made, input_image=URL) == {"inputImage": [URL]}

    def test_a_constant_of_yes_is_a_switch(self, tmp_path):
        made = property_of({"const": True}, tmp_path)
        assert accepted(made, prompt="x", t=False) == {"prompt": "x", "t": False}
        assert "`enum`, which lists one of yes and no" in made.notes


class TestNumbersThatListValues:
    @pytest.mark.parametrize(
        ("options", "given", "wire"),
        [
            (["1", "auto"], 1, "1"),
            (["1", "auto"], "auto", "auto"),
            (["0.5", "auto"], "0.5", "0.5"),
            ([1, 1.0, "1.00"], 1, 1),
            (["", 2], 2, 2),
        ],
    )
    def test_words_among_them_make_a_select(self, tmp_path, options, given, wire):
        made = item_of({"type": "number", "options": options}, tmp_path)
        assert accepted(made, prompt="x", t=given) == {"prompt": "x", "t": wire}
        with pytest.raises(InvalidRequest, match="is not offered"):
            made.wire(prompt="x", t=77)

    def test_more_than_a_type_holds_is_said(self, tmp_path):
        made = item_of({"type": "number", "options": [*range(300)]}, tmp_path)
        assert "its 300 options are no type, so it takes any number" in made.notes

    def test_a_select_of_more_numbers_than_a_type_holds_takes_numbers(self, tmp_path):
        options = [str(number) for number in range(257)]
        made = item_of({"type": "select", "options": options, "default": "5"}, tmp_path)
        assert accepted(made, prompt="x") == {"prompt": "x", "t": "5"}
        assert accepted(made, prompt="x", t=9) == {"prompt": "x", "t": "9"}


class TestFiles:
    @pytest.mark.parametrize(
        ("name", "schema", "wire"),
        [
            ("inputImages", {"type": "array", "items": TEXT}, [URL]),
            ("image", URI, URL),
            ("imageUri", URI, URL),
        ],
    )
    def test_a_name_and_a_format_say_file_together(self, tmp_path, name, schema, wire):
        made = make(openapi({name: schema}), tmp_path)
        (argument,) = made.plan.arguments
        assert accepted(made, **{argument.name: URL}) == {name: wire}

    @pytest.mark.parametrize("widget", ["upload", "image", "audioInput", "file upload"])
    def test_a_widget_that_is_not_known_may_say_file(self, tmp_path, widget):
        made = make(tool({"id": "thing", "type": widget}), tmp_path)
        assert accepted(made, thing=URL) == {"thing": URL}
        with pytest.raises(InvalidRequest, match="thing: is missing"):
            made.wire()

    def test_the_mock_takes_the_url_of_a_file_whose_widget_is_not_known(self, tmp_path):
        sibling = {"id": "inputImageUrl", "type": "text"}
        made = make(tool({"id": "inputImage", "type": "upload"}, sibling), tmp_path)
        assert accepted(made, input_image=URL) == {"inputImageUrl": URL}

    def test_where_a_call_is_reported_to_is_no_file_and_nothing_to_work_on(self, tmp_path):
        document = openapi({"inputImage": TEXT, "imageCallbackUrl": URI, "webhookUrl": URI})
        with pytest.raises(InvalidRequest, match="input_image: is missing"):
            make(document, tmp_path).wire(webhook_url=URL, image_callback_url=URL)


class TestWordsToWorkOn:
    @pytest.mark.parametrize("name", ["text", "query", "caption", "userPrompt", "voice_text"])
    @pytest.mark.parametrize("required", [None, True])
    def test_one_word_as_the_default_of_the_only_text_is_an_example(self, tmp_path, name, required):
        item = {"id": name, "type": "text", "default": "Hello", "required": required}
        made = make(tool(item, {"id": "lang", "type": "text", "default": "en"}), tmp_path)
        with pytest.raises(InvalidRequest, match="is missing; give it text"):
            made.wire()

    @pytest.mark.parametrize("name", ["negativePrompt", "systemPrompt", "stopMessage"])
    def test_words_that_say_how_are_no_work(self, tmp_path, name):
        item = {"id": name, "type": "text", "default": "blurry", "required": True}
        made = make(tool(PROMPT, item), tmp_path)
        assert accepted(made, prompt="x") == {"prompt": "x", name: "blurry"}


@pytest.mark.parametrize(
    ("item", "given"),
    [
        ({"type": "number", "min": 9, "max": 1, "default": 5}, 20),
        ({"type": "checkbox", "options": ["a", "b"]}, True),
        ({"type": "fileinput", "options": ["a.jpg"]}, URL),
    ],
)
def test_the_mock_takes_what_a_contradiction_leaves_open(tmp_path, item, given):
    accepted(item_of(item, tmp_path), prompt="x", t=given)


class TestStructures:
    @pytest.mark.parametrize(
        "nothing",
        [
            {"type": ["integer", "null"]},
            {"type": "integer", "nullable": True},
            {"enum": [1, None]},
            {"anyOf": [{"const": None}, {"const": 1}]},
        ],
    )
    def test_null_is_a_value_inside_a_structure(self, tmp_path, nothing):
        schema = {"type": "object", "properties": {"a": nothing}}
        made = property_of({"type": "array", "items": schema}, tmp_path)
        body = accepted(made, prompt="x", t=[{"a": None}, {"a": 1}])
        assert body["t"] == [{"a": None}, {"a": 1}]
        with pytest.raises(InvalidRequest, match=r"t: at \[0\]\.a"):
            made.wire(prompt="x", t=[{"a": "one"}])

    @pytest.mark.parametrize("name", ["_", "_a", "__a", "__init__"])
    def test_a_member_that_a_class_would_hide_leaves_the_mapping_open(self, tmp_path, name):
        made = property_of({"type": "object", "properties": {name: TEXT, "b": TEXT}}, tmp_path)
        assert accepted(made, prompt="x", t={name: "y"})["t"] == {name: "y"}

    @pytest.mark.parametrize(
        ("odd", "word"),
        [
            ({"type": 5}, "`type`"),
            ({"type": ["string", {"a": 5}]}, "`type`"),
            ({"enum": [1, None, [2, None]]}, "`enum`"),
            ({"enum": [10**30]}, "`enum`"),
            ({"properties": {"a": TEXT}, "required": ["a", None]}, "`required`"),
            ({"type": "object", "properties": ["a"]}, "`properties`"),
            ({"type": "array", "items": "string"}, "`items`"),
            ({"type": "array", "maxItems": -1}, "`maxItems` -1"),
        ],
    )
    def test_what_is_odd_inside_a_structure_is_noted_and_the_rest_is_kept(
        self, tmp_path, odd, word
    ):
        schema = {"type": "object", "properties": {"odd": odd, "n": {"type": "integer"}}}
        made = property_of(schema, tmp_path)
        assert f"input `t`: not used: {word}" in made.notes
        accepted(made, prompt="x", t={"n": 1})
        with pytest.raises(InvalidRequest, match="t: at n"):
            made.wire(prompt="x", t={"n": "one"})

    def test_whole_numbers_may_have_bounds_that_are_none(self, tmp_path):
        bounds = {"minimum": 0.5, "exclusiveMinimum": 1.5, "maximum": 4.5, "exclusiveMaximum": 3.5}
        item = {"type": "integer", **bounds}
        made = property_of({"type": "array", "items": item}, tmp_path)
        assert accepted(made, prompt="x", t=[2, 3])["t"] == [2, 3]
        for wrong in (1, 4):
            with pytest.raises(InvalidRequest, match=r"t: at \[0\]"):
                made.wire(prompt="x", t=[wrong])

    def test_null_alone_is_a_type_and_nothing_listed_is_any_value(self, tmp_path):
        members = {"none": {"const": None}, "any": {"enum": []}}
        made = property_of({"type": "object", "properties": members}, tmp_path)
        accepted(made, prompt="x", t={"none": None, "any": [1]})
        with pytest.raises(InvalidRequest, match="t: at none"):
            made.wire(prompt="x", t={"none": 1})

    def test_bounds_of_a_list_that_are_checked_are_not_said_to_be_unused(self, tmp_path):
        made = property_of({"type": "array", "items": TEXT, "minItems": 1}, tmp_path)
        assert "not used" not in made.notes
        with pytest.raises(InvalidRequest, match="at least 1 item"):
            made.wire(prompt="x", t=[])


class TestTheDocumentAround:
    @pytest.mark.parametrize(
        "odd",
        [
            {"info": ["x"]},
            {"servers": "https://api.wiro.ai/v1"},
            {"x-task-status-info": {"completed_statuses": ["a"], "running_statuses": "x"}},
        ],
    )
    def test_what_is_no_input_may_have_any_shape(self, tmp_path, odd):
        assert make({**openapi({"prompt": TEXT}), **odd}, tmp_path).wire(prompt="x")

    @pytest.mark.parametrize("path", ["/v1/Run/acme/case", "/Run/acme/case/"])
    def test_the_path_of_a_run_may_hold_the_version_or_end_in_a_slash(self, tmp_path, path):
        document = openapi({"prompt": TEXT})
        document["paths"][path] = document["paths"].pop("/Run/acme/case")
        assert make(document, tmp_path).spec.model == "acme/case"

    def test_a_document_inside_another_may_be_json_text(self, tmp_path):
        document = json.dumps([{"type": "apikey", "spec": json.dumps(openapi({"prompt": TEXT}))}])
        assert make(document, tmp_path).wire(prompt="x") == {"prompt": "x"}
