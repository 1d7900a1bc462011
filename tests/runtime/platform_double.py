"""A platform in process: answers by path from a table, and keeps what it was asked."""

import json

import httpx

from wiro_runtime import AsyncClient, Client


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
