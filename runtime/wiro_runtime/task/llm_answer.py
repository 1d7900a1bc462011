"""A language model's answer, out of the shapes in which the platform writes it.

Newer answers have `segments`, older ones `thinking` and `answer` arrays, the oldest only `raw` text;
where no structure came at all, the task's output stream holds the answer. The same shapes travel while
the model writes, each time with everything from the beginning.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Literal, cast

from wiro_runtime import parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wiro_runtime import response
    from wiro_runtime.task.snapshot import TaskSnapshot

__all__ = ["Segment", "ToolCall", "content", "is_answer", "read_segments", "text", "thinking"]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call that the model asks its caller to make."""

    call_id: str
    """Names the call in the answer to it."""
    name: str
    """The tool."""
    arguments: Any
    """What it is called with: decoded JSON; the text as it came for a custom tool or broken JSON."""
    completed: bool
    """Whether the model has finished writing it; an unfinished one must not be carried out."""
    raw: response.Segment = field(default_factory=parse.nothing, repr=False, compare=False)
    """The segment as it came."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of an answer, in the order in which the model wrote it."""

    type: Literal["thinking", "answer", "tool_call"] | str  # noqa: PYI051 - the known words, and others
    """What it is; a word unknown to this version is kept as it came."""
    text: str = ""
    """Its text; "" for a tool call."""
    call: ToolCall | None = None
    """The tool call that it is."""
    raw: response.Segment = field(default_factory=parse.nothing, repr=False, compare=False)
    """The segment as it came; {} if it came in an older shape."""


def content(task: TaskSnapshot) -> dict[str, Any]:
    """The structured answer, or {}."""
    return next(
        (dict(output.content) for output in task.outputs if output.content), dict[str, Any]()
    )


def is_answer(structured: Mapping[str, Any]) -> bool:
    """Whether it is a language model's answer at all."""
    return any(name in structured for name in ("segments", "thinking", "answer", "raw"))


def read_segments(structured: Mapping[str, Any]) -> tuple[Segment, ...]:
    """The answer's parts, from whichever shape has them."""
    answer = cast("response.Answer", structured)
    listed: list[response.Segment] = parse.mappings(answer.get("segments"))
    if listed:
        return tuple(map(_segment, listed))
    # Paired by index: what the model thought, then what it said.
    pairs = zip_longest(_parts(answer.get("thinking")), _parts(answer.get("answer")))
    paired = [
        Segment(kind, words)
        for pair in pairs
        for kind, words in zip(("thinking", "answer"), pair, strict=True)
        if words
    ]
    if paired:
        return tuple(paired)
    kind = "thinking" if answer.get("isThinking") is True else "answer"
    raw = parse.text(answer.get("raw"))
    return (Segment(kind, raw),) if raw else ()


def text(structured: Mapping[str, Any]) -> str:
    """The words that are meant for the reader, without the model's thinking."""
    return _joined(structured, "answer")


def thinking(structured: Mapping[str, Any]) -> str:
    """The text of its thoughts."""
    return _joined(structured, "thinking")


def _joined(structured: Mapping[str, Any], kind: str) -> str:
    # Segments are one text cut where something else came between; array items are texts of their own.
    between = "" if parse.mappings(structured.get("segments")) else "\n\n"
    return between.join(part.text for part in read_segments(structured) if part.type == kind)


def _segment(raw: response.Segment) -> Segment:
    kind = parse.text(raw.get("type"))
    if kind not in ("function_call", "custom_tool_call"):
        return Segment(kind, parse.text(raw.get("text")), raw=raw)
    given = parse.decoded(raw.get("arguments")) if kind == "function_call" else raw.get("input")
    call = ToolCall(
        call_id=parse.text(raw.get("call_id")) or parse.text(raw.get("id")),
        name=parse.text(raw.get("name")),
        arguments=given,
        completed=raw.get("status") == "completed",
        raw=raw,
    )
    return Segment("tool_call", call=call, raw=raw)


def _parts(value: object) -> list[str]:
    # Not `parse.texts`: an answer may itself be JSON text.
    return [value] if isinstance(value, str) else [parse.text(part) for part in parse.items(value)]
