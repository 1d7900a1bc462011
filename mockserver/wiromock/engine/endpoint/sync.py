"""POST /Run/{owner}/{model}/sync: the same billed task, and an answer that waits for its end.

Plain, it answers as Task/Detail when the task is over; with `?stream=true` or `Accept:
text/event-stream` it streams: `start`, `task_output` (cumulative), `done`, comments in between.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from wiromock.engine.call import Call
from wiromock.engine.endpoint.run import start
from wiromock.engine.endpoint.task import write_detail
from wiromock.engine.world import World
from wiromock.task.task import Task
from wiromock.task.timeline import Event, Speech
from wiromock.wire.http import JSON_HEADERS, Reply, Request, json_reply, to_json
from wiromock.wire.llm import write_segments

LONGEST = 40 * 60.0
"""Seconds that the platform waits before it gives up; the task goes on."""

KEEP_ALIVE = 15.0
"""Seconds of silence after which a comment is sent; how often the platform does is not documented."""


def run_sync(world: World, call: Call) -> Reply:
    """Answer a synchronous Run.

    Raises:
        Refusal: as Run; and for realtime models, which have no synchronous form.
    """
    slug = f"{call.values['owner']}/{call.values['model']}"
    spec = world.catalog.find(slug)
    if spec is not None and spec.kind == "realtime":
        raise world.errors.refuse(
            "parameters_invalid", f"{spec.model} is a realtime model: use Run"
        )
    started = start(world, call)
    if isinstance(started, Reply):
        return started
    task, delivery = started
    if _wants_stream(call.request):
        headers = {"content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache"}
        return Reply(200, headers, b"", delivery, live=Stream(world, task))
    return Reply(200, JSON_HEADERS, b"", delivery, pending=Wait(world, task))


def _wants_stream(request: Request) -> bool:
    asked = parse_qs(request.query).get("stream", [""])[-1].lower()
    return asked == "true" or "text/event-stream" in request.headers.get("accept", "")


class Wait:
    """The plain answer; see `wire.http.Pending`.

    Args:
        world: where the task is.
        task: the task.
    """

    def __init__(self, world: World, task: Task) -> None:
        self._world = world
        self._task = task

    def listen(self, listener: Callable[[], object], /) -> Callable[[], None]:
        """Have `listener` called when the task changes; returns how to unsubscribe."""
        return _listen(self._world, self._task, listener)

    def ready(self) -> Reply | None:
        """Return the task when it is over, or a 504 when the platform waits no longer."""
        with self._world.settings.lock:
            return self._ready()

    def _ready(self) -> Reply | None:
        self._world.clock.asked(self._task.schedule.ends)
        now = self._world.clock.time()
        view = self._task.view(now)
        if view.is_over:
            self._world.note(self._task)
            return Reply(200, JSON_HEADERS, write_detail(self._world, self._task, view))
        if now >= self._task.created + LONGEST:
            return _timed_out(self._task)
        return None

    def next_at(self) -> float:
        """When the task ends, or the platform gives up."""
        return min(self._task.schedule.ends, self._task.created + LONGEST)


def _listen(world: World, task: Task, listener: Callable[[], object]) -> Callable[[], None]:
    with world.settings.lock:
        stop = task.listen(listener)

    def unsubscribe() -> None:
        with world.settings.lock:
            stop()

    return unsubscribe


def _timed_out(task: Task) -> Reply:
    said = {"code": 0, "message": "The task is still running."}
    names = {"taskid": task.id, "socketaccesstoken": task.token}
    return json_reply(504, {"result": False, "errors": [said], **names})


class Stream:
    """The streamed answer; see `wire.http.Live`.

    Args:
        world: where the task is.
        task: the task.
    """

    def __init__(self, world: World, task: Task) -> None:
        self._world = world
        self._task = task
        self._sent = 0
        self._spoke_at = world.clock.time()
        self._is_over = False

    def listen(self, listener: Callable[[], object], /) -> Callable[[], None]:
        """Have `listener` called when the task changes; returns how to unsubscribe."""
        return _listen(self._world, self._task, listener)

    @property
    def is_over(self) -> bool:
        """Whether `done` was taken."""
        return self._is_over

    def take(self) -> bytes:
        """Return the events that are due; a comment when there was nothing to say for long."""
        with self._world.settings.lock:
            return self._take()

    def _take(self) -> bytes:
        self._world.clock.asked(self._task.schedule.ends)
        task, now = self._task, self._world.clock.time()
        view = task.view(now)
        text = b"".join(
            _event(task, event) for event in task.schedule.events[self._sent : view.reached]
        )
        self._sent = view.reached
        if not self._is_over and (view.is_over or now >= task.created + LONGEST):
            self._is_over = True
            self._world.note(task)
            text += _sse("done", write_detail(self._world, task, view))
        if not text and now >= self._spoke_at + KEEP_ALIVE:
            text = b": keep-alive\n\n"
        if text:
            self._spoke_at = now
        return text

    def next_at(self) -> float:
        """When there will be more."""
        planned = self._task.schedule.after(self._world.clock.time())
        return min(planned, self._spoke_at + KEEP_ALIVE, self._task.created + LONGEST)


def _event(task: Task, event: Event) -> bytes:
    if event is task.schedule.events[0]:
        names = {"taskid": task.id, "socketaccesstoken": task.token}
        return _sse("start", to_json({"id": task.id, **names, "status": event.type}))
    if event.type != "task_output":
        return b""
    said: dict[str, Any] = {"id": task.id, "status": "task_output", "pexit": None}
    if isinstance(event.message, Speech):
        said["segments"] = write_segments(event.message)
    else:
        said["message"] = event.message
    return _sse("task_output", to_json(said))


def _sse(name: str, data: bytes) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + data + b"\n\n"
