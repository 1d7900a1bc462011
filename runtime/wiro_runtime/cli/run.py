"""`wiro run` and `wiro submit`: one model, from options to saved files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from wiro_runtime.cli import console, exit_code
from wiro_runtime.cli.arguments import collect
from wiro_runtime.cli.context import context, journal_file
from wiro_runtime.cli.cost import announce
from wiro_runtime.cli.interrupt import (
    Interrupted,
    attach_line,
    interrupted_by,
    list_line,
    same_line,
)
from wiro_runtime.cli.model_command import ModelGroup
from wiro_runtime.cli.parameter import Dollars, Seconds
from wiro_runtime.cli.progress import NoProgress, Progress, show_progress
from wiro_runtime.cli.result import show_result
from wiro_runtime.cli.result_options import (
    ResultOptions,
    check_result_options,
    events_option,
    result_options,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from wiro_runtime.cli.context import Context
    from wiro_runtime.flow.options import OnAbandon
    from wiro_runtime.request.request import Request
    from wiro_runtime.storage import OnConflict
    from wiro_runtime.task.event import Event

__all__ = ["run", "submit"]


@dataclass(frozen=True)
class _Call:
    """What the options of the command itself said."""

    slug: str
    save: str | None = None
    name: str | None = None
    on_conflict: OnConflict = "rename"
    as_json: bool = False
    events: bool = False
    detach: bool = False
    dry_run: bool = False
    yes: bool = False
    deadline: float | None = None
    on_abandon: OnAbandon = "detach"
    journal: Path | None = None
    run_options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Options that the client takes by the same names."""

    @property
    def result_options(self) -> ResultOptions:
        """How the result is shown."""
        return ResultOptions(
            self.slug, self.save, self.name, self.on_conflict, self.as_json, self.events
        )


def _own_options() -> list[click.Option]:
    """Make the options of `wiro run OWNER/MODEL` that are not the model's inputs."""
    return [
        *result_options(),
        events_option(),
        click.Option(["--detach"], is_flag=True, help="Start the task, print its id, and leave it running."),
        click.Option(["--on-abandon"], type=click.Choice(["detach", "cancel"]), default="detach", show_default=True, help="What becomes of the task at the deadline or at Ctrl-C."),
        *_input_options(),
    ]  # fmt: skip


def _submit_options() -> list[click.Option]:
    return [
        click.Option(["--json", "as_json"], is_flag=True, help="Print one JSON document."),
        *_input_options(),
    ]


def _input_options() -> list[click.Option]:
    return [
        click.Option(["--set", "assignments"], multiple=True, metavar="NAME=VALUE", help="An input by name; NAME:=JSON and NAME=@FILE too."),
        click.Option(["--input", "file"], metavar="FILE", help="A JSON object of inputs; - for standard input."),
        click.Option(["--deadline"], type=Seconds(), metavar="SECONDS", help="Time for all of it (default 600)."),
        click.Option(["--project-id"], metavar="ID", help="Another project to bill."),
        click.Option(["--callback-url"], metavar="URL", help="Where the platform reports the end to."),
        click.Option(["--key"], metavar="KEY", help="The run's name in the journal: asked again, it is not paid again."),
        click.Option(["--journal"], metavar="FILE", help="Where keyed runs are written down (default: WIRO_JOURNAL, else one of this user's)."),
        click.Option(["--max-cost"], type=Dollars(), metavar="USD", help="Refuse the run if it may cost more."),
        click.Option(["--allow-unknown-price"], is_flag=True, help="With --max-cost: run it, too, where nobody can say what it costs at most."),
        click.Option(["--dry-run"], is_flag=True, help="Print the exact body and send nothing."),
        click.Option(["--yes", "-y"], is_flag=True, help="Do not ask, whatever it may cost."),
    ]  # fmt: skip


def _run(*, slug: str, given: dict[str, Any], **options: Any) -> None:
    call, request = _prepare(slug, given, options)
    if call.dry_run:
        _show_body(request)
    elif call.detach:
        _start(context(), call, request)
    else:
        _run_to_the_end(context(), call, request)


def _submit(*, slug: str, given: dict[str, Any], **options: Any) -> None:
    call, request = _prepare(slug, given, options)
    if call.dry_run:
        _show_body(request)
    else:
        _start(context(), call, request)


def _prepare(
    slug: str, given: dict[str, Any], options: dict[str, Any]
) -> tuple[_Call, Request[Any, Any]]:
    ctx = context()
    ctx.slug, model = slug, ctx.model(slug)
    file, assignments = options.pop("file"), options.pop("assignments")
    arguments = collect(model, file=file, assignments=assignments, options=given)
    run_options = {
        name: value
        for name in ("callback_url", "project_id", "key", "max_cost")
        if (value := options.pop(name, None)) is not None
    }
    if options.pop("allow_unknown_price", False):
        run_options["unknown_price"] = "allow"
    journal = options.pop("journal", None)
    if "key" in run_options or journal is not None:
        options["journal"] = journal_file(journal)
        # The same key is the way back to a run whose answer was lost; it looks, and never sends again.
        run_options["on_unknown"] = "reconcile"
    call = _Call(slug=slug, run_options=run_options, **options)
    check_result_options(call.result_options)
    if call.detach and call.save is not None:
        raise click.UsageError(
            f"--detach leaves the task running, and nothing is there to save; {ctx.prog} attach takes --save."
        )
    if model is not None:
        return call, model.request(**arguments)
    from wiro_runtime.client.untyped import request_class  # noqa: PLC0415 - loads pydantic

    return call, request_class(slug)(**arguments)


