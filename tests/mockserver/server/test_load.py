"""Half an hour of load, compressed: nothing is lost, nothing grows without bound, nothing kills it."""

import asyncio
import json
import random
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from server_kit import KEY, PROMPT

TASKS = 3_000
GARBAGE = 300


@pytest.fixture
def process():
    """A server process of its own, whose memory is nobody else's."""
    command = [sys.executable, "-c", "import sys; from wiromock.cli import main; sys.exit(main())"]
    with subprocess.Popen(
        [*command, "serve", "--port", "0", "--speed", "10"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as started:
        started.address = re.search(r"http://\S+", started.stdout.readline())[0]
        yield started
        started.terminate()
        assert started.stderr.read() == ""


def memory(process) -> float:
    """MiB that the process has now; 0 where the system does not say."""
    status = Path(f"/proc/{process.pid}/status")
    if not status.exists():
        return 0.0
    return int(re.search(r"VmRSS:\s+(\d+)", status.read_text())[1]) / 1024


class Line:
    """One connection that is kept open; plain enough that the client is not what is measured."""

    def __init__(self, address: str) -> None:
        self._host, _, self._port = address.removeprefix("http://").partition(":")

    async def open(self) -> None:
        self._reader, self._writer = await asyncio.open_connection(self._host, int(self._port))

    async def post(self, path: str, body: dict) -> dict:
        content = json.dumps(body).encode()
        head = f"POST {path} HTTP/1.1\r\nhost: localhost\r\nx-api-key: any\r\n"
        self._writer.write(
            f"{head}content-type: application/json\r\ncontent-length: {len(content)}\r\n\r\n".encode()
            + content
        )
        answer = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        size = int(re.search(rb"content-length: (\d+)", answer)[1])
        return json.loads(await self._reader.readexactly(size))

    def close(self) -> None:
        self._writer.close()


async def live(line: Line, number: int) -> str:
    """One task's life: run, sometimes cancel, look twice."""
    prompt = f"{PROMPT['prompt']} {number % 7}"  # few captions: videos are rendered once
    task = (await line.post("/v1/Run/pruna/vace", {"prompt": prompt}))["taskid"]
    if number % 10 == 0:
        await line.post("/v1/Task/Cancel", {"taskid": task})
    for _ in range(2):
        await line.post("/v1/Task/Detail", {"taskid": task})
    return task


async def load(address: str, count: int, first: int = 0) -> list[str]:
    """Twenty clients at a time."""
    numbers = iter(range(first, first + count))

    async def work() -> list[str]:
        line = Line(address)
        await line.open()
        tasks = [await live(line, number) for number in numbers]
        line.close()
        return tasks

    return [task for done in await asyncio.gather(*(work() for _ in range(20))) for task in done]


async def throw_garbage(address: str) -> None:
    chance = random.Random(1)  # noqa: S311 - the same garbage every time
    host, port = address.removeprefix("http://").split(":")
    form = b"multipart/form-data; boundary=x"
    heads = [
        b"POST /v1/File/Upload HTTP/1.1\r\nhost: localhost\r\nx-api-key: k\r\ncontent-type: %b\r\n",
        b"POST /v1/Run/pruna/vace HTTP/1.1\r\nhost: localhost\r\nx-api-key: k\r\ncontent-type: %b\r\n",
        b"POST /models/pruna/vace HTTP/1.1\r\nhost: localhost\r\ncontent-type: %b\r\n",
        b"PUT /_mock/scenarios HTTP/1.1\r\nhost: localhost\r\ncontent-type: %b\r\n",
    ]
    for at in range(GARBAGE):
        body = bytes(chance.randrange(256) for _ in range(chance.randrange(200)))
        if at % 3 == 0:
            body = (
                b'--x\r\ncontent-disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
                + body
            )
        head = heads[at % 4] % (form if at % 2 else b"application/json")
        said = head + b"content-length: %d\r\n\r\n" % (len(body) + at % 5 // 4 * 50) + body
        said = body if at % 11 == 0 else said
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(said)
        writer.write_eof()
        with suppress(ConnectionResetError):  # a fair answer to garbage
            await asyncio.wait_for(reader.read(), 60)
        writer.close()


def test_under_load_no_task_is_lost_and_memory_is_bounded(process):
    warm = asyncio.run(load(process.address, 200))
    before = memory(process)
    tasks = asyncio.run(load(process.address, TASKS, first=200))
    grown = memory(process) - before
    assert len({*warm, *tasks}) == TASKS + 200
    httpx.post(f"{process.address}/_mock/clock", json={"advance": 1800}, timeout=60)
    state = httpx.get(f"{process.address}/_mock/state", timeout=60).json()
    statuses = [task["status"] for task in state["tasks"]]
    assert len(statuses) == TASKS + 200
    assert set(statuses) == {"task_postprocess_end", "task_cancel"}
    assert state["ledger"]["billed"] == statuses.count("task_postprocess_end")
    assert state["ledger"]["running"] == 0
    assert state["journal"]["kept"] <= 10_000
    assert grown < 60, f"{grown:.0f} MiB for {TASKS} tasks"


def test_garbage_never_kills_it_and_never_shows_a_traceback(process):
    asyncio.run(throw_garbage(process.address))
    url = f"{process.address}/v1/Run/pruna/vace"
    reply = httpx.post(url, json=PROMPT, headers=KEY, timeout=60)
    assert reply.json()["result"] is True
    assert process.poll() is None
    entries = httpx.get(f"{process.address}/_mock/journal", timeout=60).text.splitlines()
    assert not any(json.loads(line).get("status") == 500 for line in entries)
