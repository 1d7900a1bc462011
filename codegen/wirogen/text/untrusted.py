"""Text that comes from a spec, and the few ways it may leave.

Somebody else wrote it, so in generated source it must stay text: an `Untrusted` refuses to be
formatted, joined or printed by accident. It leaves through one of the exits below, each of which
encodes for one place. Replacing characters where a text is used has failed in generator after
generator; a type that cannot be used without an exit makes forgetting impossible.
"""

import math
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NoReturn, TypeVar
from urllib.parse import urlsplit

__all__ = [
    "Untrusted",
    "docstring",
    "expose",
    "identifier",
    "join",
    "literal",
    "plain",
    "slug",
    "url",
]

_Trusted = TypeVar("_Trusted")

_IDENTIFIER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SLUG: Final = re.compile(r"[a-z0-9][a-z0-9._-]*(?:/[a-z0-9][a-z0-9._-]*)?")
_URL_TEXT: Final = re.compile(r"[A-Za-z0-9:/._~-]+")
_INVISIBLE: Final = re.compile(
    "[\x00-\x1f\x7f-\xa0\xad\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff"
    "\ufff0-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
"""Controls, separators, bidirectional marks, odd spaces, zero width, tags, lone surrogates. Listed
here because what Python calls printable grows with each Unicode version, and bytes must not."""

_BLANKS: Final = re.compile(r"[\s\x85\u2028\u2029]+")


@dataclass(frozen=True, slots=True, repr=False)
class Untrusted:
    """Text from a spec. Comparable and hashable; everything that makes a plain string raises."""

    _text: str

    def reveal(self) -> str:
        """Return the bare text; for the exits of this module alone."""
        return self._text

    def _refuse(self, *_: object) -> NoReturn:
        message = "text from a spec leaves through an exit of wirogen.text.untrusted only"
        raise TypeError(message)

    __str__ = _refuse
    __format__ = _refuse
    __add__ = _refuse
    __radd__ = _refuse
    __mod__ = _refuse
    __iter__ = _refuse
    __html__ = _refuse

    def __repr__(self) -> str:
        """Show that something is there, not what: reprs end up in messages and logs."""
        return f"<untrusted, {len(self._text)} characters>"

    def __bool__(self) -> bool:
        return bool(self._text)


def join(*parts: str | Untrusted) -> Untrusted:
    """Join our words and theirs; the whole is as untrusted as its parts."""
    return Untrusted(
        "".join(expose(part) if isinstance(part, Untrusted) else part for part in parts)
    )


def expose(text: Untrusted) -> str:
    """Exit for data that never becomes source text as it is: a JSON Schema, a comparison."""
    return text.reveal()


def plain(value: Untrusted | _Trusted) -> str | _Trusted:
    """Exit for data, like `expose`; a value that is no text of a spec stays as it is."""
    return expose(value) if isinstance(value, Untrusted) else value


def literal(value: Untrusted | float | bool | None) -> str:
    """Exit for a Python literal in source code; what a reader could not see comes out escaped.

    Raises:
        ValueError: For a number that has no literal (infinite, or not a number).
    """
    if isinstance(value, Untrusted):
        return _quote(expose(value))
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value!r} cannot be written as a Python literal")
    return repr(value)


def _quote(text: str) -> str:
    escaped = _INVISIBLE.sub(_code, text.replace("\\", r"\\").replace('"', r"\""))
    return f'"{escaped}"'


def _code(match: re.Match[str]) -> str:
    return match.group().encode("unicode_escape").decode("ascii")


def identifier(name: str) -> str:
    """Exit for a name in source code: plain ASCII, which planning made; anything else is refused.

    Raises:
        ValueError: If it is not a plain identifier.
    """
    if not _IDENTIFIER.fullmatch(name):
        raise ValueError(f"{name!a} is not a plain identifier")
    return name


def slug(text: Untrusted) -> str:
    """Exit for `owner` or `owner/model` in comments, docstrings and literals.

    Raises:
        ValueError: If it is not in the clean form.
    """
    if not _SLUG.fullmatch(expose(text)):
        raise ValueError(f"{expose(text)!a} is not a clean slug")
    return expose(text)


def url(text: Untrusted) -> str:
    """Exit for a base URL, as a Python literal.

    Raises:
        ValueError: If it is not `https://host[/path]` or `wss://host[/path]` of plain characters
            without credentials.
    """
    parts = urlsplit(expose(text))
    is_plain = (
        _URL_TEXT.fullmatch(expose(text)) and parts.scheme in {"https", "wss"} and parts.hostname
    )
    if not is_plain or "@" in parts.netloc:
        raise ValueError(f"{expose(text)!a} is not a plain https or wss URL")
    return literal(text)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text for a docstring, and how its lines are indented."""

    text: Untrusted
    indent: int = 0
    """Spaces before its first line."""
    hanging: int = 0
    """Further spaces before the lines that follow."""
    gap: bool = True
    """Whether an empty line stands before it."""


def docstring(paragraphs: Sequence[Paragraph], *, indent: int) -> str:
    """Exit for a docstring: wrapped, quoted, and safe whatever the paragraphs say.

    Args:
        paragraphs: At least one; the first is the summary.
        indent: Spaces before the docstring's own quotes.
    """
    lines: list[str] = []
    for paragraph in paragraphs:
        if lines and paragraph.gap:
            lines.append("")
        lines += _wrap(paragraph, width=100 - indent)
    if len(lines) == 1:
        return f'"""{_close(lines[0])}"""'
    body = "\n".join(f"{' ' * indent}{_escape(line)}" if line else "" for line in lines)
    return f'"""{body.strip()}\n{" " * indent}"""'


def _wrap(paragraph: Paragraph, *, width: int) -> list[str]:
    """Lines of a paragraph; a word longer than a line stays whole (a URL should)."""
    first = " " * paragraph.indent
    return textwrap.wrap(
        _visible(expose(paragraph.text)),
        width=width,
        initial_indent=first,
        subsequent_indent=first + " " * paragraph.hanging,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [""]


def _visible(text: str) -> str:
    """Keep what a reader can see: breaks become spaces, invisible characters go.

    Colour codes would reach a terminal through `help()`, bidirectional marks would show code in
    another order than it runs, and lone surrogates cannot be written to a file at all.
    """
    return " ".join(_INVISIBLE.sub("", _BLANKS.sub(" ", text)).split())


def _escape(line: str) -> str:
    """Make a line stand inside triple double quotes as it reads."""
    return line.replace("\\", r"\\").replace('"""', r'""\"')


def _close(line: str) -> str:
    """The same right before the closing quotes."""
    return f'{_escape(line[:-1])}\\"' if line.endswith('"') else _escape(line)
