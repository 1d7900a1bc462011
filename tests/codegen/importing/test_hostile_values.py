"""Hostile values, URLs and YAML: refused with their place, or kept exactly.

Each test bears the number of its vector in the project's list of hostile input.
"""

import json
import os

import pytest

from codegen.importing.hostile import WRITERS, hostile, lint_refusal, option, refusal, take
from codegen.importing.test_hostile_names import SOUND
from wirogen.errors import DocumentError, SpecError, UsageError
from wirogen.plan.model import plan_model
from wirogen.source.find import find
from wirogen.spec.file import dump_model, read_model
from wirogen.spec.folder import SpecFolder

JSON_FORMS = pytest.mark.parametrize("form", ["openapi", "tool"])


def with_input(**stated):
    """A sound spec with one input, of which these lines are stated."""
    lines = [f"    {key}: {value}" for key, value in stated.items()]
    return SOUND.replace("inputs: []", "\n".join(["inputs:", "  - name: x", *lines]))


class TestDefaults:
    @JSON_FORMS
    def test_vector_37_a_default_that_is_code(self, tmp_path, form):
        code = "__import__('os').system('id')"
        made, _ = take(tmp_path, hostile(default=code), form)
        assert made.inputs[0].default == code

    @JSON_FORMS
    def test_vector_38_a_default_outside_its_range_is_kept_said_and_never_sent(
        self, tmp_path, form
    ):
        spec = hostile(type="number", default=99, minimum=1, maximum=5, required=True)
        made, report = take(tmp_path, spec, form)
        assert made.inputs[0].default == 99
        (said,) = [note for note in report.notes if "outside its range" in note]
        assert said == "input `x`: the default 99 is outside its range, 1 to 5, and is not sent"
        (argument,) = plan_model(made).arguments
        assert (argument.default.required, argument.default.value) == (True, None)

    @JSON_FORMS
    @pytest.mark.parametrize("kind", ["number", "select"])
    def test_vector_38_a_default_that_does_not_fit_is_kept_and_said(self, tmp_path, form, kind):
        options = [option("a")] if kind == "select" else None
        made, report = take(tmp_path, hostile(type=kind, default="abc", options=options), form)
        assert made.inputs[0].default == "abc"
        assert any("does not fit it and is not sent" in note for note in report.notes)

    @pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
    def test_vector_39_what_is_no_number(self, tmp_path, word):
        text = WRITERS["openapi"](hostile(default=1)).replace('"default": 1', f'"default": {word}')
        assert f"{word} is no number" in refusal(tmp_path, text)

    @pytest.mark.parametrize("word", [".nan", ".inf", "-.inf", "1e999"])
    def test_vector_39_what_is_no_number_in_yaml(self, tmp_path, word):
        assert ":18:14: inputs[0].default: " in lint_refusal(
            tmp_path, with_input(type="number", default=word)
        )

    @pytest.mark.parametrize("digits", [400, 5000])
    def test_vector_40_an_integer_of_many_digits(self, tmp_path, digits):
        number = "9" * digits
        text = WRITERS["openapi"](hostile(default=1)).replace(
            '"default": 1', f'"default": {number}'
        )
        if digits < 4300:  # what Python reads at all
            assert take(tmp_path, text)[0].inputs[0].default == number
        else:
            assert "not JSON as it should be" in refusal(tmp_path, text)
        assert lint_refusal(tmp_path, with_input(type="number", default=number))

    @JSON_FORMS
    @pytest.mark.parametrize("default", [["a", 1], {"a": [None]}])
    def test_vector_41_a_default_that_is_a_structure(self, tmp_path, form, default):
        made, _ = take(tmp_path, hostile(default=default), form)
        assert made.inputs[0].default is None
        assert "default" in lint_refusal(tmp_path, with_input(type="text", default=default))

    def test_vector_42_null_is_not_absent(self, tmp_path):
        said = lint_refusal(tmp_path, with_input(type="text", default="null"))
        assert "nothing is given here" in said

    @pytest.mark.parametrize("word", ["yes", "no", "on", "12:30:45", "017", "2024-01-01", "1_000"])
    def test_vector_43_what_yaml_reads_in_two_ways(self, tmp_path, word):
        assert "differently" in lint_refusal(tmp_path, with_input(type="text", default=word))
        for form in WRITERS:
            made, report = take(tmp_path / form, hostile(default=word), form)
            assert made.inputs[0].default == word
            assert f'default: "{word}"' in report.path.read_text("utf-8")


