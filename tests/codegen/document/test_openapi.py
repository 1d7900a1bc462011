"""The openapi.json of one model, with the irregularities of real ones."""

import json

import pytest

from codegen.document import forms
from codegen.importing.hostile import hostile
from codegen.importing.test_damage import SPEC
from wirogen.document.detect import read_document
from wirogen.errors import DocumentError
from wirogen.importing.facts import slug_of


def tree(**properties):
    """A document whose Run schema has these properties."""
    made = json.loads(forms.as_openapi(hostile()))
    made["components"]["schemas"]["RunToolSchema"]["properties"] = properties
    return made


def read(made):
    return read_document(json.dumps(made).encode(), "doc")


def only(**stated):
    (field,) = read(tree(x={"type": "string", **stated})).inputs
    return field


class TestSlug:
    @pytest.mark.parametrize(
        ("path", "slug"),
        [
            ("/Run/wiro/Virtual Try-On", "wiro/virtual-try-on"),
            ("/Run/lightricks/ ltx-2-distilled", "lightricks/ltx-2-distilled"),
            ("/Run/Qwen/Qwen3-ASR-1.7B", "qwen/qwen3-asr-1-7b"),
            ("/Run/klingai/kling-v2.5-turbo", "klingai/kling-v2-5-turbo"),
        ],
    )
    def test_the_raw_path_gives_the_clean_slug(self, path, slug):
        made = tree(x={"type": "string"})
        made["paths"] = {path: made["paths"]["/Run/acme/model"]}
        document = read(made)
        assert slug_of(document, "doc") == slug
        assert " " not in document.run_endpoint

    def test_without_a_server_the_path_alone_gives_the_slug(self):
        made = tree()
        del made["servers"]
        document = read(made)
        assert (document.run_endpoint, document.detail_endpoint) == (None, None)
        assert slug_of(document, "doc") == "acme/model"

    @pytest.mark.parametrize("step", ["a\ud800b", "a\u202eb", "a\\b", "..", "%41", "a?b", "é"])
    def test_a_path_that_no_model_has_is_refused_by_name(self, step):
        made = tree()
        made["paths"] = {f"/Run/acme/{step}": made["paths"]["/Run/acme/model"]}
        with pytest.raises(DocumentError, match="names no model"):
            slug_of(read(made), "doc")

    def test_one_run_path_is_expected(self):
        made = tree()
        del made["paths"]["/Run/acme/model"]
        with pytest.raises(DocumentError, match="paths: 0 paths are like /Run/<owner>/<model>"):
            read(made)
        made["paths"] = {"/Run/a/b": {}, "/Run/a/c": {}}
        with pytest.raises(DocumentError, match="2 paths"):
            read(made)


class TestWidgets:
    @pytest.mark.parametrize(
        ("stated", "widget"),
        [
            ({}, "text"),
            ({"type": "number"}, "number"),
            ({"type": "integer"}, "integer"),
            ({"type": "boolean"}, "boolean"),
            ({"enum": ["a"]}, "select"),
            ({"x-input-type": "selectwithcover"}, "selectwithcover"),
            ({"x-input-type": "combinefileinput", "format": "uri"}, "combinefileinput"),
        ],
    )
    def test_what_the_form_says_of_a_widget(self, stated, widget):
        field = only(**stated)
        assert field.type == widget
        assert field.is_type_stated == ("x-input-type" in stated)
        assert field.extra == {}

    @pytest.mark.parametrize(
        ("names", "widget", "because"),
        [
            (["inputImage", "inputImageUrl"], "fileinput", "`inputImageUrl` stands beside it"),
            (["inputImage2", "inputImage2Url"], "fileinput", "`inputImage2Url` stands beside it"),
            (["inputImageFirst", "inputImageUrlFirst"], "fileinput", "stands beside it"),
            (["inputDocumentMultiple", "inputDocumentUrlMultiple"], "multifileinput", "beside it"),
        ],
    )
    def test_a_file_is_known_by_its_url_sibling_and_said(self, names, widget, because):
        document = read(tree(**{name: {"type": "string"} for name in names}))
        assert [field.type for field in document.inputs] == [widget, "text"]
        assert because in document.notes[0]

    @pytest.mark.parametrize("key", ["title", "description"])
    def test_a_file_is_known_by_the_untranslated_word_for_it(self, key):
        assert only(**{key: "input-video-help"}).type == "fileinput"
        assert only(**{key: "prompt-help"}).type == "text"

    def test_a_url_on_its_own_is_text(self):
        assert read(tree(websiteUrl={"type": "string"})).inputs[0].type == "text"


