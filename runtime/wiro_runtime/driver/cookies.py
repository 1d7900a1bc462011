"""The cookies of an httpx client: looked for in an answer that brings some.

To find that it brings none, httpx writes each request and each answer anew for the cookie jar of the
standard library, which takes a tenth of an exchange's time. The platform sets none; what stands between
it and us may, to find the way back, and gets them as ever.
"""

from __future__ import annotations

from typing import Any

import httpx

__all__ = ["install"]


class _Cookies(httpx.Cookies):
    """Those of a client of ours."""

    def extract_cookies(self, response: httpx.Response) -> None:
        if "set-cookie" in response.headers:
            super().extract_cookies(response)


def install(client: httpx.Client | httpx.AsyncClient) -> None:
    """Make a client that has no cookies yet look for them only in answers that bring some."""
    inside: Any = client  # the public setter would copy them into cookies of httpx's own kind
    inside._cookies = _Cookies()  # noqa: SLF001 - kept elsewhere one day, they are only slower to find
