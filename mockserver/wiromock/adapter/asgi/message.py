"""Between ASGI and the engine's neutral messages."""

import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from functools import lru_cache
from typing import Any, Final, TypeAlias

from wiromock.engine.dispatch import EXPLANATION_HEADER
from wiromock.wire.http import JSON_HEADERS, Reply, Request, to_json
from wiromock.wire.url import BaseUrls

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

API: Final = "/v1"
"""Below which the server plays the platform's API."""
OUTPUTS: Final = "/outputs"
"""Below which the server plays the platform's file host."""
BELOW_API: Final = f"{API}/"
BELOW_OUTPUTS: Final = f"{OUTPUTS}/"

LARGEST_BODY: Final = 128 * 1024 * 1024
"""Bytes of one request; more is turned away. The largest upload is 100 MiB."""

_READ: Final = "wiromock.headers"
"""Where a scope keeps its headers once they were read: all that stand before the platform ask for them too."""

_HOST: Final = re.compile(
    r"[A-Za-z0-9._-]{1,253}(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:[0-9]{1,5})?"
)


class Gone(Exception):  # noqa: N818 - the name says what happened
    """The caller has disconnected."""


class TooLarge(Exception):  # noqa: N818 - the name says what happened
    """The body is larger than anything the platform takes."""


async def read_body(receive: Receive, largest: int = LARGEST_BODY) -> bytes:
    """Read the body of a request.

    Raises:
        Gone: the caller disconnected before its end.
        TooLarge: it is longer than `largest`.
    """
    parts, size = list[bytes](), 0
    while (message := await receive())["type"] == "http.request":
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > largest:
            raise TooLarge(f"a body of more than {largest} bytes")
        if not message.get("more_body"):
            return b"".join(parts)
    raise Gone


def read_headers(scope: Scope) -> Mapping[str, str]:
    """Return a request's headers, names in lower case; one that came twice is joined with commas."""
    pairs = scope["headers"]
    known: tuple[object, dict[str, str]] | None = scope.get(_READ)
    if known is not None and known[0] is pairs:
        return known[1]
    headers: dict[str, str] = {}
    for raw_name, raw in pairs:
        name, value = _decode(raw_name), _decode(raw)
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    scope[_READ] = pairs, headers
    return headers


@lru_cache(maxsize=1024)
def _decode(raw: bytes) -> str:
    """Decode a part of a header; the same one for the same bytes, since the journal keeps thousands of requests."""
    return raw.decode("latin-1")


def origin_of(scope: Scope, headers: Mapping[str, str]) -> str | None:
    """Return at which `scheme://host:port` the caller reached us; None when it names no valid host."""
    return _origin(scope["scheme"], headers.get("host", ""))


@lru_cache(maxsize=256)
def _origin(scheme: str, host: str) -> str | None:
    scheme = {"ws": "http", "wss": "https"}.get(scheme, scheme)
    return f"{scheme}://{host}" if _HOST.fullmatch(host) else None


def to_neutral(scope: Scope, headers: Mapping[str, str], body: bytes, urls: BaseUrls) -> Request:
    """Turn a request of ours into the one that the platform would have seen."""
    path: str = scope["path"]
    if path.startswith(BELOW_API):
        host, path = urls.api.host, urls.api.path + path[len(API) :]
    elif path.startswith(BELOW_OUTPUTS):
        host, path = urls.outputs.host, urls.outputs.path + path[len(OUTPUTS) :]
    else:
        host = urls.api.host
    query = scope["query_string"].decode("latin-1")
    return Request(scope["method"], host, path, query, headers, body)


def relocate(text: bytes, urls: BaseUrls, origin: str | None) -> bytes:
    """Make every URL of the platform in a text lead to where the caller reached us."""
    for there, here in _removals(urls, origin):
        text = text.replace(there, here)
    return text


@lru_cache(maxsize=256)
def _removals(urls: BaseUrls, origin: str | None) -> tuple[tuple[bytes, bytes], ...]:
    """What has to be replaced by what: nothing, where the caller knows us by our own name."""
    if origin is None:
        return ()
    moved = ((urls.outputs.url, f"{origin}{OUTPUTS}"), (urls.api.url, f"{origin}{API}"))
    return tuple(
        (f"{there}/".encode(), f"{here}/".encode()) for there, here in moved if there != here
    )


def explained(status: int, text: str, explanation: str) -> Reply:
    """Write the platform's envelope around a refusal that is the server's own."""
    body = {"result": False, "errors": [{"code": 0, "message": text}]}
    return Reply(
        status, {**JSON_HEADERS, EXPLANATION_HEADER: ascii_only(explanation)}, to_json(body)
    )


def ascii_only(text: str) -> str:
    """Escape what a header cannot hold."""
    return text.encode("unicode_escape").decode("ascii")


async def send_reply(send: Send, reply: Reply) -> None:
    """Send a reply that is there at once, head and body."""
    await send(start_of(reply))
    await send({"type": "http.response.body", "body": reply.body})


def start_of(reply: Reply, *, is_whole: bool = True) -> Message:
    """Write the head of a reply.

    Args:
        reply: states its length itself where the body does not (HEAD).
        is_whole: whether the body is all there, so that its length can be stated.
    """
    usual = reply.headers is JSON_HEADERS  # written once
    named = [*_JSON_HEAD] if usual else _encode(reply.headers)
    if is_whole and "content-length" not in reply.headers:
        named.append((b"content-length", b"%d" % len(reply.body)))
    return {"type": "http.response.start", "status": reply.status, "headers": named}


def _encode(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), text.encode("latin-1")) for name, text in headers.items()]


_JSON_HEAD: Final = _encode(JSON_HEADERS)