class TestMessages:
    def test_a_number_without_end_is_reported_without_advice_about_the_interpreter(self, tmp_path):
        text = WRITERS["openapi"](hostile(default=1)).replace(
            '"default": 1', f'"default": {"9" * 9000}'
        )
        said = refusal(tmp_path, text)
        assert "a number of 9000 digits is no number of any input" in said
        assert "sys." not in said

    def test_a_slug_too_long_is_reported_without_a_regular_expression(self, tmp_path):
        said = refusal(tmp_path, hostile(model=f"{'a' * 80}/x"))
        assert "expected `owner/model` in lower case letters" in said
        assert "^[" not in said


class TestFacts:
    @pytest.mark.parametrize("word", ["../x", "a/b", "a\\b"])
    def test_vector_49_a_category_that_is_a_path(self, tmp_path, word):
        made, report = take(tmp_path, hostile(categories=[word, "tool"]), "tool")
        assert made.categories == ["tool"]
        assert f"{word!r} cannot be one of the categories and was left out" in report.notes

    def test_vector_49_categories_that_differ_in_case_or_are_no_words(self, tmp_path):
        made, _ = take(tmp_path, hostile(categories=["Tool", "tool", 7, None, ""]), "tool")
        assert made.categories == ["Tool", "7"]

    @pytest.mark.parametrize(
        "url",
        ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "//cdn.example.com/x",
         "https://api.vendor.com@evil.example/", "https://h:8443/x", "https://h/a b",
         "https://h/\r\nX: y", "https://h/'+str(exec('x'))+\"", "https://[::1"],
    )  # fmt: skip
    def test_vectors_50_51_52_a_cover_that_is_no_plain_url_is_left_out_and_said(
        self, tmp_path, url
    ):
        made, report = take(tmp_path, hostile(cover=url), "tool")
        assert made.cover is None
        assert any("is not a plain https URL" in note for note in report.notes)

    def test_vectors_50_to_52_urls_in_yaml(self, tmp_path):
        for url in ("javascript:x", "http://h/x", "https://u@h/x", "https://h:1/x"):
            text = SOUND.replace("kind: media", f"kind: media\ncover: {url}")
            assert "is not a plain https URL" in lint_refusal(tmp_path, text)

    @pytest.mark.parametrize("server", ["http://api.wiro.ai/v1", "https://u:p@api.wiro.ai/v1"])
    def test_vector_52_a_run_endpoint_that_is_no_plain_url(self, tmp_path, server):
        text = WRITERS["openapi"](hostile()).replace("https://api.wiro.ai/v1", server)
        made, report = take(tmp_path, text)
        assert made.endpoints is None
        assert any("is not a plain https URL" in note for note in report.notes)

    def test_vector_53_no_url_of_a_document_is_ever_fetched(self, tmp_path):
        text = "See http://169.254.169.254/latest and https://cdn.example.com/x."
        made, _ = take(tmp_path, hostile(help=text, cover="https://cdn.example.com/x.png"), "tool")
        assert made.inputs[0].help == text  # `take` fails where anything connects

    @JSON_FORMS
    @pytest.mark.parametrize(
        ("bounds", "says"),
        [
            ({"minimum": 5, "maximum": 1}, "minimum 5 is more than maximum 1"),
            ({"step": 0}, "a step of 0 leads nowhere"),
            ({"step": -1}, "a step of -1 leads nowhere"),
        ],
    )
    def test_vector_54_bounds_that_bound_nothing_are_kept_said_and_never_enforced(
        self, tmp_path, form, bounds, says
    ):
        made, report = take(tmp_path, hostile(type="number", **bounds), form)
        assert {key: getattr(made.inputs[0], key) for key in bounds} == bounds
        assert any(says in note for note in report.notes)
        (argument,) = plan_model(made).arguments
        decided = argument.type
        assert (decided.minimum, decided.maximum, decided.step) == (None, None, None)

    @pytest.mark.parametrize("bound", [True, '1"); import os #', [1]])
    def test_vector_54_bounds_that_are_no_numbers(self, tmp_path, bound):
        spec = hostile(type="number", minimum=bound)
        for form, key in (("openapi", "minimum"), ("tool", "min")):
            made, report = take(tmp_path / form, spec, form)
            assert made.inputs[0].minimum is None
            assert f"input `x`: `{key}` is no number and is kept as it stands" in report.notes

    @pytest.mark.parametrize("pattern", ["(", "^(a+)+$", "(?R)"])
    def test_vector_55_a_pattern_is_kept_and_never_run(self, tmp_path, pattern):
        made, _ = take(tmp_path, hostile(extra={"pattern": pattern}, default="a" * 50 + "!"))
        assert made.inputs[0].extra == {"pattern": pattern}


