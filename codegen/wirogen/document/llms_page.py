"""The text of an llms.txt document, line-broken or flattened, seen through one set of tokens.

Both forms hold the same words in the same order; they differ in what may stand before a token. In
the line-broken form a token starts a line. The flattened form is `" ".join(text.split())` of the
other, so that a blank must do. Everything above this module is the same for both.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from wirogen.errors import DocumentError, Problem

_LINE_START: Final = r"(?:^|(?<=\n))[ \t]*"
_WORD_START: Final = r"(?:^|(?<= ))"

_TASK: Final = r"(?:Run Command|Get Task Detail|Kill Task|Cancel Task)"
_VARIANT: Final = r" with Task ID| with Socket Access Token| \(For tasks on queue\)"
_HEADINGS: Final = "|".join(
    (
        r"Basic (?:tool|model) info",
        r"(?:Model|Tool) Inputs:?",
        r"(?:Model|Tool) Parameter Inspires:",
        r"Integration Header Prepare",
        rf"{_TASK} - Make HTTP Post Request(?:{_VARIANT})?",
        rf"{_TASK} - Response",
        r"Task Status Information",
        r"Completed Task Statuses(?: \(Polling can stop\))?",
        r"Running Task Statuses(?: \(Continue polling\))?",
    )
)
"""Only these are headings: a prompt may hold `## ` itself."""
_NEW_HEADING: Final = r"(?:Model|Tool) [A-Z][A-Za-z]*(?: [A-Za-z]+){0,3}:"
"""Headings that the form does not have yet: `Model Pricing:`."""

_HEADING_LINE: Final = re.compile(rf"^[ \t]*#{{2,3}} (?:{_HEADINGS})[ \t]*$", re.MULTILINE)


_KEY_LINE: Final = re.compile(
    r"(?<=\n)(?P<indent>[ \t]+)(?P<key>[A-Za-z][A-Za-z0-9_-]*):(?=[ \t\n]|\Z)"
)


@dataclass(frozen=True, slots=True)
class Span:
    """Where a part of a page's text begins and ends, as offsets of characters."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it."""

    heading: str
    body: Span

    @property
    def is_known(self) -> bool:
        """Whether the form has such a heading."""
        return re.fullmatch(_HEADINGS, self.heading) is not None


@cache
def _token(boundary: str, pattern: str) -> re.Pattern[str]:
    return re.compile(f"{boundary}(?:{pattern})", re.DOTALL)


class Page:
    """A document's text and the tokens in it.

    Args:
        text: the whole document.
        file: its name, for messages.
    """

    def __init__(self, text: str, file: str) -> None:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        self.file = file
        self.is_flat = _HEADING_LINE.search(text) is None
        self.text = " ".join(text.split()) if self.is_flat else text
        self._boundary = _WORD_START if self.is_flat else _LINE_START

    def whole(self) -> Span:
        """Return the span of the page from its first character to its last."""
        return Span(0, len(self.text))

    def find_all(self, pattern: str, span: Span) -> Iterator[re.Match[str]]:
        """Find every place in a span where a token starts."""
        return _token(self._boundary, pattern).finditer(self.text, span.start, span.end)

    def find(self, pattern: str, span: Span) -> re.Match[str] | None:
        """Find the first place in a span where a token starts."""
        return _token(self._boundary, pattern).search(self.text, span.start, span.end)

    def read(self, span: Span) -> str:
        """Return the text of a span without the blanks around it and at ends of lines."""
        lines = self.text[span.start : span.end].split("\n")
        return "\n".join(line.rstrip() for line in lines).strip()

    def sections(self) -> list[Section]:
        """Cut the page at its known headings, and at new ones that are worded alike."""
        matches = list(
            self.find_all(rf"#{{2,3}} (?P<title>{_HEADINGS}|{_NEW_HEADING})(?=\s|$)", self.whole())
        )
        return [Section(match["title"], body) for match, body in _followed(matches, len(self.text))]

    def pieces(self, pattern: str, span: Span) -> tuple[Span, list[tuple[re.Match[str], Span]]]:
        """Cut a span before every token; returns what precedes the first and each with its rest."""
        matches = list(self.find_all(pattern, span))
        before = Span(span.start, matches[0].start() if matches else span.end)
        return before, _followed(matches, span.end)

    def fields(self, keys: Mapping[str, str], span: Span) -> dict[str, Span]:
        """Cut a span at keys that come in a fixed order, each at most once.

        Args:
            keys: name and token of each key, in order. A key that is not there is skipped.
            span: where to look.

        Returns:
            The values by name. A value ends where the next key that is there begins, so that a
            text may hold the token of a key that came before.
        """
        names: list[str] = []
        matches: list[re.Match[str]] = []
        rest = span
        for name, pattern in keys.items():
            match = self.find(pattern, rest)
            if match is not None:
                names.append(name)
                matches.append(match)
                rest = Span(match.end(), span.end)
        values = (value for _, value in _followed(matches, span.end))
        return dict(zip(names, values, strict=True))

    def indented_keys(self, span: Span) -> list[tuple[str, Span]]:
        """List the keys of a span by their indentation, which is that of the first one.

        Returns:
            Each key with its value; nothing for the flattened form, and where a key comes twice
            or the keys are not indented, since a text may then stand where a key does.
        """
        first = None if self.is_flat else _KEY_LINE.search(self.text, span.start, span.end)
        if first is None:
            return []
        matches = [
            match
            for match in _KEY_LINE.finditer(self.text, span.start, span.end)
            if match["indent"] == first["indent"]
        ]
        keys = [match["key"] for match in matches]
        if len(set(keys)) < len(keys):
            return []
        return [(match["key"], value) for match, value in _followed(matches, span.end)]

    def column(self, offset: int) -> int:
        """Return how many characters stand before a place in its line."""
        return offset - self.text.rfind("\n", 0, offset) - 1

    def error(self, offset: int, section: str, message: str, remedy: str) -> DocumentError:
        """Make an error about a place; in the flattened form the column counts characters."""
        line = self.text.count("\n", 0, offset) + 1
        column = offset - self.text.rfind("\n", 0, offset)
        return DocumentError(Problem(message, remedy, self.file, line, column, section))


def _followed(matches: Sequence[re.Match[str]], end: int) -> list[tuple[re.Match[str], Span]]:
    """Return each match with what stands between it and the next one, or the end."""
    stops = [match.start() for match in matches[1:]] + [end] * bool(matches)
    return [(match, Span(match.end(), stop)) for match, stop in zip(matches, stops, strict=True)]
