"""What `client.journal` does: listing runs, picking up what is unfinished, reconciling what was lost."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

from wiro_runtime import check, errors
from wiro_runtime.flow.effect import AwaitFuture, Time
from wiro_runtime.flow.exchange import fetch_task
from wiro_runtime.flow.money import in_thread
from wiro_runtime.flow.reconcile import find_entries, find_submission
from wiro_runtime.journal.journal import GRACE
from wiro_runtime.journal.match import Absent, Match
from wiro_runtime.request.body import CALL_FIELDS, Argument, RunBody
from wiro_runtime.request.encoding import Encoding
from wiro_runtime.task.snapshot import TaskSnapshot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wiro_runtime.flow.calls import Calls
    from wiro_runtime.flow.effect import Flow
    from wiro_runtime.flow.money import Money
    from wiro_runtime.flow.options import CallOptions
    from wiro_runtime.journal.entry import JournalEntry, State
    from wiro_runtime.journal.journal import Journal
    from wiro_runtime.journal.match import Verdict
    from wiro_runtime.journal.store import Store
    from wiro_runtime.request.encoding import UrlOf
    from wiro_runtime.request.request import Request

__all__ = [
    "Reconciliation",
    "adopt",
    "close_journal",
    "forget",
    "places",
    "reconcile_error",
    "reconcile_journal",
    "rerun",
    "unfinished",
]


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What one pass over the project's task list has found out about runs whose answers were lost."""

    found: tuple[JournalEntry, ...] = ()
    """Their tasks are known now, and `client.journal.unfinished()` picks them up."""
    absent: tuple[JournalEntry, ...] = ()
    """Proven never to have started; they were forgotten, and their keys are free."""
    unclear: tuple[JournalEntry, ...] = ()
    """Nothing shows which task is theirs, or whether there is one: another run is like them, or it is too
    early to say."""
    candidates: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """For the unclear ones, by key: the ids of the tasks that may be theirs; `client.journal.adopt()` takes one."""


def places(money: Money | None) -> tuple[Journal, Store]:
    """The client's journal.

    Raises:
        ConfigurationError: It has none.
    """
    if money is None or money.journal is None or money.store is None:
        raise errors.ConfigurationError(
            'This client has no journal. Give it one, like Wiro(journal="runs.sqlite").'
        )
    return money.journal, money.store


def unfinished(calls: Calls) -> Flow[list[tuple[JournalEntry, TaskSnapshot]]]:
    """Every run whose task is known and has not ended, as it is now; lost ones are looked for first."""
    _, store = places(calls.money)
    yield from reconcile_journal(calls)
    entries = yield from _entries(store, ("accepted",))
    deadline = yield from calls.start_deadline()
    open_runs: list[tuple[JournalEntry, TaskSnapshot]] = []
    for entry in entries:
        known = TaskSnapshot(id=entry.task_id, token=entry.token or None)
        task = yield from calls.note_end((yield from fetch_task(known, deadline)))
        open_runs.append((entry, task))
    return open_runs


def reconcile_journal(calls: Calls) -> Flow[Reconciliation]:
    """Look for the tasks of all runs whose answers were lost: one pass over the list for all of them."""
    journal, store = places(calls.money)
    now = yield from Time()
    entries = yield from _entries(store, ("intent", "unknown"))
    for entry in entries:
        if entry.state == "intent" and now >= entry.at + entry.lasts + journal.grace:
            owner = "" if calls.money is None else calls.money.owner
            yield from AwaitFuture(lambda: store.take_over(entry, owner=owner))  # noqa: B023 - called at once
    lost = yield from _entries(store, ("unknown",))
    if not lost:
        return Reconciliation()
    deadline = yield from calls.start_deadline()
    verdicts = yield from find_entries(store, min(entry.at for entry in lost), deadline)
    result = _Sorting(journal, store, now)
    for entry in lost:
        yield from result.sort(entry, verdicts.get(entry.key))
    return result.reconciliation()


