"""One engine, five ways in, the same answers: what a client does never depends on how it reached the mock."""

import asyncio
import json
from collections.abc import Awaitable, Callable

import httpx
import pytest
from server_kit import ROOT

from wiromock import MockTransport, MockWiro
from wiromock.adapter.asgi import MockApp
from wiromock.adapter.virtual_time import VirtualClock
from wiromock.engine.engine import Engine
from wiromock.server.http_server import ServerThread, address_of, listen
from wiromock.server.running_mock import run_server
from wiromock.spec.catalog import FolderSpecs
from wiromock.wire.http import Request

API, OUTPUTS = "https://api.wiro.ai/v1", "https://cdn1.wiro.ai"
SPECS = FolderSpecs(ROOT / "specs")

Send = Callable[[str, str, dict[str, str], bytes], Awaitable[tuple[int, str, bytes]]]
"""Method, URL, headers and body → status, content type and body."""


class Way:
    """A way in: an engine, its clock, and how to send to it."""

    def __init__(self, engine, clock, send: Send, api: str = API, outputs: str = OUTPUTS) -> None:
        self.engine, self.clock, self.send = engine, clock, send
        self.api, self.outputs = api, outputs

    async def say(
        self, method: str, url: str, body: bytes = b"", kind: str = "application/json", **headers
    ):
        """Send, and write the answer down as the platform itself would have said it."""
        url = url.replace(API, self.api).replace(OUTPUTS, self.outputs)
        headers = {"x-api-key": "any", "content-type": kind, **headers}
        status, kind, content = await self.send(method, url, headers, body)
        content = content.replace(f"{self.outputs}/".encode(), f"{OUTPUTS}/".encode())
        return status, kind, content.replace(f"{self.api}/".encode(), f"{API}/".encode())

    async def post(self, path: str, **body):
        return await self.say("POST", API + path, json.dumps(body).encode())


async def run_calls(way: Way) -> list[object]:
    """A day in the life of a client: successes, refusals, races, uploads, faults, files."""
    got: list[object] = []

    async def note(answer) -> bytes:
        got.append(await answer)
        return got[-1][2]

    run = {"prompt": "a deer in snow", "frameNum": "9"}
    started = json.loads(await note(way.post("/Run/pruna/vace", **run)))
    name = {"taskid": started["taskid"]}
    for seconds in (0, 3, 4, 8):
        way.engine.advance(seconds)
        await note(way.post("/Task/Detail", **name))
    way.engine.advance(60)
    detail = json.loads(
        await note(way.post("/Task/Detail", tasktoken=started["socketaccesstoken"]))
    )
    url = detail["tasklist"][0]["outputs"][0]["url"]
    for headers in ({}, {"range": "bytes=0-9"}, {"range": "bytes=999999-"}):
        await note(way.say("GET", url, **headers))
    await note(way.post("/Task/Cancel", **name))
    await note(way.post("/Task/Kill", **name))
    await note(way.post("/Task/InputOutputDelete", tasktoken=started["socketaccesstoken"]))
    await note(way.post("/Task/Detail", **name))
    for wrong in ({}, {"promt": "x"}, {**run, "resolution": "1080p"}, {**run, "frameNum": "-1"}):
        await note(way.post("/Run/pruna/vace", **wrong))
    await note(way.post("/Run/no/model", prompt="x"))
    await note(way.post("/Nowhere"))
    await note(way.say("POST", f"{API}/Task/Detail", b"{", "application/json"))
    await note(way.say("POST", f"{API}/Task/Detail", b"--x", "multipart/form-data; boundary=x"))
    form = b'--x\r\ncontent-disposition: form-data; name="file"; filename="a.png"\r\n\r\n\x89PNG\r\n--x--\r\n'
    await note(way.say("POST", f"{API}/File/Upload", form, "multipart/form-data; boundary=x"))
    await note(way.post("/Run/pruna/vace", **run))
    await note(way.post("/Task/Cancel", taskid="2222"))
    await note(way.post("/Tool/Detail", slugowner="pruna", slugproject="vace"))
    got.append((way.engine.ledger.billed, str(way.engine.ledger.balance)))
    return got


def make_engine():
    clock = VirtualClock()
    return Engine(SPECS, clock=clock, seed=7), clock


def through(client: httpx.AsyncClient) -> Send:
    async def send(method, url, headers, body):
        reply = await client.request(method, url, headers=headers, content=body)
        return reply.status_code, reply.headers.get("content-type", ""), reply.content

    return send


async def engine_alone():
    engine, clock = make_engine()

    async def send(method, url, headers, body):
        reply = engine.handle(Request.to(url, method=method, headers=headers, body=body))
        return reply.status, reply.headers.get("content-type", ""), reply.body

    return await run_calls(Way(engine, clock, send))


async def httpx_transport():
    engine, clock = make_engine()
    async with httpx.AsyncClient(transport=MockTransport(engine, clock)) as client:
        return await run_calls(Way(engine, clock, through(client)))


async def respx_patch():
    with MockWiro(SPECS, seed=7) as mock:
        async with httpx.AsyncClient() as client:
            return await run_calls(Way(mock.engine, mock.clock, through(client)))


async def asgi_in_process():
    engine, clock = make_engine()
    transport = httpx.ASGITransport(MockApp(engine, clock))
    async with httpx.AsyncClient(transport=transport) as client:
        here = "http://mock"
        return await run_calls(Way(engine, clock, through(client), f"{here}/v1", f"{here}/outputs"))


async def real_server():
    engine, clock = make_engine()
    app = MockApp(engine, clock)
    with listen("127.0.0.1", 0) as opened, ServerThread(app, opened, app.notifier.stop):
        here = address_of(opened)
        async with httpx.AsyncClient(timeout=60, trust_env=False) as client:
            return await run_calls(
                Way(engine, clock, through(client), f"{here}/v1", f"{here}/outputs")
            )


@pytest.fixture(scope="module")
def expected():
    return asyncio.run(engine_alone())


def test_the_calls_have_answers_of_every_kind(expected):
    statuses = {answer[0] for answer in expected if len(answer) == 3}
    assert statuses == {200, 206, 404, 416}
    assert expected[-1][0] == 1


@pytest.mark.parametrize("way", [httpx_transport, respx_patch, asgi_in_process, real_server])
def test_every_way_in_gets_the_same_answers(way, expected):
    got = asyncio.run(way())
    for at, (said, other) in enumerate(zip(got, expected, strict=True)):
        assert said == other, f"answer {at}"


def test_a_server_of_its_own_has_the_same_names_for_the_same_seed():
    with run_server(SPECS, speed=0) as first, run_server(SPECS, speed=0) as second:
        runs = [
            httpx.post(
                f"{server.base_url}/Run/pruna/vace",
                json={"prompt": "x"},
                headers={"x-api-key": "k"},
                timeout=60,
            ).json()
            for server in (first, second)
        ]
    assert runs[0] == runs[1]
