"""The per-model openapi.json, and the array of them that Tool/DetailOpenAPI answers.

One schema of it is about the model: the body of the Run request. The form names a widget only for
selects and combined file inputs (`x-input-type`); of the others it tells no more than JSON's own
types, and the fields of a file input and its URL both look like any text.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final
from urllib.parse import quote

from wirogen.document.document import (
    DocumentInput,
    DocumentOption,
    DocumentStatus,
    ModelDocument,
)
from wirogen.document.json_tree import Tree
from wirogen.spec.scalar import INTEGER_LIMIT

_DETAIL: Final = "/Task/Detail"
_RUN_PATH: Final = re.compile(r"/Run/[^/]+/[^/]+")
_SCHEMA_PATH: Final = "#/components/schemas/"
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
    }
)  # fmt: skip


def is_openapi(root: Tree) -> bool:
    """Say whether a JSON value is an OpenAPI document."""
    return root.has("openapi")


def is_openapi_array(root: Tree) -> bool:
    """Say whether a JSON value is what Tool/DetailOpenAPI answers; `[]` for an unknown model."""
    return root.is_list and all(each.has("spec") for each in root.elements())


def read_openapi_array(root: Tree) -> ModelDocument:
    """Read the answer of Tool/DetailOpenAPI: one document per way to authenticate.

    Raises:
        DocumentError: it is empty, a document in it cannot be read, or two say different things.
    """
    variants = [(each["type"].word(), read_openapi(each["spec"])) for each in root.elements()]
    if not variants:
        raise root.error("the list is empty: the platform knows no such model", "check its name")
    _, first = variants[0]
    for kind, other in variants[1:]:
        if other != first:
            message = (
                f"the document for {kind} says something else than the one for {variants[0][0]}"
            )
            raise root.error(message, "import one of them on its own")
    return first


def read_openapi(root: Tree) -> ModelDocument:
    """Read an OpenAPI document about one model.

    Raises:
        DocumentError: it is about no model, or a part of it is not of the shape it must have.
    """
    path, run = _run_operation(root)
    server = next((each["url"].text() for each in root["servers"].elements()), None) or ""
    description, time = _split_description(run["description"].text() or "")
    reader = _Inputs(_schema(root, run))
    inputs = tuple(reader.read())
    statuses = root["x-task-status-info"]
    return ModelDocument(
        form="openapi.json",
        name=_name(root),
        title=(run["summary"].text() or "").removeprefix("Run ") or None,
        run_endpoint=server + quote(path, errors="replace") if server else None,
        slug=path.removeprefix("/Run/"),
        detail_endpoint=server + _DETAIL if server and root["paths"].has(_DETAIL) else None,
        description=description or None,
        computing_time=time,
        inputs=inputs,
        completed=_statuses(statuses["completed_statuses"]),
        running=_statuses(statuses["running_statuses"]),
        notes=tuple(reader.notes),
    )


def _run_operation(root: Tree) -> tuple[str, Tree]:
    found = [(path, each) for path, each in root["paths"].items() if _RUN_PATH.fullmatch(path)]
    if len(found) != 1:
        message = f"{len(found)} paths are like /Run/<owner>/<model>; one is expected"
        raise root["paths"].error(message, "save the openapi.json of one model and import that")
    path, operations = found[0]
    return path, operations["post"]


def _schema(root: Tree, run: Tree) -> Tree:
    """Find the schema of the Run request's body, which all its content types share."""
    contents = [each["schema"] for _, each in run["requestBody"]["content"].items()]
    if not contents:
        raise run.error("the Run request has no body")
    if any(each.value != contents[0].value for each in contents):
        raise run["requestBody"].error(
            "the content types of the Run request differ in their schema"
        )
    reference = contents[0]["$ref"].text()
    if reference is None:
        return contents[0]
    if not reference.startswith(_SCHEMA_PATH):
        raise contents[0].error(f"expected {_SCHEMA_PATH}<name>, found {reference!r}")
    schema = root["components"]["schemas"][reference.removeprefix(_SCHEMA_PATH)]
    if schema.value is None:
        raise contents[0].error(f"there is no schema {reference!r}")
    return schema


def _name(root: Tree) -> str | None:
    title = _TITLE.fullmatch(root["info"]["title"].text() or "")
    return title["name"].strip() if title else None


def _split_description(text: str) -> tuple[str, str | None]:
    time = _TIME.search(text)
    if time is None:
        return text.strip(), None
    rest = text[: time.start()].rstrip() + text[time.end() :]
    return rest.strip(), time["time"].strip() or None


def _statuses(section: Tree) -> tuple[DocumentStatus, ...]:
    return tuple(
        DocumentStatus(name, each["description"].text() or "")
        for each in section["values"].elements()
        if (name := each["status"].text()) is not None
    )


