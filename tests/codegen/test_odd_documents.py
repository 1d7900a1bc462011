"""More odd documents: forms, names, bodies and values that are written in a way that nobody would choose."""

import json

import pytest

from codegen.document.llms_writer import Choice, Item, write
from codegen.document_case import make, openapi, tool
from wiro_runtime.errors import InvalidRequest
from wirogen.cli import main
from wirogen.errors import DocumentError
from wirogen.plan.model import ModelPlan, plan_model
from wirogen.spec.file import read_model

TEXT = {"type": "string"}
URL = "https://a.example/b.png"


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
            (tool({"id": "a"}), "the input `a` has no `type`"),
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


class TestNames:
    @pytest.mark.parametrize(
        ("names", "said"),
        [
            (["Style", "style", "STYLE"], "`Style` and `STYLE` would both be the argument `style`"),
            (["\uff53eed", "seed"], "`\uff53eed` and `seed` would both be the argument `seed`"),
            (["a/b", "aB"], "`a/b` and `aB` would both be the argument `a_b`"),
            (["画像"], "'画像' has letters without a plain ASCII form"),
            (["__"], "'__' has no letter or digit to make a name of"),
        ],
    )
    def test_an_argument_that_has_no_name_of_its_own_is_told_with_the_way_out(
        self, tmp_path, names, said
    ):
        document = tool(*({"id": name, "type": "text"} for name in names))
        with pytest.raises(AssertionError):
            make(document, tmp_path)  # it is imported, and cannot be generated
        spec = read_model(tmp_path / "models/acme/case.yaml")
        assert [field.name for field in spec.inputs] == names
        problems = [str(problem) for problem in plan_model(spec)]
        assert any(said in problem and "refine.python_name" in problem for problem in problems)

    def test_words_of_python_and_pydantic_are_names_with_an_underscore(self, tmp_path):
        names = [
            "def",
            "self",
            "None",
            "copy",
            "__init__",
            "model_config",
            "_private",
            "with-dash",
            "4k",
        ]
        made = make(tool(*({"id": name, "type": "text"} for name in names)), tmp_path)
        assert made.wire(**dict.fromkeys(made.request.model_fields, "v")) == dict.fromkeys(
            names, "v"
        )

    @pytest.mark.parametrize(
        "model", ["request", "media-request", "field", "literal", "files", "any"]
    )
    def test_a_class_shadows_nothing_that_its_module_uses(self, tmp_path, model):
        items = [
            {"id": "inputImage", "type": "combinefileinput", "required": True},
            {"id": "n", "type": "range", "min": 1, "max": 3, "step": 1, "default": 1},
            {"id": "Literal", "type": "select", "options": ["a b", "c d"], "default": "a b"},
            {"id": "extra", "type": "text", "default": '{"a": 1}'},
        ]
        made = make(tool(*items, slug=f"acme/{model}"), tmp_path)
        body = {"inputImage": [URL], "n": 2, "Literal": "a b"}
        assert made.wire(input_image=URL, n=2, literal="a b") == body
        with pytest.raises(InvalidRequest, match="n: "):
            made.request(input_image=URL, n=4)

    def test_constants_of_choices_that_read_alike_are_distinct(self, tmp_path):
        values = [
            "Soft Light",
            "soft-light",
            "SOFT light!",
            "水 彩",
            "油 画",
            "🍎 x",
            "🍏 x",
            "class y",
        ]
        made = make(tool({"id": "look", "type": "select", "options": values}), tmp_path)
        constants = [v for k, v in vars(made.request.Look).items() if not k.startswith("_")]
        assert constants == ["class y"]  # of all others no name tells one from another
        assert [made.wire(look=value)["look"] for value in values] == values

    @pytest.mark.parametrize(
        ("slug", "said"),
        [
            ("acme/---", "names no model"),
            ("açme/modèle", "names no model"),
            ("_catalog/_client", "expected `owner/model` in lower case"),
            ("__init__/x", "expected `owner/model` in lower case"),
            (f"acme/{'m' * 90}", "expected `owner/model` in lower case"),
        ],
    )
    def test_a_slug_that_no_package_can_hold_is_refused(self, tmp_path, slug, said):
        with pytest.raises(DocumentError, match=said):
            make(tool(slug=slug), tmp_path)

    def test_a_slug_of_digits_has_names_that_can_be_imported(self, tmp_path):
        made = make(tool({"id": "prompt", "type": "text"}, slug="4d/4d"), tmp_path)
        assert made.request.__name__.isidentifier()

    def test_an_input_of_two_words_is_one_input(self, tmp_path):
        made = make(
            write([Item("prompt", "textarea"), Item("my look", default="x"), Item("b")]), tmp_path
        )
        assert [*made.request.model_fields] == ["prompt", "my_look", "b"]


