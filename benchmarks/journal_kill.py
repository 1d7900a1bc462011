"""Kills programs that run models, at random moments, and counts what was paid twice or lost.

journal_kill.py [--keys 200] [--kills 100] [--seed 1] [--postgres URL] [--only naive,journal,two,three]

Each engine does the same keyed runs against `wiromock serve` and is killed (SIGKILL) at the same moments
after it has begun to work, between Run and its answer too: the mock holds answers back. It is started again
until all is done, and then once more, which must send nothing.
"""

import argparse
import collections
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from measuring import describe_machine

WORKER = Path(__file__).with_name("journal_worker.py")
LIFE = 0.8
"""Seconds between two kills at most."""
PACE = dict.fromkeys(
    ("queue", "accept", "preprocess", "prepared", "assign", "ended", "postprocess"), 0.05
)
SCENARIOS = {
    "scenarios": [
        {
            "on": "pruna/vace",
            "then": [{"scenario": "success", "duration": 0.2, "outputs": [], "pace": PACE}],
            "after": "repeat",
        },
        {
            "on_call": "Run",
            "then": [{"scenario": "pass_through", "latency": 0.15}],
            "after": "repeat",
        },
    ]
}


@dataclass(frozen=True)
class Outcome:
    """What one engine came to."""

    name: str
    kills: int
    requests: int
    started: int
    billed: int
    twice: int
    """Keys that were paid more than once."""
    lost: int
    """Keys that were never paid."""
    further: int
    """Runs that a further start sends."""
    seconds: float


@contextlib.contextmanager
def mock() -> Generator[str]:
    """A mock of its own, and its address."""
    command = [Path(sys.executable).with_name("wiromock"), "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            address = next(word for word in line.split() if word.startswith("http://")).rstrip(".,")
            call(f"{address}/_mock/scenarios", SCENARIOS, method="PUT")
            # The mock's time begins at a moment of its own; the real platform's clock agrees with ours.
            behind = time.time() - call(f"{address}/_mock/clock")["now"]
            call(f"{address}/_mock/clock", {"advance": behind})
            yield address
        finally:
            process.terminate()


def call(url: str, body: Any = None, method: str | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    headers = {"content-type": "application/json", "x-api-key": "key"}
    request = urllib.request.Request(url, data, headers, method=method)  # noqa: S310 - our own mock
    with urllib.request.urlopen(request, timeout=60) as reply:  # noqa: S310 - as above
        return json.load(reply)


def tasks(address: str) -> list[dict[str, Any]]:
    """Every task of the project."""
    found: dict[str, dict[str, Any]] = {}
    start = 0
    while True:
        body = {"type": "model", "sort": "id", "order": "DESC", "start": str(start), "limit": "100"}
        page = call(f"{address}/v1/Task/List", body)["tasklist"]
        if not page:
            return list(found.values())
        found.update({task["id"]: task for task in page})
        start += len(page)


def start(engine: str, place: str, keys: int, address: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "WIRO_API_KEY": "key", "WIRO_BASE_URL": f"{address}/v1"}
    command = [sys.executable, str(WORKER), engine, place, str(keys)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def begin(engine: str, place: str, keys: int, address: str) -> subprocess.Popen[str]:
    """Start one and wait until it is at work: a process that dies while it imports proves nothing."""
    worker = start(engine, place, keys, address)
    if worker.stdout is not None:
        worker.stdout.readline()
    return worker


def is_done(worker: subprocess.Popen[str]) -> bool:
    """Whether it ended by itself; what it says of failures is passed on."""
    code = worker.poll()
    if code is not None and code not in (0, -signal.SIGKILL):
        raise SystemExit(f"a worker failed with exit status {code}")
    return code == 0


def torment(  # noqa: PLR0917 - what one trial is
    name: str,
    engine: str,
    place: str,
    keys: int,
    kills: int,
    seed: int,
    processes: int,
    victims: int,
) -> Outcome:
    """Start, kill, start again, until all is done; then look at the bill.

    Args:
        name: What the row is called.
        engine: What the worker does.
        place: Where it keeps what is done.
        keys: How many runs.
        kills: How many times at most.
        seed: Decides the moments.
        processes: How many at once.
        victims: How many of them are killed again and again.
    """
    dice = random.Random(seed)  # noqa: S311 - moments, no secrets
    began, killed = time.monotonic(), 0
    with mock() as address:
        workers = [begin(engine, place, keys, address) for _ in range(processes)]
        while not all(map(is_done, workers)):
            time.sleep(dice.uniform(0.0, LIFE))
            victim = dice.randrange(victims)
            if killed < kills and not is_done(workers[victim]):
                workers[victim].send_signal(signal.SIGKILL)
                workers[victim].wait()
                killed += 1
                workers[victim] = begin(engine, place, keys, address)
        time.sleep(1.0)
        listed = tasks(address)
        last = start(engine, place, keys, address)
        last.wait()
        is_done(last)
        further = len(tasks(address)) - len(listed)
        ledger = call(f"{address}/_mock/ledger")
    paid = collections.Counter(
        task["parameters"]["prompt"]
        for task in listed
        if task["status"] == "task_postprocess_end" and task["pexit"] == "0"
    )
    return Outcome(
        name,
        killed,
        keys,
        len(listed),
        ledger["billed"],
        sum(count > 1 for count in paid.values()),
        keys - len(paid),
        further,
        time.monotonic() - began,
    )


def show(outcomes: Sequence[Outcome]) -> None:
    print(describe_machine())
    print()
    print(
        "| engine | killed | runs asked for | tasks | billed | paid twice | lost | a further start sends | s |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for row in outcomes:
        print(
            f"| {row.name} | {row.kills} | {row.requests} | {row.started} | {row.billed} | {row.twice} "
            f"| {row.lost} | {row.further} | {row.seconds:.0f} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=200)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--postgres", help="a database for three workers; they are left out without"
    )
    parser.add_argument("--only", default="naive,journal,two,three")
    chosen = parser.parse_args()
    wanted = chosen.only.split(",")
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory() as folder:
        trials: list[tuple[str, str, str, str, int, int]] = [
            ("naive", "a file of what is done", "naive", f"{folder}/done.txt", 1, 1),
            ("journal", "the journal on SQLite", "journal", f"{folder}/one.sqlite", 1, 1),
            (
                "two",
                "the journal on SQLite, two processes",
                "journal",
                f"{folder}/two.sqlite",
                2,
                2,
            ),
        ]
        if chosen.postgres:
            name = "the journal on PostgreSQL, three workers, one of them killed"
            trials.append(("three", name, "journal", chosen.postgres, 3, 1))
        for word, name, engine, place, processes, victims in trials:
            if word in wanted:
                trial = (engine, place, chosen.keys, chosen.kills, chosen.seed)
                outcomes.append(torment(name, *trial, processes, victims))
                show(outcomes[-1:])
    show(outcomes)


if __name__ == "__main__":
    main()
