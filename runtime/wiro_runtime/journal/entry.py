"""One run in the journal: what was asked, how far it came, what it cost."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["COLUMNS", "OPEN_STATES", "JournalEntry", "State", "from_units", "to_units"]

State: TypeAlias = Literal["intent", "accepted", "done", "failed", "cancelled", "unknown"]
"""`intent`: Run may be on its way · `accepted`: the task is known · `done`, `failed`, `cancelled`: it has ended
· `unknown`: Run was sent, and whether a task was started is not known."""

OPEN_STATES: tuple[State, ...] = ("intent", "accepted", "unknown")
"""The states of a run that has not ended."""

_UNIT = Decimal("1e-12")
"""US dollars: the platform states costs with twelve decimals, and integers add up exactly."""
_MOST = 9_000_000
"""US dollars that fit into 64 bits of that unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """A run under a key, as the journal has it. Times are seconds since the Unix epoch."""

    project: str
    """A fingerprint of platform and API key; neither can be read from it."""
    key: str
    """The caller's name for the run."""
    model: str
    digest: str
    """Of what was asked, local files by their content: another request under the same key differs."""
    body: Mapping[str, Any] = field(repr=False)
    """The exact JSON body of Run."""
    marker: str
    """Random; the platform carries it where the call has a callback URL."""
    state: State
    owner: str
    """Who sends Run: random, one per client."""
    at: float
    """When the intent was written, or taken over."""
    lasts: float
    """Seconds after `at` in which the sending of Run is over in any case."""
    task_id: str = ""
    token: str = field(default="", repr=False)
    """Names the task to anyone who has it: keep it like a password."""
    estimate: Decimal | None = None
    """US dollars reserved for it; None when no budget asked."""
    cost: Decimal | None = None
    """US dollars, as billed."""
    budgets: tuple[str, ...] = ()
    """What its cost counts towards."""
    task: Mapping[str, Any] | None = field(default=None, repr=False)
    """The task object as it ended."""
    outputs: tuple[str, ...] = ()
    """Where its outputs were saved."""
    ended_at: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether it has not ended, as far as the journal knows."""
        return self.state in OPEN_STATES

    def to_row(self) -> tuple[Any, ...]:
        """Its columns, in the order of `COLUMNS`."""
        return tuple(_write(name, getattr(self, name)) for name in COLUMNS)

    @classmethod
    def from_row(cls, row: Sequence[Any]) -> JournalEntry:
        """Read columns in the order of `COLUMNS`."""
        return cls(**{name: _read(name, value) for name, value in zip(COLUMNS, row, strict=True)})


COLUMNS = tuple(column.name for column in fields(JournalEntry))
_JSON = frozenset({"body", "task", "budgets", "outputs"})
_TUPLES = frozenset({"budgets", "outputs"})
_MONEY = frozenset({"estimate", "cost"})


def _write(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in _JSON:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return to_units(value) if name in _MONEY else value


def _read(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in _JSON:
        decoded = json.loads(value)
        return tuple(decoded) if name in _TUPLES else decoded
    return from_units(value) if name in _MONEY else value


def to_units(dollars: Decimal) -> int:
    """US dollars as the integer that is stored, rounded up.

    Raises:
        ValueError: It is no amount that can be stored.
    """
    if not dollars.is_finite() or not -_MOST <= dollars <= _MOST:
        raise ValueError(f"{dollars} US dollars cannot be kept; at most {_MOST:,} can.")
    return int((dollars / _UNIT).to_integral_value(ROUND_CEILING))


def from_units(units: int) -> Decimal:
    """US dollars of a stored integer."""
    return (Decimal(units) * _UNIT).normalize() + Decimal(0)
