"""The requests and responses that documents show, with their known defects repaired."""

import json
import re
from typing import Any, Final

from wirogen.document.document import DocumentExample

_FENCE: Final = re.compile(r"```\w*\s(?P<code>.*)```", re.DOTALL)
_URL: Final = re.compile(r'[^"]*+"(?P<url>[^"\s]*)"')
_CURL_HEADER: Final = re.compile(r'-H "(?P<name>[^":]+): (?P<value>[^"]*)"')
_CURL_BODY: Final = re.compile(r"-d '(?P<body>.*)'", re.DOTALL)
_BARE_LIST: Final = re.compile(r'"(?P<list>\[(?:"[^"\n]*+"(?:,\s*)?+)*+\])"')
"""`"categories": "["tool","image"]"`: a list put between quotes that its own quotes end at once."""


def read_example(heading: str, text: str) -> DocumentExample | None:
    """Read one fenced block.

    Args:
        heading: the section it stands in.
        text: the section's body.

    Returns:
        The example, or None when there is no closed block. A body that is no JSON even after
        repair is None; an example is never a reason to refuse a document.
    """
    fence = _FENCE.search(text)
    if fence is None:
        return None
    code = fence["code"]
    start = code.find("curl ")
    # Matched at one place, not searched for: a search would be quadratic in text without quotes.
    url = _URL.match(code, start) if start >= 0 else None
    if url is None:
        body, repaired = _read_json(code)
        return DocumentExample(heading, body=body, repaired=repaired)
    headers = {each["name"]: each["value"] for each in _CURL_HEADER.finditer(code)}
    sent = _CURL_BODY.search(code)
    body, repaired = _read_json(sent["body"]) if sent else (None, False)
    return DocumentExample(heading, url["url"], headers, body, repaired)


def _read_json(text: str) -> tuple[Any, bool]:
    body = _try_json(text)
    if body is not None:
        return body, False
    body = _try_json(_BARE_LIST.sub(lambda found: json.dumps(found["list"]), text))
    return body, body is not None


def _try_json(text: str) -> Any:
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
