"""What is new: one stream of events out of what polling shows and what the socket says.

Both report the same events, each with gaps and in its own time. Whatever either reports first is passed on,
and the other's report of it is ignored. Pure: times are arguments.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Literal, TypeAlias

from wiro_runtime import parse
from wiro_runtime.task import llm_answer as answer
from wiro_runtime.task.event import (
    AudioChunk,
    Cost,
    Event,
    Finished,
    Log,
    OutputReady,
    Progress,
    Queued,
    Started,
    StatusChanged,
    StreamEnd,
    StreamReady,
    TextDelta,
    ThinkingDelta,
    Transcript,
)
from wiro_runtime.task.frame import Audio, Message, read_progress
from wiro_runtime.task.snapshot import Stage, stage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from decimal import Decimal

    from wiro_runtime.task.frame import Frame
    from wiro_runtime.task.kind import Kind
    from wiro_runtime.task.output import Output
    from wiro_runtime.task.snapshot import TaskSnapshot

__all__ = ["EventMerger"]

_Source: TypeAlias = Literal["polling", "socket"]
_Stream: TypeAlias = Literal["stdout", "stderr"]

_TRANSCRIPTS: Mapping[str, Literal["user", "ai"]] = {
    "TRANSCRIPT_USER:": "user",
    "TRANSCRIPT_AI:": "ai",
}
_LINE_ENDS = re.compile("\\r\\n|\\n|\\r")


class EventMerger:
    """What has been passed on of one task.

    How far the task is, is taken in at once. The rest of what is new is looked for while the events are
    iterated over, each time to the end, or not at all where nobody listens.
    """

    def __init__(self, task: TaskSnapshot, kind: Kind) -> None:
        self._id = task.id
        self._kind = kind
        self.started: float | None = None
        """When the start was passed on, in seconds as `elapsed` of events."""
        self._status = _Status()
        self._lines: dict[_Stream, _Lines] = {"stdout": _Lines(), "stderr": _Lines()}
        self._answer, self._thoughts = _Growing(TextDelta), _Growing(ThinkingDelta)
        self._outputs: set[object] = set()
        self._cost: Decimal | None = None
        self._progress: object = None

    @property
    def stage(self) -> Stage:
        """How far the task is, as far as it has been reported."""
        return self._status.stage

    @property
    def tells_progress(self) -> bool:
        """Whether the model itself says how far it is."""
        return self._progress is not None

    def from_poll(self, task: TaskSnapshot, elapsed: float) -> Iterator[Event]:
        """What is new in an answer of Task/Detail."""
        self._id = task.id
        events = list(self._change(task.status, elapsed, "polling", started=_has_started(task)))
        return self._snapshot(task, elapsed, events)

    def from_frame(self, frame: Frame, elapsed: float) -> Iterator[Event]:
        """What is new in a frame of the socket."""
        if isinstance(frame, Audio):
            return iter([AudioChunk(self._id, elapsed, frame.data)])
        events: list[Event] = []
        now = stage(frame.type)
        # How a task ended is for Task/Detail to say; `task_error` is a line of text here.
        if now is not Stage.UNKNOWN and not frame.ends and frame.type != "task_error":
            events += self._change(frame.type, elapsed, "socket", started=now >= Stage.RUNNING)
        return chain(events, self._message(frame, elapsed))

    def _snapshot(
        self, task: TaskSnapshot, elapsed: float, changes: list[Event]
    ) -> Iterator[Event]:
        finishes = bool(changes) and isinstance(changes[-1], Finished)
        yield from changes[:-1] if finishes else changes
        yield from self._written(task, elapsed)
        for output in task.outputs:
            if self._is_new(output):
                yield OutputReady(self._id, elapsed, output)
        if task.stage is Stage.ENDED and task.total_cost not in (None, self._cost):
            self._cost = task.total_cost
            yield Cost(self._id, elapsed, self._cost)
        if finishes:
            yield Finished(self._id, elapsed, task.outcome)

    def _message(self, frame: Message, elapsed: float) -> Iterator[Event]:
        match frame.type:
            case "task_output":
                yield from self._output(frame, elapsed)
            case "task_error":
                text = parse.text(frame.fields.get("raw")) or _plain(frame.content)
                yield from self._log(self._lines["stderr"].from_piece(text), "stderr", elapsed)
            case "task_output_full":
                yield from self._answer_events(frame.fields, elapsed)
            case "task_stream_ready":
                yield StreamReady(self._id, elapsed)
            case "task_stream_end":
                yield StreamEnd(self._id, elapsed)
            case "task_cost":
                yield self._cost_event(frame, elapsed)
            case _:
                return

    def _output(self, frame: Message, elapsed: float) -> Iterator[Event]:
        fields = frame.fields
        if not fields:
            yield from self._plain_output(_plain(frame.content), elapsed)
        elif answer.is_answer(fields) and self._kind != "media":
            yield from self._answer_events(fields, elapsed)
        else:
            reading = read_progress(fields)
            if reading.says_something and reading != self._progress:
                self._progress = reading
                yield Progress(
                    self._id,
                    elapsed,
                    percent=reading.percent,
                    remaining=reading.remaining,
                    estimated=False,
                    step=reading.step,
                    steps=reading.steps,
                    speed=reading.speed,
                    speed_unit=reading.speed_unit,
                )

    def _plain_output(self, text: str, elapsed: float) -> Iterator[Event]:
        for prefix, speaker in _TRANSCRIPTS.items():
            if text.startswith(prefix):
                yield Transcript(self._id, elapsed, speaker, text.removeprefix(prefix).strip())
                return
        if self._kind == "text":
            yield from self._answer.grow(text, self._id, elapsed)
        else:
            yield from self._log(self._lines["stdout"].from_piece(text), "stdout", elapsed)

    def _answer_events(self, fields: Mapping[str, object], elapsed: float) -> Iterator[Event]:
        if self._kind == "media":
            return
        yield from self._thoughts.grow(answer.thinking(fields), self._id, elapsed)
        yield from self._answer.grow(answer.text(fields), self._id, elapsed)

    def _written(self, task: TaskSnapshot, elapsed: float) -> Iterator[Event]:
        """What the task wrote, by its output and error streams."""
        is_whole = task.stage is Stage.ENDED
        errors = self._lines["stderr"].from_whole(task.debug_error, is_whole=is_whole)
        yield from self._log(errors, "stderr", elapsed)
        if self._kind == "media":
            printed = self._lines["stdout"].from_whole(task.debug_output, is_whole=is_whole)
            yield from self._log(printed, "stdout", elapsed)
        elif self._kind == "text":
            structured = answer.content(task)
            if answer.is_answer(structured):
                yield from self._answer_events(structured, elapsed)
            # The output stream has thoughts and answer in one; it serves as long as nothing better came.
            elif not self._thoughts.text:
                yield from self._answer.grow(task.debug_output, self._id, elapsed)

    def _log(self, lines: Iterator[str], stream: _Stream, elapsed: float) -> Iterator[Event]:
        return (Log(self._id, elapsed, line, stream) for line in lines)

    def _cost_event(self, frame: Message, elapsed: float) -> Event:
        self._cost = parse.decimal(frame.raw.get("cumulativeCost"))
        turn = parse.decimal(frame.raw.get("turnCost"))
        return Cost(self._id, elapsed, self._cost, turn, parse.mapping(frame.raw.get("usage")))

    def _is_new(self, output: Output) -> bool:
        key = output.url or output.name or repr(output.content)
        is_new = key not in self._outputs
        self._outputs.add(key)
        return is_new

    def _change(
        self, status: str, elapsed: float, source: _Source, *, started: bool
    ) -> Iterator[Event]:
        change = self._status.change(status, source)
        if change is None:
            return
        before, previous = change
        now = stage(status)
        if before < Stage.RUNNING and started:
            self.started = elapsed
            yield Started(self._id, elapsed)
        if now is Stage.ENDED:
            yield Finished(self._id, elapsed, "pending")  # `from_poll` knows how
        elif now is Stage.QUEUED:
            yield Queued(self._id, elapsed)
        elif now is not Stage.RUNNING:
            yield StatusChanged(self._id, elapsed, status, previous)


@dataclass(slots=True)
class _Status:
    """How far the text has been passed on."""

    stage: Stage = Stage.UNKNOWN
    status: str = ""
    _emitted: set[str] = field(default_factory=set[str])
    _emitted_by: dict[_Source, Stage] = field(default_factory=dict["_Source", Stage])

    def change(self, status: str, source: _Source) -> tuple[Stage, str] | None:
        """The stage and the status before, if this one is news."""
        now = stage(status)
        if now is Stage.UNKNOWN:
            is_news = bool(status) and status not in self._emitted
        elif now < Stage.RUNNING and now < self._emitted_by.get(source, Stage.UNKNOWN):
            # One source going back on itself is a task that is queued again; merely behind the other
            # one is not. The other has yet to catch up with it.
            self._emitted_by = dict.fromkeys(self._emitted_by, now)
            self._emitted.clear()
            is_news = True
        else:
            self._emitted_by[source] = now
            is_news = now >= self.stage and status not in self._emitted
        if not is_news:
            return None
        before = self.stage, self.status
        self.stage, self.status = now or self.stage, status
        self._emitted.add(status)
        return before


@dataclass(slots=True)
class _Lines:
    """Which lines have been passed on. The same line may well come several times, so they are counted."""

    _emitted: Counter[str] = field(default_factory=Counter[str])
    _in_pieces: Counter[str] = field(default_factory=Counter[str])

    def from_whole(self, text: str, *, is_whole: bool) -> Iterator[str]:
        """What is new in all that was written so far; an unfinished last line waits for its end."""
        lines = _LINE_ENDS.split(text)
        if not is_whole:
            lines.pop()
        seen = Counter[str]()
        yield from self._new(lines, seen)

    def from_piece(self, text: str) -> Iterator[str]:
        """What is new in a piece of it."""
        yield from self._new(_LINE_ENDS.split(text), self._in_pieces)

    def _new(self, lines: list[str], counts: Counter[str]) -> Iterator[str]:
        for line in filter(str.strip, lines):
            counts[line] += 1
            if counts[line] > self._emitted[line]:
                self._emitted[line] += 1
                yield line


@dataclass(slots=True)
class _Growing:
    """A text that each message holds from the beginning."""

    kind: type[TextDelta | ThinkingDelta]
    text: str = ""

    def grow(self, text: str, task_id: str, elapsed: float) -> Iterator[Event]:
        """What is new in it."""
        if self.text.startswith(text):  # nothing, or one source is behind the other
            return
        restarted = not text.startswith(self.text)
        delta = text if restarted else text[len(self.text) :]
        self.text = text
        yield self.kind(task_id, elapsed, delta, text, restarted)


def _has_started(task: TaskSnapshot) -> bool:
    return Stage.RUNNING <= task.stage < Stage.ENDED or (
        task.stage is Stage.ENDED and task.started_at is not None
    )


def _plain(content: object) -> str:
    return content if isinstance(content, str) else ""
