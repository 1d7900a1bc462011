"""Cross-origin calls of browsers: the headers for pages that were allowed by name, for others none."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from wiromock.adapter.asgi.message import Message, Send
from wiromock.argument import check_text
from wiromock.wire.http import Reply

_EXPOSED: Final = "x-mock-explanation, x-mock-error, retry-after, content-range"


class Cors:
    """Decides by the Origin header whether a page may call.

    Args:
        origins: such as `http://localhost:3000`; `*` is any.

    Raises:
        ValueError: one of them is no origin.
    """

    def __init__(self, origins: Iterable[str] = ()) -> None:
        self._origins = frozenset(_check_origin(origin) for origin in origins)

    def allows(self, headers: Mapping[str, str]) -> bool:
        """Return whether a call comes from a page that may call."""
        origin = headers.get("origin", "").lower()
        return bool(origin) and ("*" in self._origins or origin in self._origins)

    def names(self, headers: Mapping[str, str]) -> bool:
        """Return whether that page was allowed by its own name, and so may control the mock too."""
        return headers.get("origin", "").lower() in self._origins

    def preflight(self, method: str, headers: Mapping[str, str]) -> Reply | None:
        """Return the answer to a browser that asks first; None for any other call."""
        wanted = headers.get("access-control-request-method")
        if method != "OPTIONS" or wanted is None or not self.allows(headers):
            return None
        allowed = {
            **_headers(headers["origin"]),
            "access-control-allow-methods": "GET, POST, PUT, DELETE",
            "access-control-allow-headers": headers.get("access-control-request-headers", ""),
            "access-control-max-age": "600",
        }
        return Reply(204, allowed, b"")

    @staticmethod
    def mark(send: Send, origin: str) -> Send:
        """Return a `send` that adds the headers to every reply.

        Args:
            send: takes the messages.
            origin: of the page that calls.
        """
        added = [
            (name.encode(), value.encode("latin-1")) for name, value in _headers(origin).items()
        ]

        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *added]}
            await send(message)

        return send_marked


def _headers(origin: str) -> dict[str, str]:
    return {
        "access-control-allow-origin": origin,
        "access-control-expose-headers": _EXPOSED,
        "vary": "origin",
    }


def _check_origin(origin: str) -> str:
    """Return an origin as browsers send it: a scheme and a host, nothing behind them."""
    checked = check_text("cors", origin, "a list of texts").rstrip("/").lower()
    if origin != "*" and re.fullmatch(r"[a-z][a-z0-9+.-]*://[^/?#\s]+", checked) is None:
        raise ValueError(
            f"{origin!r} is no origin; write a scheme and a host: http://localhost:3000"
        )
    return checked
