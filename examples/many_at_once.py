"""Run several prompts at once with asyncio, keep what succeeds, and say what the rest cost."""

import asyncio

from _offline import mock_unless_there_is_a_key

from wiro import AsyncWiro
from wiro.errors import WiroError
from wiro.models.pruna import Vace

PROMPTS = ["a deer in snow", "a fox at dusk", "an owl in the rain"]


async def main() -> None:
    async with AsyncWiro() as client:
        requests = [Vace(prompt=prompt, frame_num=49) for prompt in PROMPTS]
        runs = (client.run(request, deadline=900) for request in requests)
        ended = await asyncio.gather(*runs, return_exceptions=True)
        for prompt, result in zip(PROMPTS, ended, strict=True):
            if isinstance(result, WiroError):
                print(f"{prompt}: {result} (billed: {result.billed})")
            elif isinstance(result, BaseException):
                raise result
            else:
                (path,) = await result.outputs.save("demo-output")
                print(f"{prompt}: {path}, {result.cost} USD")


if __name__ == "__main__":
    with mock_unless_there_is_a_key():
        asyncio.run(main())
