"""The Run operation of an openapi.json: its path, and the schema of its body."""

import re
from dataclasses import replace
from typing import Any, Final

from wirogen.document.json_tree import Tree

_RUN_PATH: Final = re.compile(r"(?:/v[0-9]+)?/Run/[^/]+/[^/]+/?")
_SCHEMA_PATH: Final = "#/components/schemas/"
_BODY_PATH: Final = "#/components/requestBodies/"
_JSON: Final = "application/json"


def run_operation(root: Tree) -> tuple[str, Tree]:
    """Find the one path that runs a model, and its operation.

    Raises:
        DocumentError: there is no such path, or there are several.
    """
    runs = [
        (path, operations)
        for path, operations in root["paths"].items()
        if _RUN_PATH.fullmatch(path)
    ]
    if len(runs) != 1:
        message = f"{len(runs)} paths are like /Run/<owner>/<model>; one is expected"
        raise root["paths"].error(message, "save the openapi.json of one model and import that")
    path, operations = runs[0]
    return path, operations["post"]


def run_schema(root: Tree, run: Tree, notes: list[str]) -> Tree:
    """Find the schema of the Run request's body.

    Where its content types differ, that of JSON is taken, which is what clients send; what another calls
    binary is a file there too.

    Args:
        root: the document.
        run: the operation.
        notes: where to add what a reviewer should know.

    Raises:
        DocumentError: there is no body, or its schema is nowhere in the document.
    """
    contents = {
        name: _resolve(root, content["schema"])
        for name, content in _body(root, run)["content"].items()
        if content["schema"].value
    }
    if not contents:
        raise run.error("the Run request has no body")
    name = _JSON if _JSON in contents else next(iter(contents))
    schema = contents.pop(name)
    others = [other for other in contents.values() if other.value != schema.value]
    if not others:
        return schema
    notes.append(f"the content types of the Run request differ; that of {name} is read")
    return _with_files(schema, others)


def _with_files(schema: Tree, others: list[Tree]) -> Tree:
    """Return the schema with what any other calls binary called so."""
    binary = {
        name: stated.value
        for other in others
        for name, stated in other["properties"].items()
        if stated["format"].value == "binary" or stated["items"]["format"].value == "binary"
    }
    properties: dict[str, Any] = dict(schema["properties"].value or {})
    properties |= {name: binary[name] for name in properties if name in binary}
    return replace(schema, value={**schema.value, "properties": properties})


def _body(root: Tree, run: Tree) -> Tree:
    body = run["requestBody"]
    reference = body["$ref"].text() or ""
    if not reference.startswith(_BODY_PATH):
        return body
    return root["components"]["requestBodies"][reference.removeprefix(_BODY_PATH)]


def _resolve(root: Tree, schema: Tree) -> Tree:
    reference = schema["$ref"].text()
    if reference is None:
        return schema
    if not reference.startswith(_SCHEMA_PATH):
        raise schema.error(f"expected {_SCHEMA_PATH}<name>, found {reference!r}")
    named = root["components"]["schemas"][reference.removeprefix(_SCHEMA_PATH)]
    if named.value is None:
        raise schema.error(f"there is no schema {reference!r}")
    return named
