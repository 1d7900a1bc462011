"""Server-sent events of a run that is streamed, read as the messages of the socket are."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wiro_runtime import parse
from wiro_runtime.task.frame import Message

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["EventReader"]

_SSE_LINE = re.compile("([^\r\n]*)(?:\r\n|\n|\r(?!$))")
# A lone \r at the end of a piece may be half of \r\n, so it waits for the next one.


@dataclass(slots=True)
class EventReader:
    """Server-sent events, read as they arrive, as the socket's messages would be.

    A library exists for it, but a base install should not grow by a package for thirty lines of an
    opt-in mode. What the platform sends: named events with JSON data, and comments that keep the
    connection open.
    """

    _decode: codecs.IncrementalDecoder = field(
        default_factory=lambda: codecs.getincrementaldecoder("utf-8")("replace")
    )
    _rest: str = ""
    _name: str = ""
    _data: list[str] = field(default_factory=list[str])

    def read(self, piece: str | bytes) -> Iterator[Message]:
        """The events that a piece completes, as the socket's messages would be."""
        self._rest += piece if isinstance(piece, str) else self._decode.decode(piece)
        end = 0
        for line in _SSE_LINE.finditer(self._rest):
            end = line.end()
            message = self._take(line[1])
            if message is not None:
                yield message
        self._rest = self._rest[end:]

    def _take(self, line: str) -> Message | None:
        if not line:
            return self._dispatch()
        name, _, value = line.partition(":")
        if name == "event":
            self._name = value.removeprefix(" ")
        elif name == "data":
            self._data.append(value.removeprefix(" "))
        return None  # a line that begins with ":" is a comment; other fields are not used

    def _dispatch(self) -> Message | None:
        name, data = self._name, "\n".join(self._data)
        self._name, self._data = "", []
        fields: dict[str, Any] = parse.mapping(data)
        if not fields:
            return None
        task = next(iter(parse.mappings(fields.get("tasklist"))), fields)
        return Message(
            # `done` has the shape of Task/Detail, and nothing follows it.
            type="task_postprocess_end"
            if name == "done"
            else name or parse.text(task.get("status")),
            content=fields,
            task_id=parse.name(task.get("taskid") or task.get("id")),
            token=parse.name(task.get("socketaccesstoken") or task.get("tasktoken")),
            raw=task,
        )
