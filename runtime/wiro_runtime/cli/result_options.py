"""How a command's result is to be shown: what its options said."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import click

if TYPE_CHECKING:
    from wiro_runtime.storage import OnConflict

__all__ = ["ResultOptions", "check_result_options", "events_option", "result_options"]


class ResultOptions(NamedTuple):
    """How a result is saved and shown."""

    slug: str
    """The model."""
    save: str | None = None
    """The folder to save outputs in; None to print their addresses."""
    name: str | None = None
    """The template of saved names."""
    on_conflict: OnConflict = "rename"
    """What becomes of a file that is there already."""
    as_json: bool = False
    """Whether one JSON document is written instead of lines."""
    events: bool = False
    """Whether that document is the last line of a stream of events."""


def result_options() -> list[click.Option]:
    """Return the options that say how a result is shown."""
    return [
        click.Option(["--save"], metavar="DIR", help="Save the outputs there and print their paths."),
        click.Option(["--name"], metavar="TEMPLATE", help="Names of saved files, like {task}-{index}{ext}."),
        click.Option(["--on-conflict"], type=click.Choice(["rename", "overwrite", "skip", "error"]), default="rename", show_default=True, help="What becomes of a file that is there already."),
        click.Option(["--json", "as_json"], is_flag=True, help="Print one JSON document instead of lines."),
    ]  # fmt: skip


def events_option() -> click.Option:
    """Return the option that shows what happens on the way."""
    return click.Option(["--events"], is_flag=True, help="With --json: a line for each event, then the result.")  # fmt: skip


def check_result_options(asked: ResultOptions) -> None:
    """Refuse what could not be done with a result, before anything is paid for it.

    Raises:
        click.UsageError: Options are missing that others need.
        InvalidRequest: The template of names is none.
    """
    if asked.events and not asked.as_json:
        raise click.UsageError("--events goes with --json: each event is a line of JSON.")
    if asked.name is None:
        return
    if asked.save is None:
        raise click.UsageError("--name goes with --save: it names the files that are saved.")
    from wiro_runtime.client.saving import check_name  # noqa: PLC0415 - loads the client

    check_name("--save", asked.name)
