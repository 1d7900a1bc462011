"""What a finished run leaves behind: saved files, lines on standard output, one JSON document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from wiro_runtime.cli import console, exit_code
from wiro_runtime.cli.context import context
from wiro_runtime.cli.interrupt import Interrupted, interrupted_by, outputs_line

if TYPE_CHECKING:
    from pathlib import Path

    from wiro_runtime.cli.result_options import ResultOptions
    from wiro_runtime.client.result import Result

__all__ = ["show_result"]


def show_result(asked: ResultOptions, result: Result) -> None:
    """Save a result where that was asked for, and print what there is.

    Args:
        asked: How to.
        result: The finished run.
    """
    from wiro_runtime.cli.json_output import result_document  # noqa: PLC0415 - with its first use
    from wiro_runtime.errors import WiroError  # noqa: PLC0415 - same

    line = outputs_line(context(), result.task.id, asked)
    try:
        with interrupted_by(lambda _: _unfetched(asked, line, result)):
            saved = _saved(asked, result)
    except (WiroError, OSError) as failed:  # it is paid for: no status may say that nothing was
        console.note(f"Error: {failed}\n{_unfetched(asked, line, result)}")
        click.get_current_context().exit(exit_code.UNKNOWN)
    if asked.as_json:
        document = result_document(result, model=asked.slug, saved=saved)
        console.write_json(
            {"event": "Result", **document} if asked.events else document, compact=asked.events
        )
    else:
        for line in _lines(result, saved):
            console.write_line(line)
    cost = "cost not stated" if result.cost is None else f"{result.cost} USD"
    console.note(f"Task {result.task.id} of {asked.slug} done: {cost}.")


def _unfetched(asked: ResultOptions, line: str, result: Result) -> Interrupted:
    what = "printed" if asked.save is None else "saved"
    return Interrupted(
        f"Task {result.task.id} is done, and not all of it was {what}. Fetch the rest with:", line
    )


def _saved(asked: ResultOptions, result: Result) -> list[Path] | None:
    if asked.save is None:
        return None
    naming: dict[str, Any] = {} if asked.name is None else {"name": asked.name}
    return list(result.outputs.save(asked.save, on_conflict=asked.on_conflict, **naming))


def _lines(result: Result, saved: list[Path] | None) -> list[str]:
    if saved is not None:
        return [str(path) for path in saved]
    text = getattr(result, "text", "")
    urls = [output.url for output in result.outputs if output.url]
    return [text] if text and not urls else urls
