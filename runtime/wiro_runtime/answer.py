"""A language model's answer, out of the shapes in which the platform writes it.

Newer answers have `segments`, older ones `thinking` and `answer` arrays, the oldest only `raw` text;
where no structure came at all, the task's output stream holds the answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wiro_runtime import loose

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wiro_runtime.snapshot import TaskSnapshot

__all__ = ["content", "text", "thinking"]


def content(task: TaskSnapshot) -> dict[str, Any]:
    """The structured answer, or {}."""
    return next(
        (dict(output.content) for output in task.outputs if output.content), dict[str, Any]()
    )


def text(task: TaskSnapshot) -> str:
    """The answer's text."""
    structured = content(task)
    return (
        _segments(structured, "answer")
        or _joined(structured.get("answer"))
        or loose.text(structured.get("raw"))
        or task.debug_output
    )


def thinking(task: TaskSnapshot) -> str:
    """The text of its thoughts."""
    structured = content(task)
    return _segments(structured, "thinking") or _joined(structured.get("thinking"))


def _segments(structured: Mapping[str, Any], kind: str) -> str:
    segments = loose.mappings(structured.get("segments"))
    return "".join(loose.text(item.get("text")) for item in segments if item.get("type") == kind)


def _joined(parts: object) -> str:
    # Not `loose.texts`: an answer may itself be JSON text.
    return parts if isinstance(parts, str) else "\n\n".join(map(loose.text, loose.items(parts)))
