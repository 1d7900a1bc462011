"""What was done to the body of an answer on its way, and whether httpx undoes it."""

from __future__ import annotations

from functools import lru_cache

import httpx

from wiro_runtime import parse
from wiro_runtime.flow.effect import TransportFailure, UnreadableFile

__all__ = ["check_encoding", "check_file_coding", "is_decoded"]


def check_encoding(response: httpx.Response) -> None:
    """Do nothing, unless an answer is compressed more than once: a few kilobytes of it may be gigabytes.

    Raises:
        TransportFailure: It is.
    """
    # Not by `headers.get()`, which takes a fiftieth of an exchange's time.
    codings = [
        value
        for name, value in response.headers.raw
        if len(name) == 16 and name.lower() == b"content-encoding"
    ]
    if codings and (len(codings) > 1 or b"," in codings[0]):
        raise TransportFailure("the answer is compressed more than once", never_sent=False)


# Files that no coder has written, so that whoever undoes their coding changes them or fails.
_CODED_BY_NOBODY = bytes(range(255, 239, -1))
_EXTRAS = {"br": "brotli", "zstd": "zstd"}
"""The extras of httpx that undo a coding."""


def check_file_coding(response: httpx.Response) -> None:
    """Do nothing, unless an answer holds a file in a form that httpx would pass on as the file itself.

    Raises:
        UnreadableFile: It does.
    """
    codings = parse.content_codings(response.headers)
    if response.status_code not in (200, 206) or not codings:
        return
    if len(codings) == 1 and is_decoded(codings[0]):
        return
    named = ", ".join(codings)[:80]
    extra = _EXTRAS.get(named)
    way = f"Install what undoes it (pip install 'httpx[{extra}]'), or fetch" if extra else "Fetch"
    raise UnreadableFile(
        f"{response.url.host} answered with the content coding {named!r}, which nobody asked for and which cannot be "
        f"undone here. {way} its URL (`url` of this error) with a program that knows it"
    )


@lru_cache(maxsize=64)
def is_decoded(coding: str) -> bool:
    """Whether httpx undoes a content coding: that depends on its version and on what is installed."""
    headers = {"content-encoding": coding}
    try:
        return (
            httpx.Response(200, headers=headers, content=_CODED_BY_NOBODY).content
            != _CODED_BY_NOBODY
        )
    except httpx.DecodingError:
        return True
