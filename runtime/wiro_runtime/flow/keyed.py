"""A run that is written down: its intent before Run is sent, its task before anything waits for it.

Asked again with the same key, it attaches to what was started, or returns what came of it, and sends
nothing. Between intent and answer a process may die; whoever comes next takes the run over once the
sending is over in any case, and looks for its task in the project's list before anything is sent.
"""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias
from urllib.parse import urlsplit, urlunsplit

from wiro_runtime import errors
from wiro_runtime.flow.effect import AwaitFuture, Form, Now, Sleep, Time
from wiro_runtime.flow.exchange import fetch_task
from wiro_runtime.flow.reconcile import find_entries, submission_of
from wiro_runtime.flow.run_sync import LONGEST as LONGEST_SYNC
from wiro_runtime.flow.run_sync import run_sync
from wiro_runtime.flow.submit import submit
from wiro_runtime.flow.upload import upload_all
from wiro_runtime.journal.entry import JournalEntry
from wiro_runtime.journal.match import Absent, Match
from wiro_runtime.task.snapshot import TaskSnapshot

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from decimal import Decimal

    from wiro_runtime.flow.deadline import Deadline
    from wiro_runtime.flow.effect import Flow
    from wiro_runtime.flow.exception_notes import RunNotes
    from wiro_runtime.flow.options import CallOptions
    from wiro_runtime.flow.submit import Guard, SendRun, UploadFiles
    from wiro_runtime.journal.journal import Journal
    from wiro_runtime.journal.match import Verdict
    from wiro_runtime.journal.store import Store
    from wiro_runtime.price.budget import Budget
    from wiro_runtime.request.body import RunBody

__all__ = ["MARKER", "KeyedRun", "Reserved", "RunCall"]

MARKER = "wiro_run"
"""The name of the marker in the query of a callback URL."""

Reserved: TypeAlias = "tuple[tuple[Budget, Decimal], ...]"
"""What each budget sets aside for a run."""

_CHECK_EVERY = 0.5
"""Seconds between the first two looks at a run that somebody else is sending; later ones are rarer."""
_LONGEST = 86_400.0
"""Seconds after which a submission counts as over that has no deadline at all."""


class _Taken(Exception):  # noqa: N818 - leaves this module for nobody
    """Somebody else wrote an intent under the key a moment ago."""

    def __init__(self, entry: JournalEntry) -> None:
        super().__init__(entry.key)
        self.entry = entry


@dataclass(frozen=True, slots=True)
class RunCall:
    """One call that starts a task."""

    request: RunBody
    options: CallOptions
    deadline: Deadline
    trace: RunNotes
    """Notes how far the run has come."""
    send_run: SendRun
    """Sends Run once."""
    upload_files: UploadFiles = upload_all
    """Sends the local files beforehand."""

    def submit(self, guard: Guard | None) -> Flow[TaskSnapshot]:
        """Start the task."""
        return submit(
            self.request,
            self.options,
            self.deadline,
            self.trace,
            self.send_run,
            guard,
            self.upload_files,
        )


