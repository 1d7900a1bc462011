"""What the journal asks of a database: a connection that takes SQL, and errors that say the way out."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from wiro_runtime.errors import JournalFailed

__all__ = ["Connection", "Database", "Rows", "transaction"]


class Rows(Protocol):
    """The rows that a statement returned."""

    @property
    def rowcount(self) -> int:
        """How many rows were changed."""
        ...

    def fetchone(self) -> Any:
        """The first row; None if there is none."""
        ...

    def fetchall(self) -> list[Any]:
        """The rows that are left, each as a tuple."""
        ...


class Connection(Protocol):
    """An open connection; places of parameters are written `?`."""

    def execute(self, sql: str, parameters: Sequence[Any] = (), /) -> Rows:
        """Perform one statement."""
        ...

    def close(self) -> None:
        """Close the connection, or return it to the pool that it is from."""
        ...


class Database(Protocol):
    """Where a journal is kept."""

    name: str
    """What messages call it; without a password."""
    begin: str
    """The statement that begins a transaction that writes."""

    def connect(self) -> Connection:
        """Open it, with the tables of this version in it.

        Raises:
            JournalFailed: It cannot be used; the text says what to do.
        """
        ...

    def explain(self, error: Exception) -> JournalFailed | None:
        """What an error of the database's own means; None if the error is not the database's."""
        ...

    def is_transient(self, error: Exception) -> bool:
        """Whether the same transaction may well succeed if it is tried again at once."""
        ...


@contextmanager
def transaction(connection: Connection) -> Generator[None]:
    """All of the block or nothing, in a transaction that has begun."""
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        rollback(connection)
        raise


def rollback(connection: Connection) -> None:
    """Undo what was begun; a connection that is gone has done so by itself."""
    with suppress(Exception):  # the first error is the one that counts
        connection.execute("ROLLBACK")
