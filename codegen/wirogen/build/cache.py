"""Models that were made before, kept in the user's cache folder under a hash of all that decides them.

An entry is used only if it is whole: its first line is the hash of the rest, and it is written beside
its place and renamed, so that a torn, edited or half-written file counts as none. Two runs that write
the same entry write the same bytes. What is kept is code, so the folder must be the user's own.
"""

import json
import os
import stat
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from platformdirs import user_cache_path

from wirogen.digest import digest
from wirogen.output.files import write_private

VARIABLE: Final = "WIROGEN_CACHE"
"""Names the cache folder in the environment; where it is unset, the system's own place is taken."""

_DAY: Final = 24 * 60 * 60
_KEPT_DAYS: Final = 30
"""Entries that no run asked for in so many days go."""


def default_folder() -> Path:
    """Return where made models are kept between runs: `WIROGEN_CACHE`, else where the system has it."""
    stated = os.environ.get(VARIABLE)
    return Path(stated) if stated else user_cache_path("wirogen", appauthor=False)


class Cache:
    """JSON values by key. Never fails: a folder that cannot be used is a cache that is empty.

    Args:
        folder: where to keep them; None keeps nothing.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder if folder is not None and _is_usable(folder) else None

    def read(self, key: str) -> Any:
        """Return the value under a key, or None if there is none that is whole."""
        if self._folder is None:
            return None
        path = self._path(self._folder, key)
        try:
            seal, _, content = path.read_bytes().partition(b"\n")
            if seal.decode() != digest(content):
                return None
            _keep_alive(path)
            return json.loads(content)
        except (OSError, ValueError):
            return None

    def write(self, key: str, value: Any) -> None:
        """Keep a value."""
        if self._folder is None:
            return
        content = json.dumps(value).encode()
        with suppress(OSError):  # a full or read-only disk must not keep anybody from generating
            write_private(self._path(self._folder, key), digest(content).encode() + b"\n" + content)

    def prune(self) -> None:
        """Remove what no run has asked for in a month; looks once a day."""
        if self._folder is None:
            return
        marker = self._folder / "pruned"
        with suppress(OSError):
            if marker.exists() and time.time() - marker.stat().st_mtime < _DAY:
                return
            marker.touch()
            for path in self._folder.glob("??/*"):
                if time.time() - path.stat().st_mtime > _KEPT_DAYS * _DAY:
                    path.unlink()

    @staticmethod
    def _path(folder: Path, key: str) -> Path:
        return folder / key[:2] / key[2:]


def _is_usable(folder: Path) -> bool:
    """Make the folder; it must belong to this user and let nobody else write."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.stat()
    except OSError:
        return False
    if not hasattr(os, "getuid"):
        return True  # Windows keeps a user's folders to the user
    is_shared = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return status.st_uid == os.getuid() and not is_shared


def _keep_alive(path: Path) -> None:
    if time.time() - path.stat().st_mtime > _DAY:
        path.touch()
