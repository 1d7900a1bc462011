"""Thousands of runs through `client.map()` on an account that may run five at a time.

journal_map.py [--jobs 5000]

The mock plays the platform in virtual time: three in a hundred tasks fail, one Run in twenty is refused
out of the blue (code 96). Memory is what the client's own modules hold, by tracemalloc.
"""

import argparse
import asyncio
import random
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from measuring import describe_machine

import wiro_runtime
from wiro import AsyncWiro, MapResult
from wiro.models.pruna import Vace
from wiromock import Fails, MockWiro, Refused, Success

OURS = tracemalloc.Filter(True, str(Path(wiro_runtime.__file__).parent / "*"))


def held() -> int:
    """Bytes that the client's modules hold."""
    snapshot = tracemalloc.take_snapshot().filter_traces([OURS])
    return sum(trace.size for trace in snapshot.traces)


def script(jobs: int) -> Iterator[Success | Fails | Refused]:
    dice = random.Random(1)  # noqa: S311 - a script, no secret
    success = Success(cost="0.000001", outputs=())
    for _ in range(2 * jobs):
        lot = dice.random()
        yield Refused(96) if lot < 0.05 else Fails() if lot < 0.08 else success


async def run(jobs: int, wiro: MockWiro) -> tuple[Counter[str], int, int, int]:
    most, early, late = 0, 0, 0
    ends: Counter[str] = Counter()
    seen: set[int] = set()

    def look(_: object) -> None:
        nonlocal most
        most = max(most, wiro.ledger.running)

    async with AsyncWiro("key") as client:
        requests = (Vace(prompt=f"{number} deer") for number in range(jobs))
        item: MapResult[object]
        async for item in client.map(requests, on_progress=look):
            ends["succeeded" if item.error is None else type(item.error).__name__] += 1
            seen.add(item.index)
            if len(seen) == jobs // 5:
                early = held()
        late = held()
    if seen != set(range(jobs)):
        raise SystemExit(f"{jobs - len(seen)} jobs are not accounted for")
    return ends, most, early, late


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=5000)
    jobs = parser.parse_args().jobs
    began = time.monotonic()
    with MockWiro(balance=50) as wiro:
        wiro.on("pruna/vace").then(*script(jobs), after="pass_through")
        tracemalloc.start()
        ends, most, early, late = asyncio.run(run(jobs, wiro))
        billed = wiro.ledger.billed
    print(describe_machine())
    print()
    print(
        "| jobs | ended | billed | most at a time | held by the client after a fifth, at the end | s |"
    )
    print("|---|---|---|---|---|---|")
    counts = ", ".join(f"{count} {name}" for name, count in ends.most_common())
    print(
        f"| {jobs} | {counts} | {billed} | {most} | {early / 1024:.0f} KiB, {late / 1024:.0f} KiB "
        f"| {time.monotonic() - began:.0f} |"
    )


if __name__ == "__main__":
    main()
