"""Odd documents: defaults, choices, numbers and flags are sent exactly as they are spelled."""

import pytest

from codegen.document.llms_writer import Choice, Item, write
from codegen.document_case import TEXT, make, openapi, tool
from wiro_runtime.errors import InvalidRequest
from wirogen.cli import main


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
