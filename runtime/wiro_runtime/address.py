"""URLs that came from outside, taken apart without trusting them."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

__all__ = ["split"]


def split(url: str) -> SplitResult:
    """The parts of a URL; all of them empty if it cannot be one, such as `http://[`."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")
