"""Hostile names and texts: refused by name, or in the spec exactly as they were.

Each test bears the number of its vector in the project's list of hostile input. `refusal`, `take`
and `lint_refusal` watch: nothing runs, connects or writes outside the specs folder.
"""

import pytest

from codegen.document.llms_writer import flatten
from codegen.importing.hostile import WRITERS, hostile, lint_refusal, option, refusal, take
from codegen.importing.kit import import_all
from wirogen.errors import DocumentError
from wirogen.importing.importer import LoadedDocument
from wirogen.spec.file import dump_model, read_model
from wirogen.spec.rules import MAX_TEXT

FORMS = pytest.mark.parametrize("form", WRITERS)
JSON_FORMS = pytest.mark.parametrize("form", ["openapi", "tool"])

SOUND = dump_model(hostile(endpoints=None, inputs=[]))


def sound(**changes):
    """Give the YAML of a sound spec with some of its values replaced."""
    lines = SOUND.split("\n")
    for key, value in changes.items():
        (at,) = (at for at, line in enumerate(lines) if line.startswith(f"{key}: "))
        lines[at] = f"{key}: {value}"
    return "\n".join(lines)


class TestSlugs:
    def refused_everywhere(self, folder, owner):
        """No document and no YAML may use it."""
        for form in WRITERS:
            assert refusal(folder, hostile(model=f"{owner}/x"), form)
        assert "slug" in lint_refusal(folder, sound(model=repr(f"{owner}/x")))

    def test_vector_01_a_slug_that_climbs(self, tmp_path):
        self.refused_everywhere(tmp_path, "../../etc")

    @pytest.mark.parametrize("owner", ["/etc", "C:\\x", "\\\\srv\\s"])
    def test_vector_02_a_slug_that_is_a_path(self, tmp_path, owner):
        self.refused_everywhere(tmp_path, owner)

    @pytest.mark.parametrize("owner", ["..", ".", "", "a" * 300])
    def test_vector_03_a_slug_that_is_no_name(self, tmp_path, owner):
        self.refused_everywhere(tmp_path, owner)

    @pytest.mark.parametrize("owner", ["con", "aux", "com1"])
    def test_vector_04_a_slug_that_is_a_device(self, tmp_path, owner):
        for form in WRITERS:
            assert "is a device on Windows" in refusal(tmp_path, hostile(model=f"{owner}/x"), form)
        assert "device" in lint_refusal(tmp_path, sound(model=f"{owner}/x"), f"{owner}/x.yaml")

    def test_vector_07_slugs_that_differ_in_case_only(self, tmp_path):
        texts = [WRITERS["openapi"](hostile(model=f"{owner}/x")) for owner in ("acme", "ACME")]
        given = [LoadedDocument(f"doc {at}", text.encode()) for at, text in enumerate(texts)]
        with pytest.raises(DocumentError, match="doc 1: doc 0 is about acme/x too"):
            import_all(given, tmp_path)
        assert read_model(tmp_path / "models/acme/x.yaml").model == "acme/x"

    @pytest.mark.parametrize("owner", ["\u0430cme", "a\u200bb", "%2e%2e", "a\\0b", "\uff41cme"])
    def test_vector_08_a_slug_that_is_not_ascii(self, tmp_path, owner):
        self.refused_everywhere(tmp_path, owner)

    @pytest.mark.parametrize("owner", ['x"; import os #', "x'\n", "x`id`", "${x}"])
    def test_vector_10_a_slug_that_is_code(self, tmp_path, owner):
        for form in WRITERS:
            assert refusal(tmp_path, hostile(model=f"{owner}/x"), form)

    def test_vector_12_two_documents_of_one_model(self, tmp_path):
        data = WRITERS["tool"](hostile()).encode()
        with pytest.raises(DocumentError, match="b: a is about acme/model too"):
            import_all([LoadedDocument("a", data), LoadedDocument("b", data)], tmp_path)

    def test_vector_13_a_slug_that_is_not_the_path(self, tmp_path):
        said = lint_refusal(tmp_path, SOUND, "acme/other.yaml")
        assert "the file says acme/model and its path acme/other" in said


