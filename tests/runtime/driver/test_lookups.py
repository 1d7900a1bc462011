"""Once everything is loaded, an exchange looks for no module: Python remembers no import that failed."""

import asyncio
import sys
from importlib.abc import MetaPathFinder

import pytest

from runtime.local_server import serve
from runtime.replies import detail
from wiro_runtime import AsyncClient, Client


class Lookups(MetaPathFinder):
    """The modules that are looked for, each time that `sys.modules` does not hold one."""

    def __init__(self):
        self.names = []

    def find_spec(self, name, path=None, target=None):
        self.names.append(name)


@pytest.fixture
def lookups(monkeypatch):
    finder = Lookups()
    monkeypatch.setattr(sys, "meta_path", [finder, *sys.meta_path])
    return finder.names


@pytest.fixture
def server():
    with serve(lambda request: request.json(detail())) as running:
        yield running


def test_a_blocking_exchange_looks_for_none(server, lookups):
    with Client("key", base_url=f"{server.url}/v1") as client:
        client.tasks.get(id="2221")
        lookups.clear()
        client.tasks.get(id="2221")
    assert lookups == []


def test_an_asyncio_exchange_looks_for_none(server, lookups):
    async def main():
        async with AsyncClient("key", base_url=f"{server.url}/v1") as client:
            await client.tasks.get(id="2221")
            lookups.clear()
            await client.tasks.get(id="2221")
            return [*lookups]

    assert asyncio.run(main()) == []
