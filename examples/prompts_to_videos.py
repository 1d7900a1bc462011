"""Make a video of each line of a file: a few at a time, never paid twice, whatever happens meanwhile.

    python examples/prompts_to_videos.py prompts.txt    # without a file, three prompts of its own

Stop it and start it again: what is done is not run again, and what was running is picked up. The
journal next to the videos knows.
"""

import asyncio
import sys
from pathlib import Path

from _offline import mock_unless_there_is_a_key

from wiro import AsyncWiro
from wiro.errors import WiroError
from wiro.models.pruna import Vace

PROMPTS = ["a deer in snow", "a fox at dusk", "an owl in the rain"]
FOLDER = Path("demo-output")
AT_A_TIME = 5


async def main(prompts: list[str]) -> int:
    turns = asyncio.Semaphore(AT_A_TIME)
    async with AsyncWiro(journal=FOLDER / "runs.sqlite") as client:

        async def make(number: int, prompt: str) -> bool:
            async with turns:
                try:
                    result = await client.run(
                        Vace(prompt=prompt), key=prompt, retry_refused=20, deadline=3600
                    )
                    folder = FOLDER / f"{number:03}"
                    (path,) = await result.outputs.save(folder, on_conflict="skip")
                except WiroError as error:
                    print(f"{prompt}: {error} (billed: {error.billed})")
                    return False
            print(f"{prompt}: {path}, {result.cost} USD")
            return True

        made = await asyncio.gather(*map(make, range(len(prompts)), prompts))
    return 0 if all(made) else 1


if __name__ == "__main__":
    given = Path(sys.argv[1]).read_text("utf-8").splitlines() if sys.argv[1:] else PROMPTS
    FOLDER.mkdir(exist_ok=True)
    with mock_unless_there_is_a_key():
        sys.exit(asyncio.run(main([line for line in given if line.strip()])))
