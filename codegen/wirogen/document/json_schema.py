"""The JSON Schema of one input: references followed, compositions merged, and what is left over named.

OpenAPI 3.0 and 3.1 spell one thing in many ways (`allOf` around one reference, `anyOf` with null, `const`,
`nullable`, a list of types). Here they become one spelling, so that whoever reads on asks for `type`,
`enum`, bounds, `properties` and `items` alone.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias, cast

from referencing import Registry
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

from wirogen.spec.yaml_scalar import INTEGER_LIMIT

Schema: TypeAlias = Mapping[str, Any]

_DEPTH: Final = 9
"""Containers in which a structure is typed; what lies deeper is any JSON. A spec nests little deeper."""
_BOUNDS: Final[Mapping[str, Any]] = {
    "minimum": max, "minLength": max, "minItems": max, "exclusiveMinimum": max,
    "maximum": min, "maxLength": min, "maxItems": min, "exclusiveMaximum": min,
}  # fmt: skip
"""Of two bounds, the one that binds."""
_KEPT: Final = (
    "type", "enum", "properties", "required", "items", "additionalProperties", "anyOf", *_BOUNDS,
)  # fmt: skip
_ORDERED: Final = (
    ("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems"),
)  # fmt: skip
_TYPES: Final = ("string", "integer", "number", "boolean", "array", "object", "null")
_COUNTS: Final = {"minLength", "maxLength", "minItems", "maxItems"}
_PROSE: Final = frozenset({"title", "description", "default", "example", "examples", "nullable"})


class SchemaResolver:
    """Brings the schemas of a document into one spelling.

    Args:
        root: the whole document, which references point into.
    """

    def __init__(self, root: object) -> None:
        resource = DRAFT202012.create_resource(cast("Any", root))
        self._resolver = Registry[Any]().with_resource("", resource).resolver()
        self._following: list[str] = []
        self._notes: dict[str, None] = {}

    def take_notes(self) -> list[str]:
        """Return what was not used of the schemas that were read since the last time."""
        notes = [*self._notes]
        self._notes.clear()
        return notes

    def flatten(self, schema: object) -> dict[str, Any]:
        """Return one level of a schema without references and compositions; null is never among its types."""
        if not isinstance(schema, dict):
            return {}
        stated = dict(cast("Schema", schema))
        flat = self._follow(stated.pop("$ref", None))
        parts = stated.pop("allOf", None)
        for part in cast("list[object]", parts if isinstance(parts, list) else []):
            flat = _merge(flat, self.flatten(part))
        flat = _merge(flat, stated)
        if "const" in flat:
            flat["enum"] = [flat.pop("const")]
        self._choose(flat)
        _drop_null(flat)
        return flat

    def structure(self, schema: object, depth: int = 0) -> dict[str, Any]:
        """Return all levels of a schema in one spelling: what a JSON value may be, and nothing else."""
        opened = self._open(schema)
        flat = self.flatten(schema)
        if depth > _DEPTH and flat:
            self._notes.setdefault("what lies deeper than a spec can say")
            flat = {}
        unused = [key for key in flat if key not in _KEPT and key not in _PROSE and key != "$ref"]
        self._notes |= dict.fromkeys(f"`{key}`" for key in unused if not key.startswith("x-"))
        self._check_bounds(flat)
        self._notes |= dict.fromkeys(_drop_odd(flat))
        self._following += opened
        kept = {key: self._member(key, flat[key], depth) for key in _KEPT if key in flat}
        del self._following[len(self._following) - len(opened) :]
        if "properties" in kept and "anyOf" not in kept:
            kept.setdefault("type", "object")
        only = {"anyOf": kept["anyOf"]} if "anyOf" in kept else kept
        made = {key: value for key, value in only.items() if value is not None}
        is_nullable = depth and flat.get("nullable") is True and made not in ({}, {"type": "null"})
        return _or_null(made) if is_nullable else made

    def _check_bounds(self, flat: dict[str, Any]) -> None:
        """Spell exclusive bounds as newer schemas do; leave out what bounds nothing, with a note."""
        for bound in ("minimum", "maximum"):
            exclusive = f"exclusive{bound.capitalize()}"
            if flat.get(exclusive) is True and bound in flat:
                flat[exclusive] = flat.pop(bound)
            elif isinstance(flat.get(exclusive), bool):
                del flat[exclusive]
        for key in [key for key in flat if key in _BOUNDS]:
            if not _is_number(flat[key]) or abs(flat[key]) >= INTEGER_LIMIT:
                self._notes.setdefault(f"`{key}` {flat.pop(key)!r:.40}")
        for low, high in _ORDERED:
            if low in flat and high in flat and flat[low] > flat[high]:
                self._notes.setdefault(f"`{low}` {flat.pop(low)} above `{high}` {flat.pop(high)}")

    def _member(self, key: str, value: Any, depth: int) -> Any:
        """Return what stands under a keyword of a structure, its own schemas in one spelling too."""
        if key == "anyOf":
            return [self.structure(branch, depth + 2) for branch in value]
        if key == "properties" and isinstance(value, dict):
            members = cast("Schema", value).items()
            return {name: self.structure(member, depth + 2) for name, member in members}
        if key in {"items", "additionalProperties"} and isinstance(value, dict):
            return self.structure(cast("object", value), depth + 1)
        return value

    def _open(self, schema: object) -> list[str]:
        """Return the references at the top of a schema: inside it, each would lead in a circle."""
        if not isinstance(schema, dict):
            return []
        stated = cast("Schema", schema)
        listed = stated.get("allOf")
        parts: list[object] = [stated, *(listed if isinstance(listed, list) else ())]
        references = [cast("Schema", part).get("$ref") for part in parts if isinstance(part, dict)]
        return [reference for reference in references if isinstance(reference, str)]

    def _follow(self, reference: object) -> dict[str, Any]:
        """Return the flat schema that a reference names; nothing for one that leads nowhere or in a circle."""
        if not isinstance(reference, str):
            return {}
        if reference in self._following:
            self._notes.setdefault(f"{reference!r} inside itself")
            return {"$ref": reference}
        try:
            target = self._resolver.lookup(reference).contents
        except (Unresolvable, ValueError):
            self._notes.setdefault(f"{reference!r}, which names nothing in this document")
            return {"$ref": reference}
        self._following.append(reference)
        try:
            return self.flatten(target)
        finally:
            self._following.pop()

    def _choose(self, flat: dict[str, Any]) -> None:
        """Fold alternatives into one: null goes, listed values come together, a lone one is merged."""
        for key in ("anyOf", "oneOf"):
            branches = flat.pop(key, None)
            if not isinstance(branches, list):
                continue
            listed = [self.flatten(branch) for branch in cast("list[object]", branches)]
            real = [branch for branch in listed if branch != {"type": "null"}]
            if len(real) < len(listed):
                flat["nullable"] = True
            if len(real) == 1:
                flat |= _merge(flat, real[0])
            elif real and all("enum" in branch for branch in real) and _is_one_type(real):
                flat["enum"] = [value for branch in real for value in branch["enum"]]
                flat.setdefault("type", real[0].get("type"))
            elif real and all(_is_open_number(branch) for branch in real):
                flat |= self._number_of(real)
            elif real and all(branch.get("type") == "string" for branch in real):
                flat |= self._text_of(real)
            elif real:
                flat["anyOf"] = [*flat.get("anyOf", ()), *real]

    def _text_of(self, branches: list[dict[str, Any]]) -> dict[str, Any]:
        """Return the one text that several alternatives of texts come to; a file, if any is one."""
        formats = [branch.get("format") for branch in branches]
        unlike = {key for branch in branches for key in branch if key not in {"type", *_PROSE}}
        self._notes |= dict.fromkeys(f"`{key}`" for key in sorted(unlike - {"format"}))
        form = "binary" if "binary" in formats else formats[0] if len(set(formats)) == 1 else None
        return {"type": "string"} | ({} if form is None else {"format": form})

    def _number_of(self, branches: list[dict[str, Any]]) -> dict[str, Any]:
        """Return the one number that several alternatives of numbers come to, within the widest of their bounds."""
        kinds = {branch["type"] for branch in branches}
        number: dict[str, Any] = {"type": kinds.pop() if len(kinds) == 1 else "number"}
        for key, widest in (("minimum", min), ("maximum", max)):
            bounds = [branch.get(key) for branch in branches]
            if all(_is_number(bound) for bound in bounds):
                number[key] = widest(cast("list[float]", bounds))
        read = {"type", "minimum", "maximum", *_PROSE}
        unread = {key for branch in branches for key in branch if key not in read}
        self._notes |= dict.fromkeys(f"`{key}`" for key in sorted(unread))
        return number


def _is_open_number(schema: Schema) -> bool:
    return schema.get("type") in {"integer", "number"} and "enum" not in schema


def _is_one_type(branches: list[dict[str, Any]]) -> bool:
    return len({str(branch.get("type")) for branch in branches}) == 1


def _merge(first: Schema, second: Schema) -> dict[str, Any]:
    """Return a schema that holds what both say: the narrower of two bounds, the values that both list."""
    merged = {**first, **second}
    for key in first.keys() & second.keys():
        values: tuple[object, object] = (first[key], second[key])
        if key in _BOUNDS and all(_is_number(value) for value in values):
            merged[key] = _BOUNDS[key](*values)
        elif key in {"enum", "required"} and all(isinstance(value, list) for value in values):
            ours, theirs = cast("tuple[list[object], list[object]]", values)
            both = [value for value in ours if value in theirs]
            merged[key] = both if key == "enum" else [*dict.fromkeys([*ours, *theirs])]
        elif key == "properties" and all(isinstance(value, dict) for value in values):
            mine, others = cast("tuple[Schema, Schema]", values)
            merged[key] = {**mine, **others}
    return merged


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _drop_odd(flat: dict[str, Any]) -> Iterator[str]:
    """Leave out keywords that have not the shape they must have; returns the name of each."""
    shapes: Mapping[str, Callable[[object], bool]] = {
        "type": lambda stated: stated != [] and all(kind in _TYPES for kind in _listed(stated)),
        "enum": lambda stated: isinstance(stated, list),
        "required": lambda stated: (
            isinstance(stated, list) and all(map(_is_text, _listed(cast("object", stated))))
        ),
        "properties": lambda stated: isinstance(stated, dict),
        "items": lambda stated: isinstance(stated, dict | bool),
        "additionalProperties": lambda stated: isinstance(stated, dict | bool),
    }
    for key, fits in shapes.items():
        if flat.get(key) is not None and not fits(flat[key]):
            del flat[key]
            yield f"`{key}`"
    for key in _COUNTS & flat.keys():
        count = flat[key]
        flat[key] = int(count) if isinstance(count, float) and count.is_integer() else count
        if not isinstance(flat[key], int) or flat[key] < 0:
            yield f"`{key}` {flat.pop(key)!r:.40}"
    values = [value for value in _listed(flat.get("enum")) if value is not None]
    if not all(map(_is_single, values)):
        yield "`enum`, since a spec holds no structures and no giant numbers among listed values"
        del flat["enum"]
    elif isinstance(flat.get("enum"), list):  # null alone is a type of its own
        flat |= (
            {"enum": values}
            if values
            else {"enum": None} | ({"type": "null"} if flat["enum"] else {})
        )


def _listed(stated: object) -> list[Any]:
    """Return what a keyword lists, or the one value that may stand for a list of it."""
    if isinstance(stated, list):
        return [*cast("Sequence[Any]", stated)]
    return [] if stated is None else [str(stated)]


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_single(value: object) -> bool:
    """Whether a listed value is one that a spec holds."""
    if isinstance(value, str | bool):
        return True
    return isinstance(value, int | float) and abs(value) < INTEGER_LIMIT


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema that takes null as well, as a member or an item of a structure may."""
    return {"anyOf": [*schema.get("anyOf", [schema]), {"type": "null"}]}


def _drop_null(flat: dict[str, Any]) -> None:
    """Null says "left out", which every optional argument can be; inside a structure, it is a value."""
    listed: object = flat.get("enum")
    stated: object = flat.get("type")
    if (isinstance(listed, list) and None in listed) or (
        isinstance(stated, list) and "null" in stated
    ):
        flat["nullable"] = True
    kinds = flat.get("type")
    if isinstance(kinds, list):
        real = [kind for kind in cast("list[object]", kinds) if kind != "null"]
        flat["type"] = real[0] if len(real) == 1 else real or "null"
    if isinstance(flat.get("enum"), list) and flat.get("type") is not None:
        flat["enum"] = [value for value in flat["enum"] if value is not None] or flat["enum"]
