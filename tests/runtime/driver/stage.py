"""A platform with a real socket that plays hand-typed transcripts."""

import asyncio
import contextlib
import json
import threading

import httpx
import pytest
import websockets.sync.server

from runtime.models import Vace
from runtime.replies import RUN_REPLY, detail
from wiro_runtime import AsyncClient, Client


class Stage:
    """A platform whose socket plays a transcript; Task/Detail knows the end once the socket has sent it."""

    def __init__(self) -> None:
        self.frames: list = []
        self.registered: list[dict] = []
        self.over = threading.Event()
        self.looks = 0
        self.runs = 0
        self.open = 0
        self.url = ""
        self.done = detail("task_postprocess_end", pexit="0", totalcost="0.5")

    def play(self, connection) -> None:
        self.open += 1
        with contextlib.suppress(websockets.exceptions.ConnectionClosed):
            self.registered.append(json.loads(connection.recv()))
            for frame in self.frames:
                if callable(frame):
                    frame(connection)
                    continue
                if isinstance(frame, dict) and frame["type"] == "task_postprocess_end":
                    self.over.set()
                connection.send(frame if isinstance(frame, str | bytes) else json.dumps(frame))
            connection.recv()
        self.open -= 1

    def answer(self, request: httpx.Request) -> httpx.Response:
        if "/Run/" in request.url.path:
            self.runs += 1
            return httpx.Response(200, json=RUN_REPLY)
        if request.url.path.endswith(("Cancel", "Kill")):
            self.done = detail("task_cancel")
            self.over.set()
            return httpx.Response(200, json={"result": True, "errors": []})
        self.looks += 1
        return httpx.Response(200, json=self.done if self.over.is_set() else detail("task_queue"))

    def client(self, **options) -> Client:
        transport = httpx.MockTransport(self.answer)
        settings = {
            "http_client": httpx.Client(transport=transport),
            "socket_url": self.url,
        } | options
        return Client("key", **settings)

    def async_client(self, **options) -> AsyncClient:
        transport = httpx.MockTransport(self.answer)
        own = httpx.AsyncClient(transport=transport)
        return AsyncClient("key", **({"http_client": own, "socket_url": self.url} | options))

    def run(self, how: str, request=None, **options):
        request = request or Vace(prompt="x")
        if how == "thread":
            return self.client().run(request, **options)

        async def main():
            return await self.async_client().run(request, **options)

        return asyncio.run(main())


both = pytest.mark.parametrize("how", ["thread", "asyncio"])
