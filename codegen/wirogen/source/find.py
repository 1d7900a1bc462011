"""Where documents come from: files, folders, standard input, URLs and the platform.

Everything is found before anything is read; what was found is read when its turn comes.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from wirogen.document.detect import MAX_BYTES
from wirogen.errors import DocumentError, Problem, UsageError
from wirogen.spec.location import list_files

SUFFIXES: Final = (".txt", ".json")
"""What a document in a folder ends in. Its form is known by what it says."""

_SLUG: Final = re.compile(r"[^/\\.][^/\\]*/[^/\\.][^/\\]*")
_OWNER: Final = re.compile(r"[A-Za-z0-9_-]+")
_LIKE_A_FILE: Final = re.compile(r".*\.(?:txt|json|ya?ml|md|html?)", re.IGNORECASE)


class DocumentSource(Protocol):
    """Where a document's bytes come from: a file, standard input, a URL or the platform."""

    @property
    def name(self) -> str:
        """Where it comes from, for messages."""
        ...

    @property
    def data(self) -> bytes:
        """Its bytes, no more than one beyond what a document may have.

        Raises:
            DocumentError: they cannot be had.
        """
        ...


@dataclass(frozen=True, slots=True)
class File:
    """A regular file on this machine; its name decides nothing."""

    path: Path

    @property
    def name(self) -> str:
        """Its path as it was found, relative or not."""
        return str(self.path)

    @property
    def data(self) -> bytes:
        """Read it; never wait for a pipe.

        Raises:
            DocumentError: it is no regular file, or cannot be read.
        """
        try:
            if not self.path.is_file():
                message = "is not a regular file"
                raise DocumentError(Problem(message, "pipe it in: wirogen import -", self.name))
            with self.path.open("rb") as stream:
                return stream.read(MAX_BYTES + 1)
        except OSError as error:
            raise DocumentError(
                Problem(f"cannot be read: {error.strerror}", "", self.name)
            ) from error


@dataclass(frozen=True, slots=True)
class StandardInput:
    """A document that is piped in."""

    name: str = "standard input"

    @property
    def data(self) -> bytes:
        """Read it to its end."""
        return sys.stdin.buffer.read(MAX_BYTES + 1)


def find(argument: str, *, allow_http: bool = False) -> Iterator[DocumentSource]:
    """Find what an argument of `wirogen import` stands for.

    Args:
        argument: `-`, a file, a folder, an `https://` URL, or `owner/model` for what the platform
            says. What exists as a file is taken as one.
        allow_http: whether URLs may be http:// and of this machine.

    Raises:
        UsageError: there is nothing of that name, or no document in the folder.
        DocumentError: a URL is none to be fetched.
    """
    path = Path(argument)
    if argument == "-":
        yield StandardInput()
    elif "://" in argument:
        # Imported here, like the platform below: who imports files need not pay for HTTP.
        from wirogen.source.https import Download, check_url  # noqa: PLC0415

        check_url(argument, allow_http=allow_http)
        yield Download(argument, allow_http)
    elif path.is_dir():
        yield from _files_below(path)
    elif path.exists():
        yield File(path)
    elif _SLUG.fullmatch(argument) and not _LIKE_A_FILE.fullmatch(argument):
        from wirogen.source.platform import Platform, PlatformTool  # noqa: PLC0415

        yield PlatformTool(argument, Platform.from_environment())
    else:
        remedy = "ask the platform by owner/model" if _OWNER.fullmatch(argument) else ""
        raise UsageError(Problem("there is no such file or folder", remedy, argument))


def _files_below(folder: Path) -> list[File]:
    """List the documents below a folder; what is hidden is left alone."""
    paths = [
        path
        for path in list_files(folder)
        if path.suffix.lower() in SUFFIXES
        and path.is_file()
        and not any(step.startswith(".") for step in path.relative_to(folder).parts)
    ]
    if not paths:
        expected = " or ".join(SUFFIXES)
        raise UsageError(
            Problem(f"there is no {expected} file below this folder", file=str(folder))
        )
    return [File(path) for path in paths]
