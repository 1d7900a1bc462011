"""What the tests of the runtime share: a model, a clock that never waits, flows driven by hand."""

import io
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Annotated, Any, Literal

import httpx
import pytest
from pydantic import Field

from wiro_runtime import AsyncClient, Client, Files, MediaRequest, TextRequest, errors
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
from wiro_runtime.request import wire
from wiro_runtime.seam.clock import SystemClock
from wiro_runtime.storage import PartialFile

TIMEOUT = 60.0
"""Seconds for what takes milliseconds: only what hangs takes so long, however busy the machine."""

TOKEN = "eDcCm5yyUfIvMFspTwww49OUfgXkQt"
RUN_REPLY = {"errors": [], "taskid": "2221", "socketaccesstoken": TOKEN, "result": True}


class Vace(MediaRequest, model="pruna/vace"):
    """A model like the generated one."""

    prompt: Annotated[str, wire.Text("prompt")]
    input_image: Annotated[Files | None, wire.CombinedFiles("inputImage")] = None
    resolution: Annotated[Literal["480p", "720p"], wire.Text("resolution")] = "480p"
    frame_num: Annotated[int, Field(ge=1), wire.Text("frameNum")] = 81
    guidance_scale: Annotated[float, wire.Text("guidanceScale")] = 5


class Chat(TextRequest, model="openai/gpt-oss-20b"):
    """A language model."""

    prompt: Annotated[str, wire.Text("prompt")]


class FakeClock:
    """Sleeping moves it, nothing else does."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> float:
        return self.seconds

    def time(self) -> float:
        return 1_734_513_807.0 + self.seconds

    def sleep(self, seconds: float, /) -> None:
        self.seconds += seconds

    async def sleep_async(self, seconds: float, /) -> None:
        self.seconds += seconds


class AheadClock(SystemClock):
    """Real time, and what a test adds to it."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> float:
        return super().now() + self.ahead


def await_until(condition: Callable[[], object]) -> bool:
    """Whether it becomes true, as it does unless something hangs."""
    until = time.monotonic() + TIMEOUT
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.005)
    return True


def fail_once_sent(call: Callable[[float], object]) -> errors.WiroError:
    """What a call raises whose seconds are over after it has sent its run.

    On a busy machine they may be over before that; then it gets more of them.
    """
    for seconds in (1.0, 10.0, 100.0):
        with pytest.raises(errors.WiroError) as caught:
            call(seconds)
        if caught.value.billed is not False:
            break
    return caught.value


def reply(payload: Any = None, status: int = 200, **headers: str) -> Reply:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return Reply(status, {name.replace("_", "-"): text for name, text in headers.items()}, body)


def refusal(message: str, code: int = 0) -> dict[str, Any]:
    return {"result": False, "errors": [{"code": code, "message": message}]}


def task(status: str = "task_start", **fields: Any) -> dict[str, Any]:
    return {"id": "2221", "socketaccesstoken": TOKEN, "status": status, "outputs": [], **fields}


def detail(status: str = "task_start", **fields: Any) -> dict[str, Any]:
    return {"result": True, "errors": [], "total": "1", "tasklist": [task(status, **fields)]}


DONE = detail("task_postprocess_end", pexit="0", totalcost="0.5")


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


class Platform:
    """Answers by path from a table, in process, and keeps what it was asked."""

    def __init__(self, **answers) -> None:
        self.answers = answers
        self.asked: list[tuple[str, dict]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/v1/")
        body = json.loads(request.content)
        self.asked.append((path, body))
        answer = self.answers[path.replace("/", "_")]
        return httpx.Response(200, json=answer(body) if callable(answer) else answer)

    def client(self) -> Client:
        return Client("key", http_client=httpx.Client(transport=httpx.MockTransport(self)))

    def async_client(self) -> AsyncClient:
        transport = httpx.MockTransport(self)
        return AsyncClient("key", http_client=httpx.AsyncClient(transport=transport))


class LocalServer(ThreadingHTTPServer):
    """A real server; `answer` does what a test wants with each request."""

    daemon_threads = True

    def __init__(self, answer: Callable[["Handler"], None]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer = answer
        self.seen: list[tuple[str, dict[str, str], bytes]] = []
        self.over = threading.Event()
        """Set when the test is done with it; an answer that is held back waits for it."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def count(self, path: str) -> int:
        return sum(seen.startswith(path) for seen, _, _ in self.seen)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Quiet: a client that hangs up is what some tests are about."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: LocalServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.seen.append((self.path, headers, body))
        self.server.answer(self)

    do_GET = do_POST  # noqa: N815 - http.server asks for it by this name

    def json(self, payload: Any, status: int = 200, **headers: str) -> None:
        self.raw(json.dumps(payload).encode(), status, **headers)

    def raw(
        self, body: bytes, status: int = 200, *, length: int | None = None, **headers: str
    ) -> None:
        self.send_response(status)
        self.send_header("content-length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def hold(self) -> None:
        """Say nothing until the test is done."""
        self.server.over.wait(TIMEOUT)

    def drip(self, data: bytes, *, seconds: float = 0.03) -> None:
        """Send byte by byte until the test is done."""
        for letter in data:
            self.wfile.write(bytes([letter]))
            if self.server.over.wait(seconds):
                break

    def hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(2)

    def log_message(self, *args: Any) -> None:
        """Quiet: the tests read `seen`."""


@contextmanager
def serve(answer: Callable[[Handler], None]) -> Iterator[LocalServer]:
    with LocalServer(answer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.over.set()
            server.shutdown()
            thread.join()
