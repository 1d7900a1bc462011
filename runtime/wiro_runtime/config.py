"""Settings, from arguments first and from the environment second."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from wiro_runtime import check, parse
from wiro_runtime.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from urllib.parse import SplitResult

    from wiro_runtime.observe import Exchange

__all__ = [
    "BASE_URL",
    "DEADLINE",
    "HTTP_TIMEOUT",
    "SOCKET_URL",
    "Config",
    "Tracking",
    "read_config",
]

BASE_URL = "https://api.wiro.ai/v1"
SOCKET_URL = "wss://socket.wiro.ai/v1"
HTTP_TIMEOUT = 30.0
"""Seconds for one exchange, where nothing else is said."""
DEADLINE = 600.0
"""Seconds for a whole call, where nothing else is said."""

Tracking: TypeAlias = Literal["auto", "polling", "socket", "sync", "sse"]
"""How a task is followed; `docs/tracking.md` says when to choose which."""


@dataclass(frozen=True, slots=True)
class Config:
    """What a client is set to. Key and secret are in no representation of it."""

    api_key: str = field(repr=False)
    api_secret: str | None = field(repr=False)
    """Present: every request is signed."""
    base_url: str = field(repr=False)
    """May hold a password, as may the other."""
    socket_url: str = field(repr=False)
    http_timeout: float
    """Seconds for one exchange."""
    deadline: float | None
    """Seconds for a whole call, unless the call says otherwise; None for no limit."""
    on_exchange: Callable[[Exchange], object] | None = field(default=None, repr=False)
    """Called with every exchange with the platform."""
    tracking: Tracking = "auto"
    """How tasks are followed, unless the call says otherwise."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    """Sent with every exchange with the platform."""
    has_socket: bool = True
    """Whether it is known where the WebSocket of this platform is."""


def read_config(
    *,
    api_key: str | None = None,
    api_secret: str | None = None,
    base_url: str | None = None,
    socket_url: str | None = None,
    http_timeout: float = HTTP_TIMEOUT,
    headers: Mapping[str, str] | None = None,
    deadline: float | None = DEADLINE,
    on_exchange: Callable[[Exchange], object] | None = None,
    defaults: tuple[str, str] = (BASE_URL, SOCKET_URL),
    tracking: Tracking = "auto",
    http_client: object = None,
    awaits: bool = False,
) -> Config:
    """Read settings now; the environment is asked anew for every client.

    Args:
        api_key: Else `WIRO_API_KEY`.
        api_secret: Else `WIRO_API_SECRET`, which belongs to the key there: it is not read when a key is
            passed.
        base_url: Else `WIRO_BASE_URL`, else the default.
        socket_url: Else `WIRO_SOCKET_URL`, else the default.
        http_timeout: Seconds for one exchange.
        headers: Sent with every exchange.
        deadline: Seconds for a whole call; None for no limit.
        on_exchange: Told of every exchange with the platform.
        defaults: The URLs of the service.
        tracking: How tasks are followed.
        http_client: The caller's own HTTP client, which may lead anywhere; None for ours.
        awaits: Whether asynchronous callbacks are awaited, and the HTTP client is one of asyncio.

    Raises:
        ConfigurationError: A setting is missing or malformed.
    """
    _check_settings(
        api_key,
        api_secret,
        http_timeout,
        headers,
        deadline,
        on_exchange,
        tracking,
        http_client,
        awaits,
    )
    key, secret = _read_credentials(api_key, api_secret)
    return Config(
        api_key=key,
        api_secret=secret,
        base_url=_url(base_url, "base_url", "WIRO_BASE_URL", defaults[0], ("http", "https")),
        socket_url=_url(socket_url, "socket_url", "WIRO_SOCKET_URL", defaults[1], ("ws", "wss")),
        http_timeout=float(http_timeout),
        headers=dict(headers or {}),
        deadline=None if deadline is None else float(deadline),
        on_exchange=on_exchange,
        tracking=tracking,
        has_socket=_is_set(socket_url, "WIRO_SOCKET_URL")
        or not (http_client is not None or _is_set(base_url, "WIRO_BASE_URL")),
    )


def _check_settings(  # noqa: PLR0917 - what a client is given, in its order
    api_key: object,
    api_secret: object,
    http_timeout: object,
    headers: object,
    deadline: object,
    on_exchange: object,
    tracking: object,
    http_client: object,
    awaits: bool,
) -> None:
    limit = check.seconds(deadline, least=0, otherwise=", or None for no limit")
    problems = {
        "api_key": check.optional_text(api_key),
        "api_secret": check.optional_text(api_secret),
        "http_timeout": check.seconds(http_timeout, least=0),
        "headers": check.headers(headers),
        "deadline": None if deadline is None else limit,
        "on_exchange": check.callback(on_exchange, awaits=awaits),
        "tracking": check.one_of(tracking, get_args(Tracking)),
        "http_client": check.http_client(http_client, awaits=awaits),
    }
    wrong = [f"{argument}=: {problem}" for argument, problem in problems.items() if problem]
    if wrong:
        raise ConfigurationError(" ".join([*wrong, "Nothing was sent."]))


def _read_credentials(api_key: str | None, api_secret: str | None) -> tuple[str, str | None]:
    """The key, and the secret or None; those of the environment where no key was passed."""
    if not _clean(api_key):
        api_secret = api_secret or os.environ.get("WIRO_API_SECRET")
        api_key = os.environ.get("WIRO_API_KEY")
    key, secret = _sendable(_clean(api_key), "api_key", "WIRO_API_KEY"), _clean(api_secret)
    if not key:
        raise ConfigurationError(
            "There is no API key. Set WIRO_API_KEY (and WIRO_API_SECRET, if the project signs its "
            "requests), or pass api_key= and api_secret=. Projects and their keys are made in the "
            "Wiro dashboard."
        )
    if not secret.isprintable():
        raise ConfigurationError(
            "The API secret (api_secret= or WIRO_API_SECRET) has a character in it that no key has, perhaps an invisible one. "
            "Copy it again from the dashboard."
        )
    return key, secret or None


def _is_plain(text: str) -> bool:
    """Whether all of a text can be seen, so that it is what it looks like: no half pairs, marks or white space."""
    return text.isprintable() and " " not in text


def _is_host(parts: SplitResult) -> bool:
    try:
        return bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, or beyond the last one
        return False


def _is_set(given: object, variable: str) -> bool:
    return bool(_clean(_text(given)) or _clean(os.environ.get(variable)))


def _text(given: object) -> str | None:
    return None if given is None else check.written(given) or check.shown(given)


def _clean(value: str | None) -> str:
    return (value or "").strip()


def _sendable(value: str, argument: str, variable: str) -> str:
    if not value.isascii() or not value.isprintable():
        raise ConfigurationError(
            f"The API key ({argument}= or {variable}) has a character in it that no HTTP header can "
            "carry. Copy it again from the dashboard."
        )
    return value


def _url(
    given: object, argument: str, variable: str, default: str, schemes: tuple[str, ...]
) -> str:
    url = (_clean(_text(given)) or _clean(os.environ.get(variable)) or default).rstrip("/")
    parts = parse.url_parts(url)
    has_more = argument == "base_url" and (
        parts.query or parts.fragment
    )  # paths are written after it
    if parts.scheme not in schemes or has_more or not _is_host(parts) or not _is_plain(url):
        raise ConfigurationError(
            f"{argument}= or {variable} is {parse.without_password(url)!r}, which is not a URL of {' or '.join(schemes)} "
            f"that paths can be added to. Give one like "
            f"{default}, which is the service's."
        )
    return url
