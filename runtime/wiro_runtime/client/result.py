"""What a successful run returns; the synchronous kinds and their asynchronous twins.

Twins differ in one thing: whether saving an output is awaited.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from wiro_runtime import check, parse
from wiro_runtime.client.html import result_html
from wiro_runtime.client.outputs import AsyncOutputs, Outputs
from wiro_runtime.client.runner import keyless, keyless_async
from wiro_runtime.errors import InvalidRequest
from wiro_runtime.task import llm_answer as answer
from wiro_runtime.task.snapshot import TaskSnapshot

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal
    from typing import Self

    from wiro_runtime.flow.download import NoteSaved
    from wiro_runtime.flow.effect import AsyncPerformer, Performer
    from wiro_runtime.request.binding import Binding
    from wiro_runtime.task.kind import Kind

__all__ = [
    "AsyncMediaResult",
    "AsyncOutputs",
    "AsyncRealtimeResult",
    "AsyncResult",
    "AsyncTextResult",
    "MediaResult",
    "Outputs",
    "RealtimeResult",
    "Result",
    "TextResult",
    "result_types",
]


@dataclass(frozen=True)
class _Facts:
    task: TaskSnapshot
    """The task as it ended."""

    @property
    def cost(self) -> Decimal | None:
        """US dollars, exactly as billed; None when the platform did not state it."""
        return self.task.total_cost

    @property
    def text(self) -> str:
        """What the model answered in words, without its thoughts; "" for one that only made files.

        Where a model gave no structured answer, it is what it wrote to its output stream.
        """
        structured = answer.content(self.task)
        if answer.read_segments(structured):
            return answer.text(structured)
        has_files = any(output.url for output in self.task.outputs)
        return "" if has_files else self.task.debug_output

    def to_dict(self) -> dict[str, Any]:
        """What `from_dict()` reads back: JSON, with the task as the platform sent it, its token included."""
        return {"version": 1, "task": self.task.to_dict()}

    def _repr_html_(self) -> str:
        return result_html(self.task, self.cost, self.text)


@dataclass(frozen=True)
class Result(_Facts):
    """A successful run."""

    outputs: Outputs = field(repr=False)
    """What it produced."""

    @classmethod
    def of(
        cls,
        task: TaskSnapshot,
        perform: Performer,
        deadline: float | None = None,
        note_saved: NoteSaved | None = None,
    ) -> Self:
        """Read a finished task, whose outputs are fetched within so many seconds."""
        return cls(task=task, outputs=Outputs(task, perform, deadline, note_saved))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_dict()` returned. Its outputs are fetched without a client, since that takes no key.

        Raises:
            InvalidRequest: It is no result.
        """
        return cls.of(_task_of(data), keyless())


@dataclass(frozen=True)
class AsyncResult(_Facts):
    """A successful run of the asynchronous client."""

    outputs: AsyncOutputs = field(repr=False)
    """What it produced."""

    @classmethod
    def of(
        cls,
        task: TaskSnapshot,
        perform: AsyncPerformer,
        deadline: float | None = None,
        note_saved: NoteSaved | None = None,
    ) -> Self:
        """Read a finished task, whose outputs are fetched within so many seconds."""
        return cls(task=task, outputs=AsyncOutputs(task, perform, deadline, note_saved))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_dict()` returned, as `Result.from_dict()` does."""
        return cls.of(_task_of(data), keyless_async())


class MediaResult(Result):
    """A successful run of a model that makes files: pictures, films, sound."""


class AsyncMediaResult(AsyncResult):
    """A successful run of a model that makes files: pictures, films, sound."""


class _Text(_Facts):
    @property
    def thinking(self) -> str:
        """What the model thought before it answered; "" if it did not say."""
        return answer.thinking(self.content)

    @property
    def segments(self) -> tuple[answer.Segment, ...]:
        """Thoughts, answer and tool calls in the order in which the model wrote them."""
        return answer.read_segments(self.content)

    @property
    def tool_calls(self) -> tuple[answer.ToolCall, ...]:
        """The calls that the model asks for. Carry out the completed ones if `finish_reason` is `tool_calls`."""
        return tuple(part.call for part in self.segments if part.call is not None)

    @property
    def finish_reason(self) -> str | None:
        """Why the model stopped: `stop`, `tool_calls`, `length`, `content_filter`, `error`; None if not said."""
        return parse.text(self.content.get("finishreason")) or None

    @property
    def usage(self) -> dict[str, Any]:
        """Tokens, in the platform's words, such as `output_tokens`; {} if not said."""
        return parse.mapping(self.content.get("usage"))

    @property
    def content(self) -> dict[str, Any]:
        """The structured answer as it came; {} if there is none."""
        return answer.content(self.task)


class TextResult(_Text, Result):
    """A language model's answer."""


class AsyncTextResult(_Text, AsyncResult):
    """A language model's answer."""


class RealtimeResult(Result):
    """A live session that has ended."""


class AsyncRealtimeResult(AsyncResult):
    """A live session that has ended."""


def _task_of(data: Mapping[str, Any]) -> TaskSnapshot:
    stated = parse.mapping(data)
    task: object = stated.get("task")
    snapshot = (
        TaskSnapshot.from_wire(cast("dict[str, Any]", task)) if isinstance(task, dict) else None
    )
    if snapshot is None or not (snapshot.id or snapshot.token):
        raise InvalidRequest(f"from_dict() takes what to_dict() returned; got {check.shown(data)}.")
    if stated.get("version", 1) != 1:
        raise InvalidRequest(
            f"from_dict(): version {check.shown(stated['version'])} was written by a later wiro-client; use that one."
        )
    return snapshot


_TYPES: Mapping[Kind, tuple[type[Result], type[AsyncResult]]] = {
    "media": (MediaResult, AsyncMediaResult),
    "text": (TextResult, AsyncTextResult),
    "realtime": (RealtimeResult, AsyncRealtimeResult),
}


def result_types(binding: Binding) -> tuple[type[Result], type[AsyncResult]]:
    """The types that running a model returns, blocking and awaited; text and files where its kind is not known."""
    return _TYPES["text" if binding.is_open else binding.kind]
