"""Python types of fields that hold single values and files: what few lines say as well as a library."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast

from wirogen.plan.model import Argument
from wirogen.plan.types.value_type import ValueType
from wirogen.text.untrusted import Untrusted, expose, literal

_BASES: Final[Mapping[str, str]] = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "file": "FileInput",
    "files": "Files",
    "json": "dict[str, Any] | list[Any] | str",
}


@dataclass(frozen=True)
class FieldType:
    """The type of one field; every part is Python source."""

    base: str
    constraints: str | None
    """A call of `Field`."""
    default: str | None
    """None for a required argument."""


def scalar_type(argument: Argument) -> FieldType:
    """Return the type of an argument that is no typed structure."""
    value_type = argument.type
    return field_type(argument, _base(value_type))


def field_type(argument: Argument, base: str) -> FieldType:
    """Return a type with what every field has: None where it may be left out, a range, a default."""
    default = _default(argument)
    is_nullable = default == "None" and "None" not in base.split(" | ")
    return FieldType(
        f"{base} | None" if is_nullable else base, _constraints(argument.type), default
    )


def _base(value_type: ValueType) -> str:
    if value_type.is_loose:
        return "float | str"
    values = [choice.value for choice in value_type.choices]
    if value_type.kind != "choice":
        return _BASES[value_type.kind]
    if value_type.offered:
        return "float"  # a `Literal` holds none; the encoding refuses the rest
    return f"Literal[{', '.join(literal(value) for value in values)}]"


def _constraints(value_type: ValueType) -> str | None:
    if not value_type.is_numeric:
        return None
    limits = {"ge": value_type.minimum, "le": value_type.maximum}
    number = int if value_type.kind == "integer" else float
    stated = [
        f"{name}={literal(number(limit))}" for name, limit in limits.items() if limit is not None
    ]
    return f"Field({', '.join(stated)})" if stated else None


def _default(argument: Argument) -> str | None:
    default = argument.default
    if default.required:
        return None
    if not default.is_sent or default.value is None:
        return "None"
    if argument.type.kind == "json" and isinstance(default.value, Untrusted):
        return json_literal(json.loads(expose(default.value)))
    return literal(default.value)


def json_literal(value: object) -> str:
    """A JSON value in Python, its texts in our own quotes."""
    if isinstance(value, list):
        return f"[{', '.join(map(json_literal, cast('list[object]', value)))}]"
    if isinstance(value, dict):
        members = cast("dict[str, object]", value).items()
        shown = (f"{json_literal(key)}: {json_literal(member)}" for key, member in members)
        return f"{{{', '.join(shown)}}}"
    return literal(Untrusted(value) if isinstance(value, str) else cast("float | None", value))
