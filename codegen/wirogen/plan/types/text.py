"""Rules for inputs that documents call text: the platform shows much as text that is none."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from wirogen.plan.types.file import names_several, names_url_of_file, partners
from wirogen.plan.types.scalar import is_number, is_structure
from wirogen.plan.types.value_type import FILE, FILES, TEXT, Rule, ValueType
from wirogen.spec.model import Input
from wirogen.spec.number import read_number

KNOBS: Final = frozenset(
    """
    batch_size cfg count duration fps frames guidance height k p penalty samples scale seconds seed
    shift steps strength temperature threshold tokens weight width
    """.split()  # noqa: SIM905 - a list of words reads best as words
)
"""Last words of names that mean a number nearly everywhere: `topP`, `repetition_penalty`."""

LONGEST_TEXT: Final = 1_000_000
"""A longest length above this is no length: requests are not that large."""

_WORD_STARTS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")


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
    if not is_number(field.default):
        return None
    assumption = (
        "its default is a number and nothing says of what kind, so it takes fractions as well"
    )
    return ValueType("number", "Text", assumption=assumption)


def lone_url(field: Input, inputs: Sequence[Input]) -> ValueType | None:
    """A text that takes the URL of a file (`inputImageUrl`), without a sibling for the file itself, takes any file.

    Uploading gives a local file its URL. The argument is called without `Url`, as it is in other
    models, and so keeps its name if the document adds the missing sibling. `websiteUrl` is no file.
    """
    if not names_url_of_file(field.name) or partners(field, inputs):
        return None
    assumption = "its name says that it takes the URL of a file, so it takes files as well"
    return replace(FILES if names_several(field.name) else FILE, assumption=assumption)


def knob(field: Input, _: Sequence[Input]) -> ValueType | None:
    """A text without a numeric default whose name means a number (`temperature`, `topP`) takes numbers and text.

    Text that spells a number is that number, so both ways of giving it are equal.
    """
    name = _WORD_STARTS.sub("_", field.name).lower()
    if not any(name == word or name.endswith(f"_{word}") for word in KNOBS):
        return None
    assumption = (
        "it is called like a number and has no numeric default, so it takes numbers and text"
    )
    return ValueType("string", "Numeral", assumption=assumption)


def text(_field: Input, _: Sequence[Input]) -> ValueType:
    """Any other text is a string. Stated lengths are not checked: they have meant other things."""
    return TEXT


TEXT_RULES: Final[tuple[Rule, ...]] = (
    structure,
    misplaced_range,
    numeric_default,
    lone_url,
    knob,
    text,
)
PROSE_RULES: Final[tuple[Rule, ...]] = (structure, text)
"""A text area holds prose; a number as its default is still an example of prose."""
