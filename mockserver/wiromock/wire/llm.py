"""An LLM's words on the wire: `thinking` and `answer`, or `segments`, by dialect."""

from collections.abc import Mapping
from typing import Any

from wiromock.scenario import Dialect
from wiromock.task.timeline import Speech


def write_progress(speech: Speech, dialect: Dialect) -> dict[str, Any]:
    """Write what a socket carries while an LLM writes; cumulative."""
    words = len(f"{speech.thinking} {speech.answer}".split())
    rate = words / speech.seconds if speech.seconds else 0.0
    if dialect == "llm-page":
        return {
            "type": "thinking" if speech.is_thinking else "answer",
            **_arrays(speech),
            "isThinking": speech.is_thinking,
            "speed": round(rate, 1),
            "speedType": "t/s",
            "elapsedTime": round(speech.seconds * 1000),
        }
    return {
        "type": "progressGenerate",
        "task": "Generate",
        **(_arrays(speech) if dialect == "older" else {"segments": write_segments(speech)}),
        "isThinking": speech.is_thinking,
        "speed": f"{rate:.1f}",
        "speedType": "words/s",
        "elapsedTime": f"{round(speech.seconds)}s",
    }


def write_full(speech: Speech | None) -> dict[str, Any]:
    """Write the message of `task_output_full` in the older dialect."""
    if speech is None:
        return {"raw": ""}
    return _arrays(speech) if speech.thinking else {"raw": speech.raw}


def write_content(speech: Speech, prompt: str, dialect: Dialect) -> dict[str, Any]:
    """Write the `content` of a finished LLM task's output."""
    content: dict[str, Any] = {"prompt": prompt, **_arrays(speech)}
    if dialect != "newer":
        return content
    reason = "tool_calls" if speech.calls else "stop"
    return {
        **content,
        "segments": write_segments(speech),
        "finishreason": reason,
        "usage": _usage(prompt, speech),
    }


def write_segments(speech: Speech) -> list[dict[str, Any]]:
    """Write thoughts, answer and tool calls in their order."""
    segments: list[dict[str, Any]] = [
        {"type": kind, "text": text}
        for kind, text in (("thinking", speech.thinking), ("answer", speech.answer))
        if text
    ]
    for number, (name, arguments) in enumerate(speech.calls):
        segments.append(
            {
                "type": "function_call",
                "id": f"fc_{number}",
                "call_id": f"call_{number}",
                "name": name,
                "arguments": arguments,
                "status": "completed",
            }
        )
    return segments


def _arrays(speech: Speech) -> dict[str, Any]:
    thinking = [speech.thinking] if speech.thinking else []
    answer = [speech.answer] if speech.answer else []
    return {"raw": speech.raw, "thinking": thinking, "answer": answer}


def _usage(prompt: str, speech: Speech) -> Mapping[str, Any]:
    """Words for tokens: enough to count with."""
    put, got = len(prompt.split()), len(speech.raw.split())
    return {
        "input_tokens": put,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": got,
        "output_tokens_details": {"reasoning_tokens": len(speech.thinking.split())},
        "total_tokens": put + got,
    }
