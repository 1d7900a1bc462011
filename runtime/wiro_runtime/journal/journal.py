"""Where runs under a key are written down: a file, or a database that several machines share."""

from __future__ import annotations

import hashlib
import hmac
import os
from pathlib import Path
from typing import TYPE_CHECKING

from wiro_runtime import check, parse
from wiro_runtime.errors import ConfigurationError
from wiro_runtime.journal.store import Store
from wiro_runtime.journal.writer import Writer

if TYPE_CHECKING:
    from wiro_runtime.journal.database import Database

__all__ = ["GRACE", "Journal"]

GRACE = 30.0
"""Seconds of `grace` where nothing else is said."""
_POSTGRES = ("postgresql://", "postgres://")


class Journal:
    """A journal. One object may serve several clients, and several processes may open the same place.

        client = Wiro(journal=Journal("runs.sqlite", grace=10))

    Args:
        location: The path of an SQLite file, made if it is not there; or `postgresql://user@host/database`
            (extra `postgres`) for several machines.
        grace: Seconds after the end of a lost submission before its absence from the project's task list
            proves that it started nothing, and before another process may take its run over. Machines
            that share a journal have to agree on the time within half of it.
        project: A name for the account whose runs these are. Without one it is known by platform and API
            key, and a new key begins with an empty journal.

    Raises:
        ConfigurationError: It cannot be a journal.
    """

    def __init__(
        self, location: str | os.PathLike[str], *, grace: float = GRACE, project: str | None = None
    ) -> None:
        problem = check.seconds(grace, least=0)
        if problem is not None:
            raise ConfigurationError(f"grace=: {problem}")
        self.grace = grace
        self._project = project
        self._database = _database(location)
        self._writer = Writer(self._database)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._database.name}>"

    @property
    def name(self) -> str:
        """What messages call it; without a password."""
        return self._database.name

    def store(self, base_url: str, api_key: str) -> Store:
        """The runs of one project."""
        return Store(self._writer, self._project or fingerprint(base_url, api_key))

    def close(self) -> None:
        """Finish what was begun and let go of it; it opens again if it is used again."""
        self._writer.close()


def fingerprint(base_url: str, api_key: str) -> str:
    """A text by which a project is known again, and from which its key cannot be had."""
    name = f"wiro journal of {base_url}"
    return hmac.new(api_key.encode(), name.encode(), hashlib.sha256).hexdigest()[:32]


def _database(location: str | os.PathLike[str]) -> Database:
    problem = check.held_by(
        location,
        (str, os.PathLike),
        like="the path of a file, a URL of postgresql://, or a Journal",
    )
    if problem is not None:
        raise ConfigurationError(f"journal=: {problem}")
    text = os.fsdecode(location)
    if text.startswith(_POSTGRES):
        from wiro_runtime.journal.postgres import PostgreSQL  # noqa: PLC0415 - the other one is not needed

        return PostgreSQL(text)
    if not text or "://" in text or text.startswith((":", "file:")):
        raise ConfigurationError(
            f"journal={parse.without_password(text)!r} is neither the path of a file nor a URL of postgresql://; give one of them."
        )
    from wiro_runtime.journal.sqlite import SQLite  # noqa: PLC0415 - as above

    path = Path(text)
    unusable = check.path(path)
    if unusable is not None:
        raise ConfigurationError(f"journal=: {unusable}")
    return SQLite(path.expanduser().absolute())
