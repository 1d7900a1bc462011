"""Proof of who sends a request: the key alone, or the key and a signature made for this request.

signature = lower-case hex of HMAC-SHA256, keyed with the API key, over secret + nonce. Neither path nor
body is signed. The shell recipe in the platform's documents leaves openssl's "(stdin)= " before the
hex; what the platform wants is the bare hex.
"""

from __future__ import annotations

import hmac
import os
import threading
from typing import TYPE_CHECKING

from wiro_runtime.seam import clock

if TYPE_CHECKING:
    from wiro_runtime.config import Config

__all__ = ["headers", "next_nonce", "sign"]

_lock = threading.Lock()
_last = 0


def _unlock() -> None:
    global _lock  # noqa: PLW0603 - see below
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    # A thread of the parent's may hold the lock at that moment, and in the child nothing ever releases it.
    os.register_at_fork(after_in_child=_unlock)


def next_nonce() -> str:
    """Milliseconds since the Unix epoch, never the same or a smaller one twice in this process."""
    global _last  # noqa: PLW0603 - one sequence per process, whichever clients and threads draw from it
    with _lock:
        _last = max(_last + 1, int(clock.current().time() * 1000))
        return str(_last)


def sign(api_key: str, api_secret: str, nonce: str) -> str:
    """The value of `x-signature`."""
    return hmac.digest(api_key.encode(), (api_secret + nonce).encode(), "sha256").hex()


def headers(config: Config) -> dict[str, str]:
    """The headers for one attempt; made anew for each, since a nonce is used once."""
    if config.api_secret is None:
        return {**config.headers, "x-api-key": config.api_key}
    nonce = next_nonce()
    return {
        **config.headers,
        "x-api-key": config.api_key,
        "x-nonce": nonce,
        "x-signature": sign(config.api_key, config.api_secret, nonce),
    }
