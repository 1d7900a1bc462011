"""An llms.txt that spells its inputs in a way of its own; line-broken and flattened alike, unless a test says otherwise."""

import pytest

from codegen.document.llms_writer import Choice, Item, write
from wirogen.document.llms import read_llms

FORMS = pytest.mark.parametrize("form", [str, lambda text: " ".join(text.split())])


def read(items, *changes, form=str):
    text = write(items)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return read_llms(form(text), "doc.txt")


def number(*changes, form=str):
    """The input `n`, a number, spelled otherwise; and the notes."""
    document = read(
        [Item("prompt", "textarea"), Item("n", "number", default="5")], *changes, form=form
    )
    assert [field.name for field in document.inputs] == ["prompt", "n"]
    return document.inputs[1], "\n".join(document.notes)


def values(*changes, form=str):
    """The options of a select that offers `5` and `b c`, spelled otherwise."""
    options = [Choice("5", "Five"), Choice("b c", "Letters")]
    document = read([Item("s", "select", default="5", options=options)], *changes, form=form)
    return [(option.value, option.label) for option in document.inputs[0].options or ()]


OFFERED = [("5", "Five"), ("b c", "Letters")]


@FORMS
@pytest.mark.parametrize(
    "bounds", ["min: 1\n    max: 9", 'Min: "1"\n    MAX: "9"', "minimum: 1\n    maximum: 9.0"]
)
def test_bounds_are_read_in_any_case_and_in_quotes(form, bounds):
    field, notes = number(("default: 5", f"default: 5\n    {bounds}"), form=form)
    assert (field.default, field.minimum, field.maximum, notes) == ("5", 1, 9, "")


@FORMS
@pytest.mark.parametrize("line", ["required: true", "Required: Yes", 'required: "1"'])
def test_required_is_read_in_any_case_and_in_quotes(form, line):
    field, notes = number(("default: 5", f"default: 5\n    {line}"), form=form)
    assert (field.default, field.required, notes) == ("5", True, "")


@FORMS
def test_names_and_types_are_read_without_their_quotes(form):
    field, _ = number(("- name: n", '- name: "n"'), ("type: number", 'type: "number"'), form=form)
    assert (field.name, field.type) == ("n", "number")


@FORMS
def test_a_name_may_have_several_words(form):
    document = read([Item("my own input"), Item("b")], form=form)
    assert [field.name for field in document.inputs] == ["my own input", "b"]


@FORMS
def test_a_key_that_is_new_may_stand_behind_the_type(form):
    field, notes = number(("type: number", "type: number\n    placeholder: A few words"), form=form)
    assert (field.type, field.default) == ("number", "5")
    assert field.extra == {"placeholder": "A few words"}
    assert "`placeholder:` has no meaning here and is kept as it stands" in notes


@pytest.mark.parametrize(
    "lines",
    [
        ["type: number", "default: 5", "label: Label", "help: of it"],
        ["default: 5", "help: of it", "type: number", "label: Label"],
    ],
)
def test_keys_may_come_in_any_order_where_lines_say_which_they_are(lines):
    text = "- name: n\n    label: Label\n    help: \n    type: number\n    default: 5"
    field, notes = number((text, "\n    ".join(["- name: n", *lines])))
    assert (field.type, field.default, field.label, field.help) == ("number", "5", "Label", "of it")
    assert notes == ""


@FORMS
def test_the_heading_of_the_inputs_may_have_no_colon(form):
    assert number(("## Model Inputs:", "## Model Inputs"), form=form)[0].default == "5"


class TestOptions:
    @FORMS
    def test_a_value_may_be_bare_however_short(self, form):
        assert values(('"5"', "5"), ('"b c"', "b c"), form=form) == OFFERED

    @FORMS
    def test_a_label_may_come_first(self, form):
        five = ('- value: "5"\n        label: Five', '- label: Five\n        value: "5"')
        letters = (
            '- value: "b c"\n        label: Letters',
            '- label: Letters\n        value: "b c"',
        )
        assert values(five, form=form) == OFFERED
        assert values(five, letters, form=form) == OFFERED

    @pytest.mark.parametrize("spelling", ['      - 5\n      - "b c"', "      [5, b c]"])
    def test_they_may_be_a_plain_list(self, spelling):
        listed = '      - value: "5"\n        label: Five\n\n      - value: "b c"\n        label: Letters'
        assert values((listed, spelling)) == [("5", None), ("b c", None)]

    def test_what_is_not_read_under_them_is_noted(self):
        options = [Choice("5", "Five")]
        items = [Item("s", "select", options=options)]
        document = read(items, ("    options:\n", "    options:\n      all of these:\n"))
        assert "input `s`: 'all of these:' under its options was not read" in document.notes
