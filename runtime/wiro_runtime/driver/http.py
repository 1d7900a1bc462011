"""What both drivers share of their adapter to httpx: the outgoing request and what can go wrong.

Importing this module imports httpx, so a driver does it when the first exchange is due.
"""

from __future__ import annotations

import json
import logging
import platform
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from functools import lru_cache
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias

import httpx

from wiro_runtime._version import __version__
from wiro_runtime.driver import auth
from wiro_runtime.driver.deadline import deadline_scope
from wiro_runtime.flow.effect import Form, Reply, TransportFailure
from wiro_runtime.seam import clock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Generator, Iterator

    from wiro_runtime.config import Config
    from wiro_runtime.flow.effect import Download, Send

__all__ = [
    "AsyncResponseStream",
    "Body",
    "ResponseStream",
    "build",
    "build_download",
    "is_stream",
    "only_once",
    "opened",
    "settings",
    "translated",
]

_logger = logging.getLogger("wiro")

_AGENT = f"wiro-client/{__version__} python/{platform.python_version()}"

# Raised before a byte of the request has left: no connection, no TLS, no tunnel, no free slot.
_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)

_LARGEST = 64 * 2**20
"""Bytes of an answer; the longest real ones are a thousandth of it."""

_JSON = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))

Part: TypeAlias = tuple[str, tuple[str | None, BinaryIO | bytes, str | None]]
Parts: TypeAlias = list[Part]
"""As httpx takes them: name, and then file name, content and content type."""

_OVER = "the answer has ended"

_NO_PARTS: AbstractContextManager[Parts] = nullcontext([])


def settings() -> dict[str, Any]:
    """How our own httpx clients are made."""
    return {"headers": {"user-agent": _AGENT}, "follow_redirects": False}


def only_once() -> dict[str, Any]:
    """How a POST is sent: once. A redirect or httpx's own `auth` could send it a second time."""
    return {"stream": True, "follow_redirects": False, "auth": None}


def opened(send: Send) -> AbstractContextManager[Parts]:
    """The parts of a form, with their files open until the answer is there."""
    return _opened(send.body) if isinstance(send.body, Form) else _NO_PARTS


@contextmanager
def _opened(form: Form) -> Generator[Parts]:
    with ExitStack() as stack:
        parts: list[Part] = []
        for name, part in form.parts:
            if isinstance(part, str):
                parts.append((name, (None, part.encode(), None)))
            else:
                file = stack.enter_context(part.opened())
                parts.append((name, (part.name, file, "application/octet-stream")))
        yield parts


def build(
    client: httpx.Client | httpx.AsyncClient, config: Config, send: Send, parts: Parts
) -> httpx.Request:
    """The outgoing request, signed now."""
    content: dict[str, Any]
    headers = auth.headers(config)
    if isinstance(send.body, Form):
        content = {"files": parts}  # all of them, texts too: httpx would send `data` out of order
    else:
        headers["content-type"] = "application/json"
        content = {"content": _JSON.encode(send.body).encode()}
    url = _url(config.base_url, send.path)
    timeouts = dict.fromkeys(("connect", "read", "write", "pool"), send.timeout)
    return client.build_request(
        "POST", url, headers=headers, extensions={"timeout": timeouts}, **content
    )


def build_download(download: Download) -> httpx.Request:
    """A request for a public file: made from nothing, so that it carries no header of any client."""
    headers = {
        "user-agent": _AGENT,
        "accept-encoding": "identity",  # sizes are stated for the file, not for its compression
        **download.into.ask(),
    }
    timeout = httpx.Timeout(download.timeout).as_dict()
    return httpx.Request("GET", download.url, headers=headers, extensions={"timeout": timeout})


class _Translation:
    """Turns the exceptions of httpx into ours.

    The cause is left out on purpose: its frames hold the request with its key and signature, and tools
    that show the variables of every frame would show those.
    """

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: object
    ) -> None:
        if isinstance(error, TimeoutError):  # of asyncio
            reason = "the time for the whole exchange is up"
            raise TransportFailure(reason, never_sent=False) from None
        if isinstance(error, (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError)):
            reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            raise TransportFailure(reason, never_sent=isinstance(error, _NEVER_SENT)) from None


translated = _Translation
"""Around each exchange. A class, since a generator would take a fiftieth of the exchange's time."""


class Body:
    """The body of an answer, gathered within the time that an exchange may take.

    httpx limits the time between two bytes; a server that sends one now and then is noticed here.
    """

    def __init__(self, send: Send) -> None:
        # Made when the answer begins: how long the request takes is up to the size of its file.
        self._send = send
        self._until = clock.current().now() + send.timeout
        self._chunks: list[bytes] = []
        self._size = 0

    def add(self, chunk: bytes) -> None:
        """Take what has come."""
        self._size += len(chunk)
        if self._size > _LARGEST:
            reason = f"the answer is longer than {_LARGEST:,} bytes"
            raise TransportFailure(reason, never_sent=False)
        if clock.current().now() > self._until:
            reason = f"the answer was not complete after {self._send.timeout:g} s"
            raise TransportFailure(reason, never_sent=False)
        self._chunks.append(chunk)

    def reply(self, response: httpx.Response) -> Reply:
        """The whole answer."""
        _logger.debug("POST %s: HTTP %d", self._send.path, response.status_code)
        return Reply(response.status_code, response.headers, b"".join(self._chunks))


@lru_cache(maxsize=256)
def _url(base_url: str, path: str) -> httpx.URL:
    """A parsed URL; there are few, and parsing one takes a tenth of an exchange's time."""
    return httpx.URL(f"{base_url}/{path}")


def is_stream(response: httpx.Response) -> bool:
    """Whether an answer is a stream of events rather than an envelope."""
    kind = response.headers.get("content-type", "")
    return response.status_code == 200 and kind.startswith("text/event-stream")


class ResponseStream:
    """An answer that is read while it is written: the shape of a socket, so that one flow reads both.

    Waiting in vain ends it, since a stream that lives sends comments at least.
    """

    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self._pieces: Iterator[bytes] = response.iter_bytes()

    def receive(self, seconds: float, /) -> bytes:
        """The next piece."""
        try:
            with deadline_scope(seconds):
                return next(self._pieces)
        except StopIteration:
            raise ConnectionError(_OVER) from None
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise ConnectionError(f"{type(error).__name__}: {error}") from None

    def send(self, _data: str | bytes, /) -> None:
        """Nothing can be sent to an answer."""
        raise ConnectionError("an answer takes no messages")

    def close(self) -> None:
        """Close it."""
        self._response.close()


class AsyncResponseStream:
    """An answer that is read while it is written; as `ResponseStream`, awaited."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self._pieces: AsyncIterator[bytes] = response.aiter_bytes()

    async def receive(self, seconds: float, /) -> bytes:
        """The next piece."""
        import asyncio  # noqa: PLC0415 - a blocking program never needs to load it

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
        """Close it."""
        await self._response.aclose()