def _show_body(request: Request[Any, Any]) -> None:
    """Print what would be sent; a local file stands as `file:NAME`, as it has no URL before its upload."""
    from wiro_runtime.request.body import encode  # noqa: PLC0415 - as below
    from wiro_runtime.request.file import LocalFile, location  # noqa: PLC0415 - with its first use

    console.write_json(
        encode(request).to_json(lambda file: location(file) or f"file:{LocalFile.of(file).name}")
    )
    console.note("Nothing was sent.")


def _start(ctx: Context, call: _Call, request: Request[Any, Any]) -> None:
    with ctx.client(**_settings(call)) as client:
        announce(client, call.slug, request, ask=not call.yes)
        with interrupted_by(_Watcher(ctx, call).explain):
            task = client.submit(request, **_limits(call), **call.run_options)
    if call.as_json:
        console.write_json({"id": task.id, "model": call.slug, "status": task.snapshot.status})
    else:
        console.write_line(task.id)
    console.note(f"Follow it with: {attach_line(ctx, task.id, ResultOptions(call.slug))}")


def _run_to_the_end(ctx: Context, call: _Call, request: Request[Any, Any]) -> None:
    watcher = _Watcher(ctx, call)
    ctx.result_options = call.result_options
    with ctx.client(**_settings(call)) as client:
        announce(client, call.slug, request, ask=not call.yes)
        with interrupted_by(watcher.explain), show_progress(call.slug) as watcher.progress:
            result = client.run(
                request,
                on_event=watcher.take,
                on_abandon=call.on_abandon,
                **_limits(call),
                **call.run_options,
            )
        show_result(call.result_options, result)


class _Watcher:
    """Notes the task's id as soon as there is one, and writes events where they were asked for."""

    def __init__(self, ctx: Context, call: _Call) -> None:
        self._ctx = ctx
        self._call = call
        self._task_id: str | None = None
        self.progress: Progress = NoProgress()
        """What shows the events."""

    def take(self, event: Event) -> None:
        """Show an event, and remember the task that it names."""
        from wiro_runtime.cli.json_output import event_document  # noqa: PLC0415 - with its first use
        from wiro_runtime.task.event import Submitted  # noqa: PLC0415 - same

        self.progress.show(event)
        if isinstance(event, Submitted):
            self._task_id = event.task_id
            if not console.is_live():
                console.note(f"Task {event.task_id} of {self._call.slug} started.")
        if self._call.as_json and self._call.events:
            with self.progress.aside():
                console.write_json(event_document(event), compact=True)

    def explain(self, interrupt: KeyboardInterrupt) -> Interrupted:
        """Return what becomes of the task, and the line that goes on, for Ctrl-C."""
        ctx, call = self._ctx, self._call
        notes: list[str] = getattr(interrupt, "__notes__", [])
        if self._task_id is not None:
            return self._explain_task(self._task_id, notes)
        if not notes:
            return Interrupted("Interrupted before anything was started.")
        if "key" in call.run_options:
            text = "The journal has the run; the same line goes on with it, and pays nothing twice:"
            return Interrupted(f"{notes[0]} {text}", same_line(ctx))
        return Interrupted(f"{notes[0]} Look before you run it again:", list_line(ctx, call.slug))

    def _explain_task(self, task_id: str, notes: list[str]) -> Interrupted:
        attach = attach_line(self._ctx, task_id, self._call.result_options)
        if self._call.on_abandon == "cancel":
            failed = [note for note in notes if "could not be stopped" in note]
            if not failed:
                return Interrupted(f"Task {task_id} was asked to stop.")
            return Interrupted(f"{failed[0]} Pick it up again with:", attach)
        return Interrupted(
            f"Task {task_id} runs on, and is billed if it succeeds. Pick it up again with:", attach
        )


def _settings(call: _Call) -> dict[str, Any]:
    return {} if call.journal is None else {"journal": call.journal}


def _limits(call: _Call) -> dict[str, Any]:
    return {} if call.deadline is None else {"deadline": call.deadline}


run = ModelGroup(
    "run",
    action=_run,
    own=_own_options,
    help=(
        "Run a model once, wait for it, and print or save what it makes.\n\n"
        "Spends money: a successful run is billed. A run is never sent twice.\n\n" + exit_code.TABLE
    ),
    short_help="run a model and wait for what it makes",
)
submit = ModelGroup(
    "submit",
    action=_submit,
    own=_submit_options,
    help=(
        "Start a task, print its id, and leave it running.\n\n"
        "Spends money: a successful run is billed.\n\n" + exit_code.TABLE
    ),
    short_help="start a task and leave it running",
)
