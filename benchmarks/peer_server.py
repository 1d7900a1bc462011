"""A local server that speaks the task APIs of the peers, and Wiro's: just enough of each.

    python benchmarks/peer_server.py [SECONDS]    # prints its address; tasks run so long, or for ever

A task runs for a set time on a clock that the caller may own, so that waiting costs no time. Every
exchange takes a moment of that clock, as it would over a network.
"""

import asyncio
import json
import re
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self, cast

__all__ = ["PeerServer", "Platform", "VirtualTime"]

_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)


class VirtualTime:
    """A clock that sleepers move."""

    def __init__(self) -> None:
        self._moment = 1_700_000_000.0
        self._lock = threading.Lock()

    def time(self) -> float:
        """Unix seconds."""
        return self._moment

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        with self._lock:
            self._moment += max(0.0, seconds)


@dataclass
class Run:
    """What happened to the last task."""

    started: float = 0.0
    looks: int = 0
    """How often its status was asked for."""


@dataclass
class Platform:
    """The state behind the server."""

    clock: Callable[[], float] = time.time
    pause: Callable[[float], None] = lambda _: None
    """Passes the time of an exchange."""
    seconds: float = float("inf")
    """How long tasks run."""
    exchange: float = 0.0
    """Seconds that an exchange takes."""
    run: Run = field(default_factory=Run)

    def answer(self, method: str, path: str, address: str) -> dict[str, Any]:
        """Answer one request, in the manner of the API that its path names."""
        self.pause(self.exchange)
        if method == "POST" and not path.endswith("/Task/Detail"):
            self.run = Run(started=self.clock())
        else:
            self.run.looks += 1
        over = self.clock() >= self.run.started + self.seconds
        made = "2026-01-01T00:00:00.000Z"
        match path.strip("/").split("/"):
            case ["fal", *rest]:
                base = f"{address}/fal/owner/model/requests/1"
                urls = {"response_url": base, "status_url": f"{base}/status", "cancel_url": base}
                status = {"status": "COMPLETED" if over else "IN_PROGRESS", "logs": None}
                return {"request_id": "1", **urls, **(status if rest[-1] == "status" else {})}
            case ["replicate", *_]:
                return {
                    "id": "1", "version": "1", "status": "succeeded" if over else "processing", "model": "owner/name",
                    "input": {}, "output": None, "logs": "", "error": None, "metrics": {}, "created_at": made,
                    "urls": {"get": f"{address}/replicate/v1/predictions/1", "cancel": address},
                }  # fmt: skip
            case ["openai", *_]:
                return {
                    "id": "1", "object": "video", "created_at": 1, "model": "sora-2", "progress": 0, "seconds": "4",
                    "size": "720x1280", "status": "completed" if over else "in_progress",
                }  # fmt: skip
            case ["runway", *_]:
                over_fields = (
                    {"output": [address], "cost": {"credits": 1}} if over else {"progress": 0.5}
                )
                return {"id": "1", "createdAt": made, "status": "SUCCEEDED" if over else "RUNNING", **over_fields}  # fmt: skip
            case [*_, "Task", "Detail"]:
                return {
                    "result": True,
                    "errors": [],
                    "total": "1",
                    "tasklist": [_wiro_task(over=over)],
                }
            case _:
                return {"result": True, "errors": [], "taskid": "1", "socketaccesstoken": "made-up"}


def _wiro_task(*, over: bool) -> dict[str, Any]:
    return {
        "id": "1", "socketaccesstoken": "made-up", "status": "task_postprocess_end" if over else "task_start",
        "pexit": "0" if over else None, "createtime": "1734513807", "starttime": "1734513809", "endtime": "0",
        "elapsedseconds": "0", "totalcost": None, "outputs": [], "debugoutput": "", "debugerror": "",
    }  # fmt: skip


class PeerServer:
    """Serves a `Platform` from an event loop in a thread of its own; a context manager."""

    def __init__(self, platform: Platform | None = None) -> None:
        self.platform = platform or Platform()
        self.address = ""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        opening = self._loop.create_server(lambda: _Connection(self), "127.0.0.1", 0, backlog=2000)
        listening = asyncio.run_coroutine_threadsafe(opening, self._loop).result()
        self.address = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()


class _Connection(asyncio.Protocol):
    """As much of HTTP/1.1 as these clients use: short requests of known length, one after another."""

    def __init__(self, server: PeerServer) -> None:
        self._server = server
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, rest = self._received.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if end and len(rest) >= (int(length[1]) if length else 0):
            self._received = b""
            method, target, _ = head.decode("latin-1").split(" ", 2)
            path = target.partition("?")[0]
            body = json.dumps(self._server.platform.answer(method, path, self._server.address))
            self._transport.write(
                b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s"
                % (len(body), body.encode())
            )


if __name__ == "__main__":
    ends = float(sys.argv[1]) if len(sys.argv) > 1 else float("inf")
    with PeerServer(Platform(seconds=ends)) as server:
        print(server.address, flush=True)
        threading.Event().wait()