@dataclass
class _Sorting:
    journal: Journal
    store: Store
    now: float
    found: list[JournalEntry] = field(default_factory=list["JournalEntry"])
    absent: list[JournalEntry] = field(default_factory=list["JournalEntry"])
    unclear: list[JournalEntry] = field(default_factory=list["JournalEntry"])
    candidates: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    def sort(self, entry: JournalEntry, verdict: Verdict | None) -> Flow[None]:
        """Write down what was found out about one run."""
        match verdict:
            case None:  # somebody else has settled it meanwhile
                return
            case Match(task):
                token = task.token or ""
                yield from AwaitFuture(
                    lambda: self.store.accept(entry, task_id=task.id, token=token)
                )
                self.found.append(replace(entry, state="accepted", task_id=task.id, token=token))
            case Absent() if self.now >= entry.at + entry.lasts + self.journal.grace:
                yield from AwaitFuture(lambda: self.store.withdraw(entry))
                self.absent.append(entry)
            case _:
                self.unclear.append(entry)
                tasks: Sequence[TaskSnapshot] = getattr(verdict, "candidates", ())
                self.candidates[entry.key] = tuple(task.id for task in tasks if task.id)

    def reconciliation(self) -> Reconciliation:
        """What became of every run that was looked at, as the caller is given it."""
        return Reconciliation(
            tuple(self.found), tuple(self.absent), tuple(self.unclear), self.candidates
        )


def reconcile_error(calls: Calls, error: errors.SubmissionUnknown) -> Flow[TaskSnapshot]:
    """The task that a run with a lost answer has started.

    Raises:
        NotStarted: It is proven that there is none.
        SubmissionUnknown: Nobody can say, or not yet.
    """
    if check.held_by(error, errors.SubmissionUnknown, like="one") or error.submission is None:
        raise errors.InvalidRequest(
            "reconcile() takes the SubmissionUnknown that a run raised, which says what was sent; got "
            f"{check.shown(error)}. Nothing was sent."
        )
    if error.key is not None and calls.money is not None and calls.money.store is not None:
        return (yield from _reconcile_key(calls, error, error.key))
    deadline = yield from calls.start_deadline()
    verdict = yield from find_submission(error.submission, deadline)
    due = error.submission.at + error.submission.lasts + GRACE
    match verdict:
        case Match(task):
            return (yield from fetch_task(task, deadline))
        case Absent() if (yield from Time()) >= due:
            raise _not_started(error) from error
        case _:
            raise _still_unknown(error, getattr(verdict, "candidates", ()), due) from error


def _reconcile_key(calls: Calls, error: errors.SubmissionUnknown, key: str) -> Flow[TaskSnapshot]:
    """The same, of a run in the journal, which knows the tasks of all others."""
    journal, store = places(calls.money)
    done = yield from reconcile_journal(calls)
    entry = yield from AwaitFuture(lambda: store.find(key))
    if entry is None:
        raise _not_started(error) from error
    if entry.task_id:
        deadline = yield from calls.start_deadline()
        known = TaskSnapshot(id=entry.task_id, token=entry.token or None)
        return (yield from calls.note_end((yield from fetch_task(known, deadline))))
    due = entry.at + entry.lasts + journal.grace
    ids = done.candidates.get(key, ())
    raise _still_unknown(error, [TaskSnapshot(id=name) for name in ids], due) from error


def adopt(calls: Calls, key: str, task_id: str) -> Flow[TaskSnapshot]:
    """Record which task a run with a lost answer has started, where only its owner knows it."""
    _, store = places(calls.money)
    entry = yield from AwaitFuture(lambda: store.find(key))
    if entry is None or entry.state not in ("unknown", "intent"):
        state = "is not in the journal" if entry is None else f"is {entry.state}"
        raise errors.InvalidRequest(
            f"adopt({key!r}): the run {state}; only an unknown one takes a task."
        )
    deadline = yield from calls.start_deadline()
    task = yield from fetch_task(TaskSnapshot(id=task_id), deadline)
    yield from AwaitFuture(lambda: store.accept(entry, task_id=task.id, token=task.token or ""))
    return (yield from calls.note_end(task))


