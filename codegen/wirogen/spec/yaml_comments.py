"""Comments that people wrote into a spec, carried into the text that replaces it.

A comment belongs to the value whose line it stands on, or to the next value below it. A value is known by
its keys, and in a list by its `name` or `value`, so that a comment follows an input that moves. PyYAML
reads and writes specs and knows nothing of comments; its tokens tell them from texts that hold a `#`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, cast

import yaml

from wirogen.spec.yaml_reader import Reading, parse

_COMMENT: Final = re.compile(r"(?:^|(?<=\s))#[^\n]*", re.MULTILINE)
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_Key: TypeAlias = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class _Comment:
    text: str
    key: _Key
    """What it belongs to; empty for the end of the file."""
    is_behind: bool
    """Whether it stands behind the value, on its line."""


def carry_comments(old: str, new: str) -> tuple[str, list[str]]:
    """Put the comments of an old text into a new one.

    Args:
        old: the spec that is there.
        new: what is to replace it, with no comment but our own header.

    Returns:
        The new text with them, and those whose value is gone.
    """
    if "#" not in old:
        return new, []
    ours = set(new.splitlines()[:1])
    comments = [comment for comment in _comments(old) if comment.text not in ours]
    if not comments:
        return new, []
    lines = new.split("\n")
    places = _lines(parse(new.encode(), ""))
    lost: list[str] = []
    before: dict[int, list[str]] = {}
    for comment in comments:
        line = places.get(comment.key, len(lines) - 1 if not comment.key else None)
        if line is None:
            lost.append(comment.text)
        elif comment.is_behind and not _opens_block(lines[line]):
            lines[line] += f"  {comment.text}"
        else:
            indent = re.match(r" *", lines[line])
            before.setdefault(line, []).append((indent[0] if indent else "") + comment.text)
    made = [part for at, line in enumerate(lines) for part in (*before.get(at, ()), line)]
    return "\n".join(made), lost


def _opens_block(line: str) -> bool:
    """Return whether a line ends in the header of a block of text, which a comment may follow oddly."""
    return re.search(r"[|>][-+0-9]*$", line) is not None


def _comments(text: str) -> Iterator[_Comment]:
    """List the comments of a text, each with what it belongs to."""
    keys = {line: key for key, line in sorted(_lines(parse(text.encode(), "")).items(), key=_depth)}
    starts = sorted(keys)
    for start, end in _gaps(text):
        for match in _COMMENT.finditer(text, start, end):
            line = text.count("\n", 0, match.start())
            is_behind = bool(text[text.rfind("\n", 0, match.start()) + 1 : match.start()].strip())
            if is_behind:
                own = max((at for at in starts if at <= line), default=None)
            else:
                own = min((at for at in starts if at > line), default=None)
            yield _Comment(match[0].rstrip(), () if own is None else keys[own], is_behind)


def _depth(item: tuple[_Key, int]) -> int:
    """Sort deeper keys first, so that the outermost of several on one line is kept."""
    return -len(item[0])


def _gaps(text: str) -> Iterator[tuple[int, int]]:
    """Return the stretches of a text that no scalar covers."""
    at = 0
    for token in cast("Iterator[Any]", yaml.scan(text, Loader=_Loader)):
        if isinstance(token, yaml.ScalarToken):
            yield at, token.start_mark.index
            at = token.end_mark.index
    yield at, len(text)


def _lines(reading: Reading) -> dict[_Key, int]:
    """Return the line, counted from 0, of every value by its key."""
    lines: dict[_Key, int] = {}

    def walk(value: Any, key: _Key) -> None:
        marks: Mapping[str | int, Any] = reading.places.get(id(value), {})
        for step, mark in marks.items():
            member = value[step]
            own = (*key, _identity(member, step))
            lines.setdefault(own, mark.line)
            walk(member, own)

    walk(reading.value, ())
    return lines


def _identity(member: Any, step: str | int) -> object:
    """Return what an item of a list is known by; a key of a mapping is known by itself."""
    if isinstance(step, str):
        return step
    if isinstance(member, dict):
        items = cast("dict[str, Any]", member)
        return items.get("name", items.get("value", items.get("form", step)))
    return member if isinstance(member, str) else step
