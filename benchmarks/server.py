"""The mock server against a constant application on the same server, and against Prism.

    python benchmarks/server.py [throughput] [start] [prism]

Throughput wants `wrk` (Debian: apt-get install wrk); Prism wants `npm`, and installs it into a folder of
its own. What is missing is left out and said.
"""

import argparse
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from measuring import ROOT, describe_machine, environment

CONSTANT = """
import sys, uvicorn
sys.path[:0] = ["{root}"]
BODY = {body!r}
HEAD = {{"type": "http.response.start", "status": 200, "headers": [
    (b"content-type", b"application/json"), (b"content-length", str(len(BODY)).encode())]}}
async def app(scope, receive, send):
    while (await receive()).get("more_body"):
        pass
    await send(HEAD)
    await send({{"type": "http.response.body", "body": BODY}})
uvicorn.run(app, port={port}, http="httptools", loop="asyncio", log_level="error", access_log=False, lifespan="off",
            proxy_headers=False, server_header=False)
"""

POST = """
wrk.method = "POST"
wrk.body = '{body}'
wrk.headers["content-type"] = "application/json"
wrk.headers["x-api-key"] = "any"
"""

SERVE = "import sys; from wiromock.cli import main; sys.exit(main())"
PORT, OTHER = 18_431, 18_432
SECONDS = 4
RUN = {"prompt": "a deer in snow"}


@contextmanager
def running(*command: str, address: str, cwd: Path | None = None) -> Iterator[tuple[int, float]]:
    """Start a server; gives its process id and the seconds until it answered."""
    began = time.perf_counter()
    process = subprocess.Popen(command, env=environment(), cwd=cwd, stdout=subprocess.DEVNULL)
    try:
        while True:
            try:
                httpx.get(address, timeout=1, trust_env=False)
            except httpx.TransportError:
                time.sleep(0.005)
                if time.perf_counter() - began > 60:
                    raise
            else:
                break
        yield process.pid, time.perf_counter() - began
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def mock(port: int, *options: str) -> tuple[str, ...]:
    return (sys.executable, "-c", SERVE, "serve", "--port", str(port), *options)


def post(address: str, body: dict[str, object]) -> dict[str, object]:
    reply = httpx.post(address, json=body, headers={"x-api-key": "any"}, trust_env=False)
    return reply.json()


def load(address: str, body: dict[str, object], seconds: int = SECONDS) -> float:
    """Requests a second."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(POST.format(body=json.dumps(body)))
        script.flush()
        command = ["wrk", "-t1", "-c32", f"-d{seconds}s", "-s", script.name, address]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said:
        raise RuntimeError(said)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])


def resident(process: int) -> float:
    """MiB of a process, where the system reports it."""
    status = Path(f"/proc/{process}/status")
    return int(re.search(r"VmRSS:\s+(\d+)", status.read_text())[1]) / 1024 if status.exists() else 0


def spent(process: int) -> float:
    """Seconds of processor time that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(process: int, address: str, body: dict[str, object]) -> tuple[float, float]:
    """Requests a second, and microseconds of the server's processor time for one."""
    before = spent(process)
    rate = load(address, body)
    return rate, (spent(process) - before) / (rate * SECONDS) * 1e6


