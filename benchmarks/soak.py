"""The soak: many tasks and many open connections on one `wiromock serve`, and what memory does meanwhile.

    python benchmarks/soak.py [tasks] [connections]

By default 50,000 tasks and 5,000 connections (WebSockets that wait for a task to move). Linux: memory is
read from /proc. Open files are raised to what the system allows; fewer connections are made if that is
less, and said.
"""

import asyncio
import json
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
from measuring import describe_machine, environment
from server import spent
from websockets.asyncio.client import connect

SERVE = "import sys; from wiromock.cli import main; sys.exit(main())"
AT_ONCE = 32
SPARE_FILES = 200


def raise_limit(wanted: int) -> int:
    """Raise the limit of open files, for this process and the server; gives the connections that fit."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = hard if hard != resource.RLIM_INFINITY else wanted + SPARE_FILES
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
    return min(wanted, limit - SPARE_FILES)


def megabytes(process: int) -> float:
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


async def run_tasks(http: httpx.AsyncClient, process: int, number: int) -> None:
    """Make tasks with distinct prompts, push them to their ends, and look at each."""
    turns = iter(range(number))

    async def work() -> None:
        for turn in turns:
            run = (await http.post("/v1/Run/pruna/vace", json={"prompt": f"deer {turn}"})).json()
            await http.post("/v1/Task/Detail", json={"taskid": run["taskid"]})

    began, step = time.perf_counter(), max(1, number // 10)
    for done in range(step, number + 1, step):
        turns = iter(range(done - step, done))
        await asyncio.gather(*(work() for _ in range(AT_ONCE)))
        await http.post("/_mock/clock", json={"until_all_is_over": True})
        seconds = time.perf_counter() - began
        print(f"| {done:>7} | {megabytes(process):7.1f} | {2 * done / seconds:7.0f} |")


async def hold(address: str, token: str, number: int) -> list[object]:
    """Open sockets that all follow one task."""
    gate = asyncio.Semaphore(100)

    async def open_one() -> object:
        async with gate:
            socket = await connect(address, compression=None, open_timeout=60)
            await socket.send(json.dumps({"type": "task_info", "tasktoken": token}))
            await socket.recv()
            return socket

    return await asyncio.gather(*(open_one() for _ in range(number)))


async def hold_connections(
    http: httpx.AsyncClient, address: str, process: int, number: int
) -> None:
    run = (await http.post("/v1/Run/pruna/vace", json={"prompt": "watched by many"})).json()
    before, began, worked = megabytes(process), time.perf_counter(), spent(process)
    sockets = await hold(f"ws{address.removeprefix('http')}/v1", run["socketaccesstoken"], number)
    opened, held = time.perf_counter() - began, megabytes(process)
    opening = spent(process) - worked
    began, worked = time.perf_counter(), spent(process)
    await http.post("/_mock/clock", json={"until_all_is_over": True})

    async def drain(socket: object) -> int:
        return sum([1 async for _ in socket])  # type: ignore[attr-defined] # a connection

    frames = sum(await asyncio.gather(*map(drain, sockets)))
    elapsed, worked_for = time.perf_counter() - began, spent(process) - worked
    print(
        f"\n{number} sockets: opened in {opened:.1f} s, of which the server works {opening:.1f} s; "
        f"{(held - before) * 1024 / number:.1f} KiB each;"
    )
    print(
        f"{frames} frames to all in {elapsed:.1f} s ({frames / elapsed:,.0f} a second), of which the server works "
        f"{worked_for:.1f} s; {megabytes(process):.1f} MB once they are closed"
    )


async def measure(address: str, process: int, tasks: int, connections: int) -> None:
    limits = httpx.Limits(max_connections=AT_ONCE)
    async with httpx.AsyncClient(
        base_url=address, headers={"x-api-key": "any"}, timeout=120, limits=limits
    ) as http:
        await run_tasks(http, process, tasks)
        await hold_connections(http, address, process, connections)


def main(tasks: int, connections: int) -> None:
    fitting = raise_limit(connections)
    if fitting < connections:
        print(f"this system allows {fitting} connections, not {connections}")
    command = [sys.executable, "-c", SERVE, "serve", "--port", "0", "--speed", "0"]
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True) as server:
        try:
            ready = "" if server.stdout is None else server.stdout.readline()
            print(describe_machine())
            print("\n|   tasks |      MB | calls/s |\n|--------:|--------:|--------:|")
            asyncio.run(measure(ready.split()[-1], server.pid, tasks, fitting))
        finally:
            server.send_signal(signal.SIGTERM)


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:3]]
    tasks, connections = [*given, *(50_000, 5_000)[len(given) :]]
    main(tasks, connections)
