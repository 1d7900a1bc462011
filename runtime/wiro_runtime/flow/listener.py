"""Listening to a task's socket, which makes waiting quicker and is never relied upon.

Whatever goes wrong with it, from a refused connection to silence, only means that the task is fetched
more often.
"""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wiro_runtime.flow.effect import (
    CloseSocket,
    Now,
    OpenSocket,
    ReceiveFrame,
    SendFrame,
    TransportFailure,
)
from wiro_runtime.parse import without_password
from wiro_runtime.task.frame import Message, read_frame, write_command
from wiro_runtime.task.snapshot import Stage, stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from wiro_runtime.flow.deadline import Deadline
    from wiro_runtime.flow.effect import Flow, Socket
    from wiro_runtime.flow.run_sync import RunStream
    from wiro_runtime.flow.socket_budget import SocketBudget
    from wiro_runtime.task.frame import Frame
    from wiro_runtime.task.snapshot import TaskSnapshot

__all__ = ["SocketListener", "open_listener"]

_logger = logging.getLogger("wiro")

_OPEN_TIMEOUT = 3.0
"""Seconds for connecting; nobody fetches the task meanwhile."""


def read_frames(data: str | bytes) -> Iterable[Frame]:
    """The frames in what a WebSocket brought: one, or none that can be read."""
    frame = read_frame(data)
    return () if frame is None else (frame,)


@dataclass(slots=True)
class SocketListener:
    """One task's socket, open or not."""

    budget: SocketBudget
    token: str = field(repr=False)
    task_id: str = ""
    socket: Socket | None = None
    is_trusted: bool = False
    """Whether it has said something of the task, and nothing since shows that it missed something."""
    is_over: bool = False
    """Whether it has reported the end of the task."""
    read: Callable[[str | bytes], Iterable[Frame]] = read_frames
    """Splits what comes into frames."""
    _stage: Stage = Stage.UNKNOWN
    _waiting: deque[Frame] = field(default_factory=deque["Frame"])

    @classmethod
    def from_stream(
        cls, task: TaskSnapshot, stream: RunStream, budget: SocketBudget
    ) -> SocketListener:
        """A listener to an answer that is still being written, what it has brought already included."""
        listener = cls(
            budget, task.token or "", task.id, socket=stream.socket, read=stream.reader.read
        )
        budget.opened(listener)
        listener.prefill(stream.messages)
        return listener

    @property
    def is_open(self) -> bool:
        """Whether there is anything to listen for."""
        return not self.is_over and (self.socket is not None or bool(self._waiting))

    def listen(self, seconds: float) -> Flow[Frame | None]:
        """The next frame about the task; None if there was none, be it that the socket broke."""
        if not self._waiting and self.socket is not None:
            try:
                data = yield from ReceiveFrame(self.socket, seconds)
            except TransportFailure as failure:
                reason = failure.reason.replace(self.token or "\0", "…")  # the other side's words
                _logger.debug("The socket of task %s closed: %s", self.task_id, reason)
                yield from self.close()
                return None
            if data is not None:
                self._waiting.extend(self.read(data))
        frame = self._waiting.popleft() if self._waiting else None
        if frame is None or not self._is_ours(frame):
            return None
        self.is_trusted = True
        if isinstance(frame, Message):
            self._stage = max(self._stage, stage(frame.type))
            if frame.ends:
                # At once: the connection of a stream is one that Task/Detail may be waiting for.
                self.is_over = True
                yield from self.close()
        return frame

    def send(self, data: str | bytes) -> Flow[None]:
        """Send a frame.

        Raises:
            TransportFailure: The socket is closed.
        """
        if self.socket is None:
            raise TransportFailure("the socket is closed", never_sent=True)
        yield from SendFrame(self.socket, data)

    def prefill(self, frames: Iterable[Frame]) -> None:
        """Take in frames that were read elsewhere."""
        self._waiting.extend(frames)

    def compare(self, task: TaskSnapshot) -> None:
        """Stop trusting a socket that has missed what Task/Detail shows."""
        if task.stage > self._stage:
            self.is_trusted = False

    def close(self) -> Flow[None]:
        """Close the socket, if that has not been done."""
        socket, self.socket = self.socket, None
        self.is_trusted = False
        if socket is not None:
            self.budget.closed(self)
            yield from CloseSocket(socket)

    def _is_ours(self, frame: Frame) -> bool:
        # Any of them may be missing; then the connection says whose it is.
        is_named_otherwise = isinstance(frame, Message) and frame.task_id not in ("", self.task_id)
        return frame.token in ("", self.token) and not (self.task_id and is_named_otherwise)


def open_listener(
    task: TaskSnapshot,
    url: str,
    budget: SocketBudget,
    deadline: Deadline,
    *,
    insists: bool = False,
) -> Flow[SocketListener]:
    """Connect and register for the messages of a task. The listener is not open if that did not work.

    Args:
        task: The task.
        url: Where the socket is.
        budget: The client's sockets.
        deadline: How long the call may take.
        insists: Try even if it seems pointless.
    """
    listener = SocketListener(budget, task.token or "", task.id)
    usable = task.token and task.stage is not Stage.ENDED
    if not usable or not (insists or budget.allows_another((yield from Now()))):
        return listener
    try:
        timeout = min(_OPEN_TIMEOUT, (yield from deadline.remaining()))
        listener.socket = yield from OpenSocket(url, timeout)
        budget.opened(listener)
        yield from listener.send(write_command("task_info", listener.token))
        budget.failed_at = None
    except TransportFailure as failure:
        budget.failed_at = yield from Now()
        reason = failure.reason.replace(url, without_password(url)).replace(listener.token, "…")
        _logger.debug("No socket for task %s, it is polled: %s", task.id, reason)
        yield from listener.close()
    return listener
