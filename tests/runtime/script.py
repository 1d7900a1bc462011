"""Flows driven by hand: a script answers their effects, a tape is their socket, with no I/O at all."""

import io
import json
from collections.abc import Callable
from typing import Any

from runtime.clocks import FakeClock
from runtime.replies import reply
from wiro_runtime.flow.effect import (
    CloseSocket,
    CommitFile,
    DiscardFile,
    Download,
    Downloaded,
    Effect,
    Emit,
    Flow,
    Gather,
    InspectFile,
    Now,
    OpenSocket,
    Random,
    ReceiveFrame,
    Reply,
    ReserveFile,
    Send,
    SendFrame,
    Sleep,
    Time,
    TransportFailure,
    WriteText,
)
from wiro_runtime.storage import PartialFile


class Tape:
    """A socket in virtual time: what it says, and when.

    `frames` are pairs of a moment and a text, bytes, an object (sent as JSON), or an exception.
    """

    def __init__(self, *frames: tuple[float, Any]) -> None:
        self._frames = list(frames)
        self.sent: list[Any] = []
        self.is_closed = False

    def play(self, clock: "FakeClock", seconds: float) -> Any:
        assert not self.is_closed
        if not self._frames or self._frames[0][0] > clock.seconds + seconds:
            return clock.sleep(seconds)
        at, frame = self._frames.pop(0)
        clock.seconds = max(clock.seconds, at)
        if isinstance(frame, BaseException):
            raise frame
        return frame if isinstance(frame, str | bytes) else json.dumps(frame)

    def send(self, data: Any) -> None:
        assert not self.is_closed
        self.sent.append(data if isinstance(data, bytes) else json.loads(data))

    def close(self) -> None:
        self.is_closed = True


def translated(action: Callable[..., Any], *args: Any) -> Any:
    """Raise what the drivers raise in a flow when a socket breaks."""
    try:
        return action(*args)
    except OSError as broken:
        raise TransportFailure(str(broken), never_sent=False) from None


class Script:
    """Performs the effects of a flow by hand, with no I/O at all.

    `answers` are given to `Send` and `Download` in turn: a payload, a `Reply`, or an exception. Every
    effect is kept in `effects`; time passes only by `Sleep` and by listening to a `tape`, without which
    sockets are refused.
    """

    def __init__(
        self, *answers: Any, problem: str | None = None, tape: "Tape | None" = None
    ) -> None:
        self._answers = list(answers)
        self._tape = tape
        self._problem = problem
        self.clock = FakeClock()
        self.effects: list[Effect[Any]] = []

    def run(self, flow: Flow[Any]) -> Any:
        step: Callable[[Any], Effect[Any]] = flow.send
        given: Any = None
        while True:
            try:
                effect = step(given)
            except StopIteration as done:
                return done.value
            self.effects.append(effect)
            try:
                given, step = self._answer(effect), flow.send
            except BaseException as failure:  # noqa: BLE001 - as the drivers do
                given, step = failure, flow.throw

    @property
    def sent(self) -> list[str]:
        return [effect.path for effect in self.effects if isinstance(effect, Send)]

    @property
    def slept(self) -> list[float]:
        return [effect.seconds for effect in self.effects if isinstance(effect, Sleep)]

    def _answer(self, effect: Effect[Any]) -> Any:  # noqa: C901, PLR0911, PLR0912 - a table
        match effect:
            case Send() | Download():
                return self._next(effect)
            case Sleep(seconds):
                return self.clock.sleep(seconds)
            case Now():
                return self.clock.now()
            case Time():
                return self.clock.time()
            case Random():
                return 0.5
            case InspectFile():
                return self._problem
            case Emit(event, callback):
                return callback(event)
            case ReserveFile(folder, name, on_conflict):
                part, target = folder / f"{name}.part", folder / name
                return PartialFile(part, target, on_conflict, io.BytesIO())
            case CommitFile(part):
                return part.target
            case Gather(flows):
                return [self.run(flow) for flow in flows]
            case DiscardFile() | WriteText():
                return None
            case OpenSocket():
                if self._tape is None:
                    raise TransportFailure("refused", never_sent=True)
                return self._tape
            case ReceiveFrame(tape, seconds):
                return translated(tape.play, self.clock, seconds)
            case SendFrame(tape, data):
                return translated(tape.send, data)
            case CloseSocket(tape):
                return tape.close()
        raise AssertionError(f"unexpected {effect}")

    def _next(self, effect: Send | Download) -> Any:
        assert self._answers, f"no answer left for {effect}"
        answer = self._answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        if isinstance(effect, Download):
            return answer.reach(effect)
        return answer if isinstance(answer, Reply) else reply(answer)


class Arrived:
    """How a download goes: what comes, and how it ends."""

    def __init__(
        self, status: int, body: bytes = b"", *, breaks: BaseException | None = None, **headers: str
    ) -> None:
        self.status = status
        self.body = body
        self.breaks = breaks
        self.headers = {name.replace("_", "-"): text for name, text in headers.items()}

    def reach(self, download: Download) -> Downloaded:
        self.asked = download.into.ask()
        self.url = download.url
        if download.into.begin(self.status, self.headers):
            download.on_bytes(download.into.take(self.body))
        if self.breaks is not None:
            raise self.breaks
        return Downloaded(self.status, self.headers)
