"""Listening to a task's socket, which makes waiting quicker and is never relied upon.

Whatever goes wrong with it, from a refused connection to silence, only means that the task is looked
at more often.
"""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wiro_runtime.flow.effect import Connect, HangUp, Now, Receive, Transmit, TransportFailure
from wiro_runtime.task.frame import Message, read_frame, register
from wiro_runtime.task.snapshot import Stage, stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from wiro_runtime.flow.deadline import Limit
    from wiro_runtime.flow.effect import Flow, Line
    from wiro_runtime.flow.run_sync import Subscriber
    from wiro_runtime.task.frame import Frame
    from wiro_runtime.task.snapshot import TaskSnapshot

__all__ = ["Ear", "Switchboard", "open_ear", "tap"]

_logger = logging.getLogger("wiro")

_PATIENCE = 3.0
"""Seconds for connecting; nobody looks at the task meanwhile."""
_GRUDGE = 60.0
"""Seconds for which no connection is tried after one that failed."""
_MOST = 100
"""Sockets that one client holds at a time; the tasks beyond are polled."""


def read_frames(data: str | bytes) -> Iterator[Frame]:
    """What a frame of a socket says."""
    frame = read_frame(data)
    if frame is not None:
        yield frame


@dataclass(slots=True)
class Switchboard:
    """What one client's tasks share of its sockets."""

    _open: set[int] = field(default_factory=set[int])
    failed_at: float | None = None
    """When the last connection failed."""

    @property
    def lines(self) -> int:
        """How many are open."""
        return len(self._open)

    def opened(self, ear: Ear) -> None:
        """Count an ear's line; a set, since threads that count together would miscount."""
        self._open.add(id(ear))

    def closed(self, ear: Ear) -> None:
        """Count it no longer."""
        self._open.discard(id(ear))

    def is_free(self, now: float) -> bool:
        """Whether another connection is worth trying."""
        bears = self.failed_at is not None and now - self.failed_at < _GRUDGE
        return self.lines < _MOST and not bears


@dataclass(slots=True)
class Ear:
    """One task's socket, open or not."""

    board: Switchboard
    token: str = field(repr=False)
    task_id: str = ""
    line: Line | None = None
    speaks: bool = False
    """Whether it has said something of the task, and nothing since shows that it missed something."""
    is_over: bool = False
    """Whether it has told the end of the task."""
    read: Callable[[str | bytes], Iterable[Frame]] = read_frames
    """Takes what comes apart."""
    _heard: Stage = Stage.UNKNOWN
    _waiting: deque[Frame] = field(default_factory=deque["Frame"])

    @property
    def is_open(self) -> bool:
        """Whether there is anything to listen for."""
        return not self.is_over and (self.line is not None or bool(self._waiting))

    def listen(self, seconds: float) -> Flow[Frame | None]:
        """The next frame about the task; None if there was none, be it that the line broke."""
        if not self._waiting:
            yield from self._fetch(seconds)
        frame = self._waiting.popleft() if self._waiting else None
        if frame is None or not self._is_ours(frame):
            return None
        self.speaks = True
        if isinstance(frame, Message):
            self._heard = max(self._heard, stage(frame.type))
            self.is_over = self.is_over or frame.ends
        return frame

    def _fetch(self, seconds: float) -> Flow[None]:
        if self.line is None:
            return
        try:
            data = yield from Receive(self.line, seconds)
        except TransportFailure as failure:
            _logger.debug("The line of task %s closed: %s", self.task_id, failure.reason)
            yield from self.close()
            return
        if data is not None:
            self._waiting.extend(self.read(data))

    def say(self, data: str | bytes) -> Flow[None]:
        """Send a frame.

        Raises:
            TransportFailure: The line is closed.
        """
        if self.line is None:
            raise TransportFailure("the socket is closed", never_sent=True)
        yield from Transmit(self.line, data)

    def overhear(self, frames: Iterable[Frame]) -> None:
        """Take in what was read elsewhere."""
        self._waiting.extend(frames)

    def compare(self, task: TaskSnapshot) -> None:
        """Stop trusting a socket that has missed what a look at the task shows."""
        if task.stage > self._heard:
            self.speaks = False

    def close(self) -> Flow[None]:
        """Hang up, if that has not been done."""
        line, self.line = self.line, None
        self.speaks = False
        if line is not None:
            self.board.closed(self)
            yield from HangUp(line)

    def _is_ours(self, frame: Frame) -> bool:
        # Any of them may be missing; then the connection says whose it is.
        is_named_otherwise = isinstance(frame, Message) and frame.task_id not in ("", self.task_id)
        return frame.token in ("", self.token) and not (self.task_id and is_named_otherwise)


def open_ear(
    task: TaskSnapshot, url: str, board: Switchboard, *, limit: Limit, insists: bool = False
) -> Flow[Ear]:
    """Connect and ask to be told of a task. The ear is deaf if that did not work.

    Args:
        task: The task.
        url: Where the socket is.
        board: The client's sockets.
        limit: The call's time limit.
        insists: Try even if it seems pointless.
    """
    ear = Ear(board, task.token or "", task.id)
    usable = task.token and task.stage is not Stage.ENDED
    if not usable or not (insists or board.is_free((yield from Now()))):
        return ear
    try:
        ear.line = yield from Connect(url, min(_PATIENCE, (yield from limit.left())))
        board.opened(ear)
        yield from ear.say(register("task_info", ear.token))
        board.failed_at = None
    except TransportFailure as failure:
        board.failed_at = yield from Now()
        _logger.debug("No socket for task %s, it is polled: %s", task.id, failure.reason)
        yield from ear.close()
    return ear


def tap(task: TaskSnapshot, source: Subscriber, board: Switchboard) -> Ear:
    """An ear at an answer that is still being written."""
    ear = Ear(board, task.token or "", task.id, line=source.line, read=source.reader.read)
    board.opened(ear)
    ear.overhear(source.messages)
    return ear
