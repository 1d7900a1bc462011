"""What a caller of a generated client notices between two sets of specs.

The comparison is made between plans, not between specs or texts: a caller sees names, types, ranges
and defaults, and whether a call that worked yesterday still works and still asks for the same.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeVar

from wirogen.compat.change import Change, Finding, Severity
from wirogen.compat.price import price_changes
from wirogen.compat.structure import structure_changes
from wirogen.plan.defaults import Value
from wirogen.plan.model import Argument, ModelPlan
from wirogen.plan.types.value_type import ValueType
from wirogen.spec.number import is_within
from wirogen.text.untrusted import Untrusted, expose

_Item = TypeVar("_Item")


def compare(old: Sequence[ModelPlan], new: Sequence[ModelPlan]) -> list[Change]:
    """List every change between two sets of models, the worst first, then by model and argument.

    Args:
        old: what callers use today.
        new: what they would get.
    """
    pairs = _pair(old, new, lambda model: expose(model.slug))
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
    for was, now in _pair_arguments(old.arguments, new.arguments):
        shown = now or was
        for severity, message in _compare_arguments(was, now):
            yield Change(severity, slug, shown.name if shown else None, message)


def _pair_arguments(
    old: Sequence[Argument], new: Sequence[Argument]
) -> list[tuple[Argument | None, Argument | None]]:
    """Pair arguments by what callers write; those left over by their wire name, as renamed ones."""
    names = {argument.name for argument in old} & {argument.name for argument in new}
    return _pair(
        old,
        new,
        lambda argument: argument.name if argument.name in names else argument.wire_name,
    )


def _whole_changes(old: ModelPlan, new: ModelPlan) -> Iterator[Finding]:
    for what, was, now in (
        ("class", old.class_name, new.class_name),
        ("module", old.module, new.module),
        ("base class, and with it the result type,", old.base, new.base),
    ):
        if was != now:
            yield Severity.BREAKING, f"the {what} was `{was}` and is now `{now}`"
    yield from _content_changes(old, new)
    yield from price_changes(old, new)
    for what, before, after in (
        ("files that it returns", ", ".join(old.output_types), ", ".join(new.output_types)),
        ("time that it takes", _shown_seconds(old), _shown_seconds(new)),
    ):
        if before != after:
            yield (
                Severity.COSMETIC,
                f"the {what} was {before or 'not said'} and is {after or 'not said'}",
            )
    if (old.summary, old.subjects) != (new.summary, new.subjects):
        yield Severity.COSMETIC, "the description is worded differently"
    elif (old.title, old.cover) != (new.title, new.cover):
        yield Severity.COSMETIC, "its title or its picture in the catalog is another"
    kept = {argument.name for argument in old.arguments} & {
        argument.name for argument in new.arguments
    }
    if _order(old, kept) != _order(new, kept):
        yield Severity.COSMETIC, "the arguments stand in another order"


def _shown_seconds(model: ModelPlan) -> str:
    return "" if model.computing_seconds is None else f"{model.computing_seconds:g} seconds"


def _content_changes(old: ModelPlan, new: ModelPlan) -> Iterator[Finding]:
    """Compare which arguments a call may be without, as long as it gives another of them."""
    was = set(old.content) if old.is_any_content_enough else set[str]()
    now = set(new.content) if new.is_any_content_enough else set[str]()
    if now & {argument.name for argument in old.arguments if argument.default.required}:
        return  # one of them was required: that it no longer is, is reported of the argument
    if now and not was:
        yield Severity.BREAKING, f"a call that gives none of {_listed(now)} is refused now"
    elif now and was - now:
        yield Severity.BREAKING, f"a call that gives only {_listed(was - now)} is refused now"
    elif was != now:
        yield Severity.ADDITIVE, "calls are taken that give the model less to work on"


def _listed(names: set[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))


def _order(model: ModelPlan, names: set[str]) -> list[str]:
    return [argument.name for argument in model.arguments if argument.name in names]


def _compare_arguments(old: Argument | None, new: Argument | None) -> Iterator[Finding]:
    if new is None:
        yield Severity.BREAKING, "the argument is gone"
    elif old is None and new.default.required:
        yield Severity.BREAKING, "a new argument, and it is required"
    elif old is None:
        yield Severity.ADDITIVE, f"a new argument{_when_left_out(new)}"
    else:
        yield from _changes_of(old, new)


def _changes_of(old: Argument, new: Argument) -> Iterator[Finding]:
    meanings = list(_meaning_changes(old, new))
    yield from meanings
    if old.wire_name != new.wire_name:
        yield (
            Severity.COSMETIC,
            f"it is sent as {_spelled(new.wire_name)}, not {_spelled(old.wire_name)}",
        )
    if (old.type.marker, old.type.flag, old.url_name) != (
        new.type.marker,
        new.type.flag,
        new.url_name,
    ):
        yield Severity.COSMETIC, "the same value is written differently on the wire"
    if old.type.step != new.type.step:
        yield Severity.COSMETIC, f"its step was {_step(old.type)} and is {_step(new.type)}"
    yield from _listing_changes(old, new)
    if old.example != new.example and not meanings:
        yield Severity.COSMETIC, "its example in the catalog is another"
    if _labels(old.type, new.type) != _labels(new.type, old.type):
        yield Severity.COSMETIC, "its choices are labelled differently"
    elif old.doc != new.doc and not meanings and old.type == new.type:
        yield Severity.COSMETIC, "its documentation is worded differently"


def _listing_changes(old: Argument, new: Argument) -> Iterator[Finding]:
    """Compare what editors and forms list: no call means anything else, but the files are others."""
    offered, offered_now = (
        [choice.text for choice in one.type.choices if choice.text in _texts(other.type)]
        for one, other in ((old, new), (new, old))
    )
    if offered != offered_now:
        yield Severity.COSMETIC, "its choices stand in another order"
    if old.label != new.label and old.doc == new.doc:
        yield Severity.COSMETIC, "its label in the catalog is another"


def _texts(value_type: ValueType) -> set[Untrusted]:
    return {choice.text for choice in value_type.choices}


def _meaning_changes(old: Argument, new: Argument) -> Iterator[Finding]:
    if old.name != new.name:
        yield Severity.BREAKING, f"the argument was called `{old.name}`"
    yield from _type_changes(old.type, new.type)
    yield from _default_changes(old, new)
    yield from _constant_changes(old, new)


def _step(value_type: ValueType) -> str:
    return "none" if value_type.step is None else f"{value_type.step:g}"


def _labels(value_type: ValueType, other: ValueType) -> dict[Untrusted, Untrusted | None]:
    """Return the labels of choices that the other type offers too."""
    shared = _texts(other)
    return {choice.text: choice.label for choice in value_type.choices if choice.text in shared}


_WIDER = frozenset(
    {
        ("integer", "number"),
        ("file", "files"),
        *((narrow, "number or string") for narrow in ("integer", "number", "choice", "string")),
    }
)
"""Kinds whose every value the second kind takes too, whatever the values are."""


_ANY_STRUCTURE: Final = {"anyOf": [{"type": "array"}, {"type": "object"}]}


def _type_changes(old: ValueType, new: ValueType) -> Iterator[Finding]:
    if old.takes != new.takes:
        severity = Severity.ADDITIVE if _is_wider(old, new) else Severity.BREAKING
        yield severity, f"its kind was {old.takes} and is now {new.takes}"
        if severity is Severity.BREAKING:
            return
    if old.kind == "choice":
        yield from _choice_changes(old, new)
        return
    if old.schema != new.schema:
        # Without a schema it takes any list or mapping.
        was, now = (
            json.loads(expose(side.schema)) if side.schema is not None else _ANY_STRUCTURE
            for side in (old, new)
        )
        yield from structure_changes(was, now)
    yield from _bound_changes("at least", old.minimum, new.minimum, lambda was, now: now > was)
    yield from _bound_changes("at most", old.maximum, new.maximum, lambda was, now: now < was)


def _is_wider(old: ValueType, new: ValueType) -> bool:
    """Return whether the new kind takes every value of the old one, but for its range."""
    if old.kind == "choice" and new.kind in {"string", "integer", "number"} and not new.is_loose:
        is_text = [isinstance(choice.value, Untrusted) for choice in old.choices]
        is_whole = all(isinstance(choice.value, int) for choice in old.choices)
        if new.kind == "string":
            return all(is_text)
        return is_whole or (new.kind == "number" and not any(is_text))
    return (old.takes, new.takes) in _WIDER


def _choice_changes(old: ValueType, new: ValueType) -> Iterator[Finding]:
    """Compare what was offered with what is; a kind that is wider offers whatever its range holds."""
    was: set[Untrusted | float] = {choice.value for choice in old.choices}
    gone: set[Untrusted | float]
    if new.kind == "choice":
        now = {choice.value for choice in new.choices}
        gone = was - now
        for value in _in_order(new, now - was):
            yield Severity.ADDITIVE, f"{_spelled(value)} is offered now"
    else:
        gone = {
            value
            for value in was
            if not isinstance(value, Untrusted) and not is_within(value, new.minimum, new.maximum)
        }
    for value in _in_order(old, gone):
        yield Severity.BREAKING, f"{_spelled(value)} is no longer offered"


def _in_order(value_type: ValueType, values: set[Untrusted | float]) -> list[Untrusted | float]:
    return [choice.value for choice in value_type.choices if choice.value in values]


def _bound_changes(
    words: str, old: float | None, new: float | None, narrower: Callable[[float, float], bool]
) -> Iterator[Finding]:
    if old == new:
        return
    said = f"it took {_bound(words, old)} and takes {_bound(words, new)}"
    if new is not None and (old is None or narrower(old, new)):
        yield Severity.BREAKING, said
    else:
        yield Severity.ADDITIVE, said


def _bound(words: str, value: float | None) -> str:
    return f"{words} {value:g}" if value is not None else f"any value ({words} nothing)"


def _default_changes(old: Argument, new: Argument) -> Iterator[Finding]:
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
    """What is written when it is left out; the type distinguishes `1` from `True`."""
    value = argument.default.value
    return (type(value), value) if argument.default.is_sent else None


def _shown(argument: Argument) -> str:
    return _spelled(argument.default.value) if argument.default.is_sent else "nothing sent"


def _spelled(value: Value | None) -> str:
    return ascii(expose(value) if isinstance(value, Untrusted) else value)


def _when_left_out(argument: Argument) -> str:
    return f", {_shown(argument)} when left out" if argument.default.is_sent else ""


def _constant_changes(old: Argument, new: Argument) -> Iterator[Finding]:
    """Name constants that are gone, but for those of values that are reported as gone."""
    if old.constants is None:
        return
    now = {member.name: member.value for member in new.constants.members} if new.constants else {}
    offered = {choice.text for choice in new.type.choices}
    renamed_class = new.constants is not None and new.constants.name != old.constants.name
    for member in old.constants.members:
        is_reported = new.type.kind == "choice" and member.value not in offered
        if renamed_class or (not is_reported and now.get(member.name) != member.value):
            yield Severity.BREAKING, f"the constant `{old.constants.name}.{member.name}` is gone"


def _pair(
    old: Sequence[_Item], new: Sequence[_Item], key: Callable[[_Item], object]
) -> list[tuple[_Item | None, _Item | None]]:
    """Old and new side by side: what stayed or went in the old order, then what came."""
    was, now = {key(item): item for item in old}, {key(item): item for item in new}
    stayed = [(item, now.get(name)) for name, item in was.items()]
    return [*stayed, *((None, item) for name, item in now.items() if name not in was)]
