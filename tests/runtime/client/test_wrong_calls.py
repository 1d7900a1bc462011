"""No exception of somebody else's comes out of a wrong call: each is an error of ours."""

import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from runtime.kit import Vace
from wiro import Wiro
from wiro_runtime import errors, parse_webhook

REQUEST = Vace(prompt="x")
WRONG: dict[str, Callable[[Any], object]] = {
    "attach a request": lambda client: client.attach(REQUEST),
    "attach nothing": lambda client: client.attach(None, id="1"),
    "attach a slug": lambda client: client.attach("pruna/vace", id="1"),
    "a number for a model": lambda client: client.models[5],
    "no slug": lambda client: client.models["x"],
    "run nothing": lambda client: client.run(None),
    "run a class": lambda client: client.run(Vace),
    "submit a dict": lambda client: client.submit({}),
    "get a list": lambda client: client.tasks.get(id=[]),
    "get nothing": lambda client: client.tasks.get(),
    "a page of words": lambda client: list(client.tasks.list(page_size="x")),
    "tasks of a number": lambda client: list(client.tasks.list(7)),
    "a number in the catalog": lambda client: client.catalog.get(5),
    "drift of a text": lambda client: client.catalog.drift("x"),
    "upload nothing": lambda client: client.files.upload(None),
    "a folder called None": lambda client: client.files.create_folder(["a"]),
    "upload into a number": lambda client: client.files.upload(b"x", folder=5),
    "from_wire of nothing": lambda _: Vace.from_wire(None),
    "from_wire of a list": lambda _: Vace.from_wire([1]),
    "a webhook of nothing": lambda _: parse_webhook(None),
    "a callback of a number": lambda client: client.submit(REQUEST, callback_url=5),
    "a project of a list": lambda client: client.submit(REQUEST, project_id=[]),
}


@pytest.mark.parametrize("call", WRONG.values(), ids=WRONG.keys())
def test_a_wrong_call_is_told_by_us_and_nothing_is_sent(call, virtual_time):
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, json={"result": False, "errors": []})

    client = Wiro("key", http_client=httpx.Client(transport=httpx.MockTransport(answer)))
    with pytest.raises(errors.WiroError):
        call(client)
    assert sent == []


def test_ids_may_be_uuids_and_urls_may_be_objects(virtual_time):
    task = str(uuid.UUID(int=1))
    answer = {"result": True, "errors": [], "taskid": "1", "tasklist": [{"id": task}]}
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=answer))
    client = Wiro("key", http_client=httpx.Client(transport=transport))
    assert client.attach(Vace, id=uuid.UUID(int=1)).id == task
    assert client.submit(REQUEST, callback_url=httpx.URL("https://a.example/b")).id == "1"
