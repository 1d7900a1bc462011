"""Runs under a key, by clients of both kinds; and what the platform was sent."""

import asyncio
from typing import Any

from runtime.models import Vace
from wiro_runtime import AsyncClient, Client
from wiro_runtime.journal.journal import Journal

REQUEST = Vace(prompt="a deer in snow")


class Runner:
    """Runs with a client of one kind; each call is a program of its own, as after a crash."""

    def __init__(self, kind: str, location: Any) -> None:
        self.kind = kind
        self.location = location
        self.grace = 5.0

    def run(self, request: Vace = REQUEST, verb: str = "run", **options: Any) -> Any:
        if self.kind == "threads":
            return self._run(request, verb, **options)
        return asyncio.run(self._run_async(request, verb, **options))

    def _run(self, request: Vace, verb: str, **options: Any) -> Any:
        with Client("key", journal=self.journal()) as client:
            return getattr(client, verb)(request, **options)

    async def _run_async(self, request: Vace, verb: str, **options: Any) -> Any:
        async with AsyncClient("key", journal=self.journal()) as client:
            return await getattr(client, verb)(request, **options)

    def journal(self) -> Journal:
        return Journal(self.location, grace=self.grace)

    def entry(self, key: str = "scene-1") -> Any:
        with Client("key", journal=self.location) as client:
            return client.journal.get(key)


def runs(wiro) -> int:
    """How many times Run was sent."""
    return sum(entry.operation in {"Run", "RunSync"} for entry in wiro.journal.calls())
