"""Odd documents: forms, alternatives and files that are written in a way that nobody would choose."""

import json

import pytest

from codegen.document.llms_writer import Choice, Item, write
from codegen.document_case import TEXT, URL, make, openapi, tool
from wiro_runtime.errors import InvalidRequest
from wirogen.errors import DocumentError
from wirogen.plan.model import ModelPlan


def flat(text):
    return " ".join(text.split())


class TestTheDocument:
    @pytest.mark.parametrize(
        ("data", "sentence"),
        [
            ('{"openapi": "3.0.3", "a": 1e999}', "1e999 is no number"),
            ('{"swaggerVersion": "1.2"}', "a Swagger 1 document, which is not read"),
            (
                json.dumps(openapi({})).encode("utf-16-be"),
                "UTF-16 and not UTF-8; save the document",
            ),
            (json.dumps(openapi({})).encode("utf-32"), "UTF-32 and not UTF-8; save the document"),
            ({"tool": {"slugowner": "acme"}}, "tool: expected a list, found a mapping"),
            ({"tool": [], "result": True}, "the reply holds 0 tools; one is expected"),
            (tool({"type": "text"}), "an input has no `id`"),
        ],
    )
    def test_what_cannot_be_read_is_refused_in_a_sentence(self, tmp_path, data, sentence):
        with pytest.raises(DocumentError, match=sentence):
            make(data, tmp_path)

    def test_a_run_path_without_a_post_has_no_body(self, tmp_path):
        document = openapi({"prompt": TEXT})
        document["paths"]["/Run/acme/case"] = {"get": {}}
        with pytest.raises(DocumentError, match="the Run request has no body"):
            make(document, tmp_path)

    def test_the_body_of_a_run_may_be_a_reference(self, tmp_path):
        document = openapi({"prompt": TEXT})
        run = document["paths"]["/Run/acme/case"]["post"]
        document["components"]["requestBodies"] = {"Run": run["requestBody"]}
        run["requestBody"] = {"$ref": "#/components/requestBodies/Run"}
        assert make(document, tmp_path).wire(prompt="a deer") == {"prompt": "a deer"}

    def test_what_one_content_type_calls_a_file_is_one(self, tmp_path):
        document = openapi(
            {"prompt": TEXT, "clip": TEXT, "stills": {"type": "array", "items": TEXT}}
        )
        binary = {**TEXT, "format": "binary"}
        form = {"clip": binary, "stills": {"type": "array", "items": binary}, "other": TEXT}
        content = document["paths"]["/Run/acme/case"]["post"]["requestBody"]["content"]
        content["multipart/form-data"] = {"schema": {"type": "object", "properties": form}}
        made = make(document, tmp_path)
        kinds = [(argument.name, argument.type.kind) for argument in made.plan.arguments]
        assert kinds == [("prompt", "string"), ("clip", "file"), ("stills", "files")]
        assert (
            "the content types of the Run request differ; that of application/json is read"
            in made.notes
        )

    def test_a_model_may_take_nothing_but_what_any_call_takes(self, tmp_path):
        made = make(
            openapi({"callbackUrl": TEXT, "projectid": TEXT}, required=["projectid"]), tmp_path
        )
        assert not made.request.model_fields
        assert made.wire() == {}
        assert "`callbackUrl` belongs to the call of any model and is no input" in made.notes

    def test_groups_may_be_empty_or_no_groups(self, tmp_path):
        document = tool({"id": "prompt", "type": "text"})
        groups = document["tool"][0]["parameters"]
        groups += [
            {"title": "A", "items": None},
            {"title": "B"},
            {"items": [{"id": "b", "type": "text"}]},
        ]
        assert [*make(document, tmp_path).request.model_fields] == ["prompt", "b"]

    @pytest.mark.parametrize("ending", ["\r", "\r\n", "\n", "\u2028\n"])
    def test_lines_may_end_in_any_way(self, tmp_path, ending):
        options = [Choice("1.5", "one and a half"), Choice("9", "nine")]
        text = write(
            [Item("prompt", "textarea"), Item("zoom", "select", default="9", options=options)]
        )
        made = make(text.replace("\n", ending).encode("utf-8-sig"), tmp_path)
        assert made.wire(prompt="x") == {"prompt": "x", "zoom": "9"}

    def test_inputs_may_be_indented_with_tabs(self, tmp_path):
        text = write([Item("prompt", "textarea", default="a"), Item("n", "integer", default="3")])
        tabbed = text.replace("\n  - ", "\n\t- ").replace("\n    ", "\n\t\t")
        assert make(tabbed, tmp_path).wire(prompt="x") == {"prompt": "x", "n": 3}

    def test_a_heading_inside_a_default_costs_no_input_in_silence(self, tmp_path):
        items = [Item("prompt", "textarea", default="before\n## Tool Inputs:\nafter"), Item("n")]
        with pytest.raises(DocumentError, match="expected `- name:` and a name, then `label:`"):
            make(write(items), tmp_path)


