"""Whether a page of another site sends a call: a visit to a web page must not control the mock."""

from collections.abc import Mapping


def is_foreign(headers: Mapping[str, str]) -> bool:
    """Return whether a page of another site sends this, by the headers that browsers add; programs send none."""
    if headers.get("sec-fetch-site") in {"cross-site", "same-site"}:
        return True
    origin = headers.get("origin")
    return origin is not None and origin.partition("://")[2] != headers.get("host", "")
