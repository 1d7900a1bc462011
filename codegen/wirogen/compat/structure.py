"""Whether a structure takes what it took: two JSON Schemas of ours (`plan.types.structure`), level by level."""

from collections.abc import Callable, Iterator, Mapping
from operator import gt, lt
from typing import Any, Final, TypeAlias, cast

from wirogen.compat.change import Finding, Severity

Schema: TypeAlias = Mapping[str, Any]

_STRICTER: Final[Mapping[str, Callable[[float, float], bool]]] = {
    **dict.fromkeys(("minItems", "minLength", "minimum", "exclusiveMinimum"), gt),
    **dict.fromkeys(("maxItems", "maxLength", "maximum", "exclusiveMaximum"), lt),
}
"""When a bound refuses more than another one of its kind."""

_TYPES: Final[Mapping[type, str]] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    type(None): "null",
}


def structure_changes(old: Schema, new: Schema) -> Iterator[Finding]:
    """Return what a structure no longer takes, else that it takes more than before."""
    lost = list(dict.fromkeys(_lost(old, new, "")))
    if lost:
        yield from ((Severity.BREAKING, message) for message in lost)
    elif any(True for _ in _lost(new, old, "")):
        yield Severity.ADDITIVE, "the structure that it takes is a wider one"
    elif old != new:
        yield Severity.COSMETIC, "the structure that it takes is stated otherwise"


def _lost(old: Schema, new: Schema, path: str) -> Iterator[str]:
    """What the old schema takes and the new one does not; `path` leads to them in the value."""
    if not new:
        return
    if "anyOf" in old:
        for branch in old["anyOf"]:
            yield from _lost(branch, new, path)
    elif "anyOf" in new:
        if all(any(True for _ in _lost(old, branch, path)) for branch in new["anyOf"]):
            yield f"{_place(path)} no longer takes {_said(old)}"
    elif "enum" in old:
        gone = [value for value in old["enum"] if not _takes(new, value)]
        yield from (f"{_place(path)} no longer takes {value!r}" for value in gone)
    elif "enum" in new or not _is_of(str(old.get("type", "")), new):
        yield f"{_place(path)} took {_said(old)} and takes {_said(new)}"
    else:
        yield from _lost_bounds(old, new, path)
        yield from _lost_members(old, new, path)


def _lost_bounds(old: Schema, new: Schema, path: str) -> Iterator[str]:
    for key, is_stricter in _STRICTER.items():
        if key in new and (key not in old or is_stricter(new[key], old[key])):
            was = f"was {old[key]:g}" if key in old else "was not there"
            yield f"{_place(path)}: `{key}` {was} and is {new[key]:g}"


def _lost_members(old: Schema, new: Schema, path: str) -> Iterator[str]:
    yield from _lost(old.get("items", {}), new.get("items", {}), f"{path}[]")
    was, now = old.get("properties", {}), new.get("properties", {})
    for name in sorted({*new.get("required", ())} - {*old.get("required", ())}):
        yield f"`{_joined(path, name)}` is required now"
    others, others_now = (_others(schema) for schema in (old, new))
    for name, member in was.items():
        if name in now:
            yield from _lost(member, now[name], _joined(path, name))
        elif now:
            yield f"`{_joined(path, name)}` is gone"
        else:
            yield from _lost(member, others_now, _joined(path, name))
    if not was:
        for name, member in now.items():
            yield from _lost(others, member, _joined(path, name))
        yield from _lost(others, others_now, _joined(path, "*"))


def _others(schema: Schema) -> Schema:
    stated = schema.get("additionalProperties")
    return cast("Schema", stated) if isinstance(stated, dict) else {}


def _takes(schema: Schema, value: object) -> bool:
    if "enum" in schema:
        return any(type(value) is type(listed) and value == listed for listed in schema["enum"])
    return not schema.get("type") or _is_of(_TYPES[type(value)], schema)


def _is_of(kind: str, schema: Schema) -> bool:
    wanted = schema.get("type")
    return wanted in {None, kind} or (kind, wanted) == ("integer", "number")


def _said(schema: Schema) -> str:
    if "enum" in schema:
        return ", ".join(map(repr, schema["enum"]))
    if "anyOf" in schema:
        return " or ".join(map(_said, schema["anyOf"]))
    return str(schema.get("type", "any value"))


def _place(path: str) -> str:
    return f"`{path}`" if path else "it"


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
