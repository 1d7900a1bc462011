"""What llms.txt does not say today is read or noted, never swallowed."""

import pytest

from codegen.document.llms_reader import read
from codegen.document.llms_writer import Choice, Item, flatten, write


class TestWhatIsNotKnownYet:
    """Keys, sections and lines that the form does not have today are read or noted, never swallowed."""

    @staticmethod
    def with_lines(item, after, *lines):
        """Write a document whose first input has more lines behind a key."""
        text = write([item, Item("last", default="z")])
        place = text.index("\n", text.index(f"    {after}:"))
        return text[:place] + "".join(f"\n    {line}" for line in lines) + text[place:]

    @pytest.mark.parametrize("after", ["label", "help", "type", "default"])
    def test_facts_that_other_forms_state_are_facts_wherever_they_stand(self, after):
        lines = ("required: true", "min: 1", "max: 4", "step: 0.5")
        made = read(self.with_lines(Item("n", "number", help="h", default="3"), after, *lines))
        field = made.inputs[0]
        assert (field.required, field.minimum, field.maximum, field.step) == (True, 1, 4, 0.5)
        assert (field.type, field.default, field.help) == ("number", "3", "h")
        assert made.inputs[1].default == "z"

    @pytest.mark.parametrize("after", ["help", "default"])
    def test_another_key_is_kept_as_it_stands_and_noted(self, after):
        made = read(self.with_lines(Item("n", default="3", help="h"), after, "price: 0.04 USD"))
        assert made.inputs[0].extra == {"price": "0.04 USD"}
        assert (made.inputs[0].default, made.inputs[0].help) == ("3", "h")
        assert made.notes == ("input `n`: `price:` has no meaning here and is kept as it stands",)

    def test_a_fact_that_says_nothing_is_kept_and_noted(self):
        made = read(self.with_lines(Item("n"), "default", "required: perhaps", "min: few"))
        assert made.inputs[0].extra == {"required": "perhaps", "min": "few"}
        assert made.inputs[0].required is None

    def test_a_key_below_an_option_is_kept_and_noted(self):
        options = [Choice("a", "A"), Choice("b", "B")]
        text = write([Item("m", "select", default="a", options=options)])
        text = text.replace("label: B", "label: B\n        price: 0.04")
        made = read(text)
        assert [option.label for option in made.inputs[0].options] == ["A", "B"]
        assert made.inputs[0].options[1].extra == {"price": "0.04"}
        assert any("option 'b': `price:`" in note for note in made.notes)

    def test_flattened_facts_at_the_end_of_a_default_are_facts(self):
        text = self.with_lines(Item("n", "number", default="3"), "default", "min: 1", "max: 4")
        made = read(flatten(text))
        assert (made.inputs[0].default, made.inputs[0].minimum, made.inputs[0].maximum) == (
            "3", 1, 4,
        )  # fmt: skip

    def test_a_flattened_fact_before_the_default_is_no_part_of_the_type(self):
        text = self.with_lines(Item("n", "number", default="3"), "type", "required: true")
        field = read(flatten(text)).inputs[0]
        assert (field.type, field.required, field.default) == ("number", True, "3")

    def test_a_flattened_key_inside_a_text_is_noted(self):
        text = self.with_lines(Item("n", "number", help="h"), "help", "placeholder: type here")
        note = "input `n`: its help holds `placeholder:`, taken for part of the text"
        assert note in read(flatten(text)).notes

    @pytest.mark.parametrize("after", ["label", "help", "default"])
    def test_any_flattened_word_that_looks_like_a_key_is_noted(self, after):
        item = Item("n", label="L", help="h", default="soft")
        text = self.with_lines(item, after, "unit: px", "hint-of: a b")
        made = read(flatten(text))
        note = f"input `n`: its {after} holds `unit:`, `hint-of:`, taken for part of the text"
        assert note in made.notes
        assert made.inputs[1].default == "z"

    @pytest.mark.parametrize("shape", [str, flatten])
    def test_the_price_of_an_option_is_no_part_of_its_label(self, shape):
        options = [Choice("a", "A"), Choice("b", "B price: on request")]
        text = write([Item("m", "select", default="a", options=options)])
        made = read(shape(text.replace("label: A", "label: A\n        price: $0.05")))
        first, second = made.inputs[0].options
        assert (first.label, first.extra) == ("A", {"price": "$0.05"})
        assert (second.label, second.extra) == ("B price: on request", {})
        assert any("option 'a': `price:`" in note for note in made.notes)
        noted = any("option 'b': its label holds `price:`" in note for note in made.notes)
        assert noted == (shape is flatten)

    def test_a_flattened_heading_that_is_new_is_noted(self):
        text = write([Item("a", default="x")])
        text = text.replace("## Integration", "## Pricing\n\nask sales\n\n## Integration", 1)
        note = "input `a`: its default holds `## Pricing`, taken for part of the text"
        assert note in read(flatten(text)).notes

    def test_a_heading_behind_the_last_input_begins_a_section(self):
        for widget, default in (("text", "x"), ("textarea", "x\n\n\n## Pricing\n\nask sales")):
            text = write([Item("a", widget, default="x")])
            text = text.replace("## Integration", "## Pricing\n\nask sales\n\n## Integration", 1)
            made = read(text)
            assert made.inputs[0].default == default  # prose may hold headings of its own
            assert any("## Pricing" in note or "`Pricing`" in note for note in made.notes)
            assert made.extra == ({"Pricing": "ask sales"} if widget == "text" else {})

    @pytest.mark.parametrize("shape", [str, flatten])
    def test_a_new_fact_about_the_model_is_noted(self, shape):
        text = write([Item("a")]).replace("Model cover:", "Model licence: MIT\nModel cover:")
        made = read(shape(text))
        assert made.description == "Makes things."
        assert made.extra == {"Model licence": "MIT"}
        assert made.notes == ("`Model licence:` has no meaning here and is kept as it stands",)

    def test_flattened_words_about_a_type_stay_words(self):
        item = Item("n", "number", help="use type: fast default: none", default="3")
        field = read(flatten(write([item]))).inputs[0]
        assert (field.help, field.type, field.default) == (item.help, "number", "3")

    @pytest.mark.parametrize("shape", [str, flatten])
    def test_a_price_section_is_prices(self, shape):
        section = "## Model Pricing:\n\n- per run: 0.04 USD\n- per second: $0.002\n\n## Integration"
        made = read(shape(write([Item("a", default="x")]).replace("## Integration", section, 1)))
        assert [(price.method, price.price) for price in made.price] == [
            ("cpr", "0.04"), ("cps", "0.002"),
        ]  # fmt: skip
        assert made.inputs[0].default == "x"
        assert made.notes == ("section `Model Pricing:` is read as prices",)

    @pytest.mark.parametrize("shape", [str, flatten])
    @pytest.mark.parametrize("heading", ["Model Pricing:", "Model Rate Limits:", "Tool Notes:"])
    def test_a_section_that_is_new_is_kept_as_it_stands_and_noted(self, shape, heading):
        text = write([Item("a", default="x")])
        text = text.replace("## Integration", f"## {heading}\n\nask sales\n\n## Integration", 1)
        made = read(shape(text))
        assert made.extra == {heading.rstrip(":"): "ask sales"}
        assert made.inputs[0].default == "x"
        assert made.notes == (
            f"section `{heading}` has no meaning here and is kept as it stands",
        )  # fmt: skip

    @pytest.mark.parametrize("line", ["## Style", "label: x", "- name: hero", "- value: 1"])
    def test_a_line_of_a_text_that_looks_like_more_is_noted(self, line):
        made = read(write([Item("a", default=f"write\n        {line}"), Item("b")]))
        assert [field.name for field in made.inputs] == ["a", "b"]
        assert any(f"{line!r} is taken for a part of the text" in note for note in made.notes)

    def test_both_sections_of_inputs_are_read(self):
        more = "## Tool Inputs:\n\n  - name: b\n    label: B\n    help: \n    type: text\n    default: \n\n"
        text = write([Item("a")]).replace("## Integration", f"{more}## Integration", 1)
        assert [field.name for field in read(text).inputs] == ["a", "b"]

    def test_a_name_of_two_words_is_a_name(self):
        assert [field.name for field in read(write([Item("my input"), Item("b")])).inputs] == [
            "my input", "b",
        ]  # fmt: skip

    def test_a_type_of_two_words_is_kept(self):
        assert read(write([Item("a", "multi select")])).inputs[0].type == "multi select"

    @pytest.mark.parametrize("quoted", ["'a b'", "a b"])
    def test_an_option_in_other_quotes_or_none_is_read(self, quoted):
        text = write([Item("m", "select", options=[Choice("a b", "L")])])
        made = read(text.replace('"a b"', quoted))
        assert [(o.value, o.label) for o in made.inputs[0].options] == [("a b", "L")]
