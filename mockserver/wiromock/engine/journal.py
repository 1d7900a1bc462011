"""What happened, in order, and why each answer was the one given.

Bounded by count and by bytes: the oldest entries go first, `dropped` counts them, and asking for all
of a kind is an error then.
"""

import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from itertools import islice
from typing import Any, TypeAlias, TypeVar, get_args

from wiromock.argument import check_kind, check_number, show
from wiromock.errors import MockError, WrongScript, WrongValue
from wiromock.scenario import Scenario
from wiromock.spec.operation import Operation

KEPT_BODY = 65_536
"""Bytes of a request's body that an entry keeps."""

_ENTRY = 200
"""Bytes that an entry takes in addition to its own texts and bodies, roughly."""

_MANY = 1e9
"""Entries; no journal has as many."""

KEPT_REPLY = 16_384
"""Bytes of a reply's text that an entry keeps; of sound and pictures it keeps none."""


@dataclass(
    slots=True, kw_only=True
)  # changed by nobody; a frozen one takes three times as long to make
class Entry:
    """Something that happened."""

    at: float
    """Unix seconds on the mock's clock."""


@dataclass(slots=True, kw_only=True)
class RequestIn(Entry):
    """What a caller sent, before it was judged."""

    operation: str
    method: str
    path: str
    headers: Mapping[str, str]
    """Without the ones that prove who is calling."""
    raw: bytes = field(repr=False)
    """The start of the body."""
    size: int
    """Bytes of the whole body."""

    @property
    def body(self) -> Any:
        """The body, read as JSON; fails for other bodies and for one that was cut."""
        return json.loads(self.raw)


@dataclass(slots=True, kw_only=True)
class ScenarioChosen(Entry):
    """A script decided what happens."""

    target: str
    scenario: Scenario
    why: str


@dataclass(slots=True, kw_only=True)
class StageReached(Entry):
    """A task reached a stage. Noted when somebody looks at the task; `at` is when it happened."""

    task: str
    status: str


@dataclass(slots=True, kw_only=True)
class CommandIn(Entry):
    """Somebody asked to cancel, kill or release a task."""

    task: str
    kind: str
    status: str
    """Where the task was."""
    applied: bool


@dataclass(slots=True, kw_only=True)
class Dispute(Entry):
    """The call used something on which the sources disagree, or say nothing."""

    topic: str
    detail: str