class TestOptions:
    def test_nulls_are_no_options_and_counted(self):
        document = read(tree(x={"type": "string", "enum": [None] * 3, "x-options": [{}, {}, {}]}))
        assert document.inputs[0].options == ()
        assert document.notes == ("input `x`: 3 options without a value were left out",)

    def test_values_of_the_enum_alone_come_last_and_are_said(self):
        stated = {"enum": ["a", "b"], "x-options": [{"value": "b", "label": "B"}]}
        document = read(tree(x={"type": "string", **stated}))
        assert [option.value for option in document.inputs[0].options] == ["b", "a"]
        assert document.notes == ("input `x`: 'a' is in `enum` only and comes last",)

    def test_numbers_are_written_as_json_writes_them(self):
        assert [option.value for option in only(enum=[1, 1.5, True]).options] == [
            "1",
            "1.5",
            "true",
        ]

    def test_covers_and_other_keys_are_kept(self):
        (option,) = only(**{"x-options": [{"value": "a", "cover": "a.mp4", "more": 1}]}).options
        assert option.extra == {"cover": "a.mp4", "more": 1}


class TestFacts:
    def test_a_default_keeps_its_type_and_an_empty_one_its_emptiness(self):
        for default in (25, 0.5, False, "", "0"):
            read_default = only(default=default).default
            assert (read_default, type(read_default)) == (default, type(default))

    def test_label_and_help_of_their_own_win_and_the_others_are_kept(self):
        field = only(**{"x-label": "L", "title": "T", "x-help": "H", "description": "D"})
        assert (field.label, field.help, field.extra) == (
            "L",
            "H",
            {"title": "T", "description": "D"},
        )

    def test_lengths_that_are_ranges_are_kept_as_they_stand(self):
        field = only(minLength=0, maxLength=9999999999)
        assert (field.min_length, field.max_length) == (0, 9999999999)
        assert only(maxLength=2**64).max_length is None

    def test_without_a_list_of_required_names_nothing_is_stated(self):
        made = tree(x={"type": "string"})
        assert read(made).inputs[0].required is False
        del made["components"]["schemas"]["RunToolSchema"]["required"]
        assert read(made).inputs[0].required is None

    def test_a_required_name_that_is_no_input_is_said(self):
        made = tree(x={"type": "string"})
        made["components"]["schemas"]["RunToolSchema"]["required"] = ["y"]
        assert read(made).notes == ("`y` is listed as required and is no input",)

    def test_unknown_keys_are_kept(self):
        assert only(pattern="^a", deprecated=True).extra == {"pattern": "^a", "deprecated": True}


class TestShape:
    @pytest.mark.parametrize(
        ("reference", "says"),
        [
            ("file:///etc/passwd", "expected #/components/schemas/<name>"),
            ("https://evil.example/x.json", "expected #/components/schemas/<name>"),
            ("#/components/schemas/Nothing", "there is no schema"),
        ],
    )
    def test_references_elsewhere_are_not_followed(self, reference, says):
        made = json.loads(
            forms.as_openapi(SPEC).replace("#/components/schemas/RunToolSchema", reference)
        )
        with pytest.raises(DocumentError, match=says):
            read(made)

    @pytest.mark.parametrize(
        ("stated", "says"),
        [
            ({"title": ["x"]}, "`title` is no text"),
            ({"description": {"en": "x"}}, "`description` is no text"),
            ({"x-help": ["x"]}, "`x-help` is no text"),
            ({"enum": "a"}, "`enum` is no list"),
            ({"type": 7}, "`type` is no type of JSON"),
        ],
    )
    def test_what_has_the_wrong_shape_is_kept_as_it_stands_and_noted(self, stated, says):
        document = read(tree(x={"type": "string", **stated}))
        assert document.inputs[0].extra == stated
        assert f"input `x`: {says} and is kept as it stands" in document.notes

    @pytest.mark.parametrize(
        ("stated", "what"),
        [
            ({"minimum": "many"}, "number"),
            ({"multipleOf": [1]}, "number"),
            ({"minLength": 1.5}, "length"),
            ({"maxLength": -1}, "length"),
        ],
    )
    def test_a_bound_that_bounds_nothing_is_kept_as_it_stands_and_noted(self, stated, what):
        document = read(tree(x={"type": "string", **stated}))
        (key,) = stated
        assert document.inputs[0].extra == stated
        assert f"input `x`: `{key}` is no {what} and is kept as it stands" in document.notes

    def test_a_document_that_is_cut_off_is_noted(self):
        text = forms.as_openapi(SPEC)
        with pytest.raises(DocumentError, match=r"doc:1:\d+: the document was cut off; save"):
            read_document(text[: len(text) // 2].encode(), "doc")

    def test_other_json_is_named(self):
        for text in ("{}", '{"openapy": "3.0"}', "[1]"):
            with pytest.raises(DocumentError, match="this JSON is no model document; expected an"):
                read_document(text.encode(), "doc")

    def test_variants_must_agree(self):
        first, other = (forms.as_openapi(hostile(default=word)) for word in "ab")
        text = f'[{{"type": "apikey", "spec": {first}}}, {{"type": "bearer", "spec": {other}}}]'
        with pytest.raises(
            DocumentError, match="for bearer says something else than the one for apikey"
        ):
            read_document(text.encode(), "doc")
        with pytest.raises(DocumentError, match="the platform knows no such model"):
            read_document(b"[]", "doc")

    def test_a_preamble_in_brackets_makes_no_json_of_an_llms_txt(self):
        text = "[A prompt.] Here is the documentation:\n" + forms.as_llms(SPEC)
        assert read_document(text.encode(), "doc").form == "llms.txt"
