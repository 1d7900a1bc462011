"""Live sessions: speak and listen while the task runs.

    with client.session(GptRealtime(voice="marin")) as call:
        call.send(sound)
        for event in call:
            match event:
                case AudioChunk(data=sound): play(sound)
                case Transcript(speaker="ai", text=words): print(words)
                case StreamEnd(): call.end()

Sound is PCM in both directions: `SAMPLE_WIDTH` bytes a sample, little-endian and signed,
`SAMPLE_RATE` samples a second, `CHANNELS` channel. Pieces of `CHUNK_BYTES` (200 ms) are what the
platform's documents use; other lengths work as well.
"""

from __future__ import annotations

import math
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from wiro_runtime import call_check, check, errors
from wiro_runtime.client.stream import AsyncStream, Stream
from wiro_runtime.flow.effect import TransportFailure
from wiro_runtime.seam import clock
from wiro_runtime.task.event import StreamReady
from wiro_runtime.task.frame import write_audio, write_command

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

    from wiro_runtime.client.runner import AsyncRunner, Runner
    from wiro_runtime.client.stream import AsyncTaskHandle, TaskHandle
    from wiro_runtime.flow.effect import Flow
    from wiro_runtime.flow.exception_notes import RunNotes
    from wiro_runtime.flow.listener import SocketListener
    from wiro_runtime.task.event import Event
    from wiro_runtime.task.snapshot import TaskSnapshot

__all__ = [
    "CHANNELS",
    "CHUNK_BYTES",
    "SAMPLE_RATE",
    "SAMPLE_WIDTH",
    "AsyncLiveSession",
    "LiveSession",
    "SessionSender",
]

SAMPLE_RATE = 24_000
"""Samples a second."""
SAMPLE_WIDTH = 2
"""Bytes a sample: signed 16 bit, little-endian."""
CHANNELS = 1
"""Mono."""
CHUNK_BYTES = SAMPLE_RATE * SAMPLE_WIDTH * CHANNELS // 5
"""200 ms."""

R = TypeVar("R")
A = TypeVar("A")


_ENTER_FIRST = (
    "Nothing was started: enter the session first, like `with client.session(request) as call:`; of an "
    "AsyncWiro, `async with`."
)


class SessionSender:
    """Sends what a session has to say, once its socket is open."""

    def __init__(self) -> None:
        self._listener: SocketListener | None = None

    def listen_to(self, listener: SocketListener) -> None:
        """Take the socket of the session.

        Raises:
            ConnectionFailed: There is none, and a session cannot do without.
        """
        if not listener.is_open:
            raise errors.ConnectionFailed(
                "The WebSocket could not be reached, and a live session needs it. Check socket_url= and "
                "what lies between."
            )
        self._listener = listener

    def audio(self, data: bytes) -> Flow[None]:
        """Send sound: PCM bytes of any length."""
        sound: tuple[type, ...] = (bytes, bytearray, memoryview)
        call_check.require("send", audio=check.held_by(data, sound, like="PCM bytes"))
        return self._send(lambda token: write_audio(token, bytes(data)))

    def command(self, kind: str) -> Flow[None]:
        """Send a command of the platform's, such as `task_session_end`."""
        return self._send(lambda token: write_command(kind, token))

    def _send(self, write: Callable[[str], str | bytes]) -> Flow[None]:
        if self._listener is None:
            raise errors.UsageError(_ENTER_FIRST)
        try:
            yield from self._listener.send(write(self._listener.token))
        except TransportFailure as failure:
            raise errors.ConnectionLost(
                f"The session's socket is closed: {failure.reason}. The events show how it ended."
            ) from None


