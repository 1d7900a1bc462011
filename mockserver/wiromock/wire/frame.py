"""What the socket carries: each event of a task as a message, in the scenario's dialect."""

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from typing import Any

from wiromock.task.task import Task
from wiromock.task.timeline import CANCELLED, FINISHED, TERMINAL, Event, Speech
from wiromock.wire.http import to_json
from wiromock.wire.llm import write_full, write_progress
from wiromock.wire.task import TaskWriter

SEPARATOR = b"|"
"""Between the task's token and the sound of a binary frame."""

_BY_NAME = ("name", "contenttype", "size", "url", "content")
"""What the documents' socket example shows of an output."""

_BARE = frozenset({"task_stream_ready", "task_stream_end"})


@dataclass(slots=True)  # changed by nobody, and quicker to make than one that enforces it
class Frame:
    """One message of the socket."""

    at: float
    """When it leaves, in unix seconds."""
    number: int
    """How many events of the task have been sent with it; pass it on as `since`."""
    type: str
    data: str | bytes
    """Text, or bytes for a binary frame."""


def write_frames(writer: TaskWriter, task: Task, since: int, until: int) -> Iterator[Frame]:
    """Write the messages of some events, oldest first.

    Args:
        writer: writes the outputs.
        task: the task.
        since: the `number` of the last frame that is known.
        until: how many events are due; see `count_due`.
    """
    notifications, schedule = task.scenario.notifications, task.schedule
    for at in range(since, until):
        moment = schedule.moments[at] + notifications.lag
        event = schedule.events[at]
        if event.type not in notifications.omit:
            yield Frame(moment, at + 1, event.type, _write(writer, task, event))
        if notifications.noise:
            yield Frame(moment, at + 1, "noise", _noise(task, at))


def count_due(task: Task, now: float, since: int = 0) -> int:
    """Return how many events are due on a socket by now, those included that are never sent.

    Args:
        task: the task.
        now: unix seconds.
        since: how many are known to be.
    """
    lag = task.scenario.notifications.lag
    # Added, as in `next_frame_at`: a difference may be rounded to before the moment that was planned.
    if not lag:
        return bisect_right(task.schedule.moments, now, since)
    return bisect_right(task.schedule.moments, now, since, key=lambda moment: moment + lag)


def next_frame_at(task: Task, since: int) -> float:
    """Return when the next message is due, in unix seconds; infinite when nothing is planned."""
    moments = task.schedule.moments
    return moments[since] + task.scenario.notifications.lag if since < len(moments) else inf


def read_audio(data: bytes) -> tuple[str, bytes] | None:
    """Take a binary frame apart at its first `|`; None when it has none, or no token."""
    token, separator, sound = data.partition(SEPARATOR)
    if not separator or not token.isascii():
        return None
    return token.decode(), sound


def _write(writer: TaskWriter, task: Task, event: Event) -> str | bytes:
    if event.type == "audio":
        sound: bytes = event.message
        return task.token.encode() + SEPARATOR + sound
    if event.type == "task_cost":
        message = {"type": event.type, **event.message}
    elif event.type in _BARE:
        message = {"type": event.type}
    else:
        message = _envelope(writer, task, event)
    return to_json(message).decode()


def _envelope(writer: TaskWriter, task: Task, event: Event) -> dict[str, Any]:
    is_newer = task.dialect == "newer"
    return {
        "type": event.type,
        "id": task.id,
        **({} if is_newer else {"tasktoken": task.token}),
        "message": _message(writer, task, event),
        "result": event.type != CANCELLED,
        **(_end(task, event) if is_newer else {}),
    }


def _end(task: Task, event: Event) -> dict[str, Any]:
    """What the newer dialect says about the end: null until it is there."""
    is_over = event.type in TERMINAL
    finished = event.type == FINISHED
    pexit = task.timeline.pexit or "" if finished else ""
    return {
        "success": (finished and task.timeline.succeeds) if is_over else None,
        "terminal": is_over,
        "exitCode": int(pexit) if re.fullmatch("-?[0-9]{1,9}", pexit) else None,
    }


def _message(writer: TaskWriter, task: Task, event: Event) -> Any:
    notifications = task.scenario.notifications
    match event.type, event.message:
        case "task_output", Speech() as speech:
            return write_progress(speech, task.dialect)
        case "task_output", message if not isinstance(message, str):
            return _progress(message, notifications.progress)
        case "task_output_full", speech:
            return None if task.dialect == "newer" else write_full(speech)
        case "task_error_full", stderr:
            return None if task.dialect == "newer" else {"raw": stderr}
        case "task_postprocess_end", _:
            outputs = writer.outputs(task, task.view(inf))
            return [
                {name: output[name] for name in _BY_NAME if name in output} for output in outputs
            ]
        case _, message:
            return message


def _progress(progress: dict[str, Any], shape: str) -> Any:
    """One of the three shapes in which sources show it."""
    if shape == "json":
        return json.dumps(progress)
    return f"{progress['percentage']}%" if shape == "text" else progress


def _noise(task: Task, at: int) -> str:
    """Something that no document knows; every other time not even JSON."""
    if at % 2:
        return "~ not json ~"
    return json.dumps({"type": "task_from_the_future", "id": task.id, "surprise": [at]})
