"""Strict YAML: what JSON can say, with a place for every value.

Built on libyaml's events, so that limits hold while the text is read and not after: libyaml's own
composer overflows the stack on deep nesting, and aliases grow a kilobyte into gigabytes.
No tags, anchors, aliases, merge keys, duplicate keys, directives or second documents.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias, cast

import yaml

from wirogen.errors import Problem, SpecError
from wirogen.spec.yaml_scalar import UnclearScalarError, read_plain
from wirogen.text.unsafe import describe_unsafe, find_unsafe

MAX_BYTES: Final = 256 * 1024
MAX_DEPTH: Final = 16
MAX_NODES: Final = 20_000

Pointer: TypeAlias = tuple[str | int, ...]
"""Keys and positions from the top: `("inputs", 3, "name")`."""

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml where PyYAML was built with it, else the same grammar in Python, seven times slower."""


@dataclass(frozen=True, slots=True)
class Place:
    """A position in a file, both counted from 1."""

    line: int
    column: int


@dataclass(slots=True)
class Reading:
    """A YAML document: its value, where everything stands, and what is wrong with it so far."""

    file: str
    value: Any = None
    places: dict[int, dict[str | int, Any]] = field(default_factory=dict[int, dict[str | int, Any]])
    """For each container (by identity; `value` keeps them alive) the marks of its members."""
    problems: list[Problem] = field(default_factory=list[Problem])

    def place(self, pointer: Sequence[str | int]) -> Place:
        """Find where the value stands, or the nearest thing around it that exists."""
        place, value = Place(1, 1), self.value
        for step in pointer:
            mark = self.places.get(id(value), {}).get(step)
            if mark is None:
                break
            place = _place(mark)
            value = value[step]
        return place

    def problem(self, pointer: Sequence[str | int], message: str, remedy: str = "") -> Problem:
        """Make a problem about the value at `pointer`."""
        place = self.place(pointer)
        return Problem(message, remedy, self.file, place.line, place.column, show(pointer))


def show(pointer: Sequence[str | int]) -> str:
    """Write a pointer the way people do: `inputs[3].refine.kind`."""
    parts = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in pointer)
    return "".join(parts).removeprefix(".")


def parse(data: bytes, file: str) -> Reading:
    """Read one YAML document.

    Args:
        data: the bytes of the file: UTF-8, with or without a byte order mark, any line ends.
        file: its name, for messages.

    Returns:
        The reading. Its `problems` hold what could be read past; a key or scalar that a problem
        is about is absent from the value, or in it as text.

    Raises:
        SpecError: the text cannot be read at all, or exceeds a limit.
    """
    text = _decode(data, file)
    return _Builder(Reading(file)).build(text)


def _decode(data: bytes, file: str) -> str:
    if len(data) > MAX_BYTES:
        raise SpecError(
            Problem(f"{len(data)} bytes are more than a spec may have ({MAX_BYTES})", file=file)
        )
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SpecError(
            Problem(f"byte {error.start} is not UTF-8", "save the file as UTF-8", file, line)
        ) from error
    position = find_unsafe(text)
    if position is not None:
        line = text.count("\n", 0, position) + 1
        column = position - text.rfind("\n", 0, position)
        what = f"holds the character {describe_unsafe(text)}, which cannot be seen in a review"
        raise SpecError(Problem(what, "remove it", file, line, column))
    return text


def _place(mark: Any) -> Place:
    return Place(mark.line + 1, mark.column + 1)


def _find_too_deep(text: str) -> Any:
    """Return the mark of the first value below `MAX_DEPTH`, None if there is none.

    PyYAML reads about a thousand characters ahead of its events and has limits of its own, which
    differ between versions: what stands before its complaint is held to our limit first.
    """
    depth = 0
    with suppress(yaml.YAMLError):  # the text was cut: it ends in the middle
        for event in cast("Iterator[Any]", yaml.parse(text, Loader=_Loader)):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > MAX_DEPTH:
                return event.start_mark
    return None