class TestInputNames:
    @JSON_FORMS
    @pytest.mark.parametrize(
        "name", ["class", "self", "model_config", "__class__", "str", "foo-bar", "\u017f", "\ufb01le", "\u212a",
                 'a"]: pass\nimport os\nx["', "x: int = __import__('os')", "a b", "a[0]", "x "]
    )  # fmt: skip
    def test_vectors_15_to_22_any_name_is_kept_for_the_wire(self, tmp_path, form, name):
        made, _ = take(tmp_path, hostile(name=name), form)
        assert [field.name for field in made.inputs] == [name]

    @JSON_FORMS
    @pytest.mark.parametrize("name", [" ", "x" * 5000])
    def test_vector_22_an_input_that_nothing_can_name_is_left_out_and_said(
        self, tmp_path, form, name
    ):
        made, report = take(tmp_path, hostile(name=name), form)
        assert made.inputs == []
        assert any("cannot be named and was left out" in note for note in report.notes)

    @JSON_FORMS
    @pytest.mark.parametrize("name", ["a\0b", "a\u202eb", "\u2066a", "a\u200bb"])
    def test_vector_22_a_name_that_cannot_be_seen(self, tmp_path, form, name):
        assert "cannot be seen in a review" in refusal(tmp_path, hostile(name=name), form)

    def test_vector_23_a_name_that_comes_twice(self, tmp_path):
        twice = [*hostile(name="a").inputs, *hostile(name="a", type="textarea").inputs]
        assert "'a' is there already" in refusal(tmp_path, hostile(inputs=twice), "tool")
        assert "'a' is there already" in refusal(tmp_path, hostile(inputs=twice), "llms")
        same = [*hostile(name="a").inputs, *hostile(name="a").inputs]
        made, report = take(tmp_path / "same", hostile(inputs=same), "tool")
        assert [field.name for field in made.inputs] == ["a"]
        assert "input `a` is listed twice, kept once" in report.notes
        text = WRITERS["openapi"](hostile(name="a")).replace(
            '"properties": {', '"properties": {"a": {}, '
        )
        assert "the key 'a' is given twice" in refusal(tmp_path, text)
        inputs = "inputs:\n  - {name: a, type: text}\n  - {name: a, type: text}"
        said = lint_refusal(tmp_path, SOUND.replace("inputs: []", inputs))
        assert "inputs[1].name: 'a' is there already, as number 1" in said


