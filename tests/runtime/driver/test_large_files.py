"""300 MB up and 300 MB down, in a process of its own that measures its memory."""

import contextlib
import json
import subprocess
import sys

import pytest

from runtime.local_server import Handler, serve

SIZE = 300 * 1024 * 1024
MOST = 20 * 1024 * 1024
"""Bytes by which a process may grow."""

PROGRAM = """
import asyncio, json, sys
from pathlib import Path

from wiro_runtime import AsyncClient, Client
from wiro_runtime.request import file
from wiro_runtime.client.outputs import AsyncOutputs, Outputs
from wiro_runtime.task.snapshot import TaskSnapshot

kind, url, folder, size = sys.argv[1:]
file.MAX_UPLOAD_BYTES = int(size)
big = Path(folder) / "big.mp4"
with big.open("wb") as opened:
    opened.truncate(int(size))

def finished(size):
    output = {"name": "0.mp4", "url": f"{url}/0.mp4?{size}", "size": str(size)}
    return TaskSnapshot.from_wire({"id": "1", "outputs": [output]})

def peak():
    # Not getrusage(): what that says may be the peak of the process that started this one.
    status = Path("/proc/self/status").read_text()
    return 1024 * int(status.partition("VmHWM:")[2].split()[0])

def blocking():
    with Client("key", base_url=f"{url}/v1") as client:
        yield
        client.files.upload(("a.mp4", b"small"))
        Outputs(finished(5), client._driver.perform).save(folder)
        yield
        client.files.upload(big)
        yield
        Outputs(finished(int(size)), client._driver.perform).save(folder)
        yield

async def awaited(peaks):
    async with AsyncClient("key", base_url=f"{url}/v1") as client:
        await client.files.upload(("a.mp4", b"small"))
        await AsyncOutputs(finished(5), client._driver.perform).save(folder)
        peaks.append(peak())
        await client.files.upload(big)
        peaks.append(peak())
        await AsyncOutputs(finished(int(size)), client._driver.perform).save(folder)
        peaks.append(peak())

peaks = []
if kind == "sync":
    peaks = [peak() for _ in blocking()][1:]
else:
    asyncio.run(awaited(peaks))
print(json.dumps(peaks))
"""


class Bulk(Handler):
    def do_POST(self) -> None:  # noqa: N802 - http.server asks for it by this name
        left = int(self.headers["content-length"])
        self.server.received = left
        while left:
            left -= len(self.rfile.read(min(left, 1 << 20)))
        self.json({"result": True, "list": [{"id": "1", "url": "https://file/1"}]})

    def do_GET(self) -> None:  # noqa: N802 - as above
        size = int(self.path.partition("?")[2])
        self.raw(b"", length=size)
        with contextlib.suppress(OSError):
            for _ in range(size // (1 << 20)):
                self.wfile.write(bytes(1 << 20))
            self.wfile.write(bytes(size % (1 << 20)))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads its peak from /proc")
@pytest.mark.parametrize("kind", ["sync", "async"])
def test_memory_stays_flat_however_large_a_file_is(kind, tmp_path):
    with serve(lambda _: None) as server:
        server.RequestHandlerClass = Bulk
        command = [sys.executable, "-c", PROGRAM, kind, server.url, str(tmp_path), str(SIZE)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    before, uploaded, saved = json.loads(done.stdout)
    assert server.received > SIZE
    assert {path.stat().st_size for path in tmp_path.iterdir()} == {5, SIZE}
    assert uploaded - before < MOST
    assert saved - before < MOST
    growth = [round(size / 2**20, 1) for size in (uploaded - before, saved - before)]
    print(f"{kind}: grew by {growth} MiB up and down")
