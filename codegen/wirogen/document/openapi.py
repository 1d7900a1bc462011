"""The per-model openapi.json.

One schema of it is about the model: the body of the Run request. The form names a widget only for
selects and combined file inputs (`x-input-type`); of the others it states no more than JSON's own
types, and the fields of a file input and its URL both look like any text.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final, cast
from urllib.parse import quote

from wirogen.document.document import (
    DocumentInput,
    DocumentOption,
    DocumentStatus,
    ModelDocument,
)
from wirogen.document.json_schema import SchemaResolver
from wirogen.document.json_tree import Tree
from wirogen.document.openapi_property import (
    are_files,
    explain,
    kind_of_default,
    kind_of_values,
    lists_unlike_values,
    tidy,
)
from wirogen.document.openapi_run import run_operation, run_schema
from wirogen.document.option_list import read_options
from wirogen.spec.input_name import (
    names_file,
    names_several,
    names_url_of_file,
    url_siblings,
    without_url,
)
from wirogen.spec.yaml_scalar import INTEGER_LIMIT

_DETAIL: Final = "/Task/Detail"
_TITLE: Final = re.compile(r"(?P<name>.*?) API(?: \([^()]*\))?", re.DOTALL)
_TIME: Final = re.compile(r"\*\*Processing Time:\*\*(?P<time>[^\n]*)")

_WIDGETS: Final = {
    "string": "text",
    "number": "number",
    "integer": "integer",
    "boolean": "boolean",
}
"""The platform's plainest widget that holds what JSON calls so."""
_FILE_KEY: Final = re.compile(r"(?:input|init)-(?:image|video|audio|document|file)s?(?:-help)?")
"""The platform's own untranslated words for a file input, where help or label should be."""
_KNOWN: Final = frozenset(
    {
        "type", "format", "title", "description", "default", "enum", "minimum", "maximum",
        "multipleOf", "minLength", "maxLength", "x-input-type", "x-options", "x-label", "x-help",
        "exclusiveMinimum", "exclusiveMaximum", "nullable", "anyOf", "items", "readOnly", "writeOnly",
        "example", "examples",
    }
)  # fmt: skip


def is_openapi(root: Tree) -> bool:
    """Return whether a JSON value is an OpenAPI document."""
    return root.has("openapi")


def read_openapi(root: Tree) -> ModelDocument:
    """Read an OpenAPI document about one model.

    Raises:
        DocumentError: it is about no model, or a part of it is not of the shape it must have.
    """
    notes: list[str] = []
    path, run = run_operation(root)
    server = _server(root)
    description, time = _split_description(run["description"].plain() or "")
    reader = _Inputs(run_schema(root, run, notes), SchemaResolver(root.value), notes)
    inputs = tuple(reader.read())
    statuses = root["x-task-status-info"]
    return ModelDocument(
        form="openapi.json",
        name=_name(root),
        title=(run["summary"].plain() or "").removeprefix("Run ") or None,
        run_endpoint=server + quote(path.rstrip("/"), errors="replace") if server else None,
        slug=path.rpartition("/Run/")[2].rstrip("/"),
        detail_endpoint=server + _DETAIL if server and root["paths"].has(_DETAIL) else None,
        description=description or None,
        computing_time=time,
        inputs=inputs,
        completed=_statuses(statuses.member("completed_statuses")),
        running=_statuses(statuses.member("running_statuses")),
        notes=tuple(reader.notes),
    )


def _server(root: Tree) -> str:
    """Return the first server's URL without a slash at its end; nothing where none is stated."""
    listed = root["servers"].elements() if root["servers"].is_list else []
    urls = [server["url"].plain() for server in listed if server.has("url")]
    return next((url for url in urls if url), "").rstrip("/")


def _name(root: Tree) -> str | None:
    title = _TITLE.fullmatch(root["info"].member("title").plain() or "")
    return title["name"].strip() if title else None


def _split_description(text: str) -> tuple[str, str | None]:
    time = _TIME.search(text)
    if time is None:
        return text.strip(), None
    rest = text[: time.start()].rstrip() + text[time.end() :]
    return rest.strip(), time["time"].strip() or None


def _statuses(section: Tree) -> tuple[DocumentStatus, ...]:
    return tuple(
        DocumentStatus(name, status["description"].plain() or "")
        for status in (section["values"].elements() if section.member("values").is_list else ())
        if (name := status.member("status").plain()) is not None
    )


