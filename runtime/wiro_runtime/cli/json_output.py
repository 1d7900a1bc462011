"""The JSON that `--json` and `--events` write: facts by name, no secrets."""

from __future__ import annotations

import base64
import dataclasses
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from wiro_runtime.client.result import Result
    from wiro_runtime.task.event import Event
    from wiro_runtime.task.output import Output
    from wiro_runtime.task.snapshot import TaskSnapshot

__all__ = ["event_document", "result_document", "task_document"]

_HIDDEN = ("token", "raw")
"""A task's token is as good as a key to it; raw fields are for debuggers."""


def event_document(event: Event) -> dict[str, Any]:
    """Return one event as an object with its kind in `event`."""
    facts = {
        field.name: _plain(getattr(event, field.name))
        for field in dataclasses.fields(event)
        if field.name not in _HIDDEN
    }
    return {"event": type(event).__name__, **facts}


def task_document(task: TaskSnapshot, model: str | None = None) -> dict[str, Any]:
    """Return what is known of a task.

    Args:
        task: The task.
        model: Its model, where the caller knows it; else as the platform names it.
    """
    return {
        "id": task.id,
        "model": model or model_of(task),
        "status": task.status,
        "outcome": task.outcome,
        "exit_code": task.exit_code,
        "billed": task.billed,
        "cost": _plain(task.total_cost),
        "elapsed": task.elapsed,
        "created_at": _plain(task.created_at),
        "outputs": [_output(output) for output in task.outputs],
    }


def result_document(
    result: Result, *, model: str, saved: Sequence[Path] | None = None
) -> dict[str, Any]:
    """Return a finished run: its task, what it made, what it cost, and where it was saved."""
    text = getattr(result, "text", None)
    return {
        **task_document(result.task, model),
        **({"text": text} if text else {}),
        **({} if saved is None else {"saved": [str(path) for path in saved]}),
    }


def model_of(task: TaskSnapshot) -> str | None:
    """Return the slug that the platform names for a task; None where it does not."""
    owner, name = (task.raw.get(key) for key in ("modelslugowner", "modelslugproject"))
    return f"{owner}/{name}" if owner and name else None


def _output(output: Output) -> dict[str, Any]:
    facts = {
        "name": output.name,
        "content_type": output.content_type,
        "size": output.size,
        "url": output.url,
        "content": _plain(output.content),
    }
    return {name: fact for name, fact in facts.items() if fact not in (None, "")}


def _plain(value: object) -> Any:
    """Return a value as JSON has it; money keeps its digits as text."""
    from wiro_runtime.task.output import Output  # noqa: PLC0415 - help never gets here

    plain: Any = value
    match value:
        case Output():
            plain = _output(value)
        case bytes():
            plain = base64.b64encode(value).decode("ascii")
        case Decimal():
            plain = str(value)
        case datetime():
            plain = value.isoformat()
        case dict():
            entries = cast("dict[object, object]", value)
            plain = {str(key): _plain(item) for key, item in entries.items()}
        case list() | tuple():
            plain = [_plain(item) for item in cast("Sequence[object]", value)]
        case _:
            pass
    return plain