class TestValues:
    def test_a_default_is_sent_exactly_as_it_is_spelled(self, tmp_path):
        spelled = [
            "0b11",
            "-0",
            "-0.0",
            "1e300",
            "Infinity",
            "٣٤",
            "\uff11\uff12",
            "2_000",
            " 7 ",
            "+8",
            "009",
            "6.",
            ".6",
            "3,5",
            "null",
        ]
        properties = {f"v{at}": {**TEXT, "default": word} for at, word in enumerate(spelled)}
        made = make(openapi(properties, required=[*properties]), tmp_path)
        assert made.wire() == {f"v{at}": word for at, word in enumerate(spelled)}

    @pytest.mark.parametrize(
        "values",
        [
            ["0.25", "1.0", "1"],
            ["-1", "0", "1", "01"],
            ['12" screen', "it's", "a: b"],
            ["a&amp;b", "&lt;i&gt;"],
            ["a ", " b"],
            ["", "x"],
        ],
    )
    def test_choices_are_sent_exactly_as_they_are_listed(self, tmp_path, values):
        options = [Choice(value, f"Label {at}") for at, value in enumerate(values)]
        for at, document in enumerate(
            (
                write([Item("m", "select", options=options)]),
                tool(
                    {
                        "id": "m",
                        "type": "SELECT",
                        "options": [{"value": v, "label": "L"} for v in values],
                    }
                ),
                openapi({"m": {**TEXT, "enum": values, "x-input-type": "Select"}}),
            )
        ):
            made = make(document, tmp_path / str(at))
            assert [made.wire(m=value)["m"] for value in values] == values
            with pytest.raises(InvalidRequest, match="is not offered"):
                made.request(m="nothing of these")

    def test_a_default_without_its_blank_is_noted_and_not_sent(self, tmp_path):
        items = [Item("m", "select", default="a", options=[Choice("a ", "A"), Choice("b", "B")])]
        made = make(write(items), tmp_path)
        assert made.wire() == {}
        assert "its documented default 'a' does not fit it and is not sent" in made.notes

    def test_a_number_is_whole_where_its_steps_and_its_default_are(self, tmp_path):
        items = [
            {"id": "a", "type": "range", "min": 0, "max": 1, "step": 0.05, "default": 0.5},
            {"id": "b", "type": "RANGE", "min": "0", "max": "90", "step": "15", "default": "30"},
            {"id": "c", "type": " range ", "min": 0, "max": 10, "step": 1, "default": 2.5},
        ]
        made = make(tool(*items), tmp_path)
        assert [argument.type.kind for argument in made.plan.arguments] == [
            "number",
            "integer",
            "number",
        ]
        assert made.wire() == {"a": 0.5, "b": 30, "c": 2.5}

    def test_no_bound_of_whole_numbers_passes_through_a_float(self, tmp_path):
        large = 2**53 + 1
        seed = {"type": "integer", "minimum": 0, "maximum": large, "default": large}
        made = make(openapi({"seed": seed}, required=["seed"]), tmp_path)
        assert made.wire() == {"seed": large}
        with pytest.raises(InvalidRequest, match="seed: "):
            made.request(seed=large + 1)

    def test_a_sample_is_no_default_and_a_setting_is(self, tmp_path):
        properties = {
            "prompt": {**TEXT, "default": "a fox in a field"},
            "tone": {**TEXT, "default": "calm"},
        }
        made = make(openapi(properties, required=["prompt", "tone"]), tmp_path)
        assert made.wire(prompt="x") == {"prompt": "x", "tone": "calm"}
        with pytest.raises(InvalidRequest, match="prompt: is missing"):
            made.request()

    @pytest.mark.parametrize(
        ("flag", "is_required"),
        [("yes", True), ("no", False), (1, True), ("0", False), ("FALSE", False), ("on", True)],
    )
    def test_a_flag_is_read_in_any_word(self, tmp_path, flag, is_required):
        other = {"id": "b", "type": "text", "required": True}
        made = make(tool({"id": "a", "type": "text", "required": flag}, other), tmp_path)
        assert made.request.model_fields["a"].is_required() == is_required

    def test_lint_refuses_what_generate_refuses(self, tmp_path, capsys):
        make(tool({"id": "steps", "type": "text", "default": "2e3"}), tmp_path)
        path = tmp_path / "models/acme/case.yaml"
        text = path.read_text().replace(
            "    default: ", "    refine: {kind: integer, why: a count}\n    default: "
        )
        path.write_text(text)
        for command in (["lint"], ["generate", "--out", str(tmp_path), "--package", "acme_made"]):
            assert main([*command, "--specs", str(tmp_path)]) == 4
            assert "cannot be of kind integer: '2e3' is no number" in capsys.readouterr().err


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
