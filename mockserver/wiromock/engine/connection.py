"""One open socket, from the platform's side: what it received, and what it has not sent yet.

The caller registers with `{"type": "task_info", "tasktoken": "…"}` and gets the messages of the task from then
on. Front ends call `receive` for every message that arrives and `take` whenever something may be
due; they wait until `next_at`, or until the connection says that something has changed.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from threading import RLock
from typing import Any

from wiromock.engine.journal import CommandIn, SocketIn
from wiromock.engine.world import World
from wiromock.task.realtime import BYTES_PER_SECOND
from wiromock.task.task import Task
from wiromock.task.timeline import Command
from wiromock.wire.frame import Frame, count_due, next_frame_at, read_audio, write_frames
from wiromock.wire.http import Reply

NORMAL, LOST, REFUSED = 1000, 1006, 1008
"""Close codes: all is said; broken without a closing frame; there is no such task."""


@dataclass(frozen=True, slots=True)
class Close:
    """How the platform ends a connection."""

    code: int
    reason: str = ""

    @property
    def is_abrupt(self) -> bool:
        """Whether the connection breaks, instead of being closed."""
        return self.code == LOST


@dataclass(slots=True)
class _Watched:
    """A task for which this socket is registered."""

    world: World
    task: Task
    since: int
    drops: bool
    """Whether this connection breaks where the scenario says so."""
    unsubscribe: Callable[[], None]
    """Ends the calls of the task's listener."""


class Connection:
    """A socket. Made by `Engine.connect`.

    Args:
        find: finds a task by its token.
        lock: the engine's.
        changed: is called when the caller has said something.
        fallback: keeps the journal of what belongs to no task.
        refused: what the handshake gets instead of a socket, if a scenario says so.
    """

    def __init__(
        self,
        find: Callable[[str], tuple[World, Task] | None],
        lock: RLock,
        changed: Callable[[], None],
        fallback: World,
        refused: Reply | None = None,
    ) -> None:
        self._find = find
        self._lock = lock
        self._changed = changed
        self._fallback = fallback
        self._watched: dict[str, _Watched] = {}
        self._listener: Callable[[], object] | None = None
        self.refused = refused
        """What the handshake gets instead: a status, or a broken connection."""
        self.closing: Close | None = None
        """How the platform closes, once it does; nothing is taken after that."""

    def listen(self, listener: Callable[[], object]) -> None:
        """Have `listener` called when something may be due that was not planned; there is one at most."""
        self._listener = listener

    def receive(self, message: str | bytes) -> None:
        """Take a message of the caller: a registration, a command to a realtime session, or sound."""
        with self._lock:
            if isinstance(message, bytes):
                self._receive_sound(message)
            else:
                self._receive_text(_read(message), message)
            self._changed()

    def take(self) -> tuple[Frame, ...]:
        """Return the messages that are due, oldest first; then look at `closing`."""
        with self._lock:
            frames: list[Frame] = []
            for watched in self._watched.values():
                if self.closing is None:
                    frames += self._follow(watched)
            return tuple(frames)

    def next_at(self) -> float | None:
        """When the next message is due, in unix seconds; None while nothing is planned."""
        with self._lock:
            planned = [
                next_frame_at(watched.task, watched.since) for watched in self._watched.values()
            ]
            at = min(planned, default=inf)
            return None if at == inf else at

    def leave(self) -> None:
        """Note that the caller has disconnected; a realtime session ends with that, as documented."""
        with self._lock:
            for watched in self._watched.values():
                watched.unsubscribe()
                _command(watched, "session_end")
            self._watched.clear()
            self._changed()

    def _follow(self, watched: _Watched) -> list[Frame]:
        task, notifications = watched.task, watched.task.scenario.notifications
        now, frames = watched.world.clock.time(), list[Frame]()
        due = count_due(task, now, watched.since)
        if due > watched.since:
            for frame in write_frames(watched.world.writer, task, watched.since, due):
                frames.append(frame)
                watched.since = frame.number
                watched.world.journal.add_frame(frame.at, task.id, frame.type)
                if watched.drops and frame.type == notifications.drop_after:
                    self.closing = Close(LOST, "the mock broke the connection, as scripted")
                    return frames
            # Who waits for the next event would wait for ever for one that has passed in silence.
            watched.since = due
        if task.schedule.ends + notifications.lag <= now and not notifications.stays_open:
            self.closing = Close(NORMAL)
        return frames

    def _receive_text(self, said: dict[str, Any] | None, message: str) -> None:
        kind, token = (said or {}).get("type"), (said or {}).get("tasktoken")
        if said is None or not isinstance(token, str):
            self._note(self._fallback, f"not understood: {message[:200]}")
            return
        if kind == "task_info":
            self._register(token)
            return
        watched = self._watched.get(token)
        if watched is None:
            self._note(self._fallback, f"{kind} for a task that this socket has not registered for")
        elif kind == "task_session_end":
            self._note(watched.world, "task_session_end")
            _command(watched, "session_end")
        elif kind == "task_session_interrupt":
            self._note(watched.world, "task_session_interrupt")
            _command(watched, "interrupt")
        else:
            self._note(watched.world, f"not understood: {message[:200]}")

    def _register(self, token: str) -> None:
        known = self._find(token)
        if known is None:
            self._fallback.dispute("unknown token", "closed; no source says what happens here")
            self.closing = Close(REFUSED, "There is no task yet.")
            self._hear()
            return
        world, task = known
        self._note(world, f"task_info for task {task.id}")
        notifications = task.scenario.notifications
        happened = count_due(task, world.clock.time())
        drops = notifications.drop_after is not None and task.registered < notifications.drops
        task.registered += 1
        since = 0 if notifications.replay else happened
        self._watched[token] = _Watched(world, task, since, drops, task.listen(self._hear))
        self._hear()

    def _hear(self) -> None:
        if self._listener is not None:
            self._listener()

    def _receive_sound(self, message: bytes) -> None:
        taken = read_audio(message)
        watched = self._watched.get(taken[0]) if taken else None
        if taken is None or watched is None:
            self._note(
                self._fallback, f"{len(message)} bytes that belong to no task of this socket"
            )
            return
        session, now = watched.task.timeline.session, watched.world.clock.time()
        if session is None or not session.listens_at(
            watched.task.schedule.events, now - watched.task.created
        ):
            return
        watched.task.unanswered += len(taken[1])
        if watched.task.unanswered >= session.listens * BYTES_PER_SECOND:
            watched.task.unanswered = 0
            _command(watched, "turn")

    @staticmethod
    def _note(world: World, what: str) -> None:
        world.journal.add(SocketIn(at=world.clock.time(), what=what), len(what))


def _command(watched: _Watched, kind: Any) -> None:
    """Apply a command of the caller of a realtime session; other tasks take none."""
    task, now = watched.task, watched.world.clock.time()
    view = task.view(now)
    applied = task.timeline.session is not None and not view.is_over
    if task.timeline.session is None and kind == "session_end":
        return
    entry = CommandIn(at=now, task=task.id, kind=kind, status=view.status, applied=applied)
    watched.world.journal.add(entry)
    if applied:
        task.apply(Command(kind, now))
        watched.world.completions.follow(task)


def _read(message: str) -> dict[str, Any] | None:
    try:
        value = json.loads(message)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None  # pyright: ignore[reportUnknownVariableType] # raw JSON
