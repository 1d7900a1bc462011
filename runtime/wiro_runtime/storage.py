"""Files that outputs are saved to: safe names, nothing half done under its name, breaks mended."""

from __future__ import annotations

import itertools
import os
import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Literal, Protocol, TypeAlias

from wiro_runtime import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = [
    "DownloadBuffer",
    "OnConflict",
    "PartialFile",
    "distinct",
    "reserve",
    "safe_name",
    "write_text",
]

OnConflict: TypeAlias = Literal["rename", "overwrite", "skip", "error"]
"""What happens when a file's name is taken: the next free number, replacing, leaving it, or FileExistsError."""

_UNSAFE = re.compile(r'[<>:"|?*\x00-\x1f\x7f]')
# What Windows takes for a device, whatever follows the first dot; superscript digits count as digits.
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\.|$)")
_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)", re.ASCII | re.IGNORECASE)
_TEXT = re.compile(r"(?i)^text/|html|json|xml|octet-stream")
_NEAR = 1024
"""Bytes by which the platform's word on a size may be wrong, and 1 % at most."""
_LONGEST = 200
"""Bytes of a name; file systems take 255, and a number and `.part` are still to come."""


def safe_name(name: str, fallback: str) -> str:
    """A file name that stays in its folder on every system.

    Args:
        name: The name as it came, perhaps a path, perhaps hostile.
        fallback: Used when nothing of it can be kept.
    """
    last = re.split(r"[/\\]", name)[-1]
    # Invisible marks could show "exe.png" for a name that ends otherwise; halves of surrogate pairs
    # cannot be written to any disk.
    visible = "".join(
        mark for mark in last if unicodedata.category(mark) not in ("Cf", "Cs", "Zl", "Zp")
    )
    plain = _UNSAFE.sub("_", visible).strip(" .")
    if not plain:
        return fallback
    return _shortened(f"_{plain}" if _DEVICES.match(plain) else plain)


def distinct(names: list[str]) -> list[str]:
    """The names, with a number where one comes again; without regard to case, as some disks are."""
    taken: set[str] = set()
    numbered: list[str] = []
    for name in names:
        free = next(free for free in _numbered(name) if free.casefold() not in taken)
        taken.add(free.casefold())
        numbered.append(free)
    return numbered


class Writable(Protocol):
    """As much of a file as a download needs."""

    def write(self, chunk: bytes, /) -> int:
        """Write after what was written last."""
        ...

    def seek(self, offset: int, /) -> int:
        """Go to a place, counted in bytes."""
        ...

    def truncate(self) -> int:
        """Forget what is behind that place."""
        ...


