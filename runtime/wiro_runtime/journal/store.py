"""What the journal can be asked: each a piece of work in one transaction, the same on every database.

Whoever changes a run in flight names the owner and the moment of the intent it believes in; if another
process has taken the run over meanwhile, nothing is changed and the answer says so.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from wiro_runtime.errors import BudgetExceeded
from wiro_runtime.journal.entry import COLUMNS, JournalEntry, from_units, to_units

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future
    from decimal import Decimal

    from wiro_runtime.journal.database import Connection
    from wiro_runtime.journal.entry import State
    from wiro_runtime.journal.writer import Writer
    from wiro_runtime.task.snapshot import TaskSnapshot

__all__ = ["BudgetState", "Spending", "Store"]

_SELECT = f"SELECT {', '.join(COLUMNS)} FROM wiro_runs"  # noqa: S608 - constants
_INSERT = (
    f"INSERT INTO wiro_runs ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))}) "  # noqa: S608 - constants
    "ON CONFLICT (project, key) DO NOTHING"
)
_KEY = "WHERE project = ? AND key = ?"
_MINE = f"{_KEY} AND owner = ? AND at = ?"
# Run may have named the task by its token only. The id comes first: it is what there is an index of.
_OF_TASK = (
    "WHERE project = ? AND task_id IN (?, '') AND (task_id <> '' OR (token <> '' AND token = ?))"
)
_ENDING = ("state", "task_id", "token", "task", "cost", "ended_at")
"""The columns that the end of a task changes."""


@dataclass(frozen=True, slots=True)
class BudgetState:
    """A budget, in US dollars."""

    name: str
    cap: Decimal
    held: Decimal
    """Reserved for runs that have not ended."""
    spent: Decimal
    """Billed."""

    @property
    def left(self) -> Decimal:
        """What further runs may reserve."""
        return self.cap - self.held - self.spent


@dataclass(frozen=True, slots=True)
class Spending:
    """What the runs of one model and one outcome cost."""

    model: str
    state: State
    runs: int
    cost: Decimal
    """US dollars; runs whose cost was not stated count as nothing."""


@dataclass(frozen=True)
class Store:
    """The runs of one project in one journal."""

    writer: Writer
    project: str
    """A fingerprint of platform and API key."""

    def find(self, key: str) -> Future[JournalEntry | None]:
        """The run under a key."""
        return self.writer.submit(lambda connection: self._find(connection, key))

    def claim(self, entry: JournalEntry) -> Future[JournalEntry | None]:
        """Write an intent and reserve its estimate in every budget; or what stands there already.

        Raises in the future:
            BudgetExceeded: A budget has no room for it. Nothing was written.
        """

        def work(connection: Connection) -> JournalEntry | None:
            written = connection.execute(_INSERT, entry.to_row()).rowcount
            if not written:
                return self._find(connection, entry.key)
            self._reserve(connection, entry)
            return None

        return self.writer.submit(work)

    def take_over(self, entry: JournalEntry, *, owner: str) -> Future[bool]:
        """Make a run whose sender is gone one's own, as `unknown`; whether nobody else was faster.

        The moment of the intent stays: it says when a task can have been made.
        """
        sql = f"UPDATE wiro_runs SET state = 'unknown', owner = ? {_MINE} AND state = 'intent'"  # noqa: S608 - constants
        return self._change(sql, (owner, *self._mine(entry)))

    def mark_unknown(self, entry: JournalEntry) -> Future[bool]:
        """Note that Run was sent and its answer was lost."""
        sql = f"UPDATE wiro_runs SET state = 'unknown' {_MINE} AND state = 'intent'"  # noqa: S608 - constants
        return self._change(sql, self._mine(entry))

    def accept(self, entry: JournalEntry, *, task_id: str, token: str) -> Future[bool]:
        """Note the task that was started, whoever owns the run by now; whether the run is still open.

        A token proves the task, and to lose it would be to lose the task.
        """

        def work(connection: Connection) -> bool:
            sql = (
                f"UPDATE wiro_runs SET state = 'accepted', task_id = ?, token = ? {_KEY} "  # noqa: S608 - constants
                "AND state IN ('intent', 'unknown', 'accepted')"
            )
            names = (task_id, token, self.project, entry.key)
            return connection.execute(sql, names).rowcount == 1

        return self.writer.submit(work)

    def withdraw(self, entry: JournalEntry) -> Future[bool]:
        """Take an intent back that started nothing, with what was reserved for it."""

        def work(connection: Connection) -> bool:
            withdrawn = self._find(connection, entry.key)
            sql = f"DELETE FROM wiro_runs {_MINE} AND state IN ('intent', 'unknown')"  # noqa: S608 - constants
            gone = connection.execute(sql, self._mine(entry)).rowcount == 1
            if gone and withdrawn is not None:
                self._settle(connection, withdrawn, None)
            return gone

        return self.writer.submit(work)

    def finish(self, task: TaskSnapshot, state: State, *, at: float) -> Future[JournalEntry | None]:
        """Note how a task ended and settle its budgets; the run as it is then, None if that is no news."""

        def work(connection: Connection) -> JournalEntry | None:
            sql = f"{_SELECT} {_OF_TASK} AND state = 'accepted'"
            row = connection.execute(sql, self._names(task)).fetchone()
            if row is None:
                return None
            entry = JournalEntry.from_row(row)
            ended = replace(
                entry,
                state=state,
                task_id=task.id or entry.task_id,
                token=task.token or entry.token,
                task=task.to_dict(),
                cost=task.total_cost,
                ended_at=at,
            )
            columns = dict(zip(COLUMNS, ended.to_row(), strict=True))
            sql = (
                f"UPDATE wiro_runs SET {', '.join(f'{name} = ?' for name in _ENDING)} "  # noqa: S608 - constants
                f"{_KEY} AND state = 'accepted'"
            )
            news = [columns[name] for name in _ENDING]
            if connection.execute(sql, (*news, self.project, entry.key)).rowcount != 1:
                return None
            # What is neither stated nor known to be free counts as reserved.
            is_open = task.total_cost is None and task.billed is not False
            self._settle(connection, entry, entry.estimate if is_open else task.total_cost)
            return ended

        return self.writer.submit(work)

    def add_outputs(self, task: TaskSnapshot, paths: Sequence[str]) -> Future[bool]:
        """Note where outputs of a task were saved; whether the task is that of a run."""

        def work(connection: Connection) -> bool:
            sql = f"SELECT outputs FROM wiro_runs {_OF_TASK}"  # noqa: S608 - constants
            row = connection.execute(sql, self._names(task)).fetchone()
            if row is None:
                return False
            kept = json.dumps(
                list(dict.fromkeys((*json.loads(row[0]), *paths))), ensure_ascii=False
            )
            sql = f"UPDATE wiro_runs SET outputs = ? {_OF_TASK}"  # noqa: S608 - constants
            return connection.execute(sql, (kept, *self._names(task))).rowcount > 0

        return self.writer.submit(work)

    def forget(self, key: str) -> Future[JournalEntry | None]:
        """Delete a run, with what is reserved for it; the run as it was."""

        def work(connection: Connection) -> JournalEntry | None:
            entry = self._find(connection, key)
            if entry is not None:
                connection.execute(f"DELETE FROM wiro_runs {_KEY}", (self.project, key))  # noqa: S608 - constants
                if entry.is_open:
                    self._settle(connection, entry, None)
            return entry

        return self.writer.submit(work)

    def page(
        self,
        *,
        states: Sequence[State] = (),
        model: str | None = None,
        after: tuple[float, str] | None = None,
        size: int = 200,
    ) -> Future[list[JournalEntry]]:
        """Runs, the oldest intent first, from after a moment and key on."""
        conditions, values = ["project = ?"], [self.project]
        if states:
            conditions.append(f"state IN ({', '.join('?' * len(states))})")
            values += states
        if model is not None:
            conditions.append("model = ?")
            values.append(model)
        parameters: list[Any] = list(values)
        if after is not None:
            conditions.append("(at > ? OR (at = ? AND key > ?))")
            parameters += [after[0], after[0], after[1]]
        sql = f"{_SELECT} WHERE {' AND '.join(conditions)} ORDER BY at, key LIMIT ?"
        parameters.append(size)

        def work(connection: Connection) -> list[JournalEntry]:
            return [
                JournalEntry.from_row(row) for row in connection.execute(sql, parameters).fetchall()
            ]

        return self.writer.submit(work)

    def known_tasks(self, since: float) -> Future[dict[str, float]]:
        """The moments of the intents since a moment whose tasks are known, by each name of the task: id and token."""
        sql = "SELECT task_id, token, at FROM wiro_runs WHERE project = ? AND at >= ?"

        def work(connection: Connection) -> dict[str, float]:
            rows = connection.execute(sql, (self.project, since)).fetchall()
            return {name: at for *names, at in rows for name in names if name}

        return self.writer.submit(work)

    def spending(self, since: float = 0.0) -> Future[list[Spending]]:
        """What was spent since a moment, by model and outcome, the most expensive first."""
        sql = (
            "SELECT model, state, COUNT(*), COALESCE(SUM(cost), 0) FROM wiro_runs "
            "WHERE project = ? AND at >= ? GROUP BY model, state ORDER BY 4 DESC, 1, 2"
        )

        def work(connection: Connection) -> list[Spending]:
            rows = connection.execute(sql, (self.project, since)).fetchall()
            return [
                Spending(model, state, int(runs), from_units(int(cost)))
                for model, state, runs, cost in rows
            ]

        return self.writer.submit(work)

    def open_budget(self, name: str, cap: Decimal) -> Future[BudgetState]:
        """Make a budget, or set the cap of one that others share."""
        sql = (
            "INSERT INTO wiro_budgets (project, name, cap, held, spent) VALUES (?, ?, ?, 0, 0) "
            "ON CONFLICT (project, name) DO UPDATE SET cap = excluded.cap"
        )

        def work(connection: Connection) -> BudgetState:
            connection.execute(sql, (self.project, name, to_units(cap)))
            return self._budget(connection, name) or _none(name)

        return self.writer.submit(work)

    def budgets(self) -> Future[list[BudgetState]]:
        """Every budget, by name."""
        sql = "SELECT name, cap, held, spent FROM wiro_budgets WHERE project = ? ORDER BY name"

        def work(connection: Connection) -> list[BudgetState]:
            return [_budget(row) for row in connection.execute(sql, (self.project,)).fetchall()]

        return self.writer.submit(work)

    def budget(self, name: str) -> Future[BudgetState | None]:
        """A budget; None if there is none of the name."""
        return self.writer.submit(lambda connection: self._budget(connection, name))

    def find_upload(self, digest: str, since: float) -> Future[str | None]:
        """The URL under which the platform has a file of this content since a moment or later."""
        sql = "SELECT url FROM wiro_uploads WHERE project = ? AND digest = ? AND at >= ?"

        def work(connection: Connection) -> str | None:
            row = connection.execute(sql, (self.project, digest, since)).fetchone()
            return None if row is None else str(row[0])

        return self.writer.submit(work)

    def keep_upload(self, digest: str, url: str, at: float) -> Future[None]:
        """Note where the platform has a file."""
        sql = (
            "INSERT INTO wiro_uploads (project, digest, url, at) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (project, digest) DO UPDATE SET url = excluded.url, at = excluded.at"
        )

        def work(connection: Connection) -> None:
            connection.execute(sql, (self.project, digest, url, at))

        return self.writer.submit(work)

    def _change(self, sql: str, parameters: Sequence[Any]) -> Future[bool]:
        return self.writer.submit(
            lambda connection: connection.execute(sql, parameters).rowcount == 1
        )

    def _mine(self, entry: JournalEntry) -> tuple[str, str, str, float]:
        return (self.project, entry.key, entry.owner, entry.at)

    def _names(self, task: TaskSnapshot) -> tuple[str, str, str]:
        return (self.project, task.id, task.token or "")

    def _find(self, connection: Connection, key: str) -> JournalEntry | None:
        row = connection.execute(f"{_SELECT} {_KEY}", (self.project, key)).fetchone()
        return None if row is None else JournalEntry.from_row(row)

    def _budget(self, connection: Connection, name: str) -> BudgetState | None:
        sql = f"SELECT name, cap, held, spent FROM wiro_budgets {_NAME}"  # noqa: S608 - constants
        row = connection.execute(sql, (self.project, name)).fetchone()
        return None if row is None else _budget(row)

    def _reserve(self, connection: Connection, entry: JournalEntry) -> None:
        """Reserve in every budget or in none: the work as a whole is undone by the first refusal."""
        if entry.estimate is None:
            return
        amount = to_units(entry.estimate)
        for name in entry.budgets:
            # One statement: between a look and a later change another process could spend.
            sql = f"UPDATE wiro_budgets SET held = held + ? {_NAME} AND held + spent + ? <= cap"  # noqa: S608 - constants
            if connection.execute(sql, (amount, self.project, name, amount)).rowcount != 1:
                raise _exceeded(self._budget(connection, name) or _none(name), entry)

    def _settle(self, connection: Connection, entry: JournalEntry, cost: Decimal | None) -> None:
        """Release what was reserved, and count what was billed."""
        held = to_units(entry.estimate) if entry.estimate is not None else 0
        spent = to_units(cost) if cost is not None else 0
        for name in entry.budgets:
            sql = f"UPDATE wiro_budgets SET held = held - ?, spent = spent + ? {_NAME}"  # noqa: S608 - constants
            connection.execute(sql, (held, spent, self.project, name))


_NAME = "WHERE project = ? AND name = ?"


def _budget(row: Sequence[Any]) -> BudgetState:
    name, *amounts = row
    cap, held, spent = (from_units(int(amount)) for amount in amounts)
    return BudgetState(name, cap, held, spent)


def _none(name: str) -> BudgetState:
    return BudgetState(name, from_units(0), from_units(0), from_units(0))


def _exceeded(budget: BudgetState, entry: JournalEntry) -> BudgetExceeded:
    return BudgetExceeded.of(budget.name, entry.model, entry.estimate, budget.left, budget.cap)
