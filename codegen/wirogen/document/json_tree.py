"""JSON documents: decoded within limits, then walked with a name for every place."""

import json
import math
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, cast

from wirogen.errors import DocumentError, Problem
from wirogen.spec.number import read_number
from wirogen.spec.yaml_reader import show
from wirogen.spec.yaml_scalar import INTEGER_LIMIT

MAX_DEPTH: Final = 100
"""Lists and mappings inside each other; the platform's documents have about 12."""

_BRACKET: Final = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.DOTALL)


_LONGEST_NUMBER: Final = 1000
"""Digits of a whole number; far beyond what any reader of JSON holds."""


class NotJsonError(DocumentError):
    """The text is no JSON."""


def parse_tree(text: str, file: str) -> "Tree":
    """Decode a JSON document.

    Args:
        text: the document.
        file: its name, for messages.

    Raises:
        NotJsonError: it is no JSON, or was cut off.
        DocumentError: it gives a key twice, nests too deeply, or holds a number that is none.
    """
    deep = _find_too_deep(text)
    if deep is not None:
        line = text.count("\n", 0, deep) + 1
        column = deep - text.rfind("\n", 0, deep)
        what = f"it nests too deeply to be read: more than {MAX_DEPTH} levels"
        raise DocumentError(Problem(what, "", file, line, column))
    try:
        value = json.loads(
            text,
            object_pairs_hook=_refuse_twice,
            parse_constant=_refuse_constant,
            parse_float=_read_finite,
            parse_int=_read_whole,
        )
    except json.JSONDecodeError as error:
        is_cut = error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated")
        what = "the document was cut off" if is_cut else f"not JSON: {error.msg}"
        problem = Problem(what, "save the document again", file, error.lineno, error.colno)
        raise NotJsonError(problem) from error
    except ValueError as error:
        raise DocumentError(Problem(f"not JSON as it should be: {error}", file=file)) from error
    return Tree(value, file)


def _find_too_deep(text: str) -> int | None:
    """Return where the text nests deeper than `MAX_DEPTH`; None if it does not.

    How deep Python's reader goes differs between versions of Python.
    """
    depth = 0
    for token in _BRACKET.finditer(text):
        if token[0] in "[{":
            depth += 1
        elif token[0] in "]}":
            depth -= 1
        if depth > MAX_DEPTH:
            return token.start()
    return None


def _refuse_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise ValueError(f"the key {key!r} is given twice")
            seen.add(key)
    return members


def _refuse_constant(word: str) -> Any:
    raise ValueError(f"{word} is no number")


def _read_whole(word: str) -> int:
    if len(word) > _LONGEST_NUMBER:
        raise ValueError(f"a number of {len(word)} digits is no number of any input")
    return int(word)


def _read_finite(word: str) -> float:
    number = float(word)
    return number if math.isfinite(number) else _refuse_constant(word)


@dataclass(frozen=True, slots=True)
class Tree:
    """A JSON value and the way to it. What is absent has the value None, like null."""

    value: Any
    file: str
    pointer: Sequence[str | int] = ()

    def __getitem__(self, key: str) -> "Tree":
        """Return a member of a mapping.

        Raises:
            DocumentError: this is no mapping.
        """
        return self._child(self._mapping().get(key), key)

    def member(self, key: str) -> "Tree":
        """Return a member of a mapping; an absent one where this is no mapping."""
        return self[key] if isinstance(self.value, dict) else self._child(None, key)

    def has(self, key: str) -> bool:
        """Return whether this is a mapping with a key."""
        return isinstance(self.value, dict) and key in cast("dict[str, Any]", self.value)

    @property
    def is_list(self) -> bool:
        """Whether this place of the document holds an array."""
        return isinstance(self.value, list)

    @property
    def is_structure(self) -> bool:
        """Whether it is a list or a mapping."""
        return isinstance(self.value, list | dict)

    def items(self) -> Iterator[tuple[str, "Tree"]]:
        """Walk a mapping; nothing for an absent one.

        Raises:
            DocumentError: this is no mapping.
        """
        return ((key, self._child(value, key)) for key, value in self._mapping().items())

    def elements(self) -> "list[Tree]":
        """List what is in a list; nothing for an absent one.

        Raises:
            DocumentError: this is no list.
        """
        if self.value is None:
            return []
        if not self.is_list:
            raise self.error(f"expected a list, found {self._kind()}")
        values = cast("Sequence[Any]", self.value)
        return [self._child(value, at) for at, value in enumerate(values)]

    def text(self) -> str | None:
        """Return a text; None for none and for an empty one.

        Raises:
            DocumentError: this is no text.
        """
        if self.value is None or isinstance(self.value, str):
            return self.value or None
        raise self.error(f"expected a text, found {self._kind()}")

    def word(self) -> str | None:
        """Return a text as it is, a number in plain digits, a boolean as JSON writes it; None for none.

        Raises:
            DocumentError: this is a list or a mapping.
        """
        scalar = self.scalar()
        if isinstance(scalar, float):
            return format(Decimal(repr(scalar)), "f")
        return scalar if scalar is None or isinstance(scalar, str) else json.dumps(scalar)

    def decoded(self) -> "Tree":
        """Return the list or mapping that a text holds as JSON, at the same place; else this."""
        if not isinstance(self.value, str) or not self.value.lstrip().startswith(("[", "{")):
            return self
        try:
            return Tree(parse_tree(self.value, self.file).value, self.file, self.pointer)
        except DocumentError:
            return self

    def plain(self) -> str | None:
        """Return the same as `word()`; None for a list or a mapping too."""
        return None if self.is_structure else self.word()

    def scalar(self) -> str | int | float | bool | None:
        """Return a text, a number or a boolean.

        Raises:
            DocumentError: this is anything else but null.
        """
        if self.is_structure:
            raise self.error(f"expected a text or a number, found {self._kind()}")
        return cast("str | int | float | bool | None", self.value)

    def number(self) -> int | float | None:
        """Return a finite number, which may be written as a text; None for anything else."""
        value = self.value
        if isinstance(value, bool) or not isinstance(value, int | float):
            return read_number(value.strip() if isinstance(value, str) else value)
        if abs(value) < INTEGER_LIMIT:
            return value
        return float(value) if abs(value) <= sys.float_info.max else None

    def error(self, message: str, remedy: str = "save the document again") -> DocumentError:
        """Make an error about this place."""
        return DocumentError(Problem(message, remedy, self.file, pointer=show(self.pointer)))

    def _mapping(self) -> dict[str, Any]:
        if self.value is None:
            return {}
        if not isinstance(self.value, dict):
            raise self.error(f"expected a mapping, found {self._kind()}")
        return cast("dict[str, Any]", self.value)

    def _child(self, value: Any, step: str | int) -> "Tree":
        return Tree(value, self.file, (*self.pointer, step))

    def _kind(self) -> str:
        if isinstance(self.value, dict):
            return "a mapping"
        if isinstance(self.value, list):
            return "a list"
        return json.dumps(self.value)[:60]
