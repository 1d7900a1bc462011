"""Inputs that every language model with tool calls takes, whether or not its document lists them.

They are real JSON on the wire (platform.md §4.2). A document that states a schema of its own keeps it.
"""

from collections.abc import Mapping
from typing import Any, Final

from wirogen.spec.model import Input, ModelSpec

CATEGORY: Final = "llm-tool-call"

WORDS: Final = ("prompt", "messages", "toolOutputs")
"""What a turn says: one of the first two, or, after calls of tools, what the tools have answered."""

_TEXT: Final[Mapping[str, Any]] = {"type": "string"}
_ANY: Final[Mapping[str, Any]] = {"type": "object"}
_CONTENT: Final[Mapping[str, Any]] = {"anyOf": [_TEXT, {"type": "array", "items": _ANY}]}

VALUES: Final[Mapping[str, Mapping[str, Any]]] = {
    "messages": {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {
                "role": {"enum": ["system", "developer", "user", "assistant", "tool"]},
                "content": _CONTENT,
                "name": _TEXT,
                "tool_call_id": _TEXT,
                "tool_calls": {"type": "array", "items": _ANY},
            },
            "required": ["role"],
        },
    },
    "tools": {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {
                "type": _TEXT,
                "name": _TEXT,
                "description": _TEXT,
                "parameters": _ANY,
                "function": _ANY,
                "strict": {"type": "boolean"},
            },
            "required": ["type"],
        },
    },
    "tool_choice": {"anyOf": [_TEXT, _ANY]},
    "parallel_tool_calls": {"type": "boolean"},
    "previousTaskToken": _TEXT,
    "toolOutputs": {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {"call_id": _TEXT, "output": _CONTENT},
            "required": ["call_id", "output"],
        },
    },
    "session_id": _TEXT,
    "response_format": _ANY,
}
"""The JSON Schema of each."""


def with_tool_calls(spec: ModelSpec) -> ModelSpec:
    """Return a spec with the inputs of tool calls, if its model takes them; any other as it is.

    A first turn has a `prompt` or `messages`, a later one may have tool outputs alone: any of them is content.
    """
    if CATEGORY not in {category.lower() for category in spec.categories}:
        return spec
    listed = [_stated(field) for field in spec.inputs]
    names = {field.name for field in spec.inputs}
    added = [_added(name) for name in VALUES if name not in names]
    return spec.model_copy(update={"inputs": [*listed, *added]})


def _stated(field: Input) -> Input:
    schema = VALUES.get(field.name)
    if schema is None or field.value is not None or schema.get("type") in {"string", "boolean"}:
        return field
    return field.model_copy(update={"value": dict(schema), "options": None})


def _added(name: str) -> Input:
    schema = VALUES[name]
    kind = str(schema.get("type", "json"))
    if kind == "string":
        return Input(name=name, type="text", required=False)
    if kind == "boolean":
        return Input(name=name, type="checkbox", required=False)
    return Input(name=name, type=kind, required=False, value=dict(schema))
