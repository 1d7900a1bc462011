"""What a file argument may be, and a local file on its way to the platform."""

from __future__ import annotations

import io
import os
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias, cast

from wiro_runtime import parse
from wiro_runtime.errors import InvalidRequest
from wiro_runtime.task.output import Output

__all__ = [
    "MAX_UPLOAD_BYTES",
    "UPLOAD_ENDINGS",
    "FileInput",
    "Files",
    "LocalFile",
    "UploadedFile",
    "check_local",
    "check_one",
    "check_several",
    "location",
]


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file that the platform has. Pass it as a file argument, and its URL is sent."""

    url: str
    id: str
    name: str
    size: int | None
    content_type: str
    raw: Mapping[str, Any] = field(repr=False, compare=False)
    """The item as it came, unknown fields included."""

    @classmethod
    def from_wire(cls, item: Mapping[str, Any]) -> UploadedFile:
        """Read one item of an upload's answer; missing fields are empty, never an error."""
        return cls(
            url=parse.text(item.get("url")),
            id=parse.text(item.get("id")),
            name=parse.text(item.get("name")),
            size=parse.integer(item.get("size")),
            content_type=parse.text(item.get("contenttype")),
            raw=item,
        )


FileInput: TypeAlias = (
    str | os.PathLike[str] | bytes | BinaryIO | tuple[str, bytes] | Output | UploadedFile
)
"""One file: an http(s) URL, a `Path`, bytes, an open binary file, `(name, bytes)`, another run's output, or
a file uploaded before."""

Files: TypeAlias = FileInput | Sequence[FileInput]
"""One file or several."""

MAX_UPLOAD_BYTES = 100 * 1024 * 1024
"""The platform's documented limit for one uploaded file."""

UPLOAD_ENDINGS = frozenset(
    (
        *("jpg", "jpeg", "png", "gif", "webp", "heic"),
        *("mp4", "webm", "mov"),
        *("mp3", "wav", "m4a"),
        *("pdf", "csv", "docx", "xlsx", "pptx", "txt", "md", "epub"),
        "zip",
    )
)
"""The kinds of files that the platform documents, by the ending of the name."""

_ACCEPTED = "a URL, a Path, bytes, an open binary file, (name, bytes), or another run's output"


def check_one(value: object) -> FileInput:
    """Accept one file argument.

    Raises:
        ValueError: It is not one; the text says what to write instead.
    """
    match value:
        case str():
            _check_url(value)
        case Output(url=None):
            raise ValueError(f"the output {value.name!r} is an answer without a file.")
        case Output() | UploadedFile() | bytes() | Path() | (str(), bytes()):
            pass
        case os.PathLike():
            return Path(cast("os.PathLike[str]", value))
        case _ if not _is_binary_file(value):
            raise ValueError(f"expected a file ({_ACCEPTED}), got {_kind(value)}.")
        case _:
            pass
    return cast("FileInput", value)


def check_several(value: object) -> tuple[FileInput, ...]:
    """Accept one file argument or a sequence of them.

    Raises:
        ValueError: One of them is not a file; the text says which.
    """
    items = cast("Sequence[object]", value) if isinstance(value, (list, tuple)) else [value]
    if _is_named_bytes(items):
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


