"""What a file argument may be, and a local file on its way to the platform."""

from __future__ import annotations

import io
import os
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias, cast

from wiro_runtime import parse
from wiro_runtime.task.output import Output

if TYPE_CHECKING:
    from wiro_runtime import response

__all__ = [
    "MAX_UPLOAD_BYTES",
    "FileInput",
    "Files",
    "LocalFile",
    "UploadedFile",
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
    raw: response.File = field(repr=False, compare=False)
    """The item as it came, unknown fields included."""

    @classmethod
    def from_wire(cls, item: Mapping[str, Any]) -> UploadedFile:
        """Read one item of an upload's answer; missing fields are empty, never an error."""
        wire = cast("response.File", item)
        return cls(
            url=parse.text(wire.get("url")),
            id=parse.text(wire.get("id")),
            name=parse.text(wire.get("name")),
            size=parse.integer(wire.get("size")),
            content_type=parse.text(wire.get("contenttype")),
            raw=wire,
        )


FileInput: TypeAlias = (
    str
    | os.PathLike[str]
    | bytes
    | BinaryIO
    | tuple[str, bytes | BinaryIO]
    | tuple[str, bytes | BinaryIO, str]
    | Output
    | UploadedFile
)
"""One file: a URL, a `Path`, bytes, an open binary file, either of these with its name before it (and its type
after it), another run's output, or a file uploaded before."""

Files: TypeAlias = FileInput | Sequence[FileInput]
"""One file or several."""

MAX_UPLOAD_BYTES = 100 * 1024 * 1024
"""The platform's documented limit for one uploaded file."""


def location(file: FileInput) -> str | None:
    """The URL of a file that already has one; None for a file that must be uploaded first."""
    if isinstance(file, (Output, UploadedFile)):
        return file.url
    return file if isinstance(file, str) else None


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file that has to be uploaded."""

    name: str
    """Its name, without a folder; the platform takes the type from its ending, where it has one."""
    source: Path | bytes | BinaryIO

    @classmethod
    def of(cls, file: FileInput) -> LocalFile:
        """Name a checked file that has no URL."""
        match file:
            case (str(name), bytes(content)):
                return cls(_sendable(name), content)
            case (str(name), opened):
                return cls(_sendable(name), opened)
            case bytes():
                return cls(f"file{_ending(file[:16])}", file)
            case Path():
                return cls(_sendable(file.name), file)
            case _:
                opened = cast("BinaryIO", file)
                path: object = getattr(opened, "name", None)
                named = isinstance(path, str) and not path.startswith("<")  # such as "<stdin>"
                return cls(_sendable(str(path)) if named else f"file{_peeked(opened)}", opened)

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
                yield cast("BinaryIO", _Seekable(file, self.name, _length(file)))
        elif isinstance(self.source, bytes):
            yield io.BytesIO(self.source)
        elif _is_seekable(self.source):
            self.source.seek(0)
            yield cast("BinaryIO", _Seekable(self.source, self.name, _length(self.source)))
        else:
            yield cast("BinaryIO", _Pipe(self.source, self.name))


class _Seekable:
    """A file of which nothing but bytes is sent, and as many as it had when it was opened.

    The request states them beforehand. A recording that still grows would break it off in the middle, and a
    part of a file is not what the caller wants to pay for.
    """

    def __init__(self, file: BinaryIO, name: str, size: int | None) -> None:
        self._file = file
        self._name = name
        self._size = size
        self._at = 0

    def __getattr__(self, attribute: str) -> Any:
        return getattr(self._file, attribute)

    def seek(self, offset: int, whence: int = 0, /) -> int:
        self._at = self._file.seek(offset, whence)
        return self._at

    def read(self, size: int = -1) -> bytes:
        chunk = _checked(self._file.read(size), self._name)
        self._at += len(chunk)
        is_over = not chunk and size != 0
        if self._size is not None and (
            self._at > self._size or (is_over and self._at < self._size)
        ):
            change = "grew" if self._at > self._size else "became shorter"
            raise OSError(
                f"{self._name} {change} while it was being sent, from {self._size:,} bytes; wait until it is "
                "written, or give a copy"
            )
        return chunk


class _Pipe:
    """A file that can be read once, and whose size shows only at its end."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file = file
        self._name = name
        self._size = 0

    def read(self, size: int = -1) -> bytes:
        chunk = _checked(self._file.read(size), self._name)
        self._size += len(chunk)
        if self._size > MAX_UPLOAD_BYTES:
            raise OSError(f"{self._name} has more than {MAX_UPLOAD_BYTES:,} bytes")
        return chunk


def _checked(chunk: object, name: str) -> bytes:
    """Return what `read()` of a caller's file has returned.

    None is what a file that does not block returns while there is nothing to read, and looks like its end to whoever
    sends it: the rest would be missing.

    Raises:
        OSError: It is not bytes.
    """
    if isinstance(chunk, (bytes, bytearray, memoryview)):
        return bytes(cast("bytes", chunk))
    if chunk is None:
        raise BlockingIOError(
            f"read() of {name} returned None, as files do that do not wait for their content; read it to its end "
            "first and give the bytes, or let it wait with os.set_blocking(file.fileno(), True)"
        )
    raise OSError(f"read() of {name} returned {type(chunk).__name__} instead of bytes")


def _sendable(name: str) -> str:
    """A name without its folder, in characters that can be sent; a disk may hold others."""
    return Path(name).name.encode("utf-8", "replace").decode()


def _peeked(file: BinaryIO) -> str:
    """The ending that fits how a file without a name begins."""
    if not _is_seekable(file):
        return ""
    here = file.tell()
    file.seek(0)
    head = cast("object", file.read(16))  # whatever it is annotated as
    file.seek(here)
    return _ending(head) if isinstance(head, bytes) else ""  # sending it says what is wrong


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
