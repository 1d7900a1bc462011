"""One exchange with the platform as a program that keeps watch sees it: for metrics, traces, logs.

    def count(exchange: Exchange) -> None:
        requests.labels(exchange.path, exchange.status).observe(exchange.seconds)

    client = Wiro(on_exchange=count)

It is made after the exchange has ended; nothing secret is in it, and neither body.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from wiro_runtime import parse
from wiro_runtime.seam import clock

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Exchange", "Watched"]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One POST, and what became of it. A retried read is several exchanges."""

    path: str
    """Below the base URL, such as `Task/Detail` or `Run/pruna/vace`."""
    url: str
    started_at: float
    """Unix time in seconds."""
    seconds: float
    """How long it took."""
    status: int | None
    """The HTTP status; None when no answer came."""
    error: str | None = None
    """Why no answer came, in words; None when one did."""

    @property
    def model(self) -> str | None:
        """The model's slug, of a run."""
        return self.path.removeprefix("Run/") if self.path.startswith("Run/") else None

    @property
    def attributes(self) -> Mapping[str, str | int | float]:
        """The same under the names that OpenTelemetry's conventions for HTTP clients use."""
        parts = urlsplit(self.url)
        named: dict[str, str | int | float | None] = {
            "http.request.method": "POST",
            "url.full": self.url,
            "server.address": parts.hostname,
            "server.port": parts.port or {"https": 443, "http": 80}.get(parts.scheme),
            "http.response.status_code": self.status,
            "error.type": self.error,
            "wiro.model": self.model,
        }
        return {name: value for name, value in named.items() if value is not None}


class Watched:
    """One exchange that began now, and the record of how it ended."""

    def __init__(self, base_url: str, path: str) -> None:
        self._url = f"{parse.without_password(base_url)}/{path}"
        self._path = path
        now = clock.current()
        self._began, self._started_at = now.now(), now.time()

    def ended(self, status: int | None, error: BaseException | None) -> Exchange:
        """The record, now that an answer of this HTTP status is there, or is known not to come."""
        return Exchange(
            path=self._path,
            url=self._url,
            started_at=self._started_at,
            seconds=clock.current().now() - self._began,
            status=status,
            error=None if error is None else (str(error) or type(error).__name__),
        )
