"""What an option may be: one check for each kind, which says what was given and what would be right.

Each returns the problem in words, or None. The options of a client and those of a call go through them before
anything is sent.
"""

from __future__ import annotations

import inspect
import math
import os
import re
from collections.abc import Mapping
from decimal import Decimal
from numbers import Real
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "SLUG",
    "callback",
    "count",
    "deadline",
    "dollars",
    "flag",
    "headers",
    "held_by",
    "http_client",
    "key",
    "name",
    "one_of",
    "optional_text",
    "path",
    "seconds",
    "shown",
    "slug",
    "text",
    "texts",
    "url",
    "written",
]


SLUG: Final = re.compile(r"[a-z0-9][a-z0-9._-]*/[a-z0-9][a-z0-9._-]*")
"""How a model is named: `owner/model`."""

_OWN_HEADERS = frozenset(
    {
        "content-length",
        "content-type",
        "host",
        "x-api-key",
        "x-nonce",
        "x-signature",
        "transfer-encoding",
    }
)


def one_of(value: object, words: Sequence[str]) -> str | None:
    """For an option that is one of a few words."""
    if isinstance(value, str) and value in words:
        return None
    return f"expected one of {', '.join(map(repr, words))}, got {shown(value)}."


_LONGEST = 4e9
"""Seconds: beyond it, sockets and threads take no limit any more. Moments on the Unix clock are below it."""


def seconds(value: object, *, otherwise: str = "", least: float = -_LONGEST) -> str | None:
    """For a number of seconds, above `least`; `otherwise` says what else may be given."""
    wanted = f"give seconds{' above 0' if least == 0 else ''}{otherwise}"
    if isinstance(value, bool) or not isinstance(value, (Real, Decimal)):
        return f"{wanted}; got {shown(value)}."
    try:
        number = float(value)
    except (ValueError, OverflowError):  # Decimal("sNaN"), 10**400
        number = math.nan
    if number >= _LONGEST and math.isfinite(number):
        return f"{wanted}, fewer than {_LONGEST:,.0f}; got {shown(value)}."
    return None if least < number < _LONGEST else f"{wanted}; got {shown(value)}."


def deadline(value: object) -> str | None:
    """For the time that a call may take."""
    if value is None or (isinstance(value, str) and value == "default"):
        return None
    return seconds(value, otherwise=', None for no limit, or "default" for the client\'s')


def count(value: object, *, least: int, most: int | None = None) -> str | None:
    """For a whole number from `least` on, and up to `most`."""
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    if is_whole and least <= cast("int", value) <= (math.inf if most is None else most):
        return None
    end = "on" if most is None else f"to {most}"
    return f"give a whole number from {least} {end}; got {shown(value)}."


def dollars(value: object) -> str | None:
    """For an amount of money in US dollars: a number, or one spelled out."""
    from wiro_runtime import parse  # noqa: PLC0415 - for the few calls that set a limit

    amount = parse.decimal(value) if isinstance(value, (Real, Decimal, str)) else None
    if amount is None or amount < 0:
        return f"give US dollars, 0 or more; got {shown(value)}."
    return None


def key(value: object) -> str | None:
    """For the key of a run in a journal."""
    # Databases keep neither a zero byte nor half a surrogate pair.
    unkept = re.search("[\0\ud800-\udfff]", value) if isinstance(value, str) else None
    if isinstance(value, str) and unkept is None and 0 < len(value.strip()) <= 500:
        return None
    return f"give a text of up to 500 characters, like 'scene-12'; got {shown(value)}."


def text(value: object) -> str | None:
    """For a text that is not empty."""
    is_text = isinstance(value, str) and value.strip()
    return None if is_text else f"give a text; got {shown(value)}."


def texts(value: object) -> str | None:
    """For several texts, of which there may be none."""
    if _is_list(value) and all(
        isinstance(one, str) and one for one in cast("Iterable[object]", value)
    ):
        return None
    return f"give a list of texts, like ['text-to-video']; got {shown(value)}."


def flag(value: object) -> str | None:
    """For what is said with yes or no."""
    return None if isinstance(value, bool) else f"give True or False; got {shown(value)}."


