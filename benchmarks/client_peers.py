"""The client compared with fal-client, replicate, openai and runwayml: a status call, waiting, a crowd.

    python benchmarks/client_peers.py [--crowd 1000]

Each talks to a local server that speaks its own task API. A status call is counted in CPU time of the
client's process, so that neither the server nor the rest of the machine is in it. For the waiting,
the peers' `time.sleep` moves a virtual clock that the server shares. The crowd is many tasks of ten
seconds at once in one asyncio process, in real time, each with its own client's defaults.
"""

import argparse
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import client_waiting
from client_import import PACKAGES
from measuring import ROOT, describe_machine, environment, show
from peers import environment as peer_environment
from peers import versions

PEERS = ("fal-client", "replicate", "openai", "runwayml")

_PROBE = str(ROOT / "benchmarks" / "peer_probe.py")
_SERVER = str(ROOT / "benchmarks" / "peer_server.py")
_CROWD = str(ROOT / "benchmarks" / "peer_crowd.py")
_TIMEOUT = 120
"""Seconds after which a crowd is given up."""


def measure_overhead(python: str) -> list[tuple[object, ...]]:
    with _served(python) as address:
        measured = _probe(python, "overhead", address)
    return [
        (name, f"{timing['seconds'] * 1e6:.0f}", f"{timing['ratio']:.2f}")
        for name, timing in measured.items()
    ]


def measure_waiting(python: str) -> list[tuple[object, ...]]:
    lengths = [
        length + part for length in client_waiting.LENGTHS for part in client_waiting.FRACTIONS
    ]
    measured = _probe(python, "waiting", *map(str, lengths))
    rows: list[tuple[object, ...]] = []
    for name in PEERS:
        columns: list[str] = []
        for length in client_waiting.LENGTHS:
            runs = [measured[f"{name} {length + part:g}"] for part in client_waiting.FRACTIONS]
            columns += client_waiting.summarize(runs)
        rows.append((name, *columns))
    return rows


def measure_crowd(python: str, name: str, count: int) -> tuple[object, ...]:
    command = [python, "-W", "ignore", _CROWD, name]
    with _served(python, "10") as address:
        try:
            done = subprocess.run(
                [*command, address, str(count)],
                check=True,
                stdout=subprocess.PIPE,
                text=True,
                env=environment(),
                timeout=_TIMEOUT,
            )
        except subprocess.TimeoutExpired:
            return (name, f"> {_TIMEOUT}", "", "", "")
        except subprocess.CalledProcessError as broken:
            return (name, f"ended with {broken.returncode}", "", "", "")
    measured = json.loads(done.stdout)
    return (
        name,
        f"{measured['wall']:.1f}",
        f"{measured['cpu']:.1f}",
        f"{measured['kib']:.0f}",
        measured["failed"],
    )


@contextmanager
def _served(python: str, *arguments: str) -> Iterator[str]:
    with subprocess.Popen(
        [python, _SERVER, *arguments], stdout=subprocess.PIPE, text=True, env=environment()
    ) as server:
        try:
            yield server.stdout.readline().strip() if server.stdout else ""
        finally:
            server.terminate()


def _probe(python: str, *arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [python, "-W", "ignore", _PROBE, *arguments],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    return json.loads(done.stdout)


def main(crowd: int = 1000) -> None:
    python = str(peer_environment(*PACKAGES))
    print(f"\nPeers: {versions(Path(python), *PACKAGES)}")
    title = "One status call over a real connection, CPU time of the client"
    show(title, ("who", "µs", "times bare httpx"), measure_overhead(python))
    waiting = [*client_waiting.rows(), *measure_waiting(python)]
    title = "Status calls (mean), and seconds from a task's end to its notice (worst)"
    show(f"{title}; budget at 180 s < 10, < 1 s", client_waiting.HEADINGS, waiting)
    headings = ("who", "wall s", "CPU s", "KiB a task (budget ≤ 16)", "failed")
    crowds = [measure_crowd(python, name, crowd) for name in ("wiro", *PEERS)]
    show(f"{crowd} tasks of 10 s at once in one asyncio process", headings, crowds)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="The client compared with its peers.")
    parser.add_argument("--crowd", type=int, default=1000, help="tasks at once")
    given = parser.parse_args()
    print(describe_machine())
    main(given.crowd)
