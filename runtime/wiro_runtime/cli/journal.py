"""`wiro log`, `wiro spend`, `wiro rerun`: keyed runs, what they cost, and once more."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice
from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from wiro_runtime.cli import console
from wiro_runtime.cli.context import context, journal_file, models_like
from wiro_runtime.cli.cost import announce
from wiro_runtime.cli.interrupt import Interrupted, interrupted_by, same_line
from wiro_runtime.cli.parameter import Count, Seconds
from wiro_runtime.cli.result import show_result
from wiro_runtime.cli.result_options import ResultOptions
from wiro_runtime.cli.task import request_class
from wiro_runtime.request.body import CALL_FIELDS
from wiro_runtime.task.snapshot import TaskSnapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from wiro_runtime.cli.context import Context
    from wiro_runtime.client.client import Client
    from wiro_runtime.journal.entry import JournalEntry

__all__ = ["adopt", "log", "rerun", "spend"]

_STATES = ("intent", "accepted", "done", "failed", "cancelled", "unknown")


def _journal_option(command: Callable[..., None]) -> Callable[..., None]:
    text = "The journal (default: WIRO_JOURNAL, else one of this user's)."
    return click.option("--journal", metavar="FILE", help=text)(command)


@click.command()
@_journal_option
@click.option("--state", type=click.Choice(_STATES), help="Only runs in this state.")
@click.option(
    "--model", metavar="OWNER/MODEL", shell_complete=models_like, help="Only runs of this model."
)
@click.option(
    "--limit",
    type=Count(),
    default=100,
    show_default=True,
    help="At most so many, oldest first.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")  # fmt: skip
def log(journal: str | None, *, state: Any, model: str | None, limit: int, as_json: bool) -> None:
    """List keyed runs with their state, their cost and where their outputs are. Asks nobody but the journal."""
    with _opened(journal) as client:
        entries = list(islice(client.journal.list(state=state, model=model), limit))
    if as_json:
        console.write_json([_document(entry) for entry in entries])
        return
    console.table(
        ("key", "model", "state", "task", "cost", "at", "outputs"),
        [
            (
                entry.key,
                entry.model,
                entry.state,
                entry.task_id or "-",
                "-" if entry.cost is None else entry.cost,
                f"{_time(entry.at):%Y-%m-%d %H:%M:%S}",
                _where(entry),
            )
            for entry in entries
        ],
    )


@click.command()
@_journal_option
@click.option("--days", type=Seconds("days"), metavar="N", help="Only runs of the last N days.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")  # fmt: skip
def spend(journal: str | None, *, days: float | None, as_json: bool) -> None:
    """Add up what keyed runs cost, by model and outcome. Asks nobody but the journal."""
    since = 0.0 if days is None else datetime.now(UTC).timestamp() - days * 86_400
    with _opened(journal) as client:
        rows = client.journal.spending(since)
    total = sum((row.cost for row in rows), start=Decimal(0))
    if as_json:
        listed = [
            {"model": row.model, "state": row.state, "runs": row.runs, "cost": str(row.cost)}
            for row in rows
        ]
        console.write_json({"total": str(total), "by_model": listed})
        return
    lines = [(row.model, row.state, row.runs, row.cost) for row in rows]
    console.table(("model", "state", "runs", "USD"), [*lines, ("all", "", sum(row.runs for row in rows), total)])  # fmt: skip


@click.command()
@click.argument("key")
@click.argument("task_id", metavar="TASK")
@_journal_option
def adopt(key: str, task_id: str, *, journal: str | None) -> None:
    """Record that the run KEY, whose answer was lost, started TASK; the key then leads to it. Costs nothing."""
    with _opened(journal) as client:
        if client.journal.get(key) is None:
            raise click.UsageError(f"the journal has no run {key!r}. `wiro log` lists them.")
        task = client.journal.adopt(key, id=task_id)
    console.write_line(task.id)
    console.note(f"Run {key} is task {task.id}; the same line with --key goes on with it.")


@click.command()
@click.argument("key")
@click.option(
    "--as", "new_key", metavar="KEY", help="The new run's key (default: KEY with a number)."
)
@click.option("--save", metavar="DIR", help="Save the outputs there and print their paths.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask, whatever it may cost.")
@_journal_option
def rerun(
    key: str,
    journal: str | None,
    *,
    new_key: str | None,
    save: str | None,
    as_json: bool,
    yes: bool,
) -> None:
    """Send a keyed run's exact body again, under a new key. Spends money: a successful run is billed."""
    with _opened(journal) as client:
        entry = client.journal.get(key)
        if entry is None:
            raise click.UsageError(f"the journal has no run {key!r}. `wiro log` lists them.")
        request = request_class(entry.model).from_wire(entry.body)
        options = {
            name: entry.body[wire] for name, wire in CALL_FIELDS.items() if wire in entry.body
        }
        announce(client, entry.model, request, ask=not yes)
        new_key = new_key or _free_key(client, key)
        with interrupted_by(_goes_on(context(), new_key)):
            result = client.run(request, key=new_key, **options)
        show_result(ResultOptions(entry.model, save=save, as_json=as_json), result)


def _goes_on(ctx: Context, key: str) -> Callable[[KeyboardInterrupt], Interrupted]:
    """Return what says how to go on with a run of a key, without paying for another."""
    named = same_line(ctx) if "--as" in ctx.words else f"{same_line(ctx)} --as {quote(key)}"
    return lambda _: Interrupted(
        "What was started runs on. With the same key it is not paid again:", named
    )


@contextmanager
def _opened(journal: str | None) -> Generator[Client]:
    with context().client(journal=journal_file(journal)) as client:
        yield client


def _free_key(client: Client, key: str) -> str:
    number = 2
    while client.journal.get(f"{key}-{number}") is not None:
        number += 1
    return f"{key}-{number}"


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds).astimezone()


def _where(entry: JournalEntry) -> str:
    """Where the outputs of a run are: its files, else how many the platform has."""
    if entry.outputs:
        more = len(entry.outputs) - 1
        return entry.outputs[0] + (f" and {more} more" if more else "")
    urls = _urls(entry)
    return f"{len(urls)} on the platform" if urls else "-"


def _urls(entry: JournalEntry) -> list[dict[str, Any]]:
    ended = TaskSnapshot.from_wire(entry.task or {})
    return [
        {"url": output.url, "size": output.size}
        for output in ended.outputs
        if output.url is not None
    ]


def _document(entry: JournalEntry) -> dict[str, Any]:
    return {
        "key": entry.key,
        "model": entry.model,
        "state": entry.state,
        "task": entry.task_id or None,
        "cost": None if entry.cost is None else str(entry.cost),
        "estimate": None if entry.estimate is None else str(entry.estimate),
        "at": _time(entry.at).isoformat(),
        "outputs": list(entry.outputs),
        "urls": _urls(entry),
        "body": entry.body,
    }
