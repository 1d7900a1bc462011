"""The typing rules: from a widget, and what else a document says of an input, to a Python type.

`WIDGETS` is the table. Each of the platform's words for a widget has its rules in order, and the first
that answers decides. The docstring of a rule is its text in `docs/typing-rules.md`; what a rule has to
assume it says in `doubt`, for the report of an import. Where a document leaves a doubt, the wider
type wins: a type that is too wide lets the platform decide, one that is too narrow refuses a good call.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeAlias

from wirogen.plan.file_input import names_several, names_url_of_file, partners
from wirogen.plan.scalar import is_number, is_whole, read_number
from wirogen.plan.value import Choice, Flag, ValueType
from wirogen.render.untrusted import Untrusted, data
from wirogen.spec.model import Input, Option, Scalar

MANY_CHOICES: Final = 256
"""More choices than this make a plain string: editors choke on very long `Literal`s."""

KNOBS: Final = frozenset(
    """
    batch_size cfg count duration fps frames guidance height k p penalty samples scale seconds seed
    shift steps strength temperature threshold tokens weight width
    """.split()  # noqa: SIM905 - a list of words reads best as words
)
"""Last words of names that mean a number nearly everywhere: `topP`, `repetition_penalty`."""

LONGEST_TEXT: Final = 1_000_000
"""A longest length above this is no length: requests are not that large."""

FLAG_WORDS: Final = (("true", "false"), ("on", "off"), ("yes", "no"))

_WORD_STARTS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")
_INTEGER: Final = re.compile(r"0|-?[1-9][0-9]{0,14}")

Rule: TypeAlias = Callable[[Input, Sequence[Input]], ValueType | None]
"""Takes an input and all inputs of its model; answers nothing if it has nothing to say."""


# Text


def structure(field: Input, _: Sequence[Input]) -> ValueType | None:
    """A text whose documented default is a JSON list or object takes Python lists and dicts, or JSON text.

    It travels as JSON text in a string. A `prompt` is never one: its default is an example.
    """
    if field.name == "prompt" or not is_structure(field.default):
        return None
    return ValueType("json", "Json", doubt="its default is JSON, so it takes nothing but JSON")


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
    doubt = f"its lengths, {low} to {high}, are read as the range of a whole number"
    return ValueType("integer", "Text", minimum=low, maximum=high, doubt=doubt)


def numeric_default(field: Input, _: Sequence[Input]) -> ValueType | None:
    """A text whose documented default is a number takes numbers, whole or not, as text on the wire.

    The platform shows many numbers as text fields. A name (`seed`, `steps`) is a hint and no proof;
    a default is. A whole default does not prove that fractions are refused.
    """
    if not is_number(field.default):
        return None
    doubt = "its default is a number and nothing says of what kind, so it takes fractions as well"
    return ValueType("number", "Text", doubt=doubt)


def lone_url(field: Input, inputs: Sequence[Input]) -> ValueType | None:
    """A text that takes the URL of a file (`inputImageUrl`), without a sibling for the file itself, takes any file.

    Uploading gives a local file its URL. The argument is called without `Url`, as it is in other
    models, and so keeps its name if the document adds the missing sibling. `websiteUrl` is no file.
    """
    if not names_url_of_file(field.name) or partners(field, inputs):
        return None
    doubt = "its name says that it takes the URL of a file, so it takes files as well"
    return replace(FILES if names_several(field.name) else FILE, doubt=doubt)


def knob(field: Input, _: Sequence[Input]) -> ValueType | None:
    """A text without a numeric default whose name means a number (`temperature`, `topP`) takes numbers and text.

    Text that spells a number is that number, so both ways of giving it are equal.
    """
    name = _WORD_STARTS.sub("_", field.name).lower()
    if not any(name == word or name.endswith(f"_{word}") for word in KNOBS):
        return None
    doubt = "it is called like a number and has no numeric default, so it takes numbers and text"
    return ValueType("string", "Numeral", doubt=doubt)


def text(_field: Input, _: Sequence[Input]) -> ValueType:
    """Any other text is a string. Stated lengths are not checked: they have meant other things."""
    return TEXT


def unknown(_field: Input, _: Sequence[Input]) -> ValueType:
    """A widget without a rule takes any text: the encoding of a `multiselect`, for one, is documented nowhere."""
    return replace(TEXT, doubt="its widget is unknown, so it takes any text")


# Choices


def no_choices(field: Input, _: Sequence[Input]) -> ValueType | None:
    """A select without a list of options, or with nothing but empty entries, takes any text."""
    if any(option.value for option in field.options or ()):
        return None
    return replace(TEXT, doubt="it lists no options, so it takes any text")


def yes_or_no(field: Input, _: Sequence[Input]) -> ValueType | None:
    """A select between true and false, on and off, or yes and no is a bool.

    It travels as the document's own word, in its own case.
    """
    flag = _flag(option.value for option in field.options or ())
    return None if flag is None else ValueType("boolean", "Flag", flag=flag)


def too_many_choices(field: Input, _: Sequence[Input]) -> ValueType | None:
    """A select with more than 256 options takes any text; the docstring names some of them."""
    offered = _choices(field)
    if len(offered) <= MANY_CHOICES:
        return None
    doubt = f"it has {len(offered)} options, too many for a type, so it takes any text"
    return replace(TEXT, choices=offered, doubt=doubt)


def whole_choices(field: Input, _: Sequence[Input]) -> ValueType | None:
    """A select whose options are all whole numbers (`"5"`, `"10"`) takes exactly these numbers.

    They travel as text. Their text is tolerated in Python too.
    """
    offered = _choices(field)
    if not all(_INTEGER.fullmatch(data(choice.text)) for choice in offered):
        return None
    return ValueType("choice", "Numeral", tuple(_whole(choice) for choice in offered))


def choices(field: Input, _: Sequence[Input]) -> ValueType:
    """Any other select takes exactly what it lists, each value once; the empty text is a choice like any other."""
    return ValueType("choice", "Text", _choices(field))


# Numbers, switches, files


def whole_steps(field: Input, _: Sequence[Input]) -> ValueType | None:
    """A number or slider with a whole step, whole limits and a whole default takes whole JSON numbers."""
    stated = (field.minimum, field.maximum, field.default)
    if field.step is None or not is_whole(field.step):
        return None
    is_all_whole = all(is_whole(value) for value in stated if value is not None)
    return ValueType("integer", "Number") if is_all_whole else None


def number(field: Input, _: Sequence[Input]) -> ValueType:
    """Any other number or slider takes JSON numbers, whole or not: without a step, 1 to 15 may or may not take 2.5."""
    doubt = "no step says that it is whole, so it takes fractions as well"
    return ValueType("number", "Number", doubt=doubt if field.step is None else "")


def whole_number(_field: Input, _: Sequence[Input]) -> ValueType:
    """A widget that says integer takes whole JSON numbers."""
    return ValueType("integer", "Number")


def boolean(_field: Input, _: Sequence[Input]) -> ValueType:
    """A checkbox is a JSON boolean."""
    return ValueType("boolean", "Boolean")


def one_file(_field: Input, _: Sequence[Input]) -> ValueType:
    """A file input takes one file. Its `…Url` sibling is no argument of its own: the URL travels under it."""
    return FILE


def many_files(_field: Input, _: Sequence[Input]) -> ValueType:
    """A multi-file input takes several, their URLs joined by commas, under its `…Url` sibling if it has one."""
    return FILES


def combined_files(_field: Input, _: Sequence[Input]) -> ValueType:
    """A combined file input takes several, an array of URLs under its own name, never under a sibling."""
    return ValueType("files", "CombinedFiles")


TEXT: Final = ValueType("string", "Text")
FILE: Final = ValueType("file", "File")
FILES: Final = ValueType("files", "FileList")

_SELECT: Final[tuple[Rule, ...]] = (
    no_choices,
    yes_or_no,
    too_many_choices,
    whole_choices,
    choices,
)
_NUMBER: Final[tuple[Rule, ...]] = (whole_steps, number)

WIDGETS: Final[Mapping[str, tuple[Rule, ...]]] = {
    "text": (structure, misplaced_range, numeric_default, lone_url, knob, text),
    "textarea": (structure, text),
    "select": _SELECT,
    "selectwithcover": _SELECT,
    "number": _NUMBER,
    "range": _NUMBER,
    "float": _NUMBER,
    "numeric": _NUMBER,
    "integer": (whole_number,),
    "boolean": (boolean,),
    "checkbox": (boolean,),
    "fileinput": (one_file,),
    "multifileinput": (many_files,),
    "combinefileinput": (combined_files,),
}
"""The platform's own words, in lower case."""


