"""Inputs whose value is a list, a mapping or one of several kinds, sent as the JSON that it is.

A vendor's schema is read as data only: what is kept of it is a schema of ours, of keywords and names that
are known to be plain. Whatever else it says stays in the spec and types nothing.
"""

import json
import keyword
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from wirogen.plan.types.value_type import ValueType
from wirogen.spec.model import Input
from wirogen.text.untrusted import Untrusted

_KEY: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,79}")
_TYPES: Final = frozenset({"string", "integer", "number", "boolean", "array", "object", "null"})
_LONGEST_ENUM: Final = 256
"""More values than this are no type: editors choke on very long `Literal`s."""


def stated_value(field: Input, _: Sequence[Input]) -> ValueType | None:
    """An input whose document states the schema of its value takes that value, typed to the bottom, and sends it as JSON."""
    if field.value is None:
        return None
    schema = Untrusted(json.dumps(plain_schema(field.value), sort_keys=True))
    return ValueType("json", "JsonValue", schema=schema)


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
        return {"type": "array", "items": plain_schema(schema.get("items"))}
    if kind == "object":
        return _mapping(schema)
    return {"type": kind} if isinstance(kind, str) and kind in _TYPES else {}


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
