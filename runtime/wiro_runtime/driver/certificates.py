"""The certificates that our own clients trust, read once: it takes longer than an exchange with the platform.

One client may need them several times, for each event loop and for each proxy, and programs make a client
for each of their jobs. What is trusted is still decided when a client is made: whatever decides it is part
of the question.
"""

from __future__ import annotations

import os
import ssl
from functools import lru_cache
from pathlib import Path

import httpx

__all__ = ["trusted_certificates"]

_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE")
"""What httpx and Python look at when they make a context."""


def trusted_certificates() -> ssl.SSLContext:
    """What httpx trusts by itself: the certificates that the environment names, else those of `certifi`.

    Raises:
        OSError: They cannot be read.
    """
    named = tuple(os.environ.get(name) for name in _VARIABLES)
    found = Path(named[0]).stat() if named[0] else None
    # A file that was replaced holds others. And libraries such as truststore and gevent replace the class.
    state = (found.st_ino, found.st_mtime_ns, found.st_size) if found else ()
    return _read(named, state, ssl.SSLContext, ssl.create_default_context)


@lru_cache(maxsize=4)
def _read(*_: object) -> ssl.SSLContext:
    return httpx.create_ssl_context()
