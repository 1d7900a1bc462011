"""A request for a page, taken apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Self
from urllib.parse import parse_qsl, unquote

from wiromock.adapter.asgi.message import Scope, origin_of
from wiromock.wire.body import Form, read_form
from wiromock.wire.http import Request

TENANT: Final = "wiromock-tenant"
"""The cookie with the tenant that the page shows."""


@dataclass(frozen=True)
class PageRequest:
    """What a browser asks for: path, query, form, and whose world it shows."""

    method: str
    path: str
    query: Mapping[str, str]
    request: Request
    """Neutral, for its body."""
    origin: str
    """`http://host:port` at which the visitor reached us."""
    tenant: str
    """Whose world is shown."""

    @classmethod
    def of(cls, scope: Scope, headers: Mapping[str, str], body: bytes) -> Self:
        """Take a request apart."""
        method, path = scope["method"], scope["path"]
        pairs = (pair.strip().partition("=") for pair in headers.get("cookie", "").split(";"))
        cookies = {name: value for name, _, value in pairs}
        return cls(
            method="GET" if method == "HEAD" else method,
            path=path,
            query=dict(parse_qsl(scope["query_string"].decode("latin-1"))),
            request=Request(method, "", path, "", headers, body),
            origin=origin_of(scope, headers) or "http://127.0.0.1",
            tenant=unquote(cookies.get(TENANT, "")),
        )

    @cached_property
    def form(self) -> Form:
        """What was filled in."""
        return read_form(self.request)

    def field(self, name: str) -> str:
        """Return one text of the form; an empty one when the form does not hold it."""
        value = self.form.fields.get(name, "")
        return value if isinstance(value, str) else ""
