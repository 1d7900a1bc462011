"""What comes over a socket, read without trust.

Two revisions of the documentation describe two dialects, and the examples leave fields out freely. So
only `type` is relied upon, everything else may be missing, a string or an object, and what cannot be
read is None: a frame from the future is passed over, not a reason to give up a paid task.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from wiro_runtime import parse

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "Audio",
    "Message",
    "Reading",
    "read_frame",
    "read_progress",
    "write_audio",
    "write_command",
]

_SEPARATOR = b"|"
_ENDS = frozenset({"task_postprocess_end", "task_cancel"})


@dataclass(slots=True)  # changed by nobody, and quicker to make than one that enforces it
class Message:
    """A text frame: what the platform says of a task, by its type."""

    type: str
    """The platform's own word."""
    content: Any = None
    """Its `message`; decoded where an object came as JSON inside a string."""
    task_id: str = ""
    token: str = field(default="", repr=False)
    raw: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)
    """The whole frame."""

    @property
    def ends(self) -> bool:
        """Whether nothing of the task follows it. How it went is for Task/Detail to say."""
        return self.type in _ENDS

    @property
    def fields(self) -> Mapping[str, Any]:
        """`content` if it is an object, else nothing."""
        return (
            cast("Mapping[str, Any]", self.content)
            if isinstance(self.content, dict)
            else dict[str, Any]()
        )


@dataclass(frozen=True, slots=True)
class Audio:
    """Sound of a live session, which travels in binary frames."""

    token: str = field(repr=False)
    data: bytes = field(repr=False)
    """PCM: signed 16 bit, little-endian, 24,000 Hz, mono."""


Frame: TypeAlias = Message | Audio


def write_command(kind: str, token: str) -> str:
    """The text frame that asks for something: `task_info` for what happens to a task, `task_session_end`, and so on."""
    return json.dumps({"type": kind, "tasktoken": token})


def write_audio(token: str, data: bytes) -> bytes:
    """The binary frame that carries sound: the task's token, the separator, the bytes."""
    return token.encode() + _SEPARATOR + data


def read_frame(frame: str | bytes) -> Frame | None:
    """Take a frame apart; None if it is nothing we know."""
    if isinstance(frame, bytes):
        token, separator, data = frame.partition(_SEPARATOR)  # sound may hold the byte as well
        return Audio(token.decode(errors="replace"), data) if separator else None
    return read_object(parse.decoded(frame))


def read_object(decoded: object) -> Message | None:
    """Read a decoded text frame, or the data of a server-sent event."""
    if not isinstance(decoded, dict):
        return None
    raw = cast("dict[str, Any]", decoded)
    if not isinstance(raw.get("type"), str):
        return None
    return Message(
        type=raw["type"],
        content=_unwrapped(raw.get("message")),
        task_id=parse.name(raw.get("id")),
        token=parse.name(raw.get("tasktoken")),
        raw=raw,
    )


def _unwrapped(message: object) -> Any:
    """Objects also come as JSON text. Text that is JSON of another kind, such as `"12"`, is text."""
    if not isinstance(message, str) or not message.lstrip().startswith("{"):
        return message
    decoded = parse.decoded(message)
    return cast("Any", decoded) if isinstance(decoded, dict) else message


@dataclass(frozen=True, slots=True)
class Reading:
    """What a model says of its own progress. None for what it does not say."""

    percent: float | None = None
    step: int | None = None
    steps: int | None = None
    speed: float | None = None
    speed_unit: str = ""
    remaining: float | None = None
    """Seconds."""

    @property
    def says_something(self) -> bool:
        """Whether it states anything at all."""
        return self != Reading(speed_unit=self.speed_unit)


def read_progress(fields: Mapping[str, Any]) -> Reading:
    """Read a progress object, whose numbers are strings by rule."""
    step, steps = parse.integer(fields.get("stepCurrent")), parse.integer(fields.get("stepTotal"))
    percent = parse.number(_bare(fields.get("percentage")))
    if percent is None and step is not None and steps:
        percent = 100 * step / steps
    remaining = _seconds(fields.get("remainingTime"))
    if remaining is None and percent and (elapsed := _seconds(fields.get("elapsedTime"))):
        remaining = elapsed * max(0.0, 100 - percent) / percent
    return Reading(
        percent=None if percent is None else min(max(percent, 0.0), 100.0),
        step=step,
        steps=steps,
        speed=parse.number(fields.get("speed")),
        speed_unit=parse.text(fields.get("speedType")),
        remaining=remaining,
    )


_DURATION = re.compile(r"\s*(?:(\d+)\s*h)?\s*(?:(\d+)\s*m)?\s*(?:(\d+(?:\.\d+)?)\s*s)?\s*")
_CLOCK = re.compile(r"\s*(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)\s*")


def _bare(value: object) -> object:
    return value.strip().removesuffix("%") if isinstance(value, str) else value


def _seconds(value: object) -> float | None:
    """`"5s"`, `"1m 5s"`, `"01:05"` or `"5"`; numbers that are no strings are milliseconds."""
    if not isinstance(value, str):
        number = parse.number(value)
        return None if number is None else number / 1000
    match = _CLOCK.fullmatch(value) or (_DURATION.fullmatch(value) if value.strip() else None)
    if match is None:
        return parse.number(value)
    hours, minutes, seconds = (float(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds
