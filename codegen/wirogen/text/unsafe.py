"""Characters that no text of a spec may hold, and no message may show raw.

They hide or reorder what a reviewer sees, break lines where no line break is written, or cannot
be encoded at all: control characters except tab and line feed, line and paragraph separators,
bidirectional controls, invisible spaces and joiners, tag characters, surrogates, noncharacters.
The zero-width joiner and non-joiner stay: emoji and several scripts are spelled with them.
"""

import re

_UNSAFE = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"
    "\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\ud800-\udfff"
    "\U000e0000-\U000e007f"
    "]"
)


def find_unsafe(text: str) -> int | None:
    """Return the position of the first character that a spec may not hold, or None."""
    unsafe = _UNSAFE.search(text)
    return unsafe.start() if unsafe else None


def describe_unsafe(text: str) -> str | None:
    """Name the first character that a spec may not hold (`U+202E`), or return None."""
    position = find_unsafe(text)
    return None if position is None else f"U+{ord(text[position]):04X}"


def remove_unsafe(text: str) -> str:
    """Return the text without such characters; a carriage return becomes a line feed first."""
    return _UNSAFE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def show_unsafe(text: str) -> str:
    """Return the text with such characters spelled out in ASCII, for terminals and logs."""
    return _UNSAFE.sub(lambda unsafe: ascii(unsafe[0])[1:-1], text)