def slug(value: object) -> str | None:
    """For the name of a model."""
    if isinstance(value, str) and SLUG.fullmatch(value):
        return None
    return f"expected owner/model, like 'pruna/vace'; got {shown(value)}."


def held_by(value: object, kind: type | tuple[type, ...], *, like: str) -> str | None:
    """For an object of one class, such as one that another call returned."""
    return None if isinstance(value, kind) else f"give {like}; got {shown(value)}."


def callback(value: object, *, awaits: bool) -> str | None:
    """For a function that is called; one that has to be awaited only where somebody awaits it."""
    if value is None:
        return None
    if not callable(value):
        return f"give a function, or None; got {shown(value)}."
    called = getattr(value, "__call__", None)  # noqa: B004 - of an object whose class has an `async def __call__`
    if not awaits and (inspect.iscoroutinefunction(value) or inspect.iscoroutinefunction(called)):
        return "is an async function, which the blocking client cannot await; give a plain one, or use the asynchronous client."
    return None


def name(value: object) -> str | None:
    """For what names something: a text that is not empty, a whole number, or a UUID."""
    from uuid import UUID  # noqa: PLC0415 - for the few calls that name one

    is_name = isinstance(value, (str, int, UUID)) and not isinstance(value, bool)
    return (
        None
        if is_name and written(value).strip()
        else f"give a text or a number; got {shown(value)}."
    )


def optional_text(value: object) -> str | None:
    """For a text, or None."""
    return (
        None
        if value is None or isinstance(value, str)
        else f"give a text; got a {type(value).__name__}."
    )


def path(value: os.PathLike[str]) -> str | None:
    """For a path that a file system can hold."""
    try:
        has_zero = b"\0" in os.fsencode(value)
    except UnicodeEncodeError:
        return f"give a path; {shown(value)} has a character that no name of a file can hold."
    return f"give a path; {shown(value)} has a zero byte in it." if has_zero else None


def headers(value: object) -> str | None:
    """For headers of the caller's own, which say nothing that the client says itself."""
    if value is None:
        return None
    if not _is_mapping(value):
        return f"give a dict of texts; got {shown(value)}."
    for header, said in cast("Mapping[object, object]", value).items():
        if not isinstance(header, str) or not isinstance(said, str):
            return (
                f"give names and values that are texts; got {shown(header)}: {type(said).__name__}."
            )
        if header.lower() in _OWN_HEADERS:
            return f"{header} is the client's own; leave it out."
        if not (header + said).isascii() or not (header + said).isprintable() or not header:
            return f"{header!r} or its value has a character in it that no HTTP header can carry; leave it out."
    return None


def http_client(value: object, *, awaits: bool) -> str | None:
    """For an httpx client of the caller's own, of the kind that the client can use."""
    if value is None:
        return None
    import httpx  # noqa: PLC0415 - whoever has a client has loaded it

    kind = httpx.AsyncClient if awaits else httpx.Client
    if isinstance(value, kind):
        return None
    return f"give an httpx.{kind.__name__}; got {shown(value)}."


def url(value: object, schemes: Sequence[str]) -> str | None:
    """For a URL of one of these schemes, without user name and fragment."""
    from wiro_runtime import parse  # noqa: PLC0415 - for the few calls that name one

    parts = parse.url_parts(written(value))
    if parts.scheme not in schemes or not parts.netloc or "@" in parts.netloc or parts.fragment:
        given = shown(parse.without_password(value) if isinstance(value, str) else value)
        return f"give a URL of {' or '.join(schemes)} without user name and fragment; got {given}."
    return None


def _is_list(value: object) -> bool:
    return isinstance(value, (list, tuple, set, frozenset))


def _is_mapping(value: object) -> bool:
    return isinstance(value, Mapping)


def written(value: object) -> str:
    """A value as text, like that of an `httpx.URL`; "" where its own class fails to give it."""
    try:
        return str(value)
    except Exception:  # noqa: BLE001 - whatever a caller's own class does
        return ""


def shown(value: object, most: int = 60) -> str:
    """A value as a message shows it: short, and never failing."""
    try:
        written = repr(value)
    except Exception:  # noqa: BLE001 - whatever a caller's own class does
        written = f"<{type(value).__name__}>"
    return written if len(written) <= most else f"{written[:most]}…"
