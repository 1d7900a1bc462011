"""The encodings that a field of a request carries in its `Annotated`, under one name: `wire.Text("prompt")`."""

from wiro_runtime.request.encoding import (
    EMPTY,
    Boolean,
    Empty,
    Encoding,
    Flag,
    Json,
    Number,
    Numeral,
    Text,
)
from wiro_runtime.request.file_encoding import CombinedFiles, File, FileList
from wiro_runtime.request.json_encoding import JsonValue

__all__ = [
    "EMPTY",
    "Boolean",
    "CombinedFiles",
    "Empty",
    "Encoding",
    "File",
    "FileList",
    "Flag",
    "Json",
    "JsonValue",
    "Number",
    "Numeral",
    "Text",
]
