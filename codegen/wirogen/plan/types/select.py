"""Rules for inputs that offer a list of options."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from wirogen.plan.types.value_type import TEXT, Choice, Flag, Rule, ValueType
from wirogen.spec.model import Input, Option
from wirogen.text.untrusted import Untrusted, expose

MANY_CHOICES: Final = 256
"""More choices than this make a plain string: editors choke on very long `Literal`s."""

FLAG_WORDS: Final = (("true", "false"), ("on", "off"), ("yes", "no"))

_INTEGER: Final = re.compile(r"0|-?[1-9][0-9]{0,14}")
"""Whole numbers in the one spelling that writing them returns."""


def no_choices(field: Input, _: Sequence[Input]) -> ValueType | None:
    """A select without a list of options, or with nothing but empty entries, takes any text."""
    if any(option.value for option in field.options or ()):
        return None
    return replace(TEXT, assumption="it lists no options, so it takes any text")


def yes_or_no(field: Input, _: Sequence[Input]) -> ValueType | None:
    """A select between true and false, on and off, or yes and no is a bool.

    It travels as the document's own word, in its own case.
    """
    flag = _flag(field)
    return None if flag is None else ValueType("boolean", "Flag", flag=flag)


def too_many_choices(field: Input, _: Sequence[Input]) -> ValueType | None:
    """A select with more than 256 options takes any text; the docstring names some of them."""
    offered = offered_choices(field)
    if len(offered) <= MANY_CHOICES:
        return None
    assumption = f"it has {len(offered)} options, too many for a type, so it takes any text"
    has_numbers = any(_INTEGER.fullmatch(expose(choice.text)) for choice in offered)
    marker = "Numeral" if has_numbers else TEXT.marker
    return replace(TEXT, marker=marker, choices=offered, assumption=assumption)


def whole_choices(field: Input, _: Sequence[Input]) -> ValueType | None:
    """A select whose options are all whole numbers (`"5"`, `"10"`) takes exactly these numbers.

    They travel as text. Their text is tolerated in Python too.
    """
    offered = offered_choices(field)
    if not all(_INTEGER.fullmatch(expose(choice.text)) for choice in offered):
        return None
    return ValueType("choice", "Numeral", tuple(whole_or_text(choice) for choice in offered))


def choices(field: Input, _: Sequence[Input]) -> ValueType:
    """Any other select takes exactly what it lists, each value once; the empty text is a choice like any other."""
    return ValueType("choice", "Text", offered_choices(field))


SELECT_RULES: Final[tuple[Rule, ...]] = (
    no_choices,
    yes_or_no,
    too_many_choices,
    whole_choices,
    choices,
)


def offered_choices(field: Input) -> tuple[Choice, ...]:
    """Return every value that an input lists once, with the first of its labels."""
    options: dict[str, Option] = {}
    for option in field.options or ():
        options.setdefault(option.value, option)
    return tuple(
        Choice(Untrusted(option.value), None if option.label is None else Untrusted(option.label))
        for option in options.values()
    )


def whole_or_text(choice: Choice) -> Choice:
    """Return the choice as a whole number, where it is spelled as one."""
    word = expose(choice.text)
    return replace(choice, value=int(word)) if _INTEGER.fullmatch(word) else choice


def _flag(field: Input) -> Flag | None:
    """The two words of a yes-or-no choice, in the document's own spelling."""
    values = {option.value for option in field.options or ()}
    spelled = {value.lower(): Untrusted(value) for value in values}
    for on, off in FLAG_WORDS:
        if len(values) == 2 and spelled.keys() == {on, off}:
            return Flag(spelled[on], spelled[off])
    return None
