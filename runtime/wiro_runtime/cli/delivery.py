"""What a finished run leaves behind: saved files, lines on standard output, one JSON document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from wiro_runtime.cli import console

if TYPE_CHECKING:
    from pathlib import Path

    from wiro_runtime.client.result import Result

__all__ = ["Delivery", "deliver"]


class Delivery(NamedTuple):
    """How a result is saved and shown."""

    slug: str
    """The model."""
    save: str | None = None
    """The folder to save outputs in; None to print their addresses."""
    name: str | None = None
    """The template of saved names."""
    as_json: bool = False
    """Whether one JSON document is written instead of lines."""
    events: bool = False
    """Whether that document is the last line of a stream of events."""


def deliver(asked: Delivery, result: Result) -> None:
    """Save a result where that was asked for, and print what there is.

    Args:
        asked: How to.
        result: The finished run.
    """
    from wiro_runtime.cli.document import result_document  # noqa: PLC0415 - with its first use

    saved = _saved(asked, result)
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


def _saved(asked: Delivery, result: Result) -> list[Path] | None:
    if asked.save is None:
        return None
    naming: dict[str, Any] = {} if asked.name is None else {"name": asked.name}
    return list(result.outputs.save(asked.save, **naming))


def _lines(result: Result, saved: list[Path] | None) -> list[str]:
    if saved is not None:
        return [str(path) for path in saved]
    text = getattr(result, "text", "")
    urls = [output.url for output in result.outputs if output.url]
    return [text] if text and not urls else urls
