# ruff: noqa: ASYNC230, ASYNC240 - a file of what is done is what the naive engine is
"""Runs a number of keyed runs and ends. Started, and killed, by `journal_kill.py`.

journal_worker.py ENGINE PLACE KEYS

ENGINE is `journal`, or `naive`: a file of what is done, as engines that repeat their steps have it.
"""

import asyncio
import json
import random
import sys
from pathlib import Path

from wiro import AsyncWiro, Journal
from wiro.models.pruna import Vace

AT_ONCE = 4
"""Few, so that a hundred kills find runs that have not been started."""
GRACE = 1.0
"""Seconds; the mock's list is never late."""


async def begin(client: AsyncWiro) -> None:
    """Say that work begins, once all that a call loads is loaded."""
    async for _ in client.tasks.list():
        break
    print("at work", flush=True)


async def with_journal(place: str, keys: list[str]) -> None:
    gate = asyncio.Semaphore(AT_ONCE)
    async with AsyncWiro(
        journal=Journal(place, grace=GRACE), http_timeout=2.0, deadline=120.0, tracking="polling"
    ) as client:
        await begin(client)

        async def run(key: str) -> None:
            async with gate:
                await client.run(Vace(prompt=key), key=key, on_unknown="resubmit", retry_refused=50)

        await asyncio.gather(*map(run, keys))


async def naive(place: str, keys: list[str]) -> None:
    gate = asyncio.Semaphore(AT_ONCE)
    path = Path(place)
    done = set(path.read_text(encoding="utf-8").split()) if path.exists() else set[str]()
    async with AsyncWiro(http_timeout=2.0, deadline=120.0, tracking="polling") as client:
        await begin(client)
        with path.open("a", encoding="utf-8") as file:

            async def run(key: str) -> None:
                async with gate:
                    await client.run(Vace(prompt=key), retry_refused=50)
                    file.write(f"{key}\n")
                    file.flush()

            await asyncio.gather(*(run(key) for key in keys if key not in done))


def main() -> None:
    engine, place, count = sys.argv[1:]
    keys = [f"scene-{number}" for number in range(int(count))]
    random.shuffle(keys)  # processes that share the work meet at the same keys
    asyncio.run({"journal": with_journal, "naive": naive}[engine](place, keys))
    print(json.dumps({"done": len(keys)}))


if __name__ == "__main__":
    main()