def location(file: FileInput) -> str | None:
    """The URL of a file that already has one; None for a file that must be uploaded first."""
    if isinstance(file, (Output, UploadedFile)):
        return file.url
    return file if isinstance(file, str) else None


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file that has to be uploaded."""

    name: str
    """Its name, without a folder; the platform tells the type by its ending."""
    source: Path | bytes | BinaryIO

    @classmethod
    def of(cls, file: FileInput) -> LocalFile:
        """Name a checked file that has no URL."""
        match file:
            case (str(name), bytes(content)):
                return cls(Path(name).name, content)
            case bytes():
                return cls(f"file{_ending(file[:16])}", file)
            case Path():
                return cls(file.name, file)
            case _:
                opened = cast("BinaryIO", file)
                path: object = getattr(opened, "name", None)
                named = isinstance(path, str) and not path.startswith("<")  # such as "<stdin>"
                return cls(Path(str(path)).name if named else f"file{_peeked(opened)}", opened)

    @property
    def key(self) -> object:
        """Equal for two that are the same file, and need to be uploaded once only."""
        if isinstance(self.source, (Path, bytes)):
            return (self.name, self.source)
        return id(self.source)

    @property
    def is_repeatable(self) -> bool:
        """Whether it can be read a second time."""
        return isinstance(self.source, (Path, bytes)) or _is_seekable(self.source)

    def find_problem(self) -> str | None:
        """Look at the file without reading it: what would keep it from being uploaded, if anything."""
        problem = self._find_absence()
        if problem is not None:
            return problem
        size = self._size()
        if size == 0:
            return f"{self.name} is empty."
        if Path(self.name).suffix.lower().removeprefix(".") not in UPLOAD_ENDINGS:
            return (
                f"{self.name} does not end like a kind of file that the platform takes "
                f"({', '.join(sorted(UPLOAD_ENDINGS))}); convert it, or give it as (name, bytes)."
            )
        if size is not None and size > MAX_UPLOAD_BYTES:
            return (
                f"{self.name} has {size:,} bytes; the platform takes {MAX_UPLOAD_BYTES:,} at most."
            )
        return None

    def _find_absence(self) -> str | None:
        if isinstance(self.source, Path):
            if not self.source.is_file():
                state = "is a folder" if self.source.is_dir() else "does not exist"
                return f"{self.source} {state}; give the path of a file."
            if not os.access(self.source, os.R_OK):
                return f"{self.source} may not be read by this user."
        elif getattr(self.source, "closed", False):
            return f"{self.name} is closed; open it, or give its path."
        return None

    def _size(self) -> int | None:
        """Bytes; None for a file whose size shows only at its end."""
        if isinstance(self.source, bytes):
            return len(self.source)
        if isinstance(self.source, Path):
            return self.source.stat().st_size
        return _length(self.source)

    @contextmanager
    def opened(self) -> Generator[BinaryIO]:
        """The file, open for reading. One that the caller opened stays open."""
        if isinstance(self.source, Path):
            with self.source.open("rb") as file:
                yield file
        elif isinstance(self.source, bytes):
            yield io.BytesIO(self.source)
        elif _is_seekable(self.source):
            self.source.seek(0)
            yield self.source
        else:
            yield cast("BinaryIO", _Pipe(self.source, self.name))


class _Pipe:
    """A file that can be read once, and whose size shows only at its end."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file = file
        self._name = name
        self._size = 0

    def read(self, size: int = -1) -> bytes:
        chunk = self._file.read(size)
        self._size += len(chunk)
        if self._size > MAX_UPLOAD_BYTES:
            raise OSError(f"{self._name} has more than {MAX_UPLOAD_BYTES:,} bytes")
        return chunk


def _check_url(text: str) -> None:
    if not text.lower().startswith(("http://", "https://")):
        raise ValueError(
            f"{text[:80]!r} is not an http(s) URL; for a file on disk write Path({text[:80]!r})."
        )
    if any(character.isspace() or ord(character) < 32 for character in text):
        raise ValueError(f"the URL {text[:80]!r} has white space in it; percent-encode it.")


def _is_binary_file(value: object) -> bool:
    return callable(getattr(value, "read", None)) and not isinstance(value, io.TextIOBase)


def _is_named_bytes(value: Sequence[object]) -> bool:
    return (
        isinstance(value, tuple)
        and len(value) == 2
        and isinstance(value[0], str)
        and isinstance(value[1], bytes)
    )


def _kind(value: object) -> str:
    if isinstance(value, io.TextIOBase):
        return 'a file opened as text; open it with "rb"'
    return type(value).__name__


def _peeked(file: BinaryIO) -> str:
    """The ending that fits how a file without a name begins."""
    if not _is_seekable(file):
        return ""
    here = file.tell()
    file.seek(0)
    head = file.read(16)
    file.seek(here)
    return _ending(head)


def _is_seekable(file: BinaryIO) -> bool:
    asked: object = getattr(file, "seekable", None)  # a bare object with `read` is enough for us
    return callable(asked) and not getattr(file, "closed", False) and bool(asked())


def _length(file: BinaryIO) -> int | None:
    if not _is_seekable(file):
        return None
    here = file.tell()
    end = file.seek(0, os.SEEK_END)
    file.seek(here)
    return end


# The platform goes by the ending of the name, and bytes have none: the commonest kinds are known by
# how they begin. For any other, `(name, bytes)` says it.
_ENDINGS = (
    (b"\x89PNG\r\n\x1a\n", ".png"),
    (b"\xff\xd8\xff", ".jpg"),
    (b"GIF8", ".gif"),
    (b"%PDF-", ".pdf"),
    (b"ID3", ".mp3"),
    (b"\xff\xfb", ".mp3"),
    (b"\x1aE\xdf\xa3", ".webm"),
    (b"PK\x03\x04", ".zip"),
)


def _ending(head: bytes) -> str:
    for beginning, ending in _ENDINGS:
        if head.startswith(beginning):
            return ending
    if head.startswith(b"RIFF"):
        return {b"WEBP": ".webp", b"WAVE": ".wav"}.get(head[8:12], "")
    if head[4:8] == b"ftyp":
        return {b"hei": ".heic", b"M4A": ".m4a", b"qt ": ".mov"}.get(head[8:11], ".mp4")
    return ""
