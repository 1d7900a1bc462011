"""The platform in virtual time, with a socket that plays."""

import httpx

from runtime.clocks import FakeClock
from runtime.replies import RUN_REPLY, detail
from runtime.script import Tape
from wiro_runtime import AsyncClient, Client


class Socket(Tape):
    """A tape in the shape of both drivers' sockets."""

    def __init__(self, time: FakeClock, *frames) -> None:
        super().__init__(*frames)
        self.time = time

    def receive(self, seconds):
        return self.play(self.time, seconds)


class AwaitedSocket:
    def __init__(self, tape: Socket) -> None:
        self._tape = tape

    async def send(self, data):
        self._tape.send(data)

    async def receive(self, seconds):
        return self._tape.receive(seconds)

    async def close(self):
        self._tape.close()


class World:
    """The platform in virtual time: a socket that plays, and Task/Detail that knows when it is over."""

    def __init__(self, time: FakeClock) -> None:
        self.time = time
        self.over_at = 5.0
        self.end = {"pexit": "0"}
        self.tool: dict = {}
        self.stated: dict = {}
        """What Task/Detail says from the beginning."""
        self.sent: list[str] = []
        self.tape: Socket | None = None

    def plays(self, *frames) -> None:
        stated = [
            (at, {"type": frame, "id": "2221"} if isinstance(frame, str) else frame)
            for at, frame in frames
        ]
        self.tape = Socket(self.time, *stated)

    def connect(self, url, seconds):
        if self.tape is None:
            raise ConnectionRefusedError("refused")
        return self.tape

    async def connect_async(self, url, seconds):
        return AwaitedSocket(self.connect(url, seconds))

    def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/v1/")
        self.sent.append(path)
        if path.startswith("Run/"):
            return httpx.Response(200, json=RUN_REPLY)
        if path == "Tool/Detail":
            return httpx.Response(200, json={"result": True, "tool": [self.tool]})
        if path in ("Task/Cancel", "Task/Kill"):
            self.over_at, self.end = 0.0, {"status": "task_cancel"}
            return httpx.Response(200, json={"result": True, "errors": []})
        fields = (
            {"status": "task_postprocess_end", **self.end}
            if self.time.seconds >= self.over_at
            else {}
        )
        return httpx.Response(200, json=detail(**{"status": "task_start", **self.stated, **fields}))

    def client(self, **options) -> Client:
        own = httpx.Client(transport=httpx.MockTransport(self.answer))
        return Client("key", http_client=own, socket_url="ws://localhost", **options)

    def async_client(self, **options) -> AsyncClient:
        own = httpx.AsyncClient(transport=httpx.MockTransport(self.answer))
        return AsyncClient("key", http_client=own, socket_url="ws://localhost", **options)


def types(events):
    return [type(event) for event in events]
