"""The tables of the journal, and how those of an older version become these.

The same statements serve SQLite and PostgreSQL. A version that has been released is never edited: a
change is a further step at the end of `STEPS`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wiro_runtime.errors import JournalFailed
from wiro_runtime.journal.database import transaction

if TYPE_CHECKING:
    from wiro_runtime.journal.database import Connection

__all__ = ["STEPS", "VERSION", "migrate"]

_TABLE = "wiro_journal"

STEPS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE wiro_runs (
            project TEXT NOT NULL, key TEXT NOT NULL, model TEXT NOT NULL, digest TEXT NOT NULL,
            body TEXT NOT NULL, marker TEXT NOT NULL, state TEXT NOT NULL, owner TEXT NOT NULL,
            at DOUBLE PRECISION NOT NULL, lasts DOUBLE PRECISION NOT NULL,
            task_id TEXT NOT NULL, token TEXT NOT NULL, estimate BIGINT, cost BIGINT,
            budgets TEXT NOT NULL, task TEXT, outputs TEXT NOT NULL, ended_at DOUBLE PRECISION,
            PRIMARY KEY (project, key))""",
        "CREATE INDEX wiro_runs_state ON wiro_runs (project, state, at)",
        "CREATE INDEX wiro_runs_at ON wiro_runs (project, at)",
        "CREATE INDEX wiro_runs_task ON wiro_runs (project, task_id)",
        """CREATE TABLE wiro_budgets (
            project TEXT NOT NULL, name TEXT NOT NULL, cap BIGINT NOT NULL, held BIGINT NOT NULL,
            spent BIGINT NOT NULL, PRIMARY KEY (project, name))""",
        """CREATE TABLE wiro_uploads (
            project TEXT NOT NULL, digest TEXT NOT NULL, url TEXT NOT NULL,
            at DOUBLE PRECISION NOT NULL, PRIMARY KEY (project, digest))""",
    ),
)
"""What leads from each version to the next."""

VERSION = len(STEPS)


def migrate(
    connection: Connection, name: str, *, exists: str, begin: str, lock: str | None = None
) -> None:
    """Bring the tables to this version; several processes may do so at once.

    Args:
        connection: Where they are, or will be.
        name: What messages call that place.
        exists: The query that returns a row if there is a table of the name that is its parameter.
        begin: The statement that begins a transaction.
        lock: The statement that keeps others out of it, if `begin` does not.

    Raises:
        JournalFailed: They are of a newer version.
    """
    if _version(connection, exists) == VERSION:
        return
    connection.execute(begin)
    with transaction(connection):
        if lock is not None:
            connection.execute(lock)
        connection.execute(
            f"CREATE TABLE IF NOT EXISTS {_TABLE} (name TEXT PRIMARY KEY, value BIGINT NOT NULL)"
        )
        version = _version(connection, exists) or 0  # somebody may have been faster
        if version > VERSION:
            raise JournalFailed(
                f"The journal {name} was written by a newer wiro-client (its tables are version {version}, "
                f"this one knows {VERSION}). Upgrade wiro-client here, or use another journal. Nothing "
                "was sent."
            )
        for step in STEPS[version:]:
            for statement in step:
                connection.execute(statement)
        connection.execute(f"DELETE FROM {_TABLE} WHERE name = 'version'")  # noqa: S608 - a constant
        connection.execute(
            f"INSERT INTO {_TABLE} (name, value) VALUES ('version', ?)",  # noqa: S608 - a constant
            (VERSION,),
        )


def _version(connection: Connection, exists: str) -> int | None:
    """The version of the tables; None where there are none."""
    if not connection.execute(exists, (_TABLE,)).fetchall():
        return None
    row = connection.execute(f"SELECT value FROM {_TABLE} WHERE name = 'version'").fetchone()  # noqa: S608 - a constant
    return None if row is None else int(row[0])
