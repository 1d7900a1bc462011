"""Names for choices that are hard to type: `Vace.SpeedMode.LIGHTLY_JUICED`."""

from dataclasses import dataclass

from wirogen.plan import names
from wirogen.plan.types.value_type import ValueType
from wirogen.text.untrusted import Untrusted, expose


@dataclass(frozen=True)
class Member:
    """A choice that callers may write as a constant."""

    name: str
    value: Untrusted
    label: Untrusted | None


@dataclass(frozen=True)
class Constants:
    """A class, nested in the request class, that names the choices of one argument."""

    name: str
    argument: str
    members: tuple[Member, ...]


def name_choices(argument: str, value_type: ValueType) -> Constants | None:
    """Name the choices of an argument if any of them is prose or holds what a keyboard lacks."""
    values = [expose(choice.text) for choice in value_type.choices]
    hard = any(" " in value.strip() or not value.isascii() for value in values)
    if value_type.kind != "choice" or not hard:
        return None
    named = names.constants(values)
    members = tuple(
        Member(named[expose(choice.text)], choice.text, choice.label)
        for choice in value_type.choices
        if expose(choice.text) in named
    )
    return Constants(names.constants_class(argument), argument, members) if members else None