class TestYaml:
    @pytest.mark.parametrize(
        "value", ["!!python/object/apply:os.system [id]", "!!python/name:os.system", "!foo x"]
    )
    def test_vector_56_tags(self, tmp_path, value):
        assert "tag " in lint_refusal(tmp_path, with_input(type=value))

    @pytest.mark.parametrize("line", ["tags: &a [*a]", "tags: &a [x]", "<<: {title: x}"])
    def test_vector_57_anchors_aliases_and_merges(self, tmp_path, line):
        said = lint_refusal(tmp_path, SOUND.replace("inputs: []", f"{line}\ninputs: []"))
        assert "alias *a" in said or "anchor &a" in said or "merge key" in said

    def test_vector_58_a_billion_laughs(self, tmp_path):
        levels = ["a0: &a0 [x, x]"]
        levels += [f"a{at}: &a{at} [*a{at - 1}, *a{at - 1}]" for at in range(1, 26)]
        assert "alias *a0" in lint_refusal(tmp_path, "\n".join(levels))

    @pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
    def test_vector_59_nesting_without_end(self, tmp_path, opening):
        assert "deeper than 16" in lint_refusal(tmp_path, opening * 60_000)

    @pytest.mark.parametrize("opening", ["[", '{"a":'])
    def test_vector_59_nesting_without_end_in_json(self, tmp_path, opening):
        column = 100 * len(opening) + 1
        assert f"doc:1:{column}: it nests too deeply" in refusal(tmp_path, opening * 200_000)
        closed = opening * 100_000 + "1" + {"[": "]", '{"a":': "}"}[opening] * 100_000
        assert "nests too deeply" in refusal(tmp_path, closed)

    def test_brackets_inside_texts_nest_nothing(self, tmp_path):
        text = json.dumps([*["[" * 60] * 3, '"' + "{" * 60])
        assert "nests too deeply" not in refusal(tmp_path, text)

    def test_vector_60_keys_given_twice(self, tmp_path):
        said = lint_refusal(tmp_path, SOUND.replace("title:", "title: Other\ntitle:"))
        assert ":4:1: title: key given twice, first on line 3" in said
        text = WRITERS["tool"](hostile()).replace('"title":', '"title": "x", "title":', 1)
        assert "the key 'title' is given twice" in refusal(tmp_path / "json", text)

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            (SOUND + "---\nx: 1\n", "a second document begins"),
            (SOUND.encode("utf-16"), "is not UTF-8"),
            (SOUND.replace("A Model", "\ud800"), "is not UTF-8"),
            ("%YAML 1.1\n---\n" + SOUND, "a YAML directive has no place here"),
            (SOUND.replace("  form:", "\tform:"), "not YAML"),
        ],
    )
    def test_vector_61_other_encodings_and_documents(self, tmp_path, text, says):
        assert says in lint_refusal(tmp_path, text)

    def test_vector_61_byte_order_marks_and_line_ends_change_nothing(self, tmp_path):
        path = tmp_path / "acme" / "model.yaml"
        path.parent.mkdir()
        made = []
        for text in (SOUND, "\ufeff" + SOUND, SOUND.replace("\n", "\r\n")):
            path.write_bytes(text.encode())
            made.append(dump_model(read_model(path)))
        assert made == [SOUND] * 3
        document = WRITERS["openapi"](hostile()).replace("{", "{\r\n")
        assert take(tmp_path, "\ufeff" + document)[0].model == "acme/model"

    @pytest.mark.parametrize("key", ["defualt", "x-python-type", "customTypePath", "$ref"])
    def test_vector_62_unknown_keys(self, tmp_path, key):
        said = lint_refusal(tmp_path, with_input(type="text", **{key: "x"}))
        assert f"inputs[0].{key}: unknown key; " in said
        assert ("did you mean `default`?" in said) == (key == "defualt")
        made, _ = take(tmp_path / "json", hostile(extra={key: "x"}), "openapi")
        assert made.inputs[0].extra == {key: "x"}

    @pytest.mark.parametrize(
        "line", ["tags: !!binary eA==", "tags: !!set {a}", "? [a]\n: b", "7: x", "~: x", "null: x"]
    )
    def test_vector_63_what_json_cannot_say(self, tmp_path, line):
        assert lint_refusal(tmp_path, SOUND.replace("inputs: []", f"{line}\ninputs: []"))