class TestTexts:
    """Labels and help: vectors 24 to 36."""

    @JSON_FORMS
    @pytest.mark.parametrize(
        "text",
        ['"""', "'''", '\\"""', "a\\", 'a"', 'a""',  # 24, 25
         "\\N{BULLET} \\x41 \\u0041 \\s",  # 27
         "{{ 7*7 }}", "{% import 'os' %}", "{# #}", "${x}",  # 31
         "{0.__class__}", "{x!r}", "%s", "%(a)s",  # 32
         "# type: ignore", "# -*- coding: utf-7 -*-", "# noqa",  # 33
         "</script><img onerror=x>", "[x](javascript:alert(1))", ".. raw:: html"],  # 34
    )  # fmt: skip
    def test_vectors_24_25_27_31_to_34_are_text_and_stay_text(self, tmp_path, form, text):
        made, _ = take(tmp_path, hostile(label=text, help=text, default=text), form)
        field = made.inputs[0]
        assert (field.label, field.help, field.default) == (text, text, text)

    @pytest.mark.parametrize("text", ["{{ 7*7 }}", "{0.__class__}", "# type: ignore", "${x}", "%s"])
    def test_vectors_31_to_33_in_a_document_of_lines_and_of_one(self, tmp_path, text):
        lines = WRITERS["llms"](hostile(label=text, help=text, default=text))
        for number, document in enumerate((lines, flatten(lines))):
            made, _ = take(tmp_path / str(number), document)
            assert made.inputs[0].help == text

    @JSON_FORMS
    def test_vector_26_line_breaks_of_any_kind(self, tmp_path, form):
        given = "a\nb\r\nc\rd\x0be\x0cf\x85g\u2028h\u2029import os"
        made, report = take(tmp_path, hostile(help=given, label=given), form)
        assert made.inputs[0].help == "a\nb\nc\ndefghimport os"
        assert "\n" not in made.inputs[0].label
        assert any("characters such as" in note for note in report.notes)

    @JSON_FORMS
    @pytest.mark.parametrize(
        "hidden", ["\0", "\x1b[31m", "\x07", "\x7f",  # 28
                   "\u202e", "\u2066", "\u200e", "\u061c",  # 29
                   "\u200b", "\u2060", "\U000e0041", "\ud800"]  # 30, 36
    )  # fmt: skip
    def test_vectors_28_29_30_36_hidden_characters_leave_texts_and_are_said(
        self, tmp_path, form, hidden
    ):
        made, report = take(tmp_path, hostile(help=f"a{hidden}b"), form)
        assert made.inputs[0].help == f"a{hidden[1:]}b"
        assert f"characters such as U+{ord(hidden[0]):04X} were removed" in "".join(report.notes)

    @JSON_FORMS
    @pytest.mark.parametrize("hidden", ["\0", "\u202e", "\u200b", "\ud800"])
    def test_vectors_28_29_30_36_hidden_characters_in_values_are_refused(
        self, tmp_path, form, hidden
    ):
        spec = hostile(type="select", options=[option(f"a{hidden}b")])
        assert f"holds U+{ord(hidden):04X}" in refusal(tmp_path, spec, form)

    @JSON_FORMS
    @pytest.mark.parametrize(
        "text", ["word " * 200_000, "x" * 1_000_000, "a" + "\t" * 20_000 + "b"]
    )
    def test_vector_35_texts_without_end_are_shortened_and_said(self, tmp_path, form, text):
        made, report = take(tmp_path, hostile(help=text), form)
        assert len(made.inputs[0].help or "") <= MAX_TEXT
        assert f"input `x`: help: shortened from {len(text.strip())} characters" in report.notes

    @JSON_FORMS
    def test_vector_35_a_default_without_end_is_left_out_and_said(self, tmp_path, form):
        made, report = take(tmp_path, hostile(default="d" * 20_000), form)
        assert made.inputs[0].default is None
        assert "input `x`: a default of 20000 characters was left out" in report.notes


class TestOptions:
    @JSON_FORMS
    @pytest.mark.parametrize(
        "value", ['"] ; import os ; x = ["', "'", "\\", "a\nb", "", " ", "None", "true", "1"]
    )
    def test_vectors_44_47_values_are_exact(self, tmp_path, form, value):
        made, _ = take(tmp_path, hostile(type="select", options=[option(value)]), form)
        assert [choice.value for choice in made.inputs[0].options] == [value]

    @JSON_FORMS
    def test_vector_45_options_without_end(self, tmp_path, form):
        some = hostile(type="select", options=[option(str(at)) for at in range(500)])
        made, _ = take(tmp_path, some, form)
        assert len(made.inputs[0].options) == 500
        many = hostile(type="select", options=[option(str(at)) for at in range(20_000)])
        said = refusal(tmp_path / "many", many, form)
        assert "values are more than a spec may have (20000)" in said

    @JSON_FORMS
    def test_vectors_46_48_values_that_come_twice_are_kept_once_and_said(self, tmp_path, form):
        options = [
            option("a", "A"),
            option("a", "B"),
            option(1),
            option("1"),
            option(True),
            option("true"),
        ]
        made, report = take(tmp_path, hostile(type="select", options=options), form)
        assert [(choice.value, choice.label) for choice in made.inputs[0].options] == [
            ("a", "A"), ("1", None), ("true", None)
        ]  # fmt: skip
        assert sum("is listed twice, kept once" in note for note in report.notes) == 3

    def test_vector_46_values_that_come_twice_in_yaml(self, tmp_path):
        inputs = "inputs:\n  - {name: a, type: select, options: [{value: x}, {value: x}]}"
        assert "'x' is there already" in lint_refusal(tmp_path, SOUND.replace("inputs: []", inputs))

    @JSON_FORMS
    def test_vector_48_a_label_with_breaks_and_bidi(self, tmp_path, form):
        made, _ = take(tmp_path, hostile(type="select", options=[option("a", "b\n\u202ec")]), form)
        assert made.inputs[0].options[0].label == "b c"
