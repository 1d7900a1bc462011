"""The typing rules: from a widget, and what else a document says of an input, to a Python type.

`RULES` is the table. Each family of widgets (`wirogen.spec.widget`) has its rules in order, and the first
that answers decides. The docstring of a rule is its text in `docs/typing-rules.md`; what a rule has to
assume it says in `assumption`, for the report of an import. Where a document leaves a doubt, the wider
type wins: a type that is too wide lets the platform decide, one that is too narrow refuses a good call.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from wirogen.plan.types.select import (
    MANY_CHOICES,
    SELECT_RULES,
    offered_choices,
    whole_or_text,
)
from wirogen.plan.types.structure import stated_value
from wirogen.plan.types.text import PROSE_RULES, TEXT_RULES
from wirogen.plan.types.value_type import FILE, FILES, Choice, Rule, ValueType
from wirogen.spec.input_name import names_file, names_several, names_upload
from wirogen.spec.model import Input
from wirogen.spec.number import read_number
from wirogen.spec.value import is_number, is_whole
from wirogen.spec.widget import Family, family
from wirogen.text.untrusted import Untrusted, expose


def numeric_choices(field: Input, _: Sequence[Input]) -> ValueType | None:
    """A number that lists its values (`5`, `10`) takes exactly these, as JSON numbers."""
    numbers = [read_number(option.value) for option in field.options or () if option.value]
    values = list(dict.fromkeys(number for number in numbers if number is not None))
    if not values or None in numbers or len(values) > MANY_CHOICES:
        return None
    return ValueType("choice", "Number", tuple(Choice(value) for value in values))


def worded_choices(field: Input, _: Sequence[Input]) -> ValueType | None:
    """A number that lists words too (`1`, `auto`) is a select: it takes what is listed, as text."""
    offered = offered_choices(field)
    if len(offered) > MANY_CHOICES or not any(map(_is_word, offered)):
        return None
    assumption = "it is a number and lists words, so it takes what it lists, sent as text"
    listed = tuple(whole_or_text(choice) for choice in offered)
    texts = [expose(choice.value) for choice in listed if isinstance(choice.value, Untrusted)]
    if any(is_number(text) for text in texts):  # a fraction is no `Literal`: all are texts
        return ValueType("choice", "Text", offered, assumption=assumption)
    return ValueType("choice", "Numeral", listed, assumption=assumption)


def whole_steps(field: Input, _: Sequence[Input]) -> ValueType | None:
    """A number or slider with a whole step, whole limits and a whole default takes whole JSON numbers."""
    stated = (field.minimum, field.maximum, field.default)
    if field.step is None or not is_whole(field.step):
        return None
    is_all_whole = all(is_whole(value) for value in stated if value is not None)
    return ValueType("integer", "Number") if is_all_whole else None


def number(field: Input, _: Sequence[Input]) -> ValueType:
    """Any other number or slider takes JSON numbers, whole or not: without a step, 1 to 15 may or may not take 2.5."""
    assumption = "no step says that it is whole, so it takes fractions as well"
    return ValueType(
        "number",
        "Number",
        assumption=_unlisted(field) or (assumption if field.step is None else ""),
    )


def whole_number(field: Input, _: Sequence[Input]) -> ValueType:
    """A widget that says integer takes whole JSON numbers."""
    return ValueType("integer", "Number", assumption=_unlisted(field))


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


def unknown_switch(field: Input, _: Sequence[Input]) -> ValueType | None:
    """A widget without a rule (`toggle`) whose documented default is a JSON boolean takes one."""
    if not isinstance(field.default, bool):
        return None
    assumption = "its widget is unknown and its default a boolean, so it takes one"
    return ValueType("boolean", "Boolean", assumption=assumption)


def unknown_number(field: Input, _: Sequence[Input]) -> ValueType | None:
    """A widget without a rule whose documented default is a JSON number takes JSON numbers, whole or not."""
    if isinstance(field.default, str) or not is_number(field.default):
        return None
    assumption = "its widget is unknown and its default a number, so it takes numbers"
    return ValueType("number", "Number", assumption=assumption)


def unknown_file(field: Input, _: Sequence[Input]) -> ValueType | None:
    """A widget without a rule that says file (`upload`, `imageInput`), or under the name of a file input (`inputImage`), takes files, or their URLs."""
    is_upload = names_upload(field.type)
    if field.options is not None or not (is_upload or names_file(field.name)):
        return None
    what = "it" if is_upload else "its name"
    assumption = f"its widget is unknown and {what} says file, so it takes files"
    is_many = names_several(field.name) or field.type.lower().startswith("multi")
    return replace(FILES if is_many else FILE, assumption=assumption)


def unknown(field: Input, _: Sequence[Input]) -> ValueType:
    """Any other widget without a rule (`radio`, `multiselect`) takes any text; the docstring names its options.

    How several of them are written at once is documented nowhere. A default in digits lets it take numbers too.
    """
    assumption = "its widget is unknown, so it takes any text"
    marker = "Numeral" if is_number(field.default) else "Text"
    return ValueType("string", marker, offered_choices(field), assumption=assumption)


RULES: Final[Mapping[Family, tuple[Rule, ...]]] = {
    "text": TEXT_RULES,
    "prose": PROSE_RULES,
    "select": SELECT_RULES,
    "number": (numeric_choices, worded_choices, whole_steps, number),
    "whole number": (numeric_choices, worded_choices, whole_number),
    "boolean": (boolean,),
    "file": (one_file,),
    "files": (many_files,),
    "combined files": (combined_files,),
}
UNKNOWN_RULES: Final[tuple[Rule, ...]] = (
    unknown_switch,
    unknown_number,
    unknown_file,
    unknown,
)


def rules_of(widget: str) -> tuple[Rule, ...]:
    """Return the rules of a widget, those of an unknown one included."""
    known = family(widget)
    return (stated_value, *(UNKNOWN_RULES if known is None else RULES[known]))


def _is_word(choice: Choice) -> bool:
    try:
        float(expose(choice.text))
    except ValueError:
        return bool(choice.text)
    return False


def _unlisted(field: Input) -> str:
    """What a number that lists more than a type holds has to assume; nothing where it lists none."""
    count = len(offered_choices(field))
    return f"its {count} options are no type, so it takes any number" if count else ""


def apply(field: Input, inputs: Sequence[Input]) -> ValueType:
    """Decide by the widget's rules.

    Args:
        field: the input.
        inputs: all inputs of its model.
    """
    decided = ((rule, rule(field, inputs)) for rule in rules_of(field.type))
    return next(replace(answer, rule=rule.__name__) for rule, answer in decided if answer)
