"""Run with its request held open until the task has ended: whole, or as a stream of events.

The task is the same, and billed the same, as one that is followed from outside. If the answer is lost
before it names the task, nobody knows what became of it, which is why this is opt-in.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from wiro_runtime import errors, parse
from wiro_runtime.flow import reply
from wiro_runtime.flow.effect import CloseSocket, ReceiveFrame, Reply, Send, SendStreaming, Time
from wiro_runtime.flow.exchange import exchange
from wiro_runtime.task.event_stream import EventReader

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wiro_runtime.flow.deadline import Deadline
    from wiro_runtime.flow.effect import Flow, Form, Socket
    from wiro_runtime.task.frame import Message

__all__ = ["LONGEST", "RunStream", "run_sync"]

LONGEST = 2460.0
"""Seconds: the platform answers 504 after forty minutes, and a minute for it to arrive."""


def run_sync(path: str, body: Mapping[str, Any] | Form, deadline: Deadline) -> Flow[dict[str, Any]]:
    """Send Run and wait in its answer; return the task, which has not ended after the platform's 504."""
    whole_run = replace(deadline, http_timeout=LONGEST)
    try:
        payload = yield from exchange(f"{path}/sync", body, whole_run)
    except errors.ServerError as late:
        return _still_running(late)
    return _task(payload)


@dataclass(slots=True)
class RunStream:
    """Sends Run and keeps its answer open, a stream of events."""

    socket: Socket | None = None
    reader: EventReader = field(default_factory=EventReader)
    messages: list[Message] = field(default_factory=list["Message"])
    """The messages that came until the task was named."""

    def send_run(
        self, path: str, body: Mapping[str, Any] | Form, deadline: Deadline, /
    ) -> Flow[dict[str, Any]]:
        """Send Run; return the task, as soon as it is named."""
        left = yield from deadline.remaining()
        timeout = min(deadline.http_timeout, left)
        send = Send(f"{path}/sync?stream=true", body, timeout, queue_timeout=left)
        answer = yield from SendStreaming(send)
        if isinstance(answer, Reply):
            try:
                return _task(reply.read(answer, now=(yield from Time())))
            except errors.ServerError as late:
                return _still_running(late)
        try:
            naming = yield from self._read_until_named(answer, timeout)
        except GeneratorExit:  # a flow that is thrown away performs nothing more
            raise
        except BaseException:
            yield from CloseSocket(answer)
            raise
        self.socket = answer
        return {"taskid": naming.task_id, "socketaccesstoken": naming.token}

    def _read_until_named(self, socket: Socket, timeout: float) -> Flow[Message]:
        while True:
            piece = yield from ReceiveFrame(socket, timeout)
            self.messages += self.reader.read(piece or b"")
            for message in self.messages:
                if message.task_id or message.token:
                    return message


def _task(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The task of an answer in the shape of Task/Detail, or of Run; nothing if it may be one of several."""
    tasks = parse.mappings(payload.get("tasklist")) or [payload]
    if len(tasks) > 1:
        return {}
    return {"taskid": tasks[0].get("id"), **tasks[0]}


def _still_running(late: errors.ServerError) -> dict[str, Any]:
    if late.task is None:
        raise late
    return dict(late.task.raw)
