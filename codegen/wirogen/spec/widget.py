"""The platform's words for widgets and for what belongs to every call: the one table of them.

Documents write the words in any case. A word that is not here is kept in a spec as documented and
typed by what else is stated; see `docs/typing-rules.md`.
"""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

Family: TypeAlias = Literal[
    "text",
    "prose",
    "select",
    "number",
    "whole number",
    "boolean",
    "file",
    "files",
    "combined files",
]
"""Widgets that differ in nothing but their looks."""

JsonType: TypeAlias = Literal["string", "number", "boolean"]

WIDGETS: Final[Mapping[str, Family]] = {
    "text": "text",
    "textarea": "prose",
    "select": "select",
    "selectwithcover": "select",
    "number": "number",
    "range": "number",
    "float": "number",
    "numeric": "number",
    "integer": "whole number",
    "boolean": "boolean",
    "checkbox": "boolean",
    "fileinput": "file",
    "multifileinput": "files",
    "combinefileinput": "combined files",
}
"""Each word, in lower case, with its family."""

CALL_FIELDS: Final = frozenset({"callbackUrl", "projectid"})
"""Fields of the Run body that every model takes; documents list them among a model's inputs."""

_NUMBERS: Final[frozenset[Family | None]] = frozenset({"number", "whole number"})
_FILES: Final[frozenset[Family | None]] = frozenset({"file", "files", "combined files"})


def family(widget: str) -> Family | None:
    """Return the family of a widget, in any case and between any blanks; None for a word that is not known."""
    return WIDGETS.get(widget.strip().lower())


def is_numeric(widget: str) -> bool:
    """Return whether a widget holds a JSON number."""
    return family(widget) in _NUMBERS


def is_file(widget: str) -> bool:
    """Return whether a widget takes files or their URLs."""
    return family(widget) in _FILES


def json_type(widget: str) -> JsonType:
    """Return what JSON calls the value of a widget; files travel as URLs, which are strings."""
    if is_numeric(widget):
        return "number"
    return "boolean" if family(widget) == "boolean" else "string"