class _Inputs:
    """Reads the properties of a schema; what a reviewer should know gathers in `notes`."""

    def __init__(self, schema: Tree, resolver: SchemaResolver, notes: list[str]) -> None:
        self.notes = notes
        self._resolver = resolver
        self._schema = self._flat(schema)
        self._properties = dict(self._schema["properties"].items())
        self._required = self._read_required()

    def read(self) -> Iterator[DocumentInput]:
        if self._schema["properties"].value is None:
            raise self._schema.error("the schema has no properties")
        for name, schema in self._properties.items():
            flat, unread = self._property(name, schema)
            if flat["readOnly"].value is True:
                self.notes.append(f"`{name}` is read only and is no input")
                continue
            read = self._input(name, flat, unread)
            yield read
            counted = {"minItems", "maxItems"} if read.value is not None else set[str]()
            unused = dict.fromkeys(
                [
                    *self._resolver.take_notes(),
                    *(f"`{key}`" for key in _unread(flat) if key not in counted),
                ]
            )
            if unused:
                self.notes.append(f"input `{name}`: not used: {', '.join(unused)}")
        for name in self._required or ():
            if name not in self._properties:
                self.notes.append(f"`{name}` is listed as required and is no input")

    def _read_required(self) -> dict[str, None] | None:
        """Return the names that are listed, in their order, and those whose own schema says so."""
        listed = self._schema["required"]
        if listed.value is not None and not listed.is_list:
            self.notes.append(f"`required` is no list: {json.dumps(listed.value)[:60]} is not used")
        names = listed.elements() if listed.is_list else []
        required = {name: None for place in names if (name := place.plain()) is not None}
        own = [
            name
            for name, schema in self._properties.items()
            if isinstance(schema.value, dict) and schema["required"].value is True
        ]
        required |= dict.fromkeys(own)
        return required if listed.is_list or own else None

    def _flat(self, schema: Tree) -> Tree:
        """The same place with its references and compositions resolved."""
        return replace(schema, value=self._resolver.flatten(cast("object", schema.value)))

    def _property(self, name: str, schema: Tree) -> tuple[Tree, dict[str, object]]:
        """One property with its keywords in shape, and what could not be read of it, which is noted."""
        if not isinstance(schema.value, dict | bool | None):
            shown = json.dumps(schema.value)[:60]
            self.notes.append(f"input `{name}`: its schema {shown} is none, so it may be any value")
        flat = self._flat(schema)
        tidied, unread = tidy(flat.value)
        return replace(flat, value=tidied), unread

    def _input(self, name: str, schema: Tree, unread: dict[str, object]) -> DocumentInput:
        stated = schema["x-input-type"].text()
        structure = None if stated else self._structure(name, schema)
        if structure is not None:
            return self._structured(name, schema, structure)
        options = self._options(name, schema)
        widget = stated or self._guess_widget(name, schema, has_options=options is not None)
        read = DocumentInput(
            name,
            widget,
            label=schema["x-label"].text() or schema["title"].text(),
            help=schema["x-help"].text() or schema["description"].text(),
            default=self._default(name, schema),
            options=options,
            required=None if self._required is None else name in self._required,
            minimum=self._bound(name, schema, "minimum", unread),
            maximum=self._bound(name, schema, "maximum", unread),
            step=self._measure(schema, "multipleOf", unread),
            min_length=self._length(schema, "minLength", unread),
            max_length=self._length(schema, "maxLength", unread),
            is_type_stated=stated is not None,
        )
        for key in unread:
            self.notes.append(f"input `{name}`: {explain(key)}")
        return replace(read, extra=_extra(schema, read) | unread)

    @staticmethod
    def _measure(schema: Tree, key: str, unread: dict[str, object]) -> float | None:
        """Return a bound; one that is no number goes to `unread`."""
        number = schema[key].number()
        if number is None and schema[key].value is not None:
            unread[key] = schema[key].value
        return number

    @staticmethod
    def _length(schema: Tree, key: str, unread: dict[str, object]) -> int | None:
        """Return a length, None for one beyond 64 bits, which bounds nothing."""
        length = schema[key].value
        if length is None:
            return None
        if isinstance(length, float) and length.is_integer():
            length = int(length)
        if isinstance(length, bool) or not isinstance(length, int) or length < 0:
            unread[key] = length
            return None
        return length if length < INTEGER_LIMIT else None

    def _structure(self, name: str, schema: Tree) -> dict[str, object] | None:
        """The schema of a value that is no single one; None for a single value or for files."""
        kind = schema["type"].value
        if lists_unlike_values(schema):
            return self._resolver.structure(schema.value)
        if isinstance(kind, str) and kind not in {"array", "object"} and not schema.has("anyOf"):
            return None
        if kind is None and not schema.has("anyOf") and not schema.has("properties"):
            return None
        if kind == "array" and self._lists_files(name, schema.value):
            return None
        if self._is_one_or_more_files(name, schema):
            return None
        return self._resolver.structure(schema.value)

    def _lists_files(self, name: str, schema: Mapping[str, object]) -> bool:
        return are_files(name, self._resolver.flatten(schema.get("items")))

    def _is_one_or_more_files(self, name: str, schema: Tree) -> bool:
        """Whether the alternatives are a file and a list of files, which is one argument for any number."""
        branches = [
            cast("Mapping[str, object]", branch.value) for branch in schema["anyOf"].elements()
        ]
        kinds = [branch.get("type") for branch in branches]
        lists = [branch for branch in branches if branch.get("type") == "array"]
        is_both = sorted(map(str, kinds)) == ["array", "string"]
        return is_both and all(self._lists_files(name, branch) for branch in lists)

    def _structured(self, name: str, schema: Tree, structure: dict[str, object]) -> DocumentInput:
        kind = schema["type"].value
        default = schema["default"]
        if default.is_structure and default.value not in ([], {}):
            self.notes.append(
                f"input `{name}`: the default of a structure is a sample and left out"
            )
        read = DocumentInput(
            name,
            kind if isinstance(kind, str) else "json",
            label=schema["x-label"].text() or schema["title"].text(),
            help=schema["x-help"].text() or schema["description"].text(),
            default=None if default.is_structure else default.scalar(),
            required=None if self._required is None else name in self._required,
            value=structure,
        )
        deprecated = {"deprecated": True} if schema["deprecated"].value is True else {}
        return replace(read, extra=deprecated)

    def _guess_widget(self, name: str, schema: Tree, *, has_options: bool) -> str:
        if schema["type"].value == "array" or schema.has("anyOf"):
            return "combinefileinput"  # of files: any other list or choice is a structure
        kind = schema["type"].plain() or kind_of_values(schema) or kind_of_default(schema)
        if kind != "string":
            return _WIDGETS.get(kind, kind)
        if has_options:
            return "select"
        reason = self._why_file(name, schema)
        if reason is None:
            return "text"
        widget = "multifileinput" if names_several(name) else "fileinput"
        self.notes.append(f"input `{name}`: taken for a {widget}, because {reason}")
        return widget

    def _why_file(self, name: str, schema: Tree) -> str | None:
        """Return what shows that a text takes a file; the form itself does not state it."""
        if schema["format"].value == "binary":
            return "its format is binary"
        if without_url(name) != name:
            return None
        sibling = next(url_siblings(name, self._properties), None)
        if sibling is not None:
            return f"`{sibling}` stands beside it"
        if names_file(name):
            return "its name is that of a file input"
        if schema["format"].value == "uri" and names_url_of_file(f"{name}Url"):
            return "its format is uri and its name that of a medium"
        words = ((key, schema[key].text() or "") for key in ("title", "description"))
        said = (f"its {key} is {word!r}" for key, word in words if _FILE_KEY.fullmatch(word))
        return next(said, None)

    def _bound(self, name: str, schema: Tree, key: str, unread: dict[str, object]) -> float | None:
        """A limit; an exclusive one of whole numbers is the whole number next to it."""
        limit = self._measure(schema, key, unread)
        exclusive = schema[f"exclusive{key.capitalize()}"]
        stated = limit if exclusive.value is True else exclusive.number()
        if exclusive.value is None or exclusive.value is False or stated is None:
            return limit
        is_low = key == "minimum"
        if schema["type"].value == "integer":
            stated = math.floor(stated) + 1 if is_low else math.ceil(stated) - 1
        else:
            word = "least" if is_low else "most"
            self.notes.append(
                f"input `{name}`: {exclusive.pointer[-1]!s} is taken as at {word} {stated:g}"
            )
        return stated if limit is None else (max if is_low else min)(limit, stated)

    def _default(self, name: str, schema: Tree) -> str | int | float | bool | None:
        default = schema["default"]
        if default.is_structure:
            self.notes.append(f"input `{name}`: a default that is no single value was left out")
            return None
        return default.scalar()

    def _options(self, name: str, schema: Tree) -> tuple[DocumentOption, ...] | None:
        if schema["enum"].value is None and schema["x-options"].value is None:
            return None
        if (schema["type"].value or kind_of_values(schema)) == "boolean":
            if len(schema["enum"].elements()) == 1:
                self.notes.append(
                    f"input `{name}`: not used: `enum`, which lists one of yes and no"
                )
            return None
        where = f"input `{name}`"
        described = read_options(schema["x-options"], where, self.notes) or ()
        values = {option.value for option in described}
        listed = [value.plain() for value in schema["enum"].elements()]
        plain = [DocumentOption(word) for word in listed if word is not None and word not in values]
        absent = 0 if schema["x-options"].value is not None else listed.count(None)
        if absent:
            self.notes.append(f"{where}: {absent} options without a value were left out")
        if plain and described:
            said = ", ".join(repr(option.value) for option in plain)
            self.notes.append(f"{where}: {said} is in `enum` only and comes last")
        return (*described, *plain)


def _unread(flat: Tree) -> Iterator[str]:
    """The keywords that nothing of ours reads; those of extensions (`x-…`) are kept without a word."""
    read = _KNOWN | {"$ref", "deprecated", "properties", "required", "additionalProperties"}
    return (key for key, _ in flat.items() if key not in read and not key.startswith("x-"))


def _extra(schema: Tree, read: DocumentInput) -> dict[str, object]:
    """Keep what no field of the input holds."""
    extra = {key: member.value for key, member in schema.items() if key not in _KNOWN}
    form = schema["format"].text()
    if form is not None and not (form == "uri" and read.type.endswith("fileinput")):
        extra["format"] = form
    kind = schema["type"].plain()
    if read.is_type_stated and kind not in {None, "string"}:
        extra["type"] = kind
    for key, kept in (("title", read.label), ("description", read.help)):
        if schema[key].text() not in {None, kept}:
            extra[key] = schema[key].text()
    return extra
