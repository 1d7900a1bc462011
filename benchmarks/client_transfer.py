# ruff: noqa: PLC0415 - what is not measured is not imported
"""Whether memory stays flat while a large file goes up, and while it comes down.

    python benchmarks/client_transfer.py [--megabytes 300]

Each way is a fresh interpreter, against a server in another; the result is by how much the peak of
its memory grew. Bare httpx, the file read into memory, is measured as well.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from measuring import describe_machine, environment, peak_resident, resident, show

_CHUNK = bytes(1 << 20)


class _Server(ThreadingHTTPServer):
    size = 0


class _Handler(BaseHTTPRequestHandler):
    """Takes any upload, and hands out a task whose output is a file of the asked size."""

    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        left = int(self.headers.get("content-length", 0))
        while left:
            left -= len(self.rfile.read(min(left, 1 << 18)))
        address = f"http://127.0.0.1:{self.server.server_port}"
        item = {"name": "0.mp4", "contenttype": "video/mp4", "size": str(self.server.size), "url": f"{address}/0.mp4"}  # fmt: skip
        task = {"id": "1", "status": "task_postprocess_end", "pexit": "0", "outputs": [item]}
        body = json.dumps(
            {"result": True, "errors": [], "taskid": "1", "tasklist": [task], "list": [item]}
        ).encode()
        self._head("application/json", len(body))
        self.wfile.write(body)

    def do_GET(self) -> None:
        self._head("video/mp4", self.server.size)
        for _ in range(self.server.size >> 20):
            self.wfile.write(_CHUNK)

    def _head(self, kind: str, length: int) -> None:
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(length))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def serve(megabytes: int) -> None:
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.size = megabytes << 20
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(f"http://127.0.0.1:{server.server_port}", flush=True)
        sys.stdin.read()


def wiro(way: str, address: str, folder: str) -> Callable[[], object]:
    from wiro import Wiro
    from wiro.models.pruna import Vace
    from wiro_runtime.request import file

    # The platform takes 100 MiB at most, and the client says so before it sends; not here.
    file.MAX_UPLOAD_BYTES = 1 << 40
    client = Wiro(api_key="made-up", base_url=f"{address}/v1", deadline=None)
    small = Path(folder, "small.mp4")
    small.write_bytes(b"small")
    client.files.upload(small)
    result = client.attach(Vace, id="1").result()
    if way == "up":
        return lambda: client.files.upload(Path(folder, "large.mp4"))
    return lambda: result.outputs.save(Path(folder, "out"))


def wiro_async(way: str, address: str, folder: str) -> Callable[[], object]:
    import asyncio

    from wiro import AsyncWiro
    from wiro.models.pruna import Vace

    async def move() -> None:
        async with AsyncWiro(api_key="made-up", base_url=f"{address}/v1", deadline=None) as client:
            result = await (await client.attach(Vace, id="1")).result()
            if way == "up":
                await client.files.upload(Path(folder, "large.mp4"))
            else:
                await result.outputs.save(Path(folder, "out"))

    wiro("up", address, folder)  # loads what an exchange loads
    return lambda: asyncio.run(move())


def bare(way: str, address: str, folder: str) -> Callable[[], object]:
    import httpx

    http = httpx.Client(timeout=60)
    http.post(f"{address}/v1/Task/Detail")
    if way == "up":
        return lambda: http.post(
            f"{address}/v1/File/Upload",
            files={"file": ("large.mp4", Path(folder, "large.mp4").read_bytes())},
        )
    return lambda: Path(folder, "0.mp4").write_bytes(http.get(f"{address}/0.mp4").content)


def probe(who: str, way: str, address: str, folder: str) -> None:
    move = {"bare": bare, "wiro": wiro, "async": wiro_async}[who](way, address, folder)
    before, began = resident(), time.perf_counter()
    move()
    print((peak_resident() - before) / 1024, time.perf_counter() - began)


def main(megabytes: int = 300) -> None:
    rows: list[tuple[object, ...]] = []
    names = {
        "wiro": "wiro",
        "async": "wiro, async",
        "bare": "bare httpx, the file in memory",
    }
    for who, name in names.items():
        for way in ("up", "down"):
            grown, took = _measure(who, way, megabytes)
            rows.append((f"{megabytes} MB {way}", name, f"{grown:.1f}", f"{took:.1f}"))
    headings = ("what", "who", "peak memory grew by, MiB", "s")
    show("Large files (budget: 300 MB in less than 5 MB)", headings, rows)


def _measure(who: str, way: str, megabytes: int) -> tuple[float, float]:
    this = [sys.executable, __file__]
    with (
        tempfile.TemporaryDirectory(prefix="transfer-") as folder,
        subprocess.Popen(
            [*this, "--serve", str(megabytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment(),
        ) as server,
    ):
        with Path(folder, "large.mp4").open("wb") as file:
            file.truncate(megabytes << 20)
        address = server.stdout.readline().strip() if server.stdout else ""
        done = subprocess.run(
            [*this, "--probe", who, way, address, folder],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            env=environment(),
        )
        server.communicate("")
        grown, took = map(float, done.stdout.split())
        return grown, took


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Large files in little memory.")
    parser.add_argument("--megabytes", type=int, default=300)
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--probe", nargs=4, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve is not None:
        serve(given.serve)
    elif given.probe:
        probe(*given.probe)
    else:
        print(describe_machine())
        main(given.megabytes)