class TestAlternatives:
    def test_alternatives_of_texts_are_one_text_and_a_file_if_any_is_one(self, tmp_path):
        binary, uri = {**TEXT, "format": "binary"}, {**TEXT, "format": "uri"}
        properties = {
            "clip": {"anyOf": [binary, uri, {"type": "null"}]},
            "tone": {"oneOf": [{**TEXT, "maxLength": 5}, TEXT]},
        }
        made = make(openapi(properties, required=["clip"]), tmp_path)
        assert [argument.type.kind for argument in made.plan.arguments] == ["file", "string"]
        assert "input `tone`: not used: `maxLength`" in made.notes

    @pytest.mark.parametrize(
        ("values", "wrong"),
        [(["auto", 4, True], "4"), ([0.5, "auto"], "half"), ([[1, 2], [3]], None)],
    )
    def test_listed_values_of_several_kinds_are_sent_as_the_json_they_are(
        self, tmp_path, values, wrong
    ):
        made = make(openapi({"prompt": TEXT, "x": {"enum": values}}, required=["prompt"]), tmp_path)
        assert [made.wire(prompt="p", x=value)["x"] for value in values] == values
        if wrong is not None:
            with pytest.raises(InvalidRequest, match="x: "):
                made.request(prompt="p", x=wrong)

    def test_a_constant_that_is_a_mapping_stops_no_document(self, tmp_path):
        made = make(openapi({"prompt": TEXT, "x": {"const": {"a": 1}}}), tmp_path)
        assert made.wire(prompt="p", x={"a": 1})["x"] == {"a": 1}

    def test_a_mapping_takes_keys_that_it_does_not_name(self, tmp_path):
        choice = {"type": "object", "properties": {"name": TEXT}}
        made = make(openapi({"tool_choice": choice}), tmp_path)
        given = {"name": "f", "strict": True}
        assert made.wire(tool_choice=given) == {"tool_choice": given}
        with pytest.raises(InvalidRequest, match="tool_choice: at name"):
            made.request(tool_choice={"name": 3})


class TestFiles:
    def test_one_argument_takes_a_file_and_its_url(self, tmp_path):
        items = [
            {"id": "inputVideo", "type": "FileInput", "required": True},
            {"id": "inputVideoUrl", "type": "text"},
            {"id": "pages", "type": "multifileinput"},
            {"id": "pagesUrl", "type": "text"},
            {"id": "inputDocumentMultiple", "type": "multifileinput"},
            {"id": "inputDocumentUrlMultiple", "type": "textarea"},
        ]
        made = make(tool(*items), tmp_path)
        assert [*made.request.model_fields] == ["input_video", "pages", "input_document_multiple"]
        body = made.wire(input_video=URL, pages=[URL, URL], input_document_multiple=URL)
        assert body == {
            "inputVideoUrl": URL, "pagesUrl": f"{URL},{URL}", "inputDocumentUrlMultiple": URL,
        }  # fmt: skip

    def test_an_unknown_widget_under_the_name_of_a_file_takes_files_and_is_content(self, tmp_path):
        items = [
            {"id": "inputImage", "type": "upload"},
            {"id": "n", "type": "range", "min": 1, "max": 4, "step": 1, "default": 1},
        ]
        made = make(tool(*items), tmp_path)
        assert made.wire(input_image=URL) == {"inputImage": URL, "n": 1}
        with pytest.raises(InvalidRequest, match="input_image: is missing"):
            made.request(n=2)


def test_two_categories_that_say_so_make_one_kind(tmp_path):
    both = make(
        tool({"id": "prompt", "type": "text"}, categories=["llm", "image-to-video", "LLM"]),
        tmp_path,
    )
    assert (both.spec.kind, both.spec.categories) == ("text", ["llm", "image-to-video"])


def test_what_is_read_flattened_is_what_was_written(tmp_path):
    items = [
        Item("prompt", "textarea", help="Write - name: a hero label: short", default="x"),
        Item("n", "number", help="with type: fast default: none", default="3"),
    ]
    made = make(flat(write(items)), tmp_path)
    assert [field.help for field in made.spec.inputs] == [items[0].help, items[1].help]
    assert isinstance(made.plan, ModelPlan)
