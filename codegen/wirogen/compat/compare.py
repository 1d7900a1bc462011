"""What a caller of a generated client notices between two sets of specs.

The comparison is made between plans, not between specs or texts: a caller sees names, types, ranges
and defaults, and whether a call that worked yesterday still works and still asks for the same.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeVar

from wirogen.plan.defaults import Value
from wirogen.plan.model import Argument, ModelPlan
from wirogen.plan.package import PackagePlan
from wirogen.plan.types.value_type import ValueType
from wirogen.text.untrusted import Untrusted, expose

_Item = TypeVar("_Item")


class Severity(IntEnum):
    """How bad a change is for a caller, as a semantic version would say it."""

    COSMETIC = 0
    """Calls and their meaning stay; words or order moved."""
    ADDITIVE = 1
    """Every old call still works; there is something new."""
    BREAKING = 2
    """A call that worked may fail, or ask for something else."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is different."""

    severity: Severity
    model: str
    """The slug."""
    argument: str | None
    """The Python argument; None for the model as a whole."""
    message: str
    """What changed and what it means, as one sentence without a full stop."""


def compare(old: PackagePlan, new: PackagePlan) -> list[Change]:
    """List every change between two packages, the worst first, then by model and argument.

    Args:
        old: what callers use today.
        new: what they would get.
    """
    pairs = _pair(old.models, new.models, lambda model: expose(model.slug))
    changes = [change for was, now in pairs for change in _compare_models(was, now)]
    return sorted(changes, key=lambda change: (-change.severity, change.model))


def worst(changes: Sequence[Change]) -> Severity | None:
    """Return the severity of the worst change, or None without any."""
    return max((change.severity for change in changes), default=None)


def _compare_models(old: ModelPlan | None, new: ModelPlan | None) -> Iterator[Change]:
    if new is None:
        assert old is not None  # noqa: S101 - one side of a pair is always there
        yield Change(Severity.BREAKING, expose(old.slug), None, "the model is gone")
        return
    slug = expose(new.slug)
    if old is None:
        yield Change(Severity.ADDITIVE, slug, None, "a new model")
        return
    for severity, message in _whole_changes(old, new):
        yield Change(severity, slug, None, message)
    pairs = _pair(old.arguments, new.arguments, lambda argument: argument.wire_name)
    for was, now in pairs:
        shown = now or was
        for severity, message in _compare_arguments(was, now):
            yield Change(severity, slug, shown.name if shown else None, message)


def _whole_changes(old: ModelPlan, new: ModelPlan) -> Iterator[tuple[Severity, str]]:
    for what, was, now in (
        ("class", old.class_name, new.class_name),
        ("module", old.module, new.module),
        ("base class, and with it the result type,", old.base, new.base),
    ):
        if was != now:
            yield Severity.BREAKING, f"the {what} was `{was}` and is now `{now}`"
    if (old.summary, old.subjects) != (new.summary, new.subjects):
        yield Severity.COSMETIC, "the description is worded differently"
    kept = {argument.wire_name for argument in old.arguments} & {
        argument.wire_name for argument in new.arguments
    }
    if _order(old, kept) != _order(new, kept):
        yield Severity.COSMETIC, "the arguments stand in another order"


def _order(model: ModelPlan, names: set[Untrusted]) -> list[Untrusted]:
    return [argument.wire_name for argument in model.arguments if argument.wire_name in names]


def _compare_arguments(
    old: Argument | None, new: Argument | None
) -> Iterator[tuple[Severity, str]]:
    if new is None:
        yield Severity.BREAKING, "the argument is gone"
    elif old is None and new.default.required:
        yield Severity.BREAKING, "a new argument, and it is required"
    elif old is None:
        yield Severity.ADDITIVE, f"a new argument{_when_left_out(new)}"
    else:
        yield from _changes_of(old, new)


def _changes_of(old: Argument, new: Argument) -> Iterator[tuple[Severity, str]]:
    if old.name != new.name:
        yield Severity.BREAKING, f"the argument was called `{old.name}`"
    yield from _type_changes(old.type, new.type)
    yield from _default_changes(old, new)
    yield from _constant_changes(old, new)
    if (old.type.marker, old.type.flag, old.url_name) != (
        new.type.marker,
        new.type.flag,
        new.url_name,
    ):
        yield Severity.COSMETIC, "the same value is written differently on the wire"
    if old.doc != new.doc and (old.type, old.default) == (new.type, new.default):
        yield Severity.COSMETIC, "its documentation is worded differently"


