"""Models of the category `llm-tool-call`: what a turn may hold, and what is wrong with one.

From a later revision of the published documentation; limits are those of the platform's own MCP server.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from wirogen.spec.tool_call import CATEGORY, VALUES
from wiromock.spec.value import UNSET, Finding, as_list, as_objects

SHAPES: Final[Mapping[str, tuple[type, ...]]] = {
    "messages": (list,),
    "tools": (list,),
    "tool_choice": (str, dict),
    "parallel_tool_calls": (bool,),
    "previousTaskToken": (str,),
    "toolOutputs": (list,),
    "session_id": (str,),
    "response_format": (dict,),
}
"""What the values of such a model are in Python; a test compares the names with those of the spec."""

NAMES: Final = frozenset(VALUES)

__all__ = ["CATEGORY", "NAMES", "check_turn", "prompt_of"]

_WORDS: Final = {list: "an array", dict: "an object", str: "a text", bool: "true or false"}
_LONGEST_SESSION = 256
"""Bytes of `session_id` in UTF-8."""


def prompt_of(parameters: Mapping[str, Any]) -> str:
    """Return what a turn says in one text: its prompt, its last message, or what its tools have answered."""
    prompt = parameters.get("prompt")
    if prompt:
        return str(prompt)
    for name, key in (("messages", "content"), ("toolOutputs", "output")):
        said = as_objects(parameters.get(name))
        if said:
            return str(said[-1].get(key, ""))
    return ""


def check_turn(sent: Mapping[str, Any]) -> Iterator[Finding]:
    """Find what is wrong with a turn.

    Args:
        sent: the parameters of a Run, as they arrived.
    """
    given = {name: value for name, value in sent.items() if value not in UNSET}
    for name, shapes in SHAPES.items():
        if name in given and not isinstance(given[name], shapes):
            expected = " or ".join(_WORDS[shape] for shape in shapes)
            said = f"`{name}` is {expected}, as a JSON value and not as text"
            yield Finding("parameters_invalid", name, said, blame="client")
            return
    for check in _CHECKS:
        yield from check(given)


def _check_prompt(given: Mapping[str, Any]) -> Iterator[Finding]:
    """A turn has one prompt or messages; one with the outputs of tools has neither."""
    words = [name for name in ("prompt", "messages") if name in given]
    if "toolOutputs" in given:
        extra = [name for name in (*words, "tools") if name in given]
        if extra:
            said = (
                f"a turn with `toolOutputs` goes without {', '.join(f'`{name}`' for name in extra)}"
            )
            yield Finding("parameters_invalid", extra[0], said)
    elif not words:
        yield Finding("parameter_required", "prompt", "a turn needs one of `prompt` and `messages`")
    elif len(words) > 1:
        said = "a turn has either a `prompt` or `messages`, not both"
        yield Finding("parameters_invalid", "messages", said)


def _check_session(given: Mapping[str, Any]) -> Iterator[Finding]:
    """Who goes on names the task and the session it belongs to."""
    if "toolOutputs" in given and "previousTaskToken" not in given:
        said = "`toolOutputs` answer a task: send its `previousTaskToken` and `session_id`"
        yield Finding("parameter_required", "previousTaskToken", said)
    if "previousTaskToken" in given and "session_id" not in given:
        said = "`previousTaskToken` needs the `session_id` of the turn before"
        yield Finding("parameter_required", "session_id", said)
    if len(str(given.get("session_id", "")).encode()) > _LONGEST_SESSION:
        said = f"`session_id` has at most {_LONGEST_SESSION} bytes in UTF-8"
        yield Finding("parameters_invalid", "session_id", said)


def _check_tools(given: Mapping[str, Any]) -> Iterator[Finding]:
    tools = as_list(given.get("tools", []))
    named = [_name_of(tool) for tool in as_objects(tools)]
    if len(named) < len(tools) or not all(
        re.fullmatch("[A-Za-z0-9_-]{1,64}", name) for name in named
    ):
        said = "each of `tools` has a `name` of 1 to 64 letters, digits, - and _"
        yield Finding("parameters_invalid", "tools", said)


def _name_of(tool: dict[str, Any]) -> str:
    """The name of a function; some write it one level further down."""
    described = next(iter(as_objects(tool.get("function"))), tool)
    return str(described.get("name", ""))


def _check_outputs(given: Mapping[str, Any]) -> Iterator[Finding]:
    answers = as_list(given.get("toolOutputs", []))
    whole = [answer for answer in as_objects(answers) if {"call_id", "output"} <= answer.keys()]
    if len(whole) < len(answers):
        said = "each of `toolOutputs` has a `call_id` and an `output`"
        yield Finding("parameters_invalid", "toolOutputs", said)


_CHECKS: Final[tuple[Callable[[Mapping[str, Any]], Iterator[Finding]], ...]] = (
    _check_prompt,
    _check_session,
    _check_tools,
    _check_outputs,
)
