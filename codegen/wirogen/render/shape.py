"""Types of fields, each distinct shape asked of datamodel-code-generator once.

What it writes for a field follows from the field's own schema and from whether it is required; no
field sees its neighbours, and names are ours already. Models say `resolution`, `seed` and `prompt` in
few ways, so most fields of a thousand models have been typed before. A test holds that the result
is what asking for each model alone would give.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple
from functools import cache
from importlib.metadata import version
from typing import Any, Final, Protocol, TypeAlias

from wirogen.digest import digest
from wirogen.render.field_types import FieldType, field_types

Shape: TypeAlias = str
"""One field's schema and whether it is required, as JSON."""

_known: Final[dict[Shape, FieldType]] = {}
"""By shape, for the life of the process; a pure function of the pinned datamodel-code-generator."""


def shapes(schema: Mapping[str, Any]) -> dict[str, Shape]:
    """Return the shape of each field of a model's schema, by name."""
    required = set(schema["required"])
    return {
        name: json.dumps([field, name in required], sort_keys=True)
        for name, field in schema["properties"].items()
    }


def typed(schema: Mapping[str, Any]) -> dict[str, FieldType]:
    """Type the fields of a model, as `field_types` does."""
    learn([schema])
    return {name: _known[shape] for name, shape in shapes(schema).items()}


class Store(Protocol):
    """Keeps JSON values from run to run."""

    def read(self, key: str) -> Any:
        """Return the value under a key, or None."""
        ...

    def write(self, key: str, value: Any) -> None:
        """Keep a value."""
        ...


def learn(schemas: Sequence[Mapping[str, Any]], store: Store | None = None) -> None:
    """Type every field of some models that has a shape not seen yet, in one go.

    Args:
        schemas: those of the models.
        store: has the types of models that were typed by earlier runs, and gets those of these.
    """
    fields: dict[Shape, Any] = {}
    asked: list[dict[str, Shape]] = []
    for schema in schemas:
        found = shapes(schema)
        if found and not (store is not None and _recall(found, store)):
            fields.update({shape: schema["properties"][name] for name, shape in found.items()})
            asked.append(found)
    _ask({shape: field for shape, field in fields.items() if shape not in _known})
    if store is not None:
        for found in asked:
            store.write(_key(found), {shape: astuple(_known[shape]) for shape in found.values()})


def _recall(found: Mapping[str, Shape], store: Store) -> bool:
    """Learn from the store what an earlier run was told about a model."""
    stated = store.read(_key(found))
    if stated is None:
        return False
    _known.update({shape: FieldType(*parts) for shape, parts in stated.items()})
    return True


def _key(found: Mapping[str, Shape]) -> str:
    return digest("\n".join([_tool(), *sorted(found.values())]).encode())


@cache
def _tool() -> str:
    return f"datamodel-code-generator {version('datamodel-code-generator')}"


def _ask(new: Mapping[Shape, Any]) -> None:
    if not new:
        return
    names = {f"field_{number}": shape for number, shape in enumerate(new)}
    made = field_types(
        {
            "title": "Fields",
            "type": "object",
            "properties": {name: new[shape] for name, shape in names.items()},
            "required": [name for name, shape in names.items() if json.loads(shape)[1]],
        }
    )
    _known.update({shape: made[name] for name, shape in names.items()})
