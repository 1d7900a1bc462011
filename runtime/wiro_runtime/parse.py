"""Reading wire values that are strings by rule and something else by accident.

The platform writes nearly everything as text, "0" or "" for "not yet", lists sometimes as JSON text.
A value that cannot be read becomes empty or None: it stays reachable in `.raw`, and a task is never
lost because one field of it was odd.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, TypeGuard, cast
from urllib.parse import SplitResult, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "content_codings",
    "decimal",
    "decoded",
    "integer",
    "is_web_url",
    "items",
    "loads",
    "mapping",
    "mappings",
    "name",
    "nothing",
    "number",
    "text",
    "texts",
    "url_parts",
    "when",
    "without_password",
]


def nothing() -> Any:
    """An empty object, for whichever of the platform's types is wanted."""
    return {}


def text(value: object) -> str:
    """A value of the wire as text, numbers included; "" for null."""
    return "" if value is None else str(value)


def name(value: object) -> str:
    """What names something, an id or a token: a text or a whole number; "" for what can be no name."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value) if type(value) is int else ""


def decimal(value: object) -> Decimal | None:
    """An exact number, or None."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        read = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return read if read.is_finite() else None


def integer(value: object) -> int | None:
    """A whole number, or None."""
    if _is_plain(value):
        return int(value)
    read = decimal(value)
    # The exponent is bounded before int() turns "1e999999999" into a number of a gigabyte.
    if read is None or read.adjusted() > 30 or read != read.to_integral_value():
        return None
    return int(read)


def number(value: object) -> float | None:
    """A number with a fraction, or None."""
    read = decimal(value)
    return None if read is None else float(read)


def _is_plain(value: object) -> TypeGuard[str]:
    """Whether it is digits and nothing else, as ids, times and sizes are: read without a `Decimal`."""
    return isinstance(value, str) and value.isdecimal() and len(value) <= 30


def when(value: object) -> datetime | None:
    """A moment in UTC from Unix seconds; None for "0", "" and what is no moment."""
    if value is None:
        return None
    seconds = int(value) if _is_plain(value) else number(value)
    if not seconds:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


_HALF = re.compile("[\\ud800-\\udfff]")
"""Half of a pair of surrogates, of which a text that was cut may keep one: nothing can print, store or send it."""


def loads(text: str | bytes | bytearray) -> Any:
    """What a JSON text of the platform's says; characters that are none, and halves of some, are replaced.

    Raises:
        ValueError: It is no JSON.
    """
    from pydantic_core import from_json  # noqa: PLC0415 - `import wiro` loads no pydantic

    try:
        return from_json(
            text
        )  # in half the time of Python's own reader, which takes more odd texts
    except (ValueError, TypeError):  # the second for a text that holds half a character
        return _mended(_read(text))


def _read(text: str | bytes | bytearray) -> object:
    if not isinstance(text, str):
        text = text.decode(json.detect_encoding(text), "replace")
    try:
        return cast("object", json.loads(text))
    except json.JSONDecodeError:
        raise
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except ValueError:  # a number of thousands of digits; the rest of such an answer counts
        return cast("object", json.loads(text, parse_int=_whole))


def _whole(digits: str) -> object:
    try:
        return int(digits)
    except ValueError:
        return digits


def _mended(value: object) -> Any:
    if isinstance(value, str):
        return _HALF.sub("\ufffd", value)
    if isinstance(value, list):
        return [_mended(item) for item in cast("list[object]", value)]
    if isinstance(value, dict):
        named = cast("dict[str, object]", value).items()
        return {_HALF.sub("\ufffd", name): _mended(item) for name, item in named}
    return value


def decoded(value: object) -> Any:
    """A structure that may have come as JSON text inside a string."""
    if not isinstance(value, str):
        return value
    try:
        return loads(value)
    except ValueError:
        return value


def items(value: object) -> list[object]:
    """A list, from an array or its JSON text; empty for anything else."""
    read = decoded(value)
    return cast("list[object]", read) if isinstance(read, list) else []


def mapping(value: object) -> dict[str, Any]:
    """An object, from one or its JSON text; empty for anything else."""
    read = decoded(value)
    return cast("dict[str, Any]", read) if isinstance(read, dict) else {}


def mappings(value: object) -> list[Any]:
    """The objects of a list, for whichever of the platform's types is wanted; what else is in it is passed over."""
    return [item for item in items(value) if isinstance(item, dict)]


def texts(value: object) -> tuple[str, ...]:
    """Texts, from an array or its JSON text; a lone text is a list of one."""
    read = decoded(value)
    listed = items(cast("object", read)) if isinstance(read, list) else [read]
    return tuple(text(item) for item in listed if item not in (None, ""))


def without_password(url: str) -> str:
    """A URL that can be shown: a user's name and password in it are left out."""
    parts = url_parts(url)
    return (
        url.replace(parts.netloc, parts.netloc.rpartition("@")[2], 1)
        if "@" in parts.netloc
        else url
    )


# "aws-chunked" says how a file was sent to its store; some stores repeat it of the plain file.
_NO_CODINGS = ("", "identity", "aws-chunked")


def content_codings(headers: Mapping[str, str]) -> list[str]:
    """The content codings of an answer, in the order they were applied; none where its body is the file itself."""
    stated = headers.get("content-encoding", "").lower().split(",")
    return [coding for name in stated if (coding := name.strip()) not in _NO_CODINGS]


def is_web_url(text: str) -> bool:
    """Return whether a text begins as a URL of http or https does; schemes are the same in any case."""
    return text[:8].lower().startswith(("http://", "https://"))


def url_parts(url: str) -> SplitResult:
    """The parts of a URL; all of them empty if it cannot be one, such as `http://[`."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")