def throughput() -> None:
    if shutil.which("wrk") is None or not Path("/proc/self/stat").exists():
        print("Throughput is left out: it wants wrk, and Linux.")
        return
    here, there = f"http://127.0.0.1:{PORT}", f"http://127.0.0.1:{OTHER}"
    with running(*mock(PORT, "--speed", "0"), address=here) as (process, _):
        task = {"taskid": post(f"{here}/v1/Run/pruna/vace", RUN)["taskid"]}
        detail = json.dumps(post(f"{here}/v1/Task/Detail", task)).encode()
        source = CONSTANT.format(root=ROOT, body=detail, port=OTHER)
        with running(sys.executable, "-c", source, address=there) as (constant, _):
            rounds = [  # in turns, because machines are busy
                (measure(constant, there, task), measure(process, f"{here}/v1/Task/Detail", task))
                for _ in range(5)
            ]
        runs = measure(process, f"{here}/v1/Run/pruna/vace", RUN)
        grown = resident(process)
    base, ours = (
        tuple(map(statistics.median, zip(*turns, strict=True)))
        for turns in zip(*rounds, strict=True)
    )
    print(
        "| one process, 32 connections | requests per second | processor time for one | share | budget |"
    )
    print("|---|---|---|---|---|")
    print(
        f"| constant raw ASGI application, the same bytes | {base[0]:,.0f} | {base[1]:.0f} µs | 100 % | |"
    )
    print(
        f"| Task/Detail | {ours[0]:,.0f} | {ours[1]:.0f} µs | {100 * base[1] / ours[1]:.0f} % | 60 % |"
    )
    print(
        f"| Run, which makes a task | {runs[0]:,.0f} | {runs[1]:.0f} µs | {100 * base[1] / runs[1]:.0f} % | |"
    )
    print(f"\nThe share is that of processor time. Memory after all of it: {grown:.0f} MiB.\n")


def start() -> None:
    here = f"http://127.0.0.1:{PORT}"
    times, sizes = [], []
    for _ in range(7):
        with running(*mock(PORT), address=f"{here}/_mock/clock") as (process, seconds):
            times.append(seconds)
            sizes.append(resident(process))
    source = CONSTANT.format(root=ROOT, body=b"{}", port=PORT)
    bare = []
    for _ in range(7):
        with running(sys.executable, "-c", source, address=here) as (_, seconds):
            bare.append(seconds)
    print(
        "| start until the first answer | seconds, best and median of 7 | memory | budget |\n|---|---|---|---|"
    )
    print(
        f"| wiromock serve | {min(times):.2f}, {sorted(times)[3]:.2f} | {min(sizes):.0f} MiB | 0.3 |"
    )
    print(f"| constant raw ASGI application | {min(bare):.2f}, {sorted(bare)[3]:.2f} | | |\n")


def prism() -> None:
    if shutil.which("npm") is None or shutil.which("wrk") is None:
        print("Prism is left out: it wants npm and wrk.")
        return
    here, there = f"http://127.0.0.1:{PORT}", f"http://127.0.0.1:{OTHER}"
    with (
        tempfile.TemporaryDirectory() as folder,
        running(*mock(PORT, "--speed", "0"), address=here),
    ):
        place = Path(folder)
        document = httpx.get(f"{here}/openapi.json").json()
        kept = ("/Run/pruna/vace", "/Task/Detail")
        document["paths"] = {path: document["paths"][path] for path in kept}
        (place / "openapi.json").write_text(json.dumps(document))
        npm = ["npm", "install", "--silent", "--no-audit", "--no-fund", "@stoplight/prism-cli"]
        if subprocess.run(npm, cwd=place, capture_output=True, check=False).returncode:
            print("Prism is left out: npm could not install it.")
            return
        program = place / "node_modules/@stoplight/prism-cli/dist/index.js"
        options = ("mock", "-p", str(OTHER), "-v", "silent", "openapi.json")
        command = ("node", str(program), *options)
        with running(*command, address=there, cwd=place) as (process, seconds):
            task = {"taskid": post(f"{here}/v1/Run/pruna/vace", RUN)["taskid"]}
            load(f"{there}/Task/Detail", task, 2)
            rates = [
                (load(f"{there}/Task/Detail", task), load(f"{here}/v1/Task/Detail", task))
                for _ in range(3)
            ]
            other, ours = sorted(rates)[1]
            print(
                "| the same OpenAPI document, Task/Detail | requests per second | start | memory |\n|---|---|---|---|"
            )
            print(
                f"| Prism, which repeats an example | {other:,.0f} | {seconds:.2f} s | {resident(process):.0f} MiB |"
            )
            print(f"| wiromock, which remembers the task | {ours:,.0f} | | |\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=["start", "throughput", "prism"])
    print(f"{describe_machine()}; load {os.getloadavg()[0]:.1f}\n")
    for part in parser.parse_args().parts:
        {"start": start, "throughput": throughput, "prism": prism}[part]()


if __name__ == "__main__":
    main()
