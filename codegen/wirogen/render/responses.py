"""The platform's own answers as types, for whoever reads them: written from `responses` of `platform.yaml`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from wirogen.render.customization import Customization
from wirogen.render.format import format_files
from wirogen.render.template import render
from wirogen.render.typed_dicts import annotations, classes_of, write_typed_dicts
from wirogen.spec.model import Responses, ResponseSchema
from wirogen.text.untrusted import Paragraph, Untrusted, docstring, identifier

_WRAPPER: Final = "AllResponses"
_MODULE: Final = "responses.py"


@dataclass(frozen=True)
class FieldView:
    """One field as the template shows it; every part is Python source."""

    name: str
    annotation: str
    doc: str | None


@dataclass(frozen=True)
class ObjectView:
    """One object as the template shows it."""

    name: str
    doc: str
    fields: tuple[FieldView, ...]


def responses_module(responses: Responses) -> bytes:
    """Write the module: a `TypedDict` for each object, in the order of the spec."""
    views = list(_views(responses.schemas))
    text = render(_MODULE, Customization(), objects=views, names=sorted(v.name for v in views))
    return format_files({_MODULE: text}, package="wiro_runtime")[_MODULE]


def _views(schemas: Mapping[str, ResponseSchema]) -> Iterator[ObjectView]:
    # Abstract containers: what came over the wire is read, and `list` is also the name of a field.
    tree = write_typed_dicts(_definitions(schemas), use_generic_container_types=True)
    classes = classes_of(tree)
    for name, schema in schemas.items():
        types = annotations(classes[name])
        yield ObjectView(
            identifier(name),
            docstring([Paragraph(Untrusted(schema.description))], indent=4),
            tuple(
                FieldView(identifier(field), types[field], _doc(stated))
                for field, stated in schema.properties.items()
            ),
        )


def _definitions(schemas: Mapping[str, ResponseSchema]) -> dict[str, Any]:
    definitions = {
        name: {"title": name, "type": "object", "properties": schema.properties}
        for name, schema in schemas.items()
    }
    return {"title": _WRAPPER, "type": "object", "$defs": definitions}


def _doc(stated: Mapping[str, object]) -> str | None:
    description = stated.get("description")
    return docstring([Paragraph(Untrusted(str(description)))], indent=4) if description else None
