"""Whether a JSON value suits the JSON Schema of an input, and where in it it does not.

Of a schema the mock reads what a spec keeps: types, listed values, members, items, alternatives and bounds.
"""

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, cast

Schema: TypeAlias = Mapping[str, Any]

_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "array": (list,),
    "object": (dict,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
_BOUNDS: Final[Mapping[str, tuple[str, Callable[[float, float], bool]]]] = {
    "minimum": ("at least", operator.ge),
    "maximum": ("at most", operator.le),
    "exclusiveMinimum": ("more than", operator.gt),
    "exclusiveMaximum": ("less than", operator.lt),
}
_LONGEST_TEXT: Final = 1_000_000
"""A longest length above this is the limit of something else."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The part of a value that does not suit its schema."""

    path: str
    """The way to it: `[0].role`; empty for the value itself."""
    expected: str
    """In words."""
    value: Any
    is_of_type: bool = False
    """Whether it is the type that is wrong."""


def find_mismatch(schema: Schema, value: Any, path: str = "") -> Mismatch | None:
    """Return the first thing that does not suit, or None."""
    branches: Sequence[Schema] = schema.get("anyOf") or ()
    if branches:
        faults = [find_mismatch(branch, value, path) for branch in branches]
        return None if None in faults else _nearest(faults, branches, value, path)
    listed: Sequence[Any] | None = schema.get("enum")
    if listed is not None:
        is_listed = any(type(known) is type(value) and known == value for known in listed)
        return None if is_listed else Mismatch(path, f"one of {_joined(listed)}", value)
    kinds = _kinds(schema)
    if kinds and not any(_is_kind(value, kind) for kind in kinds):
        return Mismatch(path, " or ".join(sorted(kinds)), value, is_of_type=True)
    return next(_faults_inside(schema, value, path), None)


def _nearest(
    faults: Sequence[Mismatch | None], branches: Sequence[Schema], value: Any, path: str
) -> Mismatch:
    """Return what is wrong by the alternative that the value is of; else what all of them take."""
    inner = [fault for fault in faults if fault is not None and not fault.is_of_type]
    if inner and not any(branch.get("enum") for branch in branches):
        return inner[0]
    expected = dict.fromkeys(
        f"one of {_joined(branch['enum'])}" if branch.get("enum") else kind
        for branch in branches
        for kind in (_kinds(branch) or ["another value"])
    )
    return Mismatch(path, " or ".join(expected), value, is_of_type=True)


def _faults_inside(schema: Schema, value: Any, path: str) -> Iterator[Mismatch]:
    if isinstance(value, list):
        items = cast("list[object]", value)
        yield from _sized(schema, "Items", "items", items, path)
        for at, item in enumerate(items):
            yield from _faults_of(schema.get("items"), item, f"{path}[{at}]")
    elif isinstance(value, dict):
        yield from _members(schema, cast("dict[str, Any]", value), path)
    elif isinstance(value, str):
        yield from _sized(schema, "Length", "characters", value, path)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from _bounded(schema, value, path)


def _members(schema: Schema, value: dict[str, Any], path: str) -> Iterator[Mismatch]:
    known: Schema = schema.get("properties") or {}
    required: Sequence[str] = schema.get("required") or ()
    for name in required:
        if name not in value:
            yield Mismatch(path, f"a mapping with `{name}`", value)
    for name, member in value.items():
        inner = known.get(name, schema.get("additionalProperties"))
        yield from _faults_of(inner, member, f"{path}.{name}".removeprefix("."))


def _faults_of(schema: Any, value: Any, path: str) -> Iterator[Mismatch]:
    is_schema = isinstance(schema, dict)
    fault = find_mismatch(cast("Schema", schema), value, path) if is_schema else None
    if fault is not None:
        yield fault


def _sized(
    schema: Schema, what: str, noun: str, value: Sequence[Any], path: str
) -> Iterator[Mismatch]:
    low, high = schema.get(f"min{what}"), schema.get(f"max{what}")
    is_limit = what == "Length" and (high or 0) > _LONGEST_TEXT
    if is_limit or (low is not None and high is not None and low > high):
        return
    if low is not None and len(value) < low:
        yield Mismatch(path, f"at least {low} {noun}", value)
    elif high is not None and len(value) > high:
        yield Mismatch(path, f"at most {high} {noun}", value)


def _bounded(schema: Schema, value: float, path: str) -> Iterator[Mismatch]:
    for key, (words, holds) in _BOUNDS.items():
        bound: Any = schema.get(key)
        if isinstance(bound, int | float) and not holds(value, bound):
            yield Mismatch(path, f"{words} {bound}", value)


def _kinds(schema: Schema) -> list[str]:
    stated: str | list[str] = schema.get("type") or []
    return [stated] if isinstance(stated, str) else stated


def _is_kind(value: Any, kind: str) -> bool:
    is_bool = isinstance(value, bool)
    return isinstance(value, _TYPES.get(kind, (object,))) and is_bool == (kind == "boolean")


def _joined(values: Sequence[Any]) -> str:
    return ", ".join(f'"{value}"' if isinstance(value, str) else str(value) for value in values)
