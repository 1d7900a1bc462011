"""Answers that are read while they are written: in the shape of a socket, so that one flow reads both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from wiro_runtime.driver.deadline import deadline_scope

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from contextlib import AsyncExitStack, ExitStack

__all__ = ["AsyncResponseStream", "ResponseStream"]

_OVER = "the answer has ended"


class ResponseStream:
    """An answer as a socket.

    A wait without a byte ends it, since an open stream sends comments at least.

    Args:
        response: The answer.
        held: Closes it, and gives its place back.
        ends: Whether its end is expected: then it brings no bytes, and is no failure.
    """

    def __init__(self, response: httpx.Response, held: ExitStack, *, ends: bool = False) -> None:
        self._held = held
        self._ends = ends
        self._pieces: Iterator[bytes] = response.iter_bytes()

    def receive(self, seconds: float, /) -> bytes:
        """The next bytes of the answer, as they came.

        Raises:
            OSError: The answer has ended, or nothing came for so many seconds.
        """
        try:
            with deadline_scope(seconds):
                return next(self._pieces)
        except StopIteration:
            if self._ends:
                return b""
            raise ConnectionError(_OVER) from None
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise ConnectionError(f"{type(error).__name__}: {error}") from None

    def send(self, _data: str | bytes, /) -> None:
        """Nothing can be sent to an answer."""
        raise ConnectionError("an answer takes no messages")

    def close(self) -> None:
        """End the exchange; the connection is free for others, or closed where the answer is unfinished."""
        self._held.close()


class AsyncResponseStream:
    """An answer that is read while it is written; as `ResponseStream`, awaited."""

    def __init__(
        self, response: httpx.Response, held: AsyncExitStack, *, ends: bool = False
    ) -> None:
        self._held = held
        self._ends = ends
        self._pieces: AsyncIterator[bytes] = response.aiter_bytes()

    async def receive(self, seconds: float, /) -> bytes:
        """The next piece."""
        import asyncio  # noqa: PLC0415 - a blocking program never needs to load it

        try:
            async with asyncio.timeout(seconds):
                return await anext(self._pieces)
        except StopAsyncIteration:
            if self._ends:
                return b""
            raise ConnectionError(_OVER) from None
        except TimeoutError:
            raise ConnectionError(f"nothing came for {seconds:g} s") from None
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise ConnectionError(f"{type(error).__name__}: {error}") from None

    async def send(self, _data: str | bytes, /) -> None:
        """Nothing can be sent to an answer."""
        raise ConnectionError("an answer takes no messages")

    async def close(self) -> None:
        """End the exchange; the connection is free for others, or closed where the answer is unfinished."""
        await self._held.aclose()
