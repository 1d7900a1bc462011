"""What a file argument may be, and a local file on its way to the platform."""

from __future__ import annotations

import io
import os
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeAlias, cast

from wiro_runtime.output import Output

__all__ = [
    "MAX_UPLOAD_BYTES",
    "FileInput",
    "Files",
    "LocalFile",
    "check_one",
    "check_several",
    "location",
]

FileInput: TypeAlias = str | os.PathLike[str] | bytes | BinaryIO | tuple[str, bytes] | Output
"""One file: an http(s) URL, a `Path`, bytes, an open binary file, `(name, bytes)`, or another run's output."""

Files: TypeAlias = FileInput | Sequence[FileInput]
"""One file or several."""

MAX_UPLOAD_BYTES = 100 * 1024 * 1024
"""The platform's documented limit for one uploaded file."""

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
        case Output() | bytes() | Path() | (str(), bytes()):
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
    checked: list[FileInput] = []
    for position, item in enumerate(items, start=1):
        try:
            checked.append(check_one(item))
        except ValueError as problem:
            where = f"file {position} of {len(items)}: " if len(items) > 1 else ""
            raise ValueError(f"{where}{problem}") from None
    return tuple(checked)


def location(file: FileInput) -> str | None:
    """The URL of a file that already has one; None for a file that must be uploaded first."""
    if isinstance(file, Output):
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
                return cls(name, content)
            case bytes():
                return cls(f"file{_ending(file[:16])}", file)
            case Path():
                return cls(file.name, file)
            case _:
                opened = cast("BinaryIO", file)
                path: object = getattr(opened, "name", None)
                return cls(Path(path).name if isinstance(path, str) else "file", opened)

    def find_problem(self) -> str | None:
        """Look at the file without reading it: what would keep it from being uploaded, if anything."""
        size: int | None
        if isinstance(self.source, bytes):
            size = len(self.source)
        elif isinstance(self.source, Path):
            if not self.source.is_file():
                found = "is a folder" if self.source.is_dir() else "does not exist"
                return f"{self.source} {found}; give the path of a file."
            if not os.access(self.source, os.R_OK):
                return f"{self.source} may not be read by this user."
            size = self.source.stat().st_size
        else:
            if getattr(self.source, "closed", False):
                return f"{self.name} is closed; open it, or give its path."
            size = _length(self.source)
        if size == 0:
            return f"{self.name} is empty."
        if size is not None and size > MAX_UPLOAD_BYTES:
            return (
                f"{self.name} has {size:,} bytes; the platform takes {MAX_UPLOAD_BYTES:,} at most."
            )
        return None

    @contextmanager
    def opened(self) -> Generator[BinaryIO]:
        """The file, open for reading. One that the caller opened stays open."""
        if isinstance(self.source, Path):
            with self.source.open("rb") as file:
                yield file
        elif isinstance(self.source, bytes):
            yield io.BytesIO(self.source)
        else:
            yield self.source


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


def _length(file: BinaryIO) -> int | None:
    if not file.seekable():
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
    (b"\x1aE\xdf\xa3", ".webm"),
)


def _ending(head: bytes) -> str:
    for beginning, ending in _ENDINGS:
        if head.startswith(beginning):
            return ending
    if head.startswith(b"RIFF"):
        return {b"WEBP": ".webp", b"WAVE": ".wav"}.get(head[8:12], "")
    if head[4:8] == b"ftyp":
        return ".heic" if head[8:11] == b"hei" else ".mp4"
    return ""
