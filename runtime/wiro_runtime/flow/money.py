"""What a client keeps about money: its journal, its open budgets, and how a call keeps to them."""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
import threading
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from wiro_runtime import call_check, check, errors
from wiro_runtime.flow.effect import AwaitFuture, Time
from wiro_runtime.flow.keyed import KeyedRun, Reserved
from wiro_runtime.flow.upload import upload_all
from wiro_runtime.journal.journal import Journal
from wiro_runtime.price.budget import Budget, OpenBudgets, release_all, reserve_all, to_dollars
from wiro_runtime.request.file import LocalFile, location

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from wiro_runtime.config import Config
    from wiro_runtime.flow.deadline import Deadline
    from wiro_runtime.flow.effect import Flow, Form
    from wiro_runtime.flow.keyed import RunCall
    from wiro_runtime.flow.options import CallOptions
    from wiro_runtime.journal.entry import State
    from wiro_runtime.journal.store import Store
    from wiro_runtime.price.estimate import Estimate
    from wiro_runtime.request.body import RunBody
    from wiro_runtime.request.file import FileInput
    from wiro_runtime.task.snapshot import TaskSnapshot

__all__ = ["Money", "digest_of", "in_thread", "open_budget", "open_journal", "upload_once"]

T = TypeVar("T")

_logger = logging.getLogger("wiro")

_DAY = 86_400.0
"""Seconds for which the URL of an upload is used again."""

_STATES: Mapping[str, State] = {
    "succeeded": "done",
    "failed": "failed",
    "cancelled": "cancelled",
}
"""The journal's word for each outcome of a task."""


@dataclass
class Money:
    """What one client's calls share of it."""

    journal: Journal | None = None
    store: Store | None = None
    budgets: OpenBudgets = field(default_factory=OpenBudgets)
    owner: str = field(default_factory=lambda: secrets.token_hex(8))
    _reserved: dict[str, Reserved] = field(default_factory=dict[str, Reserved])
    """What is set aside in this process, by each name of the task."""

    def submit(
        self, call: RunCall, estimate: Callable[[RunBody], Flow[Estimate]]
    ) -> Flow[TaskSnapshot]:
        """Start a task within the limits that are set, and write it down.

        Args:
            call: What is asked for.
            estimate: Gives what a run may cost.

        Raises:
            SpendingRefused: A limit does not allow it. Nothing was sent.
        """
        if self.journal is None or self.store is None:
            if call.options.key is not None:
                raise errors.ConfigurationError(
                    f"key={call.options.key!r} names a run in a journal, and this client has none. Give it "
                    'one, like Wiro(journal="runs.sqlite"). Nothing was sent.'
                )
            if call.options.upload == "once":
                raise errors.ConfigurationError(
                    'upload="once" looks in a journal for what was uploaded, and this client has none. Give it '
                    'one, like Wiro(journal="runs.sqlite"). Nothing was sent.'
                )
            reserved = yield from self._limits(call, estimate)
            return (yield from self._submit_unwritten(call, reserved))
        if call.options.upload == "once":
            call = replace(call, upload_files=partial(upload_once, self.store))
        digest = yield from digest_of(call.request, call.options)
        run = KeyedRun(self.journal, self.store, owner=self.owner, call=call, digest=digest)
        # Where nothing is uploaded or priced first, writing the intent finds what stands there as well.
        if call.request.local_files() or self._is_limited(call):
            known = yield from run.find()
            if known is not None:
                return known
        reserved = yield from self._limits(call, estimate)
        task = yield from run.send(reserved)
        if run.is_new:
            for budget, amount in reserved:
                # The journal holds it for all; here it is counted for the caller's eyes.
                budget.hold(amount)
            self._keep(task, reserved)
        return task

    def note_end(self, task: TaskSnapshot) -> Flow[TaskSnapshot]:
        """Write down how a task ended, if it has; the task itself."""
        state = _STATES.get(task.outcome)
        if state is None:
            return task
        if self.store is not None:
            store, at = self.store, (yield from Time())
            try:
                yield from AwaitFuture(lambda: store.finish(task, state, at=at))
            except errors.JournalFailed as failure:
                failure.task = task  # all that it says is here; only the journal does not have it
                raise
        for budget, amount in self._release(task):
            unstated = Decimal(0) if task.billed is False else amount
            budget.settle(amount, unstated if task.total_cost is None else task.total_cost)
        return task

    def _keep(self, task: TaskSnapshot, reserved: Reserved) -> None:
        """Remember what is set aside for a task, by each of its names: another answer may leave one out."""
        self._reserved.update(dict.fromkeys(_names(task), reserved))

    def _release(self, task: TaskSnapshot) -> Reserved:
        """What was set aside for a task, once."""
        kept = [self._reserved.pop(name, ()) for name in _names(task)]
        return next(filter(None, kept), ())

    def note_saved(self, task: TaskSnapshot, paths: Sequence[Path]) -> Flow[None]:
        """Write down where outputs of a task were saved."""
        if self.store is None or not paths:
            return
        store, places = self.store, [str(path.absolute()) for path in paths]
        try:
            yield from AwaitFuture(lambda: store.add_outputs(task, places))
        except errors.JournalFailed as failure:
            # The files are there and nothing is owed: no reason to fail, and to save them once more.
            _logger.warning(
                "where outputs of task %s were saved is not written down: %s", task.id, failure
            )

    def _limits(
        self, call: RunCall, estimate: Callable[[RunBody], Flow[Estimate]]
    ) -> Flow[Reserved]:
        """What each open budget is to set aside, once the price is known to be within `max_cost`."""
        if not self._is_limited(call):
            return ()
        budgets, options = self.budgets.current(), call.options
        model = call.request.slug
        price = yield from estimate(call.request)
        _check_max_cost(model, options, price)
        return tuple((budget, budget.amount(model, price)) for budget in budgets)

    def _is_limited(self, call: RunCall) -> bool:
        return bool(self.budgets.current()) or call.options.max_cost is not None

    def _submit_unwritten(self, call: RunCall, reserved: Reserved) -> Flow[TaskSnapshot]:
        """Start a task without a journal; budgets count it in this process."""
        if not reserved:
            return (yield from call.submit(None))

        def guard(
            _: Mapping[str, Any] | Form, attempt: Flow[dict[str, Any]]
        ) -> Flow[dict[str, Any]]:
            reserve_all(call.request.slug, reserved)
            try:
                return (yield from attempt)
            except BaseException:
                if not call.trace.may_have_started:
                    release_all(reserved)
                raise

        task = yield from call.submit(guard)
        self._keep(task, reserved)
        return task


