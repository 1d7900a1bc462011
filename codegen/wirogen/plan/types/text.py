"""Rules for inputs that documents call text: the platform shows much as text that is none."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from wirogen.plan.types.value_type import FILE, FILES, TEXT, Rule, ValueType
from wirogen.spec.content import LONGEST_TEXT
from wirogen.spec.input_name import (
    file_siblings,
    measures,
    names_content,
    names_several,
    names_url_of_file,
)
from wirogen.spec.model import Input
from wirogen.spec.number import read_number
from wirogen.spec.value import is_canonical, is_number, is_structure


def structure(field: Input, _: Sequence[Input]) -> ValueType | None:
    """A text whose documented default is a JSON list or object takes Python lists and dicts, or JSON text.

    It travels as JSON text in a string. A `prompt` is never one: its default is an example.
    """
    if field.name == "prompt" or not is_structure(field.default):
        return None
    return ValueType("json", "Json", assumption="its default is JSON, so it takes nothing but JSON")


def misplaced_range(field: Input, _: Sequence[Input]) -> ValueType | None:
    """Lengths around a whole default, or longer than any text, are the range of a whole number.

    Documents state the limits of whole-number text fields as `minLength` and `maxLength` (a `seed`
    from 0 to 9999999999). They are never enforced as lengths.
    """
    low, high, default = field.min_length or 0, field.max_length, read_number(field.default)
    if high is None:
        return None
    is_inside = isinstance(default, int) and low <= default <= high
    is_endless = field.default is None and high > LONGEST_TEXT
    if not (is_inside or is_endless):
        return None
    assumption = f"its lengths, {low} to {high}, are read as the range of a whole number"
    return ValueType("integer", "Text", minimum=low, maximum=high, assumption=assumption)


def numeric_default(field: Input, _: Sequence[Input]) -> ValueType | None:
    """A text whose documented default is a number takes numbers, whole or not, as text on the wire.

    The platform shows many numbers as text fields. A name (`seed`, `steps`) is a hint and no proof;
    a default is. A whole default does not prove that fractions are refused.
    """
    if not is_number(field.default) or not is_canonical(field.default):
        return None
    assumption = (
        "its default is a number and nothing says of what kind, so it takes fractions as well"
    )
    return ValueType("number", "Text", assumption=assumption)


def digits(field: Input, _: Sequence[Input]) -> ValueType | None:
    """A text whose default is a number in a spelling of its own (`01234`, `2.10`, `+15551234`) takes numbers and text.

    It may be a number or a text of digits: the default stays the text that it is, digit by digit.
    """
    if not is_number(field.default):
        return None
    assumption = (
        f"its default {field.default} is not spelled as numbers are, so it takes numbers and text"
    )
    return ValueType("string", "Numeral", assumption=assumption)


def lone_url(field: Input, inputs: Sequence[Input]) -> ValueType | None:
    """A text that takes the URL of a file (`inputImageUrl`, `maskUrl`), without a sibling for the file itself, takes any file.

    Uploading gives a local file its URL. The argument is called without `Url`, as it is in other
    models, and so keeps its name if the document adds the missing sibling. `websiteUrl` is no file.
    """
    siblings = file_siblings(field.name, [other.name for other in inputs])
    if not names_url_of_file(field.name) or any(siblings):
        return None
    assumption = "its name says that it takes the URL of a file, so it takes files as well"
    return replace(FILES if names_several(field.name) else FILE, assumption=assumption)


def numeric_name(field: Input, _: Sequence[Input]) -> ValueType | None:
    """A text without a numeric default whose name is that of a quantity (`temperature`, `ss_guidance_rescale`) takes numbers and text.

    Text that spells a number is that number, so both ways of giving it are equal.
    """
    if not measures(field.name):
        return None
    assumption = (
        "it is called like a number and has no numeric default, so it takes numbers and text"
    )
    return ValueType("string", "Numeral", assumption=assumption)


def open_text(field: Input, _: Sequence[Input]) -> ValueType | None:
    """A text without a default whose name names neither a quantity nor words (`dtype`, `r2`) takes numbers and text.

    Nothing says what it holds, and whoever calls knows it: a number must not be refused.
    """
    if field.default not in {None, ""} or names_content(field.name):
        return None
    assumption = "neither a default nor its name says what it holds, so it takes numbers and text"
    return ValueType("string", "Numeral", assumption=assumption)


def text(_field: Input, _: Sequence[Input]) -> ValueType:
    """Any other text is a string. Stated lengths are not checked: they have meant other things."""
    return TEXT


TEXT_RULES: Final[tuple[Rule, ...]] = (
    structure,
    misplaced_range,
    numeric_default,
    digits,
    lone_url,
    numeric_name,
    open_text,
    text,
)
PROSE_RULES: Final[tuple[Rule, ...]] = (structure, text)
"""A text area holds prose; a number as its default is still an example of prose."""
