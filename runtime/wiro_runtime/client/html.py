"""What a notebook shows of outputs, results and tasks. Text from the platform is escaped, always."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from wiro_runtime import parse

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from wiro_runtime.task.output import Output
    from wiro_runtime.task.snapshot import TaskSnapshot

__all__ = ["output_html", "outputs_html", "result_html", "task_html"]

_SIZE = 'style="max-width:100%;max-height:20em"'


def output_html(output: Output) -> str:
    """A picture, a player, or a link; an answer's name where there is no file."""
    name = escape(output.name or output.url or "output")
    if output.url is None or not parse.is_web_url(output.url):
        return f"<code>{name}</code>"
    url = escape(output.url)
    match output.content_type.partition("/")[0]:
        case "image":
            shown = f'<img src="{url}" alt="{name}" {_SIZE}>'
        case "video":
            shown = f'<video src="{url}" controls {_SIZE}></video>'
        case "audio":
            shown = f'<audio src="{url}" controls></audio>'
        case _:
            shown = ""
    return f'<div>{shown}<div><a href="{url}">{name}</a></div></div>'


def outputs_html(outputs: Iterable[Output]) -> str:
    """All of them, one below the other."""
    return "".join(map(output_html, outputs)) or "<em>no outputs</em>"


def result_html(task: TaskSnapshot, cost: Decimal | None, text: str) -> str:
    """A result: its text, its files, what it cost."""
    said = f"<pre>{escape(text)}</pre>" if text else ""
    files = outputs_html(output for output in task.outputs if output.url) if task.outputs else ""
    price = "" if cost is None else f", {cost} USD"
    return f"{said}{files}<small>task {escape(task.id)}{price}</small>"


def task_html(slug: str, task: TaskSnapshot) -> str:
    """A task: how far it is, and for how long it has been at it."""
    stage = min(int(task.stage), 5)
    elapsed = "" if task.elapsed is None else f", {task.elapsed:g} s"
    status = escape(task.status or "submitted")
    return (
        f"<div><code>{escape(slug)}</code> task {escape(task.id)}: "
        f'<progress value="{stage}" max="5"></progress> {status}{elapsed}</div>'
    )