class KeyedRun:
    """One call for one run in a journal.

    Args:
        journal: Its `grace` says how long to wait.
        store: The runs of the project.
        owner: Who is calling.
        call: What is asked for.
        digest: Of what is asked for.
    """

    def __init__(
        self, journal: Journal, store: Store, *, owner: str, call: RunCall, digest: str
    ) -> None:
        self._journal = journal
        self._store = store
        self._owner = owner
        self._marker = secrets.token_hex(8)
        marked = self._marked(call.options.callback_url)
        self._call = replace(call, options=replace(call.options, callback_url=marked))
        self._request, self._options, self._deadline = call.request, call.options, call.deadline
        self._digest = digest
        self._is_named = call.options.key is not None
        self._reserved: Reserved = ()
        self.is_new = False
        """Whether this call has started the task."""
        # A run without a key of the caller's is written down as well, and never found by mistake.
        self.key = call.options.key or f"run-{secrets.token_hex(8)}"

    def find(self) -> Flow[TaskSnapshot | None]:
        """The task that the key stands for already; None if nothing does, and Run may be sent.

        Raises:
            KeyConflict: The key stands for another request.
            SubmissionUnknown: Run was sent before, and nobody can say whether a task was started.
            NotStarted: It is proven that none was, and sending it again was not allowed.
        """
        if not self._is_named:
            return None
        while (entry := (yield from self._entry())) is not None:
            task = yield from self._resolve(entry)
            if task is not None:
                return task
        return None

    def send(self, reserved: Reserved = ()) -> Flow[TaskSnapshot]:
        """Start the task, or find the one that somebody else has started meanwhile."""
        self._reserved = reserved
        while True:
            try:
                return (yield from self._call.submit(self._guard))
            except _Taken as taken:
                task = yield from self._resolve(taken.entry)
            except errors.SubmissionUnknown as unknown:
                entry = yield from self._entry()
                if self._options.on_unknown == "raise" or entry is None:
                    raise
                task = yield from self._resolve(entry, unknown)
            if task is not None:
                return task

    def _guard(
        self, body: Mapping[str, Any] | Form, attempt: Flow[dict[str, Any]]
    ) -> Flow[dict[str, Any]]:
        """Write the intent, perform the attempt, and write down how it went."""
        entry = yield from self._claim(body)
        try:
            payload = yield from attempt
        except GeneratorExit:  # a flow that is thrown away performs nothing more
            raise
        except BaseException as failure:
            if isinstance(failure, errors.SubmissionUnknown):
                failure.key, failure.submission = entry.key, submission_of(entry)
                self._call.trace.task = failure.task
            yield from self._note_failure(entry, failure)
            raise
        self.is_new = True
        yield from self._accept(entry, TaskSnapshot.from_wire(payload))
        return payload

    def _note_failure(self, entry: JournalEntry, failure: BaseException) -> Flow[None]:
        """Write down what a failure leaves behind; the failure is on its way to the caller and is not to be lost."""
        try:
            if self._call.trace.task is not None:  # it is known all the same
                yield from self._accept(entry, self._call.trace.task)
            elif self._call.trace.may_have_started:
                yield from AwaitFuture(lambda: self._store.mark_unknown(entry))
            else:
                yield from AwaitFuture(lambda: self._store.withdraw(entry))
        except errors.JournalFailed as unwritten:
            failure.add_note(f"It could not be written into the journal: {unwritten}")

    def _claim(self, body: Mapping[str, Any] | Form) -> Flow[JournalEntry]:
        """The intent, once it is on disk; nothing has been sent before."""
        while True:
            entry = yield from self._intent(body)
            try:
                standing = yield from AwaitFuture(lambda: self._store.claim(entry))  # noqa: B023 - called at once
            except GeneratorExit:
                raise
            except errors.WiroError:
                raise
            except BaseException:  # it may be written; nothing was sent
                yield from AwaitFuture(lambda: self._store.withdraw(entry))  # noqa: B023 - as above
                raise
            if standing is not None:
                raise _Taken(standing)
            # A laptop that slept here has lost its turn: the time in which to send counts from the intent.
            if (yield from Time()) - entry.at <= self._journal.grace / 2:
                return entry
            yield from AwaitFuture(lambda: self._store.withdraw(entry))  # noqa: B023 - as above

    def _intent(self, body: Mapping[str, Any] | Form) -> Flow[JournalEntry]:
        remaining = yield from self._deadline.remaining()
        if isinstance(body, Form):
            lasts = remaining
        else:
            longest = (
                LONGEST_SYNC if self._call.send_run is run_sync else self._deadline.http_timeout
            )
            lasts = min(longest, remaining)
        return JournalEntry(
            project=self._store.project,
            key=self.key,
            model=self._request.slug,
            digest=self._digest,
            body=body.texts() if isinstance(body, Form) else body,
            marker=self._marker,
            state="intent",
            owner=self._owner,
            at=(yield from Time()),
            lasts=min(lasts, _LONGEST),
            estimate=max((amount for _, amount in self._reserved), default=None),
            budgets=tuple(budget.name for budget, _ in self._reserved),
        )

    def _accept(self, entry: JournalEntry, task: TaskSnapshot) -> Flow[None]:
        with self._naming(task):
            yield from AwaitFuture(
                lambda: self._store.accept(entry, task_id=task.id, token=task.token or "")
            )

    @contextmanager
    def _naming(self, task: TaskSnapshot) -> Generator[None]:
        """Note on a failure of the journal which task it could not write down."""
        try:
            yield
        except errors.JournalFailed as failure:
            failure.task = task
            raise

    def _entry(self) -> Flow[JournalEntry | None]:
        return (yield from AwaitFuture(lambda: self._store.find(self.key)))

    def _resolve(
        self, entry: JournalEntry, unknown: errors.SubmissionUnknown | None = None
    ) -> Flow[TaskSnapshot | None]:
        """The task of a run that is written down; None once nothing stands under the key any more."""
        if entry.digest != self._digest or entry.model != self._request.slug:
            raise errors.KeyConflict(
                f"key={entry.key!r} stands for another request to {entry.model}, which is "
                f"{entry.state}. Use another key for this one, or client.journal.forget({entry.key!r}) if "
                "the other is not wanted any more. Nothing was sent.",
                key=entry.key,
            )
        match entry.state:
            case "intent":
                yield from self._take_over(entry)
                now = yield from self._entry()
                return None if now is None else (yield from self._resolve(now, unknown))
            case "unknown":
                return (yield from self._reconcile(entry, unknown))
            case "accepted":
                known = TaskSnapshot(id=entry.task_id, token=entry.token or None)
                return (yield from fetch_task(known, self._deadline))
            case "done" | "failed" | "cancelled":
                return TaskSnapshot.from_wire(entry.task or {})

    def _take_over(self, entry: JournalEntry) -> Flow[None]:
        """Wait until somebody else has sent a run; make it ours if that is overdue."""
        began = yield from Now()
        longest = entry.lasts + self._journal.grace
        while True:
            # By the clock of whoever wrote it; by our own where that clock is far off.
            waited = (yield from Now()) - began
            left = min(entry.at + longest - (yield from Time()), longest - waited)
            if left <= 0:
                yield from AwaitFuture(lambda: self._store.take_over(entry, owner=self._owner))
                return
            pause = _CHECK_EVERY + waited / 4
            yield from Sleep(min(left, pause, (yield from self._deadline.remaining())))
            now = yield from self._entry()
            if now is None or (now.state, now.owner, now.at) != (
                entry.state,
                entry.owner,
                entry.at,
            ):
                return

    def _reconcile(
        self, entry: JournalEntry, unknown: errors.SubmissionUnknown | None
    ) -> Flow[TaskSnapshot | None]:
        """Look for the task of a run whose answer was lost, as far as the caller wants that."""
        if self._options.on_unknown == "raise":
            _raise_unknown(entry)
        verdict = yield from self._find_task(entry)
        due = entry.at + entry.lasts + self._journal.grace
        left = due - (yield from Time())
        if not isinstance(verdict, Match) and left > 0:
            # Until then a task may still appear.
            if left >= (yield from self._deadline.remaining()):
                if unknown is not None:
                    raise unknown
                _raise_unknown(entry)
            yield from Sleep(left)
            verdict = yield from self._find_task(entry)
        match verdict:
            case Match(task):
                yield from self._accept(entry, task)
                return (yield from fetch_task(task, self._deadline))
            case Absent():
                is_gone = yield from AwaitFuture(lambda: self._store.withdraw(entry))
                if is_gone and self._options.on_unknown == "reconcile":
                    raise errors.NotStarted(
                        f"The answer to the run {entry.key!r} of {entry.model} was lost, and the project's "
                        "task list shows that no task was started. Nothing is billed; run it again."
                    ) from unknown
                return None
            case _:
                _raise_unknown(entry, verdict)

    def _find_task(self, entry: JournalEntry) -> Flow[Verdict]:
        verdicts = yield from find_entries(self._store, entry.at, self._deadline)
        # It is in the list of open runs unless somebody else has settled it meanwhile.
        return verdicts.get(entry.key, Absent())

    def _marked(self, url: str | None) -> str | None:
        """The callback URL with the marker in its query: the platform shows it with the task."""
        if url is None:
            return None
        parts = urlsplit(url)
        query = f"{parts.query}&" if parts.query else ""
        return urlunsplit(parts._replace(query=f"{query}{MARKER}={self._marker}"))


def _raise_unknown(entry: JournalEntry, verdict: Verdict | None = None) -> NoReturn:
    candidates = ", ".join(task.id for task in getattr(verdict, "candidates", ()) if task.id)
    advice = (
        f" The project's list has tasks that may be its own, and nothing shows which, if any: {candidates}. "
        f"client.journal.adopt({entry.key!r}, id=…) takes one of them."
        if candidates
        else ' on_unknown="reconcile" looks for it in the project\'s task list.'
    )
    error = errors.SubmissionUnknown(
        f"The run {entry.key!r} of {entry.model} was sent before, and its answer was lost: whether a task was "
        f"started is unknown. It is not sent again, because a second task would be billed as well.{advice}",
        submission=submission_of(entry),
    )
    error.key = entry.key
    raise error
