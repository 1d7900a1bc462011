"""Whether a page of another site sends a call: nobody's visit to a web page shall move a mock."""

from collections.abc import Mapping


def is_foreign(headers: Mapping[str, str]) -> bool:
    """Tell by what browsers say of themselves; programs say nothing and pass."""
    if headers.get("sec-fetch-site") in {"cross-site", "same-site"}:
        return True
    origin = headers.get("origin")
    return origin is not None and origin.partition("://")[2] != headers.get("host", "")
