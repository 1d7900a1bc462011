"""Inputs whose value is a list, a mapping or one of several kinds, sent as the JSON that it is.

A vendor's schema is read as data only: what is kept of it is a schema of ours, of keywords and names that
are known to be plain. Whatever else it says stays in the spec and types nothing.
"""

import json
import keyword
import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, cast

from wirogen.plan.types.value_type import ValueType
from wirogen.spec.content import LONGEST_TEXT
from wirogen.spec.model import Input
from wirogen.text.untrusted import Untrusted

_KEY: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}")
"""A member that begins with an underscore would be renamed, since classes hide such names."""
_TYPES: Final = frozenset({"string", "integer", "number", "boolean", "array", "object", "null"})
_BOUNDS: Final[Mapping[str, tuple[str, ...]]] = {
    "array": ("minItems", "maxItems"),
    "string": ("minLength", "maxLength"),
    "integer": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
}
"""What bounds the values of each type; a pattern is a program of the vendor's and is never run."""
_LONGEST_ENUM: Final = 256
"""More values than this are no type: editors choke on very long `Literal`s."""


def stated_value(field: Input, _: Sequence[Input]) -> ValueType | None:
    """An input whose document states the schema of its value takes that value, typed to the bottom, and sends it as JSON."""
    if field.value is None:
        return None
    schema = Untrusted(json.dumps(plain_schema(field.value), sort_keys=True))
    return ValueType("json", "JsonValue", schema=schema)


def takes(schema: Mapping[str, Any], value: object) -> bool:
    """Return whether a single value suits a plain schema."""
    if "anyOf" in schema:
        branches: list[Mapping[str, Any]] = schema["anyOf"]
        return any(takes(branch, value) for branch in branches)
    if "enum" in schema:
        listed: list[object] = schema["enum"]
        return any(type(known) is type(value) and known == value for known in listed)
    if "type" not in schema:
        return True
    kinds: dict[type, tuple[str, ...]] = {
        bool: ("boolean",),
        int: ("integer", "number"),
        float: ("number",),
        str: ("string",),
    }
    return bool(schema["type"] in kinds.get(type(value), ()) and _is_bounded(schema, value))


def _is_bounded(schema: Mapping[str, Any], value: object) -> bool:
    if isinstance(value, str):
        low: int = schema.get("minLength", 0)
        high: int = schema.get("maxLength", LONGEST_TEXT)
        return low <= len(value) <= high
    number = cast("float", value)
    limits: Mapping[str, Callable[[float, float], bool]] = {
        "minimum": operator.ge,
        "maximum": operator.le,
        "exclusiveMinimum": operator.gt,
        "exclusiveMaximum": operator.lt,
    }
    return all(holds(number, schema[key]) for key, holds in limits.items() if key in schema)


def plain_schema(stated: object) -> dict[str, Any]:
    """Return what types a value: known keywords, plain names, single values; `{}` where that is nothing."""
    if not isinstance(stated, Mapping):
        return {}
    schema = cast("Mapping[str, Any]", stated)
    branches = schema.get("anyOf")
    if isinstance(branches, list):
        return {"anyOf": [plain_schema(branch) for branch in cast("list[object]", branches)]}
    if isinstance(schema.get("enum"), list):
        return _listed(schema["enum"])
    return _of_kind(schema.get("type"), schema)


def _of_kind(kind: object, schema: Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(kind, list):
        kinds = [name for name in cast("list[object]", kind) if isinstance(name, str)]
        return {"anyOf": [_of_kind(name, schema) for name in kinds]}
    if kind == "array":
        return {
            "type": "array",
            "items": plain_schema(schema.get("items")),
            **_bounds("array", schema),
        }
    if kind == "object":
        return _mapping(schema)
    if not isinstance(kind, str) or kind not in _TYPES:
        return {}
    return {"type": kind, **_bounds(kind, schema)}


def _bounds(kind: str, schema: Mapping[str, Any]) -> dict[str, float]:
    """Bounds that can be kept to: numbers with something between them; lengths of a text that may be sent."""
    stated = [(key, schema[key]) for key in _BOUNDS.get(kind, ()) if key in schema]
    is_counted = kind in {"array", "string"}
    if not all(_is_bound(bound, is_counted=is_counted) for _, bound in stated):
        return {}
    rounded: Mapping[str, Callable[[float], float]] = _WHOLE if kind == "integer" else {}
    bounds: dict[str, float] = {key: rounded.get(key, _same)(bound) for key, bound in stated}
    lows = [bound for key, bound in bounds.items() if "min" in key.lower()]
    highs = [bound for key, bound in bounds.items() if "max" in key.lower()]
    is_empty = bool(lows and highs) and max(lows) > min(highs)
    return {} if is_empty or bounds.get("maxLength", 0) > LONGEST_TEXT else bounds


def _same(bound: float) -> float:
    return bound


_WHOLE: Final[Mapping[str, Callable[[float], float]]] = {
    "minimum": math.ceil,
    "exclusiveMinimum": math.floor,
    "maximum": math.floor,
    "exclusiveMaximum": math.ceil,
}
"""The whole bound that says the same of whole numbers; no class of theirs takes another."""


def _is_bound(bound: object, *, is_counted: bool) -> bool:
    if is_counted:
        return type(bound) is int and bound >= 0
    return type(bound) in {int, float} and math.isfinite(cast("float", bound))


def _mapping(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A mapping with its names; one without any, or with a name that is none in Python, takes any."""
    members = schema.get("properties")
    if not isinstance(members, Mapping) or not members:
        return {
            "type": "object",
            "additionalProperties": plain_schema(schema.get("additionalProperties")),
        }
    named = cast("Mapping[str, object]", members)
    if not all(_KEY.fullmatch(name) and not keyword.iskeyword(name) for name in named):
        return {"type": "object"}
    required = schema.get("required")
    listed = cast("list[object]", required) if isinstance(required, list) else []
    return {
        "type": "object",
        "properties": {name: plain_schema(member) for name, member in named.items()},
        "required": [name for name in named if name in listed],
    }


def _listed(values: list[object]) -> dict[str, Any]:
    """Listed values; a number with fractions is any number, since no `Literal` holds one, and a structure is any JSON."""
    plain = [value for value in values if isinstance(value, str | int)]
    rest = [value for value in values if not isinstance(value, str | int)]
    if len(values) > _LONGEST_ENUM or not all(isinstance(value, float) for value in rest):
        return {}
    branches = [{"enum": plain}] * bool(plain) + [{"type": "number"}] * bool(rest)
    return branches[0] if len(branches) == 1 else {"anyOf": branches} if branches else {}