class _Inputs:
    """Reads the properties of a schema; what a reviewer should know gathers in `notes`."""

    def __init__(self, schema: Tree) -> None:
        self._schema = schema
        self._properties = dict(schema["properties"].items())
        self._url_siblings = {
            name.replace("Url", "", 1): name for name in self._properties if "Url" in name
        }
        self._required = self._read_required()
        self.notes: list[str] = []

    def read(self) -> Iterator[DocumentInput]:
        if self._schema["properties"].value is None:
            raise self._schema.error("the schema has no properties")
        for name, one in self._properties.items():
            yield self._input(name, one)
        for name in self._required or ():
            if name not in self._properties:
                self.notes.append(f"`{name}` is listed as required and is no input")

    def _read_required(self) -> dict[str, None] | None:
        """Give the names that are listed, in their order."""
        listed = self._schema["required"]
        if listed.value is None:
            return None
        return {name: None for each in listed.elements() if (name := each.text()) is not None}

    def _input(self, name: str, one: Tree) -> DocumentInput:
        options = self._options(name, one)
        stated = one["x-input-type"].text()
        widget = stated or self._guess_widget(name, one, has_options=options is not None)
        read = DocumentInput(
            name,
            widget,
            label=one["x-label"].text() or one["title"].text(),
            help=one["x-help"].text() or one["description"].text(),
            default=self._default(name, one),
            options=options,
            required=None if self._required is None else name in self._required,
            minimum=_measure(one["minimum"]),
            maximum=_measure(one["maximum"]),
            step=_measure(one["multipleOf"]),
            min_length=_length(one["minLength"]),
            max_length=_length(one["maxLength"]),
            is_type_stated=stated is not None,
        )
        return replace(read, extra=_extra(one, read))

    def _guess_widget(self, name: str, one: Tree, *, has_options: bool) -> str:
        kind = one["type"].text() or "string"
        if kind != "string":
            return _WIDGETS.get(kind, kind)
        if has_options:
            return "select"
        reason = self._why_file(name, one)
        if reason is None:
            return "text"
        widget = "multifileinput" if "Multiple" in name else "fileinput"
        self.notes.append(f"input `{name}`: taken for a {widget}, because {reason}")
        return widget

    def _why_file(self, name: str, one: Tree) -> str | None:
        """Say what shows that a text takes a file; the form itself does not tell."""
        if "Url" in name:
            return None
        if name in self._url_siblings:
            return f"`{self._url_siblings[name]}` stands beside it"
        for key in ("title", "description"):
            word = one[key].text() or ""
            if _FILE_KEY.fullmatch(word):
                return f"its {key} is {word!r}"
        return None

    def _default(self, name: str, one: Tree) -> str | int | float | bool | None:
        default = one["default"]
        if default.is_structure:
            self.notes.append(f"input `{name}`: a default that is no single value was left out")
            return None
        return default.scalar()

    def _options(self, name: str, one: Tree) -> tuple[DocumentOption, ...] | None:
        if one["enum"].value is None and one["x-options"].value is None:
            return None
        where = f"input `{name}`"
        described = [*self._described_options(one["x-options"])]
        values = {each.value for each in described}
        listed = [each.word() for each in one["enum"].elements()]
        plain = [DocumentOption(each) for each in listed if each is not None and each not in values]
        absent = max(listed.count(None), len(one["x-options"].elements()) - len(described))
        if absent:
            self.notes.append(f"{where}: {absent} options without a value were left out")
        if plain and described:
            said = ", ".join(repr(each.value) for each in plain)
            self.notes.append(f"{where}: {said} is in `enum` only and comes last")
        return (*described, *plain)

    def _described_options(self, listed: Tree) -> Iterator[DocumentOption]:
        for each in listed.elements():
            value = each["value"].word()
            if value is not None:
                others = {key: one.value for key, one in each.items()}
                extra = {key: others[key] for key in others if key not in {"value", "label"}}
                yield DocumentOption(value, each["label"].word(), extra)


def _extra(one: Tree, read: DocumentInput) -> dict[str, object]:
    """Keep what no field of the input holds."""
    extra = {key: each.value for key, each in one.items() if key not in _KNOWN}
    form = one["format"].text()
    if form is not None and not (form == "uri" and read.type.endswith("fileinput")):
        extra["format"] = form
    kind = one["type"].text()
    if read.is_type_stated and kind not in {None, "string"}:
        extra["type"] = kind
    for key, kept in (("title", read.label), ("description", read.help)):
        if one[key].text() not in {None, kept}:
            extra[key] = one[key].text()
    return extra


def _measure(one: Tree) -> float | None:
    number = one.number()
    if number is None and one.value is not None:
        raise one.error("expected a number")
    return number


def _length(one: Tree) -> int | None:
    """Give a length; one beyond 64 bits bounds nothing."""
    if one.value is None:
        return None
    if isinstance(one.value, bool) or not isinstance(one.value, int):
        raise one.error("expected a whole number")
    return one.value if one.value < INTEGER_LIMIT else None
