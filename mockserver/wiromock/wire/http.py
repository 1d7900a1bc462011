"""Neutral messages: what every front end turns its own requests and replies into.

The engine sees a `Request` and answers a `Reply`. How the reply travels (late, or not at all) is
data in its `Delivery`; an adapter carries it out in the way of its own transport. Nobody changes a message;
they are not frozen because each call makes some, and frozen ones take three times as long.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeAlias
from urllib.parse import unquote, urlsplit

import pydantic_core


@dataclass(slots=True)
class Request:
    """What a caller sent, free of any HTTP library."""

    method: str
    """In capitals."""
    host: str
    """In lower case, with the port where the URL states one."""
    path: str
    """Percent-decoded, with the leading slash."""
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    """Names in lower case."""
    body: bytes = b""
    caller: Callable[[], str | None] | None = field(default=None, compare=False)
    """Finds the line of the caller's program, where a front end can; asked only for a refusal."""

    @classmethod
    def to(
        cls,
        url: str,
        *,
        method: str = "POST",
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> "Request":
        """Make a request from an absolute URL.

        Args:
            url: absolute, as a client would call it.
            method: the verb; the platform's calls are all POST.
            headers: names in any case.
            body: raw bytes.
        """
        parts = urlsplit(url)
        named = {name.lower(): value for name, value in (headers or {}).items()}
        return cls(
            method.upper(), parts.netloc.lower(), unquote(parts.path), parts.query, named, body
        )


Loss: TypeAlias = Literal["reset", "empty", "truncated", "garbage", "hang"]
"""How an answer fails to arrive; see `scenario.ConnectionLost` and `scenario.Hangs`."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a reply travels."""

    latency: float = 0.0
    """Seconds before the first byte; longer than the client's read timeout means a timeout."""
    loss: Loss | None = None
    """How the connection breaks before the reply has arrived."""
    cut: int = 0
    """For `truncated`: how many bytes of the body arrive. The headers promise all of it."""
    drip: float | None = None
    """Bytes a second at which the body arrives; None is at once."""


AT_ONCE = Delivery()


class Live(Protocol):
    """An answer that is not finished: it grows with the task that it is about.

    A front end takes what is due, waits until `next_at` (or until it is notified that something
    has changed) and takes again, until `is_over`.
    """

    def listen(self, listener: Callable[[], object], /) -> Callable[[], None]:
        """Have `listener` called when there may be more than was planned; returns how to unsubscribe."""
        ...

    @property
    def is_over(self) -> bool:
        """Whether everything was taken."""
        ...

    def take(self) -> bytes:
        """Return what is due now and was not taken yet."""
        ...

    def next_at(self) -> float | None:
        """When there will be more, in unix seconds; None while nothing is planned."""
        ...


class Pending(Protocol):
    """An answer that cannot be given yet."""

    def listen(self, listener: Callable[[], object], /) -> Callable[[], None]:
        """Have `listener` called when it may be ready earlier than was planned; returns how to unsubscribe."""
        ...

    def ready(self) -> "Reply | None":
        """Return the answer; None while it is too early."""
        ...

    def next_at(self) -> float | None:
        """When it will be ready, in unix seconds; None while nothing is planned."""
        ...


@dataclass(slots=True)
class Reply:
    """What a caller is answered, free of any HTTP library, and how it is to be delivered."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    delivery: Delivery = AT_ONCE
    live: Live | None = None
    """The body, where it grows; `body` is empty then."""
    pending: Pending | None = None
    """Where status, headers and body come from later; those of this reply mean nothing then."""

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


JSON_HEADERS = {"content-type": "application/json; charset=utf-8"}


def to_json(content: object) -> bytes:
    """Write JSON, compact and in UTF-8; a number that is too large for JSON becomes null, as in JavaScript."""
    return pydantic_core.to_json(content, inf_nan_mode="null")


def json_reply(status: int, content: object) -> Reply:
    """Answer with JSON, as the platform does; the body is written at once."""
    return Reply(status, JSON_HEADERS, to_json(content))


def text_reply(status: int, content: str, **headers: str) -> Reply:
    """Write a plain-text reply, as a gateway or a file host does."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, {"content-type": "text/plain; charset=utf-8"} | named, content.encode())