class TestSize:
    def test_vector_64_files_without_end(self, tmp_path):
        assert "more than a spec may have" in lint_refusal(tmp_path, b"#" * 10_000_000)
        assert "more than a spec may have" in lint_refusal(tmp_path, sound_line())
        assert "too large for a model document" in refusal(tmp_path / "d", b"x" * (17 << 20))

    @JSON_FORMS
    def test_vector_64_two_thousand_inputs(self, tmp_path, form):
        many = [field for at in range(2000) for field in hostile(name=f"x{at}").inputs]
        assert "2000 inputs are more than 500" in refusal(tmp_path, hostile(inputs=many), form)

    def test_vector_65_what_is_no_file(self, tmp_path):
        models = tmp_path / "specs" / "models" / "acme"
        models.mkdir(parents=True)
        outside = tmp_path / "outside.yaml"
        outside.write_text(SOUND, "utf-8")
        os.mkfifo(models / "pipe.yaml")
        (models / "folder.yaml").mkdir()
        (models / "zero.yaml").symlink_to("/dev/zero")
        (models / "link.yaml").symlink_to(outside)
        with pytest.raises(SpecError) as caught:
            SpecFolder(tmp_path / "specs").models()
        said = str(caught.value)
        assert said.count("is not a regular file") == 2
        assert said.count("is a link out of the specs folder") == 2

    def test_vector_65_documents_that_are_no_files(self, tmp_path):
        os.mkfifo(tmp_path / "pipe.txt")
        (tmp_path / "zero.txt").symlink_to("/dev/zero")
        with pytest.raises(UsageError, match="there is no"):
            [*find(str(tmp_path))]
        for name in ("pipe.txt", "zero.txt"):
            (file,) = find(str(tmp_path / name))
            with pytest.raises(DocumentError, match="is not a regular file"):
                _ = file.data


def sound_line():
    """A spec of one line of a million characters."""
    return SOUND.replace("A Model", "x" * 1_000_000)