@dataclass(slots=True, kw_only=True)
class ReplyOut(Entry):
    """What a caller was answered, and why."""

    operation: str
    status: int
    errors: tuple[str, ...] = ()
    explanation: str = ""
    caller: str = ""
    """The line of the caller's program, where a refusal could be traced to one."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    raw: bytes = field(default=b"", repr=False)
    """The start of the body, where it is text and there at once."""
    size: int = field(default=0, repr=False)
    """Bytes of the whole body; 0 where it is written later, as a stream is."""
    loss: str = field(default="", repr=False)
    """How the reply failed to arrive in one piece, where a scenario says so."""

    @property
    def body(self) -> Any:
        """The body, read as JSON; fails for other bodies and for one that was cut."""
        return json.loads(self.raw)


@dataclass(slots=True, kw_only=True)
class SocketIn(Entry):
    """Something arrived on a socket; sound only where it belongs to nothing."""

    what: str


@dataclass(slots=True, kw_only=True)
class FrameOut(Entry):
    """A message left on a socket."""

    task: str
    type: str


@dataclass(slots=True, kw_only=True)
class WebhookSent(Entry):
    """A front end has sent a webhook, or tried to."""

    number: int
    outcome: str


@dataclass(slots=True, kw_only=True)
class Misused(Entry):
    """The mock was used in a way that cannot be right."""

    message: str


_Some = TypeVar("_Some", bound=Entry)

_Row: TypeAlias = tuple[str, float, str, str]
"""A stage or a frame as it is kept: which of the two, when, of which task, and what. They are most of a journal,
and the garbage collector passes over tuples of such values, as it does not over objects of a class."""

_STAGE, _FRAME = "stage", "frame"


class Journal:
    """The entries that are still kept.

    Args:
        max_entries: how many to keep.
        max_bytes: how much text and body to keep, roughly.
    """

    def __init__(self, max_entries: int, max_bytes: int) -> None:
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._entries: deque[Entry | _Row] = deque()
        # Beside them: pairs would be as many objects again for the garbage collector to look at.
        self._weights: deque[int] = deque()
        self.weight = 0
        """Bytes that they take, roughly."""
        self._misuse: list[MockError] = []
        self.dropped = 0
        """How many entries had to go."""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries, oldest first."""
        return tuple(map(_read, self._entries))

    def add_stage(self, at: float, task: str, status: str) -> None:
        """Write down that a task has reached a stage; see `StageReached`."""
        self._add((_STAGE, at, task, status), _ENTRY)

    def add_frame(self, at: float, task: str, kind: str) -> None:
        """Write down that a message has left on a socket; see `FrameOut`."""
        self._add((_FRAME, at, task, kind), _ENTRY)

    def add(self, entry: Entry, weight: int = 0) -> None:
        """Write an entry down.

        Args:
            entry: what happened.
            weight: bytes of its body, beyond what any entry takes.

        Raises:
            WrongValue: it is no entry.
        """
        check_kind("journal.add: entry", entry, Entry, "an Entry, such as RequestIn(…)")
        self._add(entry, weight + _ENTRY)

    def _add(self, entry: Entry | _Row, weight: int) -> None:
        self._entries.append(entry)
        self._weights.append(weight)
        self.weight += weight
        while len(self._entries) > self._max_entries or self.weight > self._max_bytes:
            self._entries.popleft()
            self.weight -= self._weights.popleft()
            self.dropped += 1

    def of(self, kind: type[_Some]) -> list[_Some]:
        """All entries of one kind, oldest first.

        Raises:
            MockError: the oldest had to go, so that a test would count too few.
            WrongValue: it is no kind of entry, so there can be none.
        """
        _check_entry_kind(kind)
        if self.dropped:
            raise MockError(
                f"the journal has dropped its {self.dropped} oldest entries, so nobody can count them: it "
                f"keeps {self._max_entries}, or fewer large ones; `entries` has those that are left, and "
                "a reset between two parts of a test begins a new journal"
            )
        return [entry for entry in self.entries if isinstance(entry, kind)]

    def calls(self, operation: Operation | None = None) -> list[RequestIn]:
        """The requests that arrived.

        Args:
            operation: only those for it, such as `"TaskDetail"`; None means all.

        Raises:
            WrongScript: there is no such operation.
            MockError: the oldest had to go.
        """
        known = get_args(Operation)
        if operation is not None and operation not in known:
            raise WrongScript(
                f"no operation is called {show(operation)}; there are {', '.join(known)}"
            )
        return [call for call in self.of(RequestIn) if operation in {None, call.operation}]

    def misuse(self, error: MockError, at: float) -> None:
        """Remember misuse until somebody takes it.

        Raises:
            WrongValue: it is no `MockError`.
        """
        check_kind("journal.misuse: error", error, MockError, "a MockError")
        self._misuse.append(error)
        self.add(Misused(at=at, message=str(error)))

    def take_misuse(self) -> list[MockError]:
        """Return the misuse so far; what was taken is not raised again."""
        taken, self._misuse = self._misuse, []
        return taken

    def plain(self, last: int | None = None) -> list[dict[str, Any]]:
        """Kept entries as plain data, for a page or for JSON; bodies as text.

        Args:
            last: only so many of the newest; None means all.

        Raises:
            WrongValue: it is no number of entries.
        """
        if last is not None:
            last = int(
                check_number(
                    "journal.plain: last", last, "a number of entries", least=0, most=_MANY
                )
            )
        skipped = 0 if last is None else max(0, len(self._entries) - last)
        return [_plain(_read(entry)) for entry in islice(self._entries, skipped, None)]

    def render(self) -> str:
        """Write the journal for people, one line an entry."""
        lost = [f"({self.dropped} older entries dropped)"] if self.dropped else []
        entries = self.entries
        start = entries[0].at if entries else 0.0
        return "\n".join([*lost, *(_line(entry, start) for entry in entries)])


def _check_entry_kind(kind: object) -> None:
    if not _is_entry_kind(kind):
        kinds = ", ".join(sorted(known.__name__ for known in Entry.__subclasses__()))
        raise WrongValue(f"journal.of: kind is one of the classes {kinds}; not {show(kind)}")


def _is_entry_kind(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, Entry)


def _read(kept: Entry | _Row) -> Entry:
    if isinstance(kept, Entry):
        return kept
    kind, at, task, what = kept
    if kind == _STAGE:
        return StageReached(at=at, task=task, status=what)
    return FrameOut(at=at, task=task, type=what)


def _plain(entry: Entry) -> dict[str, Any]:
    values = {part.name: getattr(entry, part.name) for part in fields(entry)}
    if isinstance(entry, ScenarioChosen):
        values["scenario"] = repr(entry.scenario)
    raw = values.pop("raw", None)
    body = {} if raw is None else {"body": raw.decode(errors="replace")}
    return {"entry": type(entry).__name__, **values, **body}  # "kind" is a field of commands


def _line(entry: Entry, start: float) -> str:
    shown = {
        part.name: getattr(entry, part.name)
        for part in fields(entry)
        if part.repr
        and part.name not in {"at", "headers"}
        and getattr(entry, part.name) not in ("", ())
    }
    said = " ".join(f"{name}={value!r}" for name, value in shown.items())
    return f"{entry.at - start:+9.3f}s {type(entry).__name__} {said}"
