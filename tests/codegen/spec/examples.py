"""The requests and responses that an llms.txt shows, with their known defects repaired."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from wirogen.document.llms_page import Page

_FENCE: Final = re.compile(r"```\w*\s(?P<code>.*)```", re.DOTALL)
_URL: Final = re.compile(r'[^"]*+"(?P<url>[^"\s]*)"')
_CURL_HEADER: Final = re.compile(r'-H "(?P<name>[^":]+): (?P<value>[^"]*)"')
_CURL_BODY: Final = re.compile(r"-d '(?P<body>.*)'", re.DOTALL)
_BARE_LIST: Final = re.compile(r'"(?P<list>\[(?:"[^"\n]*+"(?:,\s*)?+)*+\])"')
"""`"categories": "["tool","image"]"`: a list put between quotes that its own quotes end at once."""


@dataclass(frozen=True)
class Example:
    """One request or response."""

    heading: str
    url: str | None = None
    """Where a request goes; None for a response."""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None


def read_examples(document: str) -> Iterator[Example]:
    """Read every fenced block of a document that stands below a heading of its own."""
    page = Page(document, "doc")
    for section in page.sections():
        if " - " in section.heading:
            text = page.text[section.body.start : section.body.end]
            yield from _read_example(section.heading, text)


def _read_example(heading: str, text: str) -> Iterator[Example]:
    fence = _FENCE.search(text)
    if fence is None:
        return
    code = fence["code"]
    start = code.find("curl ")
    # Matched at one place, not searched for: a search would be quadratic in text without quotes.
    url = _URL.match(code, start) if start >= 0 else None
    if url is None:
        yield Example(heading, body=_read_json(code))
        return
    headers = {header["name"]: header["value"] for header in _CURL_HEADER.finditer(code)}
    sent = _CURL_BODY.search(code)
    yield Example(heading, url["url"], headers, _read_json(sent["body"]) if sent else None)


def _read_json(text: str) -> Any:
    try:
        return json.loads(text, strict=False)
    except ValueError:
        repaired = _BARE_LIST.sub(lambda match: json.dumps(match["list"]), text)
        return json.loads(repaired, strict=False)
