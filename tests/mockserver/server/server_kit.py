"""Words for what a client says to a server."""

from pathlib import Path
from typing import Any, Self

import httpx

ROOT = Path(__file__).parents[3]
KEY = {"x-api-key": "any"}
PROMPT = {"prompt": "a deer in snow"}


class Served:
    """A server that runs, and plain HTTP to it."""

    def __init__(self, running) -> None:
        self.url = running.address
        self.socket = running.socket_url
        self.engine = running.engine
        self.http = httpx.Client(base_url=running.address, timeout=60, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.http.post(f"/v1{path}", json=body or {}, headers={**KEY, **named})

    def run(self, slug: str = "pruna/vace", **parameters: Any) -> dict[str, Any]:
        reply = self.post(f"/Run/{slug}", {**PROMPT, **parameters}).json()
        assert reply["result"] is True, reply
        return reply

    def task(self, task: str) -> dict[str, Any]:
        return self.post("/Task/Detail", {"taskid": task}).json()["tasklist"][0]

    def control(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        reply = self.http.request(method, f"/_mock{path}", json=body, headers=named)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def push(self, **how: Any) -> dict[str, Any]:
        return self.control("POST", "/clock", how)

    def script(self, *rules: dict[str, Any]) -> None:
        self.control("PUT", "/scenarios", {"scenarios": rules})

    def reset(self) -> None:
        self.control("POST", "/reset")
