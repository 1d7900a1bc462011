"""Which form a document has, and whether it is one at all."""

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from wirogen.document.document import ModelDocument
from wirogen.document.json_tree import NotJsonError, Tree, parse_tree
from wirogen.document.llms import read_llms
from wirogen.document.openapi import is_openapi, read_openapi
from wirogen.document.openapi_array import is_openapi_array, read_openapi_array
from wirogen.document.tool_detail import is_reply, is_tool, read_reply, read_tool
from wirogen.errors import DocumentError, Problem

MAX_BYTES: Final = 16 * 1024 * 1024
"""Many times the largest document; beyond it, something else was named by mistake."""


class JsonReader(NamedTuple):
    """One form in JSON: how to recognise its value and how to read it."""

    recognises: Callable[[Tree], bool]
    read: Callable[[Tree], ModelDocument]


JSON_READERS: Final = (
    JsonReader(is_openapi, read_openapi),
    JsonReader(is_openapi_array, read_openapi_array),
    JsonReader(is_tool, read_tool),
    JsonReader(is_reply, read_reply),
)
"""Every form in JSON, asked in this order."""

_MANY_ZEROS: Final = 24
"""So many of every other of the first 64 bytes are zero where a text is UTF-16, and never in UTF-8."""

_LLMS_MARK: Final = re.compile(
    r"## Basic (?:tool|model) info|## (?:Model|Tool) Inputs:|Run Task Endpoint \(POST\):"
)


def read_document(data: bytes, file: str) -> ModelDocument:
    """Read a model document of any known form; what it says decides which, never its name.

    Args:
        data: the bytes of the document: UTF-8, with or without a byte order mark.
        file: its name, for messages.

    Raises:
        DocumentError: it is empty, too large, no text, of no known form, or about no model.
    """
    text = _decode(data, file)
    if text.lstrip().startswith(("{", "[")):
        try:
            return _read_json(parse_tree(text, file))
        except NotJsonError:
            if _LLMS_MARK.search(text) is None:
                raise
    if _LLMS_MARK.search(text) is None:
        raise DocumentError(Problem(*_explain_unknown(text), file=file))
    return read_llms(text, file)


def _read_json(root: Tree) -> ModelDocument:
    reader = next((reader for reader in JSON_READERS if reader.recognises(root)), None)
    if reader is None:
        message = "this JSON is no model document"
        remedy = "expected an openapi.json, or the answer of Tool/Detail or Tool/DetailOpenAPI"
        if root.has("swagger") or root.has("swaggerVersion"):
            message = (
                f"this is a Swagger {2 if root.has('swagger') else 1} document, which is not read"
            )
            remedy = "save the openapi.json of the model, of OpenAPI 3, and import that"
        raise root.error(message, remedy)
    return reader.read(root)


def _decode(data: bytes, file: str) -> str:
    if len(data) > MAX_BYTES:
        limit = MAX_BYTES // (1024 * 1024)
        message = f"more than {limit} MiB is too large for a model document"
        raise DocumentError(Problem(message, "name the llms.txt of one model", file))
    zeros = max(data[0:64:2].count(0), data[1:64:2].count(0))
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"} or zeros > _MANY_ZEROS:
        width = 32 if data[:64].count(0) > _MANY_ZEROS + _MANY_ZEROS // 2 else 16
        message = f"this is UTF-{width} and not UTF-8"
        raise DocumentError(Problem(message, "save the document as UTF-8", file))
    if b"\0" in data:
        message = "this is binary data, not a model document"
        raise DocumentError(Problem(message, "name the llms.txt of a model, saved as UTF-8", file))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"byte {error.start} is not UTF-8"
        raise DocumentError(Problem(message, "save the document as UTF-8", file, line)) from error
    if not text.strip():
        message = "the document is empty"
        raise DocumentError(Problem(message, "save the llms.txt of a model's page again", file))
    return text


def _explain_unknown(text: str) -> tuple[str, str]:
    start = text.lstrip()[:200].lower()
    if start.startswith(("<!doctype html", "<html")):
        return "this is a web page, not a model document", "save the page's llms.txt instead"
    message = "this is a document for no model: an llms.txt has headings like `## Model Inputs:`"
    return message, "save the llms.txt or the openapi.json of a model and import that"
