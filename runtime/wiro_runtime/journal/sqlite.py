"""The journal in one file, through the standard library's SQLite.

Write-ahead log with `synchronous=FULL`: what is committed survives a power cut, which is the point of
it; with NORMAL an intent may be gone after one, and its task be paid twice.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from typing import TYPE_CHECKING, Any

from wiro_runtime.errors import JournalFailed
from wiro_runtime.journal.schema import migrate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from wiro_runtime.journal.database import Connection, Rows

__all__ = ["SQLite"]

_APPLICATION = 0x5769726F
"""Spells "Wiro" in the header of the file."""

_ADVICE = {
    sqlite3.SQLITE_FULL: "The disk is full: make room, then run it again.",
    sqlite3.SQLITE_READONLY: "It may not be written: give write permission for the file and its folder.",
    sqlite3.SQLITE_CANTOPEN: "It cannot be opened: the folder has to exist and be writable.",
    sqlite3.SQLITE_BUSY: "Another process kept it locked: end what holds it, then run it again.",
    sqlite3.SQLITE_LOCKED: "Another process kept it locked: end what holds it, then run it again.",
    sqlite3.SQLITE_CORRUPT: (
        "The file is damaged: copy it aside, recover what can be read with `sqlite3 FILE .recover`, and "
        "compare with the project's task list before anything is run again."
    ),
    sqlite3.SQLITE_NOTADB: "It is no SQLite database: give the journal a file of its own.",
    sqlite3.SQLITE_IOERR: "The disk failed: look at it before anything is run again.",
}

_BEGIN = "BEGIN IMMEDIATE"


class SQLite:
    """A journal's file.

    Args:
        path: Where it is; made if it is not there, readable by its owner only.
        timeout: Seconds to wait for another process that is writing.
    """

    begin = _BEGIN

    def __init__(self, path: Path, timeout: float = 10.0) -> None:
        self.name = str(path)
        self._path = path
        self._timeout = timeout

    def connect(self) -> Connection:
        """Open the file.

        Raises:
            JournalFailed: It cannot be used; the text says what to do.
        """
        try:
            self._protect()
            connection = sqlite3.connect(
                self._path,
                timeout=self._timeout,
                isolation_level=None,
                check_same_thread=False,  # used by one thread at a time, closed by any
            )
        except (OSError, sqlite3.Error) as error:
            raise self._explained(error) from error
        try:
            self._prepare(connection)
        except sqlite3.Error as error:
            connection.close()
            raise self._explained(error) from error
        except BaseException:
            connection.close()
            raise
        return _GuardedConnection(connection, self._path)

    def explain(self, error: Exception) -> JournalFailed | None:
        """What an error means, and the way out."""
        return self._explained(error) if isinstance(error, sqlite3.Error) else None

    def _explained(self, error: Exception) -> JournalFailed:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        advice = _ADVICE.get(code, "Mend that, or give another file.")
        return JournalFailed(f"The journal {self.name} cannot be used: {error}. {advice}")

    def is_transient(self, error: Exception) -> bool:  # noqa: ARG002 - the protocol's
        """Never: whoever is locked out has waited already."""
        return False

    def _protect(self) -> None:
        """Make the file for its owner only, before anything secret is in it."""
        try:
            os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        except FileExistsError:
            mode = self._path.stat().st_mode
            if not stat.S_ISREG(mode):
                raise JournalFailed(
                    f"The journal {self.name} is not a file; give the path of one. Nothing was sent."
                ) from None
            if mode & 0o077 and os.name == "posix":
                self._path.chmod(0o600)  # tokens in it are secrets

    def _prepare(self, connection: sqlite3.Connection) -> None:
        known = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
        if known and "wiro_journal" not in known:
            raise JournalFailed(
                f"{self.name} is a database of some other program. Give the journal a file of its own. "
                "Nothing was sent."
            )
        mode = connection.execute("PRAGMA journal_mode=WAL").fetchone()[0]
        if mode != "wal":
            raise JournalFailed(
                f"The journal {self.name} lies where SQLite cannot keep a write-ahead log, such as on a "
                "network drive. Put it on a local disk, or use postgresql://… for several machines."
            )
        connection.execute("PRAGMA synchronous=FULL")
        if not known:
            connection.execute(f"PRAGMA application_id={_APPLICATION}")
        migrate(
            connection,
            self.name,
            exists="SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?",
            begin=self.begin,
        )


class _GuardedConnection:
    """A connection that writes nothing into a file which nobody finds any more.

    SQLite goes on writing into a file that was removed or replaced: an intent in it would be an intent that the
    next process does not know of, and its run be paid twice.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path
        self._log = path.with_name(f"{path.name}-wal")
        self._opened = (_identity(self._path), _identity(self._log))

    def execute(self, sql: str, parameters: Sequence[Any] = (), /) -> Rows:
        """Perform one statement.

        Raises:
            JournalFailed: The file is not the one that was opened; nothing was written.
        """
        rows = self._connection.execute(sql, parameters)
        if sql == _BEGIN and (_identity(self._path), _identity(self._log)) != self._opened:
            self._connection.execute("ROLLBACK")
            raise JournalFailed(
                f"The journal {self._path} or its write-ahead log was removed or replaced while it was in use. Put it "
                "back where it was, with the files beside it; what is there now may lack runs that are paid for."
            )
        return rows

    def close(self) -> None:
        """Close the connection to the file."""
        self._connection.close()


def _identity(path: Path) -> tuple[int, int] | None:
    """What distinguishes a file from another of its name; None where there is none."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino
