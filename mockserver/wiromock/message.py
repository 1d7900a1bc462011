"""Neutral messages: what every front end turns its own requests and replies into.

The engine sees a `Request` and answers a `Reply`. How the reply travels (late, or not at all) is
data in its `Delivery`; an adapter carries it out in the manner of its own transport.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request."""

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


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a reply travels."""

    latency: float = 0.0
    """Seconds before the first byte; longer than the client's read timeout means a timeout."""
    lost: bool = False
    """Whether the connection breaks before the reply arrives."""


AT_ONCE = Delivery()


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP response."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    delivery: Delivery = AT_ONCE

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


JSON_HEADERS = {"content-type": "application/json; charset=utf-8"}

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def to_json(content: object) -> bytes:
    """Write JSON, compact and in UTF-8."""
    return _encode(content).encode()


def json_reply(status: int, content: object) -> Reply:
    """Write a JSON reply."""
    return Reply(status, JSON_HEADERS, to_json(content))


def text_reply(status: int, content: str, **headers: str) -> Reply:
    """Write a plain-text reply, as a gateway or a file host does."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, {"content-type": "text/plain; charset=utf-8"} | named, content.encode())