_WIDER = frozenset(
    {
        ("integer", "number"),
        ("choice", "string"),
        ("file", "files"),
        *((narrow, "number or string") for narrow in ("integer", "number", "choice", "string")),
    }
)
"""Kinds whose every value the second kind takes too."""


def _type_changes(old: ValueType, new: ValueType) -> Iterator[tuple[Severity, str]]:
    if old.takes != new.takes:
        severity = Severity.ADDITIVE if (old.takes, new.takes) in _WIDER else Severity.BREAKING
        yield severity, f"its kind was {old.takes} and is now {new.takes}"
    elif old.kind == "choice":
        was = {choice.value for choice in old.choices}
        now = {choice.value for choice in new.choices}
        for value in _in_order(old, was - now):
            yield Severity.BREAKING, f"{_spelled(value)} is no longer offered"
        for value in _in_order(new, now - was):
            yield Severity.ADDITIVE, f"{_spelled(value)} is offered now"
    yield from _bound_changes("at least", old.minimum, new.minimum, lambda was, now: now > was)
    yield from _bound_changes("at most", old.maximum, new.maximum, lambda was, now: now < was)


def _in_order(value_type: ValueType, values: set[Untrusted | float]) -> list[Untrusted | float]:
    return [choice.value for choice in value_type.choices if choice.value in values]


def _bound_changes(
    words: str, old: float | None, new: float | None, narrower: Callable[[float, float], bool]
) -> Iterator[tuple[Severity, str]]:
    if old == new:
        return
    said = f"it took {_bound(words, old)} and takes {_bound(words, new)}"
    if new is not None and (old is None or narrower(old, new)):
        yield Severity.BREAKING, said
    else:
        yield Severity.ADDITIVE, said


def _bound(words: str, value: float | None) -> str:
    return f"{words} {value:g}" if value is not None else f"any value ({words} nothing)"


def _default_changes(old: Argument, new: Argument) -> Iterator[tuple[Severity, str]]:
    if old.default.required != new.default.required:
        if new.default.required:
            yield Severity.BREAKING, "it is required now"
        else:
            yield Severity.ADDITIVE, f"it may be left out now{_when_left_out(new)}"
    elif _sent(old) != _sent(new):
        yield (
            Severity.BREAKING,
            f"a call that leaves it out asks for something else: {_shown(old)} before, {_shown(new)} now",
        )
    elif old.default.value != new.default.value:
        yield (
            Severity.COSMETIC,
            "the platform's own default, which is not sent, is documented differently",
        )


def _sent(argument: Argument) -> tuple[type, object] | None:
    """What is written when it is left out; the type tells `1` from `True`."""
    value = argument.default.value
    return (type(value), value) if argument.default.is_sent else None


def _shown(argument: Argument) -> str:
    return _spelled(argument.default.value) if argument.default.is_sent else "nothing sent"


def _spelled(value: Value | None) -> str:
    return ascii(expose(value) if isinstance(value, Untrusted) else value)


def _when_left_out(argument: Argument) -> str:
    return f", {_shown(argument)} when left out" if argument.default.is_sent else ""


def _constant_changes(old: Argument, new: Argument) -> Iterator[tuple[Severity, str]]:
    """Constants that are gone though their value is still offered; the rest follows from the values."""
    if old.constants is None:
        return
    now = {member.name: member.value for member in new.constants.members} if new.constants else {}
    offered = {choice.value for choice in new.type.choices}
    renamed_class = new.constants is not None and new.constants.name != old.constants.name
    for member in old.constants.members:
        if renamed_class or (member.value in offered and now.get(member.name) != member.value):
            yield Severity.BREAKING, f"the constant `{old.constants.name}.{member.name}` is gone"


def _pair(
    old: Sequence[_Item], new: Sequence[_Item], key: Callable[[_Item], object]
) -> list[tuple[_Item | None, _Item | None]]:
    """Old and new side by side: what stayed or went in the old order, then what came."""
    was, now = {key(item): item for item in old}, {key(item): item for item in new}
    stayed = [(item, now.get(name)) for name, item in was.items()]
    return [*stayed, *((None, item) for name, item in now.items() if name not in was)]
