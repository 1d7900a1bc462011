"""Commands about tasks that were started before: attach, status, cancel, events, outputs, tasks."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import click

from wiro_runtime.cli import console
from wiro_runtime.cli.context import context, models_like
from wiro_runtime.cli.interrupt import Interrupted, attach_line, interrupted_by, same_line
from wiro_runtime.cli.parameter import Count, Seconds
from wiro_runtime.cli.progress import NoProgress, show_progress
from wiro_runtime.cli.result import show_result
from wiro_runtime.cli.result_options import (
    ResultOptions,
    check_result_options,
    events_option,
    result_options,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from wiro_runtime.cli.progress import Progress
    from wiro_runtime.client.client import Client
    from wiro_runtime.client.task import Task
    from wiro_runtime.request.request import Request
    from wiro_runtime.task.event import Event

__all__ = ["attach", "cancel", "events", "outputs", "request_class", "status", "tasks"]

_TASK: Final = (
    "TASK is the task's id (digits) or its token; OWNER/MODEL before it spares one question."
)


def _task_arguments(command: Callable[..., None]) -> Callable[..., None]:
    command = click.option("--id", "task_id", metavar="ID", help="The task's id.")(command)
    command = click.option("--token", metavar="TOKEN", help="The task's token.")(command)
    return click.argument(
        "words", nargs=-1, metavar="[OWNER/MODEL] TASK", shell_complete=models_like
    )(command)


def _with_result_options(command: click.Command) -> click.Command:
    command.params += result_options()
    return command


def _with_events(command: click.Command) -> click.Command:
    command.params.append(events_option())
    return command


@_with_events
@_with_result_options
@click.command(epilog=_TASK)
@_task_arguments
@click.option("--deadline", type=Seconds(), metavar="SECONDS")
def attach(
    words: tuple[str, ...],
    task_id: str | None,
    token: str | None,
    deadline: float | None,
    **shown: Any,
) -> None:
    """Pick a task up again, wait for it, and print or save what it made. Costs nothing."""
    with context().client() as client:
        task, slug = _found(client, words, task_id, token)
        asked = context().result_options = ResultOptions(slug, **shown)
        check_result_options(asked)
        with interrupted_by(_still(task, asked)), show_progress(f"{slug} {task.id}") as progress:
            result = task.wait(on_event=_shown_by(progress, asked), deadline=deadline or "default")
        show_result(asked, result)


@click.command(epilog=_TASK)
@_task_arguments
@click.option("--deadline", type=Seconds(), metavar="SECONDS")
def events(
    words: tuple[str, ...], task_id: str | None, token: str | None, deadline: float | None
) -> None:
    """Follow a task, one JSON line for each event, until it ends. Costs nothing."""
    with context().client() as client:
        task, slug = _found(client, words, task_id, token)
        asked = ResultOptions(slug, as_json=True, events=True)
        with interrupted_by(_still(task, None)):
            task.wait(on_event=_shown_by(NoProgress(), asked), deadline=deadline or "default")


@click.command(epilog=_TASK)
@_task_arguments
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def status(
    words: tuple[str, ...], task_id: str | None, token: str | None, *, as_json: bool
) -> None:
    """Show the state of a task. Costs nothing."""
    from wiro_runtime.cli.json_output import model_of, task_document  # noqa: PLC0415 - with its first use

    with context().client() as client:
        task = client.tasks.get(**_named(words, task_id, token)[1])
    if as_json:
        console.write_json(task_document(task))
        return
    cost = "" if task.total_cost is None else f", {task.total_cost} USD"
    console.write_line(f"{task.id}  {model_of(task) or '-'}  {task.status} ({task.outcome}{cost})")


@click.command(epilog=_TASK)
@_task_arguments
def cancel(words: tuple[str, ...], task_id: str | None, token: str | None) -> None:
    """Stop a task, waiting or running. A stopped task is not billed."""
    with context().client() as client:
        task, _ = _found(client, words, task_id, token)
        stopped = task.cancel()
    console.write_line(f"{stopped.id}  {stopped.status}")


@_with_result_options
@click.command(epilog=_TASK)
@_task_arguments
def outputs(words: tuple[str, ...], task_id: str | None, token: str | None, **shown: Any) -> None:
    """Print or save what a finished task made. Costs nothing."""
    with context().client() as client:
        task, slug = _found(client, words, task_id, token)
        check_result_options(asked := ResultOptions(slug, **shown))
        task.refresh()
        show_result(asked, task.result())


@click.command()
@click.option(
    "--model", metavar="OWNER/MODEL", shell_complete=models_like, help="Only tasks of this model."
)
@click.option(
    "--limit",
    type=Count(),
    default=20,
    show_default=True,
    help="At most so many, newest first.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")  # fmt: skip
def tasks(model: str | None, limit: int, *, as_json: bool) -> None:
    """List the project's tasks, newest first. Costs nothing."""
    from wiro_runtime.cli.json_output import model_of, task_document  # noqa: PLC0415 - with its first use

    if model is not None and "/" not in model:
        raise click.UsageError(
            f"--model: {model!r} is no model; expected OWNER/MODEL, like pruna/vace."
        )
    with context().client() as client:
        newest = list(islice(client.tasks.list(model, page_size=min(limit, 100)), limit))
    if as_json:
        console.write_json([task_document(task) for task in newest])
        return
    console.table(
        ("id", "model", "status", "outcome", "cost", "created"),
        [
            (
                task.id,
                model_of(task) or "-",
                task.status,
                task.outcome,
                "-" if task.total_cost is None else task.total_cost,
                "-" if task.created_at is None else f"{task.created_at:%Y-%m-%d %H:%M:%S}",
            )
            for task in newest
        ],
    )


