"""No exception of somebody else's comes out of a wrong call: each is an error of ours."""

import asyncio
import inspect
import pathlib
import re
from typing import Any

import httpx
import pytest

from runtime.client import wrong_calls
from runtime.client.wrong_data import DATA
from runtime.models import Vace
from wiro import AsyncWiro, Wiro
from wiro_runtime import AsyncMediaResult, MediaResult, errors

_WAY_OUT = re.compile(
    r"\b(give|expected|pass|use|must|takes|there (is|are)|did you mean|from \d|enter|like|may hold|up to|only|copy|leave|offered|should|gives|mend|empty)\b",
    re.IGNORECASE,
)
"""Words that show the reader what would be right."""

FINISHED = {
    "version": 1,
    "task": {
        "id": "1",
        "status": "task_postprocess_end",
        "pexit": "0",
        "outputs": [{"name": f"{n}.mp4", "url": f"https://a.example/{n}.mp4"} for n in range(2)],
    },
}


class Scene:
    """A client of either kind, and what its calls return; nothing it sends arrives anywhere."""

    def __init__(self, folder: pathlib.Path, *, awaits: bool) -> None:
        self.sent: list[httpx.Request] = []
        transport = httpx.MockTransport(self._answer)
        clients = (httpx.Client(transport=transport), httpx.AsyncClient(transport=transport))
        self.folder = folder
        self.http_client, self.other_http_client = reversed(clients) if awaits else clients
        self._kind: Any = AsyncWiro if awaits else Wiro
        self.client = self.make()
        self.kept = self.make(journal=folder / "runs.sqlite")
        self.result = (AsyncMediaResult if awaits else MediaResult).from_dict(FINISHED)
        self.outputs = self.result.outputs
        self.task = self.client._task(Vace, self.result.task)
        self.step = anext if awaits else next

    def make(self, **settings: Any) -> Any:
        return self._kind(**{"api_key": "key", "http_client": self.http_client, **settings})

    def unwrapped(self, items: Any) -> Any:
        """Each run's result, or what it ended with, once all have ended."""

        async def awaited() -> list[Any]:
            return [item.unwrap() for item in [item async for item in items]]

        return awaited() if inspect.isasyncgen(items) else [item.unwrap() for item in list(items)]

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        return httpx.Response(200, json={"result": False, "errors": []})


def performed(value: Any) -> None:
    """What a caller does with what a call returned, until nothing is left to do."""
    if hasattr(value, "__enter__") and not isinstance(value, Wiro):
        with value:
            pass
    elif inspect.isgenerator(value):
        for _ in value:
            pass


async def performed_async(value: Any) -> None:
    if inspect.isawaitable(value):
        value = await value
    if hasattr(value, "__aenter__") and not isinstance(value, AsyncWiro):
        async with value:
            pass
    elif inspect.isasyncgen(value):
        async for _ in value:
            pass
    else:
        performed(value)


def check(scene: Scene, call: Any, word: str, *, awaits: bool) -> None:
    """Make the call: it is refused by us, in words that help, before anything is sent."""

    async def main() -> None:
        await performed_async(call(scene))

    with pytest.raises(errors.WiroError) as caught:
        asyncio.run(main()) if awaits else performed(call(scene))
    message = str(caught.value)
    assert word in message
    assert _WAY_OUT.search(message), message
    assert caught.value.billed is False
    assert scene.sent == []


@pytest.fixture(params=["sync", "async"])
def scene(request, tmp_path):
    (tmp_path / "file.txt").write_text("here")
    return Scene(tmp_path, awaits=request.param == "async")


TABLE = wrong_calls.CLIENTS | wrong_calls.OPTIONS | wrong_calls.CALLS


@pytest.mark.parametrize(("call", "word"), TABLE.values(), ids=TABLE.keys())
def test_a_wrong_call_is_refused_by_us_and_nothing_is_sent(scene, call, word, virtual_time):
    check(scene, call, word, awaits=scene.step is anext)


@pytest.mark.parametrize(("call", "word"), DATA.values(), ids=DATA.keys())
def test_wrong_data_are_refused_by_us(tmp_path, call, word):
    check(Scene(tmp_path, awaits=False), call, word, awaits=False)