def apply(field: Input, inputs: Sequence[Input]) -> ValueType:
    """Decide by the widget's rules.

    Args:
        field: the input.
        inputs: all inputs of its model.
    """
    rules = WIDGETS.get(field.type.lower(), (unknown,))
    return next(
        replace(found, rule=rule.__name__) for rule in rules if (found := rule(field, inputs))
    )


def is_structure(value: Scalar | None) -> bool:
    """Whether a documented value is the JSON text of a list or an object."""
    try:
        return isinstance(value, str) and isinstance(json.loads(value), dict | list)
    except (ValueError, RecursionError):
        return False


def _choices(field: Input) -> tuple[Choice, ...]:
    """Every value once, with the first of its labels."""
    options: dict[str, Option] = {}
    for option in field.options or ():
        options.setdefault(option.value, option)
    return tuple(
        Choice(Untrusted(each.value), None if each.label is None else Untrusted(each.label))
        for each in options.values()
    )


def _whole(choice: Choice) -> Choice:
    return replace(choice, value=int(data(choice.text)))


def _flag(values: Iterable[str]) -> Flag | None:
    """The two words of a yes-or-no choice, in the document's own spelling."""
    spelled = {value.lower(): Untrusted(value) for value in values}
    for on, off in FLAG_WORDS:
        if spelled.keys() == {on, off}:
            return Flag(spelled[on], spelled[off])
    return None
