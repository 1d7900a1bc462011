"""Which form a document has, and whether it is one at all."""

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from wirogen.documents.document import ModelDocument
from wirogen.documents.llms import read_llms
from wirogen.errors import DocumentError, Problem

MAX_BYTES: Final = 16 * 1024 * 1024
"""Many times the largest document; beyond it, something else was named by mistake."""


class Reader(NamedTuple):
    """One form: how to recognise its text and how to read it."""

    recognises: Callable[[str], bool]
    read: Callable[[str, str], ModelDocument]


_LLMS_MARK: Final = re.compile(
    r"## Basic (?:tool|model) info|## (?:Model|Tool) Inputs:|Run Task Endpoint \(POST\):"
)


def _is_llms(text: str) -> bool:
    return _LLMS_MARK.search(text) is not None


READERS: Final = (Reader(_is_llms, read_llms),)
"""Every form that is read, asked in this order."""


def read_document(data: bytes, file: str) -> ModelDocument:
    """Read a model document of any known form.

    Args:
        data: the bytes of the document: UTF-8, with or without a byte order mark.
        file: its name, for messages.

    Raises:
        DocumentError: it is empty, too large, no text, of no known form, or about no model.
    """
    text = _decode(data, file)
    reader = next((each for each in READERS if each.recognises(text)), None)
    if reader is None:
        raise DocumentError(Problem(*_explain_unknown(text), file=file))
    return reader.read(text, file)


def _decode(data: bytes, file: str) -> str:
    if len(data) > MAX_BYTES:
        limit = MAX_BYTES // (1024 * 1024)
        message = f"more than {limit} MiB is too large for a model document"
        raise DocumentError(Problem(message, "name the llms.txt of one model", file))
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
    return message, "save the llms.txt of a model's page and import that"
