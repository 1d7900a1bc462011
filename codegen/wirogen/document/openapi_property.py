"""One property of an openapi.json, with each keyword in the shape that it must have."""

import json
from collections.abc import Mapping
from typing import Any, Final, cast

from wirogen.document.json_tree import Tree
from wirogen.spec.input_name import names_file, names_url_of_file

_TEXTS: Final = ("title", "description", "format", "x-label", "x-help", "x-input-type")
_TYPES: Final[Mapping[str, Mapping[str, str]]] = {
    **{
        name: {"type": name}
        for name in ("string", "number", "integer", "boolean", "array", "object", "null")
    },
    **{name: {"type": "integer"} for name in ("int", "long")},
    **{name: {"type": "number"} for name in ("float", "double")},
    "bool": {"type": "boolean"},
    "file": {"type": "string", "format": "binary"},
}
"""JSON's own types in lower case, and the words of other languages that say the same."""
_SHAPES: Final = {
    **dict.fromkeys(_TEXTS, "no text"),
    "type": "no type of JSON",
    "enum": "no list",
    **dict.fromkeys(("minLength", "maxLength"), "no length"),
}
_IMPLIED: Final[Mapping[str, str]] = {
    **dict.fromkeys(("format", "minLength", "maxLength", "pattern"), "string"),
    **dict.fromkeys(("minimum", "maximum", "multipleOf"), "number"),
    **dict.fromkeys(("exclusiveMinimum", "exclusiveMaximum"), "number"),
}
"""What a keyword says of the type where nothing else does."""
_SAY_MORE: Final = frozenset({"enum", "x-options", "x-input-type", "anyOf", "properties", "items"})


def tidy(flat: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, object]]:
    """Return a schema in which each keyword has its shape, and what has another shape and is kept apart."""
    schema = dict(flat)
    unread: dict[str, object] = {}
    for key in _TEXTS:
        value = schema.get(key)
        if isinstance(value, list | dict):
            unread[key] = schema.pop(key)
        elif value is not None and not isinstance(value, str):
            schema[key] = json.dumps(value)
    if schema.get("enum") is not None and not isinstance(schema["enum"], list):
        unread["enum"] = schema.pop("enum")
    if isinstance(schema.get("required"), bool):
        del schema["required"]  # of an object, it would be a list; here it was read with the others
    schema |= _type_of(schema, unread)
    return schema, unread


def explain(key: str) -> str:
    """Say what is wrong with a keyword that could not be read, for a note."""
    return f"`{key}` is {_SHAPES.get(key, 'no number')} and is kept as it stands"


def _type_of(schema: dict[str, Any], unread: dict[str, object]) -> Mapping[str, str]:
    stated = schema.get("type")
    if isinstance(stated, str):
        return _TYPES.get(stated.strip().lower(), {})
    if isinstance(stated, list):
        kinds = cast("list[object]", stated)
        if all(isinstance(kind, str) for kind in kinds):
            return {}
    if stated is not None:
        unread["type"] = schema.pop("type")
    if not _SAY_MORE.isdisjoint(key for key, value in schema.items() if value is not None):
        return {}
    implied = next((kind for key, kind in _IMPLIED.items() if key in schema), None)
    return {} if implied is None else {"type": implied}


def are_files(name: str, items: Mapping[str, object]) -> bool:
    """Whether the members of a list are files: binary, URLs under the name of a medium, or texts under one of files."""
    if items.get("type") != "string" or "enum" in items:
        return False
    form = items.get("format")
    is_url = form == "uri" and names_url_of_file(f"{name}Url")
    return form == "binary" or is_url or names_file(name)


def kind_of_values(schema: Tree) -> str | None:
    """What JSON calls the listed values, where the schema does not call them anything."""
    kinds: set[type] = {type(value.value) for value in schema["enum"].elements()}
    if kinds == {bool}:
        return "boolean"
    if kinds and kinds <= {int, float}:
        return "integer" if kinds == {int} else "number"
    return None


def kind_of_default(schema: Tree) -> str:
    """What JSON calls the default, where nothing else says what the value is; a text if there is none."""
    default = schema["default"].value
    if isinstance(default, bool):
        return "boolean"
    return "number" if isinstance(default, int | float) else "string"


def lists_unlike_values(schema: Tree) -> bool:
    """Whether the listed values are of several kinds, or structures: no choice between texts says that."""
    listed = [value for value in schema["enum"].elements() if value.value is not None]
    if any(value.is_structure for value in listed):
        return True
    kinds = {"number" if type(v.value) in {int, float} else type(v.value).__name__ for v in listed}
    return schema["type"].value is None and len(kinds) > 1