class _Builder:
    """Turns events into values, one container at a time."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._pointer: list[str | int] = []
        self._nodes = 0
        self._next: Callable[[], Any] = lambda: None

    def build(self, text: str) -> Reading:
        try:
            events = cast("Iterator[Any]", yaml.parse(text, Loader=_Loader))
            self._next = events.__next__
            self._build_document()
        except yaml.MarkedYAMLError as error:
            mark: Any = error.problem_mark or error.context_mark
            deep = _find_too_deep(text[: mark.index]) if mark else None
            if deep is not None:
                raise self._refuse_depth(deep) from error
            raise self._fatal(f"not YAML: {error.problem or error.context}", mark) from error
        except (yaml.YAMLError, RecursionError) as error:
            raise self._fatal(f"not YAML: {error}", None) from error
        return self._reading

    def _build_document(self) -> None:
        self._next()  # the stream starts
        start = self._next()
        if not isinstance(start, yaml.DocumentStartEvent):
            raise self._fatal("the file is empty; a mapping was expected", None)
        if start.version or start.tags:
            self._complain(start.start_mark, "a YAML directive has no place here", "remove it")
        self._reading.value = self._node(self._next(), depth=1)
        self._next()  # the document ends
        after = self._next()
        if isinstance(after, yaml.DocumentStartEvent):
            self._complain(after.start_mark, "a second document begins", "keep one per file")

    def _node(self, event: Any, depth: int) -> Any:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise self._fatal(f"more than {MAX_NODES} values", event.start_mark)
        if isinstance(event, yaml.AliasEvent):
            # What follows could not be judged without it, and reading on could exhaust the memory.
            raise self._fatal(f"alias *{event.anchor}; write the value out", event.start_mark)
        if event.anchor is not None:
            self._complain(event.start_mark, f"anchor &{event.anchor}", "write values out")
        if event.tag is not None:
            self._complain(event.start_mark, f"tag {event.tag}", "use plain values only")
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if depth > MAX_DEPTH:
            raise self._refuse_depth(event.start_mark)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(depth)
        return self._mapping(depth)

    def _scalar(self, event: Any) -> Any:
        text = cast("str", event.value)
        unsafe = describe_unsafe(text)
        if unsafe:
            self._complain(event.start_mark, f"the text holds {unsafe}", "remove the character")
        if not event.implicit[0] or event.style:
            return text
        try:
            return read_plain(text)
        except UnclearScalarError as error:
            self._complain(event.start_mark, str(error))
            return text

    def _sequence(self, depth: int) -> list[Any]:
        items: list[Any] = []
        marks: dict[str | int, Any] = {}
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            marks[len(items)] = event.start_mark
            self._pointer.append(len(items))
            items.append(self._node(event, depth + 1))
            self._pointer.pop()
        self._reading.places[id(items)] = marks
        return items

    def _mapping(self, depth: int) -> dict[str, Any]:
        items: dict[str, Any] = {}
        marks: dict[str | int, Any] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = self._key(event, depth)
            self._pointer.append(key)
            if key in marks:
                first = _place(marks[key]).line
                self._complain(event.start_mark, f"key given twice, first on line {first}")
            value = self._node(self._next(), depth + 1)
            self._pointer.pop()
            items.setdefault(key, value)
            marks.setdefault(key, event.start_mark)
        self._reading.places[id(items)] = marks
        return items

    def _key(self, event: Any, depth: int) -> str:
        if isinstance(event, yaml.ScalarEvent) and event.value == "<<" and not event.style:
            self._complain(event.start_mark, "merge key <<", "write the keys out")
            return "<<"
        key = self._node(event, depth + 1)
        if not isinstance(key, str):
            self._complain(event.start_mark, "a key must be a word", "quote it or rename it")
        return str(key)

    def _complain(self, mark: Any, message: str, remedy: str = "") -> None:
        self._reading.problems.append(self._problem(message, remedy, mark))

    def _refuse_depth(self, mark: Any) -> SpecError:
        return self._fatal(f"nested deeper than {MAX_DEPTH} levels", mark)

    def _fatal(self, message: str, mark: Any) -> SpecError:
        return SpecError([*self._reading.problems, self._problem(message, "", mark)])

    def _problem(self, message: str, remedy: str, mark: Any) -> Problem:
        place = _place(mark) if mark else None
        return Problem(
            message,
            remedy,
            self._reading.file,
            place.line if place else None,
            place.column if place else None,
            show(self._pointer),
        )
