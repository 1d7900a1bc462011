"""What a caller may give as a file, brought into one of the forms that are sent.

Pictures, uploads of web frameworks and URLs of other kinds are known by what they can do, so that none of
their libraries is loaded.
"""

from __future__ import annotations

import base64
import binascii
import io
import mimetypes
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast
from urllib.parse import unquote_to_bytes, urlsplit

from wiro_runtime import parse
from wiro_runtime.errors import InvalidRequest
from wiro_runtime.request.file import UploadedFile, location
from wiro_runtime.task.output import Output

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wiro_runtime.request.file import FileInput

__all__ = ["check_local", "check_one", "check_several"]

_ACCEPTED = "a URL, a Path, bytes, an open binary file, (name, bytes), or another run's output"


def check_one(value: object) -> FileInput:
    """Accept one file argument.

    Raises:
        ValueError: It is not one; the text says what to write instead.
    """
    match value:
        case str():
            return _from_text(value)
        case Output(url=None):
            raise ValueError(f"the output {value.name!r} is an answer without a file.")
        case Output() | UploadedFile() | bytes() | Path():
            return cast("FileInput", value)
        case bytearray() | memoryview():
            return _to_bytes(cast("object", value))
        case tuple():
            return _from_tuple(cast("tuple[object, ...]", value))
        case os.PathLike():
            return _from_path(cast("os.PathLike[str]", value))
        case _:
            return _from_object(value)


def check_several(value: object) -> tuple[FileInput, ...]:
    """Accept one file argument or a sequence of them.

    Raises:
        ValueError: One of them is not a file; the text says which.
    """
    items = cast("Sequence[object]", value) if isinstance(value, (list, tuple)) else [value]
    if isinstance(items, tuple) and _is_named(items):
        items = [items]
    if not items:
        raise ValueError("the list is empty; give one file or more.")
    checked: list[FileInput] = []
    for position, item in enumerate(items, start=1):
        try:
            checked.append(check_one(item))
        except ValueError as problem:
            where = f"file {position} of {len(items)}: " if len(items) > 1 else ""
            raise ValueError(f"{where}{problem}") from None
    return tuple(checked)


def check_local(value: object) -> FileInput:
    """Accept one file that has to be uploaded.

    Raises:
        InvalidRequest: It is no file, or has a URL already.
    """
    try:
        file = check_one(value)
    except ValueError as problem:
        raise InvalidRequest(f"upload(): {problem} Nothing was sent.") from None
    if location(file) is not None:
        raise InvalidRequest("upload(): it has a URL already; pass that to a request.")
    return file


def _from_text(text: str) -> FileInput:
    scheme = text[:8].lower()
    if scheme.startswith("data:"):
        return _from_data_url(text)
    if scheme.startswith("file:"):
        from urllib.request import url2pathname  # noqa: PLC0415 - loads an HTTP library of its own

        return Path(url2pathname(urlsplit(text).path))
    if not parse.is_web_url(text):
        raise ValueError(
            f"{text[:80]!r} is not an http(s) URL; for a file on disk write Path({text[:80]!r})."
        )
    if any(character.isspace() or ord(character) < 32 for character in text):
        raise ValueError(f"the URL {text[:80]!r} has white space in it; percent-encode it.")
    return text


def _from_data_url(url: str) -> FileInput:
    head, comma, data = url.removeprefix("data:").partition(",")
    if not comma:
        raise ValueError(f"the data URL {url[:60]!r} has no comma before its data.")
    try:
        content = unquote_to_bytes(data)
        if head.endswith(";base64"):
            content = base64.b64decode(content, validate=True)
    except binascii.Error as broken:
        raise ValueError(f"the data URL {url[:60]!r} cannot be read: {broken}.") from None
    ending = mimetypes.guess_extension(head.split(";")[0].strip().lower())
    return (f"file{ending}", content) if ending else content


def _from_path(value: os.PathLike[str]) -> FileInput:
    path: object = os.fspath(value)  # some give bytes, whatever they are annotated as
    return Path(os.fsdecode(path) if isinstance(path, bytes) else value)


def _from_tuple(value: tuple[object, ...]) -> FileInput:
    if not _is_named(value):
        raise ValueError(
            f"expected a file ({_ACCEPTED}), got a tuple of {len(value)}; a named file is (name, bytes) or "
            "(name, open file), with its type after it if you like."
        )
    name, content = str(value[0]), value[1]
    if len(value) == 3 and not Path(name).suffix:
        name += mimetypes.guess_extension(str(value[2])) or ""
    return (name, cast("BinaryIO", content) if _is_binary_file(content) else _to_bytes(content))


def _to_bytes(content: object) -> bytes:
    return bytes(cast("bytearray", content))


def _is_named(value: tuple[object, ...]) -> bool:
    """Whether it is one file with its name before it, rather than several."""
    if len(value) not in (2, 3) or not isinstance(value[0], str):
        return False
    is_content = isinstance(value[1], (bytes, bytearray, memoryview)) or _is_binary_file(value[1])
    return is_content and (len(value) == 2 or isinstance(value[2], str))


def _from_object(value: object) -> FileInput:
    """A file of another library, by what it can do."""
    given: Any = value
    if _reads_later(value) and _is_binary_file(getattr(value, "file", None)):  # Starlette, FastAPI
        return _named(given.filename, given.file)
    if _is_binary_file(getattr(value, "stream", None)) and hasattr(
        value, "filename"
    ):  # Werkzeug, Flask
        return _named(given.filename, given.stream)
    if _is_binary_file(value):
        return cast("BinaryIO", value)
    if type(value).__module__.startswith("PIL.") and hasattr(value, "save"):
        picture = io.BytesIO()
        given.save(picture, "PNG")
        return ("image.png", picture.getvalue())
    if type(value).__name__ == "URL":
        return _from_text(str(value))
    raise ValueError(_advice(value))


def _named(name: object, file: object) -> FileInput:
    return (
        (name, cast("BinaryIO", file)) if isinstance(name, str) and name else cast("BinaryIO", file)
    )


def _advice(value: object) -> str:
    if isinstance(value, io.TextIOBase):
        return 'expected a file, got one that is open as text; open it with "rb".'
    if _reads_later(value):
        return (
            "expected a file, got one whose read() must be awaited; give its path as Path(…), or "
            "(name, await file.read())."
        )
    if hasattr(value, "__array_interface__"):
        return (
            "expected a file, got an array of numbers; give a picture of it, such as "
            "PIL.Image.fromarray(array)."
        )
    return f"expected a file ({_ACCEPTED}), got {type(value).__name__}."


def _reads_later(value: object) -> bool:
    import inspect  # noqa: PLC0415 - for things that are no file of ours

    return inspect.iscoroutinefunction(getattr(value, "read", None))


def _is_binary_file(value: object) -> bool:
    readable = callable(getattr(value, "read", None)) and not isinstance(value, io.TextIOBase)
    return readable and not isinstance(value, type) and not _reads_later(value)