@dataclass
class DownloadBuffer:
    """The bytes of a download as they come, across several attempts.

    After a break the next attempt asks for the rest only, provided that the host says how to know that
    it is still the same file.
    """

    file: Writable
    expected: int | None
    """Bytes in all, as the platform states them; None if it does not, or states nonsense."""
    promised: str = ""
    """The type of the file, as the platform states it."""
    received: int = 0
    validator: str | None = None
    """The host's own mark of the file's version."""
    other_length: int | None = None
    """Bytes in all, as the host stated them last, where that is not what the platform states."""
    host_length: int | None = None
    """Bytes in all, as the host stated them of what has come."""
    is_page: bool = False
    """Whether the last answer was a page, as of a login or an error, where a film or the like is promised."""

    def __post_init__(self) -> None:
        if self.expected is not None and self.expected <= 0:
            self.expected = None

    def ask(self) -> dict[str, str]:
        """The headers that ask for what is missing."""
        if not self.received or self.validator is None:
            return {}
        return {"range": f"bytes={self.received}-", "if-range": self.validator}

    def begin(self, status: int, headers: Mapping[str, str]) -> bool:
        """Look at how an answer begins: whether its body is wanted. Rewinds if it starts over."""
        if status == 206 and self._continues(headers):
            return True
        self.restart()
        if status != 200:
            return False
        stated = headers.get("content-length", "")
        if not parse.content_codings(headers):
            self.validator = _validator(headers)
            self.host_length = int(stated) if stated.isdecimal() else None
            self._note_length()
        is_of_stated_length = self.expected is not None and self.host_length == self.expected
        self.is_page = self._promises_media and not is_of_stated_length and _is_page(headers)
        return not self.is_page

    @property
    def _promises_media(self) -> bool:
        """Whether the platform states a type that is neither a text nor anything at all."""
        return "/" in self.promised and not _TEXT.search(self.promised)

    def _note_length(self) -> None:
        """Two answers of the host that state nearly the platform's length outvote it.

        One that states quite another is more likely to be the page of an error.
        """
        length = self.host_length
        if self.expected is None or length is None:
            return
        is_near = abs(length - self.expected) <= max(1, min(_NEAR, self.expected // 100))
        if is_near and length == self.other_length:
            self.expected = length
        self.other_length = length

    def take(self, chunk: bytes) -> int:
        """Write what has come, and say how much there is now. More than expected is not written."""
        if self.expected is None or self.received <= self.expected:
            self.file.write(chunk)
        self.received += len(chunk)
        return self.received

    @property
    def is_too_much(self) -> bool:
        """Whether more has come than was stated; there is no use in waiting for the rest."""
        return self.expected is not None and self.received > self.expected

    @property
    def is_whole(self) -> bool:
        """Whether as much has come as was stated."""
        if not self.received and self._promises_media:
            return False
        whole = self.host_length if self.expected is None else self.expected
        return whole is None or self.received == whole

    def what_is_wrong(self) -> str:
        """What keeps a file that has ended from being whole."""
        if not self.received:
            return "an empty file came"
        came = "more" if self.is_too_much else f"{self.received} bytes"
        whole = self.host_length if self.expected is None else self.expected
        return f"{came} came instead of the stated {whole} bytes"

    def restart(self) -> None:
        """Forget what has come."""
        self.file.seek(0)
        self.file.truncate()
        self.received, self.validator, self.host_length, self.is_page = 0, None, None, False

    def _continues(self, headers: Mapping[str, str]) -> bool:
        """Whether an answer is the rest of what has come, of a file that is as long as it was."""
        stated = _RANGE.fullmatch(headers.get("content-range", "").strip())
        if not self.received or stated is None or parse.content_codings(headers):
            return False
        first, last, length = stated.groups()
        if length != "*":
            was = self.host_length
            self.host_length = int(length)
            if was not in (None, self.host_length):
                return False
        return int(first) == self.received <= int(last)


@dataclass
class PartialFile:
    """A file that is being received, under another name than it will have."""

    path: Path
    target: Path
    on_conflict: OnConflict
    file: BinaryIO

    def commit(self) -> Path:
        """Rename the complete file to its own name.

        Raises:
            FileExistsError: The name was taken meanwhile, and that is to be an error.
        """
        self.file.close()
        if self.on_conflict == "overwrite":
            return self.path.replace(self.target)
        for path in _candidates(self.target):
            if _moved(self.path, path):
                return path
            if self.on_conflict == "error":
                self.discard()
                raise FileExistsError(f"{path} was made while it was being fetched.")
            if self.on_conflict == "skip":
                self.discard()
                return path
        raise AssertionError("unreachable: there is always a next number")

    def discard(self) -> None:
        """Close the incomplete file and remove it from the disk."""
        self.file.close()
        self.path.unlink(missing_ok=True)


def reserve(folder: Path, name: str, on_conflict: OnConflict) -> PartialFile | None:
    """Make an empty `.part` file for a name; None if the name is taken and is to be skipped.

    The file is made exclusively, so that two processes saving to one folder never share it.

    Raises:
        FileExistsError: The name is taken, and that is to be an error.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / name
    if on_conflict in ("skip", "error") and os.path.lexists(target):
        if on_conflict == "skip":
            return None
        raise FileExistsError(
            f"{target} is there already; on_conflict= takes rename, overwrite or skip as well."
        )
    for path in _candidates(target):
        with suppress(FileExistsError):
            part = path.with_name(f"{path.name}.part")
            return PartialFile(part, target, on_conflict, part.open("xb"))
    raise AssertionError("unreachable: there is always a next number")


def write_text(path: Path, text: str) -> None:
    """Write a text file, whole or not at all."""
    part = path.with_name(f"{path.name}.part")
    # Half an emoji becomes its escape, which JSON reads back.
    part.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
    part.replace(path)


def _moved(source: Path, target: Path) -> bool:
    """Rename a file unless the target is there; whether it was renamed."""
    try:
        os.link(source, target)  # fails if the name is taken, which a rename would not
    except FileExistsError:
        return False
    except OSError:  # a file system without hard links
        if os.path.lexists(target):
            return False
        source.replace(target)
        return True
    source.unlink()
    return True


def _is_page(headers: Mapping[str, str]) -> bool:
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind in ("text/html", "application/xhtml+xml", "application/json")


def _validator(headers: Mapping[str, str]) -> str | None:
    """What `If-Range` takes: a strong entity tag, else the date of the last change."""
    tag = headers.get("etag", "")
    return tag if tag.startswith('"') else headers.get("last-modified")


def _candidates(path: Path) -> Iterator[Path]:
    return map(path.with_name, _numbered(path.name))


def _numbered(name: str) -> Iterator[str]:
    yield name
    stem, ending = os.path.splitext(name)  # noqa: PTH122 - a name, not a path
    for number in itertools.count(2):
        yield f"{stem}-{number}{ending}"


def _shortened(name: str) -> str:
    stem, ending = os.path.splitext(name)  # noqa: PTH122 - a name, not a path
    if len(name.encode()) <= _LONGEST:
        return name
    ending = ending if len(ending.encode()) <= 20 else ""
    room = _LONGEST - len(ending.encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip(" .") + ending