@dataclass(frozen=True)
class _Verbatim(Encoding):
    """Writes what was written before."""

    def write(self, value: Any, _: UrlOf, /) -> Any:
        """The value itself."""
        return value

    def read(self, value: Any) -> Any:
        """The value itself."""
        return value


def rerun(
    calls: Calls, model: type[Request[Any, Any]], entry: JournalEntry, options: CallOptions
) -> Flow[TaskSnapshot]:
    """Send the exact body of a run again.

    Raises:
        InvalidRequest: It had files in it, which are not kept.
    """
    inputs = {name: value for name, value in entry.body.items() if name not in CALL_FIELDS.values()}
    if any(str(part).startswith("file:") for value in inputs.values() for part in _parts(value)):
        raise errors.InvalidRequest(
            f"rerun({entry.key!r}): its files were sent in the body of the run, and are not kept. Make the "
            "request anew. Nothing was sent."
        )
    arguments = [Argument(name, _Verbatim(name), value) for name, value in inputs.items()]
    encodings = {argument.name: argument.encoding for argument in arguments}
    body = RunBody(entry.model, entry.model, arguments, encodings)
    project = options.project_id or entry.body.get("projectid")
    return (yield from calls.resend(model, body, replace(options, project_id=project)))


def _parts(value: Any) -> Sequence[Any]:
    return cast("Sequence[Any]", value) if isinstance(value, list) else [value]


def forget(calls: Calls, key: str, *, force: bool = False) -> Flow[JournalEntry | None]:
    """Delete a run from the journal.

    Raises:
        InvalidRequest: It has not ended, and forgetting it would lose a task that is paid for.
    """
    _, store = places(calls.money)
    entry = yield from AwaitFuture(lambda: store.find(key))
    if entry is not None and entry.is_open and not force:
        raise errors.InvalidRequest(
            f"forget({key!r}): the run is {entry.state}, so that its task may be running or paid for. "
            "Pick it up with client.journal.unfinished(), or say force=True."
        )
    return (yield from AwaitFuture(lambda: store.forget(key)))


def close_journal(journal: Journal) -> Flow[None]:
    """Close a journal, once what was begun is written."""
    yield from AwaitFuture(lambda: in_thread(journal.close))


def _entries(store: Store, states: tuple[State, ...]) -> Flow[list[JournalEntry]]:
    entries: list[JournalEntry] = []
    after: tuple[float, str] | None = None
    while page := (yield from AwaitFuture(lambda: store.page(states=states, after=after))):  # noqa: B023 - called at once
        entries += page
        after = (page[-1].at, page[-1].key)
    return entries


def _not_started(error: errors.SubmissionUnknown) -> errors.NotStarted:
    model: Any = "" if error.submission is None else error.submission.model
    return errors.NotStarted(
        f"The answer to a run of {model} was lost, and the project's task list shows that no task was "
        "started. Nothing is billed; run it again."
    )


def _still_unknown(
    error: errors.SubmissionUnknown, candidates: Sequence[TaskSnapshot], due: float
) -> errors.SubmissionUnknown:
    if candidates:
        names = ", ".join(task.id or "one without an id" for task in candidates)
        why = f"nothing shows which of these tasks is its own, if any: {names}"
    else:
        why = f"none is in the task list, which proves nothing before {due:.0f} (Unix time)"
    unknown = errors.SubmissionUnknown(
        f"Nobody can say whether the run started a task: {why}. It was not sent again.",
        submission=error.submission,
    )
    unknown.key, unknown.request = error.key, error.request
    return unknown