def _names(task: TaskSnapshot) -> list[str]:
    return [name for name in (task.id, task.token) if name]


def open_journal(
    money: Money, journal: Journal | str | os.PathLike[str], config: Config
) -> Journal | None:
    """Open the journal of a client; return it if only this client knows of it."""
    opened = journal if isinstance(journal, Journal) else Journal(journal)
    money.journal = opened
    money.store = opened.store(config.base_url, config.api_key)
    return None if opened is journal else opened


def open_budget(
    money: Money,
    cap: Decimal | float | str,
    name: str | None,
    unknown_price: Decimal | float | str | None,
) -> Flow[Budget]:
    """A budget, known to the journal where there is one.

    Raises:
        ConfigurationError: It is no amount of money.
    """
    call_check.require("budget", name=None if name is None else check.key(name))
    dollars = to_dollars(cap, "cap")
    unknown = None if unknown_price is None else to_dollars(unknown_price, "unknown_price")
    budget = Budget(dollars, name=name, unknown_price=unknown)
    store = money.store
    if store is not None:
        yield from AwaitFuture(lambda: store.open_budget(budget.name, dollars))
    return budget


def _check_max_cost(model: str, options: CallOptions, estimate: Estimate) -> None:
    if options.max_cost is None:
        return
    limit = to_dollars(options.max_cost, "max_cost")
    if estimate.high is None:
        if options.unknown_price == "allow" and estimate.low <= limit:
            return
        raise errors.PriceUnknown(
            f"Nobody can say what {model} costs at most: {estimate}. Allow it with "
            f'unknown_price="allow", or leave max_cost={options.max_cost} out. Nothing was sent.',
            limit=limit,
        )
    if estimate.high > limit:
        raise errors.MaxCostExceeded(
            f"{model} may cost {estimate.high} US dollars, more than max_cost={options.max_cost}: "
            f"{estimate}. Raise the limit, or ask for less. Nothing was sent.",
            estimate=estimate.high,
            limit=limit,
        )


def upload_once(
    store: Store, files: Sequence[LocalFile], deadline: Deadline
) -> Flow[dict[object, str]]:
    """Send files, except those of which the platform has the content since yesterday; their URLs by key."""
    hashes = yield from _hashes(files)
    since = (yield from Time()) - _DAY
    urls: dict[object, str] = {}
    for file in files:
        digest = hashes[file.key]
        known = yield from AwaitFuture(lambda: store.find_upload(digest, since))  # noqa: B023 - called at once
        if known is not None and file.is_repeatable:
            urls[file.key] = known
    fresh = yield from upload_all([file for file in files if file.key not in urls], deadline)
    now = yield from Time()
    for key, url in fresh.items():
        yield from AwaitFuture(lambda: store.keep_upload(hashes[key], url, now))  # noqa: B023 - as above
    return {**urls, **fresh}


def digest_of(request: RunBody, options: CallOptions) -> Flow[str]:
    """A text that is the same for the same request, with its local files by their content.

    A file that can be read only once is known by its name, since reading it would use it up.
    """
    hashes = yield from _hashes([LocalFile.of(given) for _, given in request.local_files()])

    def url_of(file: FileInput) -> str:
        return location(file) or hashes[LocalFile.of(file).key]

    asked = [request.slug, request.to_json(url_of), options.to_wire().get("projectid")]
    text = json.dumps(asked, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _hashes(files: Sequence[LocalFile]) -> Flow[dict[object, str]]:
    """Hashes of the contents of files, by key; read off the thread that calls."""
    different = list({file.key: file for file in files}.values())
    if not different:
        return {}
    read = partial(in_thread, lambda: {file.key: _hash(file) for file in different})
    return (yield from AwaitFuture(read))


def _hash(file: LocalFile) -> str:
    if not file.is_repeatable:
        return f"file:{file.name}"
    digest = hashlib.sha256()
    with file.opened() as opened:
        while chunk := opened.read(1 << 20):
            digest.update(chunk)
    return f"file:{digest.hexdigest()}{file.name[file.name.rfind('.') :]}"


def in_thread(work: Callable[[], T]) -> Future[T]:
    """Call a slow function in a thread of its own, and return its value."""
    future: Future[T] = Future()

    def run() -> None:
        if future.set_running_or_notify_cancel():
            try:
                future.set_result(work())
            except BaseException as failure:  # noqa: BLE001 - raised by whoever waits
                future.set_exception(failure)

    threading.Thread(target=run, name="wiro-work", daemon=True).start()
    return future
