"""Answers that are read while they are written: one shape with sockets, so that one flow reads both."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx

from wiro_runtime.driver import deadline as bound

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

__all__ = ["AsyncSubscription", "Subscription", "is_stream"]

_OVER = "the answer has ended"


def is_stream(response: httpx.Response) -> bool:
    """Whether an answer is a stream of events rather than an envelope."""
    kind = response.headers.get("content-type", "")
    return response.status_code == 200 and kind.startswith("text/event-stream")


class Subscription:
    """An open answer. Waiting in vain ends it, since a stream that lives sends comments at least."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self._pieces: Iterator[bytes] = response.iter_bytes()

    def receive(self, seconds: float, /) -> bytes:
        """The next piece."""
        try:
            with bound.within(seconds):
                return next(self._pieces)
        except StopIteration:
            raise ConnectionError(_OVER) from None
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise ConnectionError(f"{type(error).__name__}: {error}") from None

    def send(self, _data: str | bytes, /) -> None:
        """Nothing can be sent to an answer."""
        raise ConnectionError("an answer takes no messages")

    def close(self) -> None:
        """Hang up."""
        self._response.close()


class AsyncSubscription:
    """The same, awaited."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self._pieces: AsyncIterator[bytes] = response.aiter_bytes()

    async def receive(self, seconds: float, /) -> bytes:
        """The next piece."""
        try:
            async with asyncio.timeout(seconds):
                return await anext(self._pieces)
        except StopAsyncIteration:
            raise ConnectionError(_OVER) from None
        except TimeoutError:
            raise ConnectionError(f"nothing came for {seconds:g} s") from None
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise ConnectionError(f"{type(error).__name__}: {error}") from None

    async def send(self, _data: str | bytes, /) -> None:
        """Nothing can be sent to an answer."""
        raise ConnectionError("an answer takes no messages")

    async def close(self) -> None:
        """Hang up."""
        await self._response.aclose()
