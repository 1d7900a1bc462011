"""A model without a class of its own: its files travel as those of any other, and messages call it by its name."""

import asyncio

import httpx
import pytest

from runtime.replies import DONE, RUN_REPLY
from wiro_runtime import AsyncClient, Client, errors
from wiro_runtime.client.untyped import request_class

TOOL = {
    "slugowner": "acme",
    "slugproject": "any",
    "cleanslugowner": "acme",
    "cleanslugproject": "any",
    "parameters": [
        {
            "items": [
                {"id": "prompt", "type": "textarea", "required": True},
                {"id": "inputImage", "type": "fileinput"},
            ]
        }
    ],
}
Any = request_class("acme/any")


class Platform:
    """Describes the model, starts its runs, and keeps what was sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, bytes]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/v1/")
        self.sent.append((path, request.headers["content-type"], request.read()))
        if path == "Tool/Detail":
            return httpx.Response(200, json={"result": True, "errors": [], "tool": [TOOL]})
        return httpx.Response(200, json=RUN_REPLY if path.startswith("Run/") else DONE)


def submit(kind: str, platform: Platform, request, **options) -> str:
    """The id of the task that a client of this kind starts."""
    transport = httpx.MockTransport(platform)
    if kind == "sync":
        client = Client("key", http_client=httpx.Client(transport=transport))
        return client.submit(request, **options).id

    async def main() -> str:
        client = AsyncClient("key", http_client=httpx.AsyncClient(transport=transport))
        return (await client.submit(request, **options)).id

    return asyncio.run(main())


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_its_files_may_travel_in_the_body_of_the_run(kind, virtual_time):
    platform = Platform()
    request = Any(prompt="a deer", input_image=("deer.png", b"the picture"))
    assert submit(kind, platform, request, upload="with") == "2221"
    (_, (path, content_type, body)) = platform.sent
    assert path == "Run/acme/any"
    assert content_type.startswith("multipart/form-data")
    for part in (
        b'name="prompt"',
        b"a deer",
        b'name="inputImage"; filename="deer.png"',
        b"the picture",
    ):
        assert part in body


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize(
    ("inputs", "word"),
    [
        ({"prompt": "x", "input_image": ("deer.png", b"")}, "input_image"),
        ({"promt": "x"}, "prompt"),
        ({"prompt": "x", "input_image": "deer.png"}, "input_image"),
    ],
)
def test_what_is_wrong_with_it_is_reported_by_its_name_before_it_is_sent(
    kind, inputs, word, virtual_time
):
    platform = Platform()
    with pytest.raises(errors.InvalidRequest, match="acme/any") as caught:
        submit(kind, platform, Any(**inputs), upload="with")
    assert word in str(caught.value)
    assert "_Bound" not in str(caught.value)
    assert [path for path, _, _ in platform.sent] == ["Tool/Detail"]