class LiveSession(Stream[R]):
    """A live session. Other threads may send while one receives."""

    _enter_first = _ENTER_FIRST

    def __init__(
        self,
        flow: Flow[TaskSnapshot],
        runner: Runner,
        handle: Callable[[TaskSnapshot], TaskHandle[R]],
        sender: SessionSender,
        trace: RunNotes | None = None,
    ) -> None:
        super().__init__(flow, runner, handle, trace=trace)
        self._sender = sender

    def __enter__(self) -> Self:
        """Start the session, and wait until the model listens or speaks."""
        try:
            super().__enter__()
            early = self._first
            while (event := self._pull_new()) is not None:
                early.append(event)
                if isinstance(event, StreamReady):
                    break
            else:
                self._ended()
            return self  # noqa: TRY300 - within, so that Ctrl-C meets nothing on the way to the caller
        except BaseException as leaving:  # nobody has the session yet, to end it
            self._leave_entering(leaving)
            if self._entered and self._leave():
                while self._pull_new() is not None:
                    pass
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if not self._over:
            self._try_to_end()
        super().__exit__(kind, error, traceback)

    def send(self, audio: bytes) -> None:
        """Speak to the model.

        Args:
            audio: PCM sound of any length; pieces of `CHUNK_BYTES` keep the delay small.

        Raises:
            ConnectionLost: The session's socket is closed.
        """
        self._runner.perform(self._sender.audio(audio))

    def receive(self, timeout: float = math.inf) -> Event | None:
        """The next event; None if none came in time, or the session has ended.

        Args:
            timeout: Seconds to wait; 0 for what is there already.
        """
        _check_timeout(timeout)
        if timeout == math.inf:
            return next(self, None)
        event = self._pull(clock.current().now() + timeout)
        if event is None and self._failure is not None:
            raise self._failure
        return event

    def interrupt(self) -> None:
        """Make the model stop speaking; voice sessions only.

        Raises:
            ConnectionLost: The session's socket is closed.
        """
        self._runner.perform(self._sender.command("task_session_interrupt"))

    def end(self) -> None:
        """Ask for the end. The events go on until it has come, with the last costs among them.

        Raises:
            ConnectionLost: The session's socket is closed.
        """
        self._runner.perform(self._sender.command("task_session_end"))

    def result(self) -> R:
        """The result, after asking for the end where that has not come yet.

        Raises:
            TaskFailed: The session failed.
        """
        if not self._over:
            self._try_to_end()
        return super().result()

    def _try_to_end(self) -> None:
        with suppress(errors.ConnectionLost):  # it is ending anyway
            self.end()


class AsyncLiveSession(AsyncStream[A]):
    """A live session; as `LiveSession`, awaited. Other tasks may send while one receives."""

    _enter_first = _ENTER_FIRST

    def __init__(
        self,
        flow: Flow[TaskSnapshot],
        runner: AsyncRunner,
        handle: Callable[[TaskSnapshot], AsyncTaskHandle[A]],
        sender: SessionSender,
        trace: RunNotes | None = None,
    ) -> None:
        super().__init__(flow, runner, handle, trace=trace)
        self._sender = sender

    async def __aenter__(self) -> Self:
        """Start the session, and wait until the model listens or speaks."""
        try:
            await super().__aenter__()
            early = self._first
            while (event := await self._pull_new()) is not None:
                early.append(event)
                if isinstance(event, StreamReady):
                    break
            else:
                self._ended()
            return self  # noqa: TRY300 - within, so that Ctrl-C meets nothing on the way to the caller
        except BaseException as leaving:  # nobody has the session yet, to end it
            self._leave_entering(leaving)
            if self._entered and self._leave():
                while await self._pull_new() is not None:
                    pass
            raise

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if not self._over:
            await self._try_to_end()
        await super().__aexit__(kind, error, traceback)

    async def send(self, audio: bytes) -> None:
        """Speak to the model, as `LiveSession.send()` does."""
        await self._runner.perform(self._sender.audio(audio))

    async def receive(self, timeout: float = math.inf) -> Event | None:  # noqa: ASYNC109 - the twin's word
        """The next event, as `LiveSession.receive()` returns it."""
        _check_timeout(timeout)
        if timeout == math.inf:
            return await anext(self, None)
        event = await self._pull(clock.current().now() + timeout)
        if event is None and self._failure is not None:
            raise self._failure
        return event

    async def interrupt(self) -> None:
        """Make the model stop speaking, as `LiveSession.interrupt()` does."""
        await self._runner.perform(self._sender.command("task_session_interrupt"))

    async def end(self) -> None:
        """Ask for the end, as `LiveSession.end()` does."""
        await self._runner.perform(self._sender.command("task_session_end"))

    async def result(self) -> A:
        """The result, as `LiveSession.result()` returns it."""
        if not self._over:
            await self._try_to_end()
        return await super().result()

    async def _try_to_end(self) -> None:
        with suppress(errors.ConnectionLost):  # it is ending anyway
            await self.end()


def _check_timeout(seconds: float) -> None:
    if seconds != math.inf:
        call_check.require("receive", timeout=check.seconds(seconds, otherwise=", or math.inf"))
