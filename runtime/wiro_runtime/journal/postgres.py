"""The journal on PostgreSQL, for processes on several machines, through psycopg (extra `postgres`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wiro_runtime import parse
from wiro_runtime.errors import ConfigurationError, JournalFailed
from wiro_runtime.journal.schema import migrate
from wiro_runtime.seam import clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    import psycopg

    from wiro_runtime.journal.database import Connection, Rows

__all__ = ["PostgreSQL"]

_LOCK = 0x5769726F
"""Names the advisory lock under which tables are made."""
_SKEW = 5.0
"""Seconds by which this machine's clock may differ from the server's: who takes over whose run, and when,
goes by their clocks."""


class PostgreSQL:
    """A journal's tables in a database.

    Args:
        url: `postgresql://user@host/database`.
    """

    begin = "BEGIN"

    def __init__(self, url: str) -> None:
        try:
            import psycopg  # noqa: PLC0415 - an extra
        except ImportError:
            raise ConfigurationError(
                "A journal on PostgreSQL needs psycopg: pip install 'wiro-client[postgres]'."
            ) from None
        self._psycopg = psycopg
        self._url = url
        parts = parse.url_parts(url)
        self.name = f"{parts.scheme}://{parts.hostname or ''}{parts.path}"

    def connect(self) -> Connection:
        """Connect.

        Raises:
            JournalFailed: It cannot be used; the text says what to do.
        """
        try:
            connection = self._psycopg.connect(self._url, autocommit=True, connect_timeout=10)
        except self._psycopg.Error as error:
            raise self._explained(error) from error
        facade = _Facade(connection)
        try:
            self._compare_clocks(facade)
            migrate(
                facade,
                self.name,
                exists="SELECT 1 WHERE to_regclass(?) IS NOT NULL",
                begin=self.begin,
                lock=f"SELECT pg_advisory_xact_lock({_LOCK})",
            )
        except self._psycopg.Error as error:
            connection.close()
            raise self._explained(error) from error
        except BaseException:
            connection.close()
            raise
        return facade

    def explain(self, error: Exception) -> JournalFailed | None:
        """What an error means, and the way out."""
        return self._explained(error) if isinstance(error, self._psycopg.Error) else None

    def _explained(self, error: Exception) -> JournalFailed:
        text = str(error).strip().replace("\n", " ")
        return JournalFailed(
            f"The journal {self.name} cannot be used: {text}. Check that the server runs and that the "
            "user may write there; tables are made on first use."
        )

    def is_transient(self, error: Exception) -> bool:
        """Two transactions that waited for each other, of which this one was given up."""
        errors = self._psycopg.errors
        return isinstance(error, (errors.DeadlockDetected, errors.SerializationFailure))

    def _compare_clocks(self, connection: Connection) -> None:
        if not isinstance(clock.current(), clock.SystemClock):
            return
        row = connection.execute("SELECT extract(epoch FROM clock_timestamp())").fetchone()
        ahead = clock.current().time() - float(row[0])
        if abs(ahead) > _SKEW:
            raise JournalFailed(
                f"This machine's clock is {abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} that "
                f"of the journal {self.name}; machines that share a journal have to agree within "
                f"{_SKEW:.0f} s. Set the clocks, by NTP for instance. Nothing was sent."
            )


class _Facade:
    """Writes places of parameters as psycopg wants them."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def execute(self, sql: str, parameters: Sequence[Any] = (), /) -> Rows:
        """Perform one statement."""
        return self._connection.execute(sql.replace("?", "%s").encode(), parameters)

    def close(self) -> None:
        """End the session with the server."""
        self._connection.close()