def _shown_by(progress: Progress, asked: ResultOptions) -> Callable[[Event], None]:
    from wiro_runtime.cli.json_output import event_document  # noqa: PLC0415 - with its first use

    def take(event: Event) -> None:
        progress.show(event)
        if asked.as_json and asked.events:
            with progress.aside():
                console.write_json(event_document(event), compact=True)

    return take


def _still(
    task: Task[Any], asked: ResultOptions | None
) -> Callable[[KeyboardInterrupt], Interrupted]:
    """Return what says that a task runs on without whoever watched it."""
    ctx = context()

    def say(_: KeyboardInterrupt) -> Interrupted:
        line = same_line(ctx) if asked is None else attach_line(ctx, task.id, asked)
        return Interrupted(
            f"Task {task.id} runs on, and is billed if it succeeds. Pick it up again with:", line
        )

    return say


def _named(
    words: tuple[str, ...], task_id: str | None, token: str | None
) -> tuple[str | None, dict[str, str]]:
    """Return the model, where one was named, and the id or the token."""
    slug = next((word for word in words if "/" in word), None)
    names = [word for word in words if "/" not in word]
    named = [("id" if name.isdecimal() else "token", name) for name in names]
    named += [(kind, name) for kind, name in (("id", task_id), ("token", token)) if name]
    if len(named) != 1:
        raise click.UsageError("name one task: its id or its token. `wiro tasks` lists the newest.")
    return slug, dict(named)


def _found(
    client: Client, words: tuple[str, ...], task_id: str | None, token: str | None
) -> tuple[Task[Any], str]:
    """Return a handle on a task, with its model's slug; asks the platform where none was named."""
    from wiro_runtime.cli.json_output import model_of  # noqa: PLC0415 - with its first use

    slug, name = _named(words, task_id, token)
    if slug is None:
        slug = model_of(client.tasks.get(**name))
        if slug is None:
            raise click.UsageError(
                "the platform does not say which model that task is of; name it: OWNER/MODEL TASK."
            )
    return client.attach(request_class(slug), **name), slug


def request_class(slug: str) -> type[Request[Any, Any]]:
    """Return the class of a model's requests; an untyped one where the package has none."""
    from wiro_runtime.client import untyped  # noqa: PLC0415 - loads pydantic

    model = context().model(slug)
    return untyped.request_class(slug) if model is None else model.request_class()
