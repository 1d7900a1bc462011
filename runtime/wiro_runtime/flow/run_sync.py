"""Run with its request held open until the task has ended: whole, or as a stream of events.

The task is the same, and billed the same, as one that is followed from outside. If the answer is lost
before it names the task, nobody can tell what became of it, which is why this is opt-in.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wiro_runtime import errors
from wiro_runtime import parse as loose
from wiro_runtime.flow import reply
from wiro_runtime.flow.effect import HangUp, Receive, Reply, Send, Subscribe, Time
from wiro_runtime.flow.exchange import exchange
from wiro_runtime.task.frame import EventReader

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wiro_runtime.flow.deadline import Limit
    from wiro_runtime.flow.effect import Flow, Form, Line
    from wiro_runtime.task.frame import Message

__all__ = ["Subscriber", "hold"]

_LONGEST = 2460.0
"""Seconds: the platform answers 504 after forty minutes, and a minute for it to arrive."""


def hold(
    path: str,
    body: Mapping[str, Any] | Form,
    *,
    limit: Limit,
    timeout: float,  # noqa: ARG001 - an answer that is held back cannot be given up that soon
) -> Flow[dict[str, Any]]:
    """Send Run and wait in its answer; the task, ended or, after the platform's 504, not."""
    try:
        payload = yield from exchange(f"{path}/sync", body, limit=limit, timeout=_LONGEST)
    except errors.ServerError as late:
        return _still_running(late)
    return _task(payload)


@dataclass(slots=True)
class Subscriber:
    """Sends Run and keeps its answer open, a stream of events."""

    line: Line | None = None
    reader: EventReader = field(default_factory=EventReader)
    messages: list[Message] = field(default_factory=list["Message"])
    """What has been said already."""

    def begin(
        self, path: str, body: Mapping[str, Any] | Form, *, limit: Limit, timeout: float
    ) -> Flow[dict[str, Any]]:
        """Send Run; the task, as soon as it is named."""
        patience = min(timeout, (yield from limit.left()))
        answer = yield from Subscribe(Send(f"{path}/sync?stream=true", body, patience))
        if isinstance(answer, Reply):
            try:
                return _task(reply.read(answer, now=(yield from Time())))
            except errors.ServerError as late:
                return _still_running(late)
        try:
            named = yield from self._named(answer, patience)
        except GeneratorExit:  # a flow that is thrown away performs nothing more
            raise
        except BaseException:
            yield from HangUp(answer)
            raise
        self.line = answer
        return {"taskid": named.task_id, "socketaccesstoken": named.token}

    def _named(self, line: Line, seconds: float) -> Flow[Message]:
        while True:
            piece = yield from Receive(line, seconds)
            self.messages += self.reader.read(piece or b"")
            for message in self.messages:
                if message.task_id or message.token:
                    return message


def _task(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The task of an answer in the shape of Task/Detail, or of Run."""
    task = next(iter(loose.mappings(payload.get("tasklist"))), payload)
    return {"taskid": task.get("id"), **task}


def _still_running(late: errors.ServerError) -> dict[str, Any]:
    if late.task is None:
        raise late
    return dict(late.task.raw)
