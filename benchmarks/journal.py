"""What a journal costs each run: the four pieces of work that one is, on SQLite and on PostgreSQL.

journal.py [--postgres URL] [--runs 300]

The same runs without a journal are measured as well, so that "nothing where there is none" shows.
"""

import argparse
import asyncio
import tempfile
import time
from typing import TYPE_CHECKING

from measuring import describe_machine

from wiro import AsyncWiro, Wiro
from wiro.models.pruna import Vace
from wiromock import MockWiro, Success

if TYPE_CHECKING:
    from collections.abc import Callable


def one_by_one(place: str | None, runs: int, offset: int) -> float:
    """Seconds a run takes, one after the other."""
    with Wiro("key", journal=place) as client:
        client.run(Vace(prompt="warm"), **_key(place, f"warm-{offset}"))
        began = time.perf_counter()
        for number in range(runs):
            client.run(Vace(prompt="x"), **_key(place, f"{offset}-{number}"))
        return (time.perf_counter() - began) / runs


def together(place: str | None, runs: int, offset: int) -> float:
    """Seconds a run takes, fifty at a time."""

    async def main() -> float:
        async with AsyncWiro("key", journal=place) as client:
            gate = asyncio.Semaphore(50)

            async def run(number: int) -> None:
                async with gate:
                    await client.run(Vace(prompt="x"), **_key(place, f"a{offset}-{number}"))

            await run(-1)
            began = time.perf_counter()
            await asyncio.gather(*map(run, range(runs)))
            return (time.perf_counter() - began) / runs

    return asyncio.run(main())


def _key(place: str | None, key: str) -> dict[str, str]:
    return {} if place is None else {"key": key}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgres")
    parser.add_argument("--runs", type=int, default=300)
    chosen = parser.parse_args()
    print(describe_machine())
    print()
    print("| ms a run | one after the other | fifty at a time |")
    print("|---|---|---|")
    with tempfile.TemporaryDirectory() as folder, MockWiro() as wiro:
        wiro.on("pruna/vace").then(Success(outputs=()))
        places: list[tuple[str, str | None]] = [
            ("no journal", None),
            ("SQLite", f"{folder}/runs.sqlite"),
        ]
        if chosen.postgres:
            places.append(("PostgreSQL", chosen.postgres))
        kinds: list[Callable[[str | None, int, int], float]] = [one_by_one, together]
        stamp = time.time_ns() % 1_000_000_000
        base = [0.0, 0.0]
        for name, place in places:
            rounds = [
                [kind(place, chosen.runs, stamp + turn) for kind in kinds] for turn in range(3)
            ]
            best = [min(round_[column] for round_ in rounds) * 1000 for column in range(2)]
            if place is None:
                base = best
            more = [spent - without for spent, without in zip(best, base, strict=True)]
            cells = " | ".join(
                f"{spent:.2f}" + (f" (+{extra:.2f})" if place else "")
                for spent, extra in zip(best, more, strict=True)
            )
            print(f"| {name} | {cells} |")


if __name__ == "__main__":
    main()
