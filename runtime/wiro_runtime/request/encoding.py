"""How one argument is written on the wire, and read back.

A field of a request carries one of these encodings in its `Annotated`. The forms are those of the
platform's own examples: text, select and numeric-looking text inputs travel as JSON strings, number
and range inputs as JSON numbers, structures as JSON text inside a string, files as URLs.

For every value x that a request accepts, reading what was written returns x again.
"""

from __future__ import annotations

import json
import math
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias, TypeGuard, cast, get_args

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

    from wiro_runtime.request.file import FileInput, LocalFile

__all__ = [
    "EMPTY",
    "Boolean",
    "Empty",
    "Encoding",
    "Flag",
    "Json",
    "Number",
    "Numeral",
    "Parts",
    "Text",
    "UrlOf",
    "json_text",
    "read_structure",
]

UrlOf: TypeAlias = "Callable[[FileInput], str]"
"""Gives the URL under which the platform can read a file."""


class Empty(str):
    """The empty text of an optional input that has no empty value of its own, as it was read from a body.

    Some clients write every input, and "" for those that are not used; the platform distinguishes that from an
    input that is not there.
    """

    __slots__ = ()


EMPTY = Empty()
"""The one there is."""

Parts: TypeAlias = "Iterator[tuple[str, str | LocalFile]]"
"""Parts of a multipart body: each a text, or a file to be sent along."""


@dataclass(frozen=True)
class Encoding(ABC):
    """One way of writing an argument.

    Args:
        name: The wire name.
    """

    name: str
    holds_files: ClassVar[bool] = False
    """Whether there can be files in an argument: whether a class has a way of its own to find them."""

    def __init_subclass__(cls) -> None:
        cls.holds_files = cls.files is not Encoding.files

    @property
    def empty(self) -> Any:
        """The JSON value of an input that is there and holds nothing."""
        return ""

    @property
    def names(self) -> tuple[str, ...]:
        """Every wire name that this encoding reads."""
        return (self.name,)

    @abstractmethod
    def write(self, value: Any, url_of: UrlOf, /) -> Any:
        """The JSON value for an argument."""

    def parts(self, value: Any) -> Parts:
        """The argument in a multipart body: one text, unless files are to be sent along."""
        yield self.written_name, _part(self.write(value, _no_file))

    @abstractmethod
    def read(self, value: Any) -> Any:
        """What to pass to the request for a JSON value, which then checks it; None for nothing."""

    @property
    def written_name(self) -> str:
        """Under which name of the wire the argument is sent, where it has several."""
        return self.name

    def files(self, _value: Any) -> Sequence[FileInput]:
        """The files in an argument; none unless it is a file argument."""
        return ()

    def find(self, body: Mapping[str, Any], *, optional: bool) -> Any:
        """Read the argument out of a whole body; None when it is not there.

        Args:
            body: By wire names.
            optional: Whether it may be left out, so that an empty one may stand for nothing.
        """
        values = [body[name] for name in self.names if name in body]
        if not values:
            return None
        # Some clients write both siblings and leave one empty; a lone "" may be a real choice.
        value = next((value for value in values if value not in ("", [])), values[0])
        return EMPTY if optional and value in ("", []) else self.read(value)

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Ask pydantic to refuse bool where it would quietly take it for 1 or 0."""
        from pydantic_core import core_schema  # noqa: PLC0415 - `wiro_runtime` alone loads no pydantic

        checked = handler(source)
        if type(None) not in get_args(source):
            return core_schema.no_info_before_validator_function(self._check, checked)
        return core_schema.no_info_wrap_validator_function(self._check_optional, checked)

    def _check_optional(self, value: object, handler: Callable[[object], object]) -> object:
        return value if isinstance(value, Empty) else handler(self._check(value))

    def _check(self, value: object) -> object:
        return value


class _NotBoolean(Encoding):
    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Ask pydantic to check numbers, and keep them as they were given: its floats round whole ones."""
        from pydantic_core import core_schema  # noqa: PLC0415 - `wiro_runtime` alone loads no pydantic

        schema = super().__get_pydantic_core_schema__(source, handler)
        if not {int, float}.intersection((source, *get_args(source))) or str in get_args(source):
            return schema
        return core_schema.no_info_wrap_validator_function(self._keep, schema)

    def _keep(self, value: object, check: Callable[[object], object], /) -> object:
        """The number that was given, whatever pydantic makes of it, once it passed."""
        number = check(value)
        if isinstance(value, str) and _WHOLE.fullmatch(value):
            return int(value)
        return value if isinstance(value, int) else number

    def _check(self, value: object) -> object:
        if isinstance(value, bool):
            raise ValueError(f"{value} is not a value of this input; it is no yes/no switch.")  # noqa: TRY004 - pydantic reports ValueErrors
        return value


class Text(_NotBoolean):
    """A JSON string; numbers in plain decimal digits, without an exponent or a needless ".0"."""

    def write(self, value: Any, _: UrlOf, /) -> str:
        """The text itself, or a number spelled out."""
        return value if isinstance(value, str) else _spelled(value)

    def read(self, value: Any) -> Any:
        """The text; a JSON number, as some clients send, is spelled out first."""
        return _spelled(value) if _is_finite(value) else value

    def _keep(self, value: object, check: Callable[[object], object], /) -> object:
        """The number too, or its text where it is spelled as we would not (`2.10`, `007`): digits are kept."""
        value = _spelled(value) if isinstance(value, Decimal) else value
        number = super()._keep(value, check)
        if not isinstance(value, str) or not _DIGITS.fullmatch(value):
            return number
        return number if _spelled(cast("float", number)) == value else value


class Numeral(Text):
    """A JSON string whose Python value is a number wherever the text spells one.

    For choices between numbers, and for inputs that take numbers and text alike: 0.7 and "0.7" are
    one value, and so reading returns what was written. Text like "007" or "1e3", or of more
    digits than a float holds, stays text, for writing that number would give another.
    """

    def _check(self, value: object) -> object:
        value = super()._check(value)
        if isinstance(value, (int, Decimal)):
            value = _spelled(value)
        if isinstance(value, str):
            number = float(value) if _NUMERAL.fullmatch(value) else None
            value = value if number is None or _spelled(number) != value else number
        return int(value) if isinstance(value, float) and value.is_integer() else value


@dataclass(frozen=True)
class Number(_NotBoolean):
    """A JSON number.

    Args:
        name: The wire name.
        offered: The only numbers that the model takes; empty for any.
    """

    offered: tuple[float, ...] = ()

    def _keep(self, value: object, check: Callable[[object], object], /) -> object:
        number = super()._keep(value, check)
        if self.offered and isinstance(number, (int, float)) and number not in self.offered:
            listed = ", ".join(map(str, self.offered))
            raise ValueError(f"{value!r} is not offered; offered are {listed}.")
        return number

    def write(self, value: Any, _: UrlOf, /) -> int | float:
        """The number, as an integer when it is a whole one."""
        return int(value) if isinstance(value, float) and value.is_integer() else value

    def read(self, value: Any) -> Any:
        """The number; text that holds one is taken as well."""
        return value


class Boolean(Encoding):
    """Travels as `true` or `false`, as checkboxes do."""

    def write(self, value: Any, _: UrlOf, /) -> bool:
        """The value as a JSON boolean."""
        return bool(value)

    def read(self, value: Any) -> Any:
        """True or False; the texts that multipart forms use are taken as well."""
        return value


@dataclass(frozen=True)
class Flag(Encoding):
    """A Python bool that travels as one of two texts.

    Args:
        name: The wire name.
        on: The text for True.
        off: The text for False.
    """

    on: str = "true"
    off: str = "false"

    def write(self, value: Any, _: UrlOf, /) -> str:
        """The text for the bool."""
        return self.on if value else self.off

    def read(self, value: Any) -> Any:
        """The bool for the text; anything else is left for the request to refuse."""
        spoken = {self.on: True, self.off: False}
        return spoken.get(value, value) if isinstance(value, str) else value


class Json(Encoding):
    """A structure, or its JSON text, that travels as JSON text inside a string; "" travels as it is."""

    def write(self, value: Any, _: UrlOf, /) -> str:
        """The structure as compact JSON text."""
        return json_text(value)

    def read(self, value: Any) -> Any:
        """The structure that a JSON text says; None for an empty one."""
        return read_structure(value) if isinstance(value, str) else value

    def _check_optional(self, value: object, handler: Callable[[object], object]) -> object:
        # Models whose clients always write the input distinguish "" from its absence.
        return EMPTY if value == "" else super()._check_optional(value, handler)

    def _check(self, value: object) -> object:
        """Take a copy that holds nothing but JSON, so that what was checked is what is sent."""
        if not isinstance(value, str):
            value = json_text(value)
        structure: object = read_structure(value)
        if structure is None or isinstance(structure, (dict, list)):
            return cast("object", structure)
        raise ValueError(f"expected a list, a dict or their JSON text, got {value[:60]!r}.")


_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,399})")
_DIGITS = re.compile(r"[+-]?(?:[0-9]{1,400}\.?[0-9]{0,400}|\.[0-9]{1,400})(?:[eE][+-]?[0-9]{1,3})?")
_NUMERAL = re.compile(r"-?[0-9]{1,400}(?:\.[0-9]{1,400})?")


def _no_file(file: FileInput) -> str:
    raise AssertionError(f"unreachable: an encoding without files was given {file!r}")


def _part(value: Any) -> str:
    """A JSON value as the text of a multipart part."""
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _spelled(value)
    return json_text(value)


def json_text(value: object) -> str:
    """The shortest JSON text of a value.

    Raises:
        ValueError: JSON cannot say it.
    """
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as problem:
        raise ValueError(f"JSON cannot say it: {problem}.") from None


def read_structure(text: str) -> Any:
    """What a JSON text says; None for an empty one.

    Raises:
        ValueError: It is no JSON.
    """
    try:
        return json.loads(text, parse_constant=_refuse_constant) if text else None
    except (ValueError, RecursionError) as problem:
        raise ValueError(f"{text[:60]!r} is not JSON: {problem}.") from None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"JSON has no {name}")


def _is_finite(value: object) -> TypeGuard[float | Decimal]:
    if isinstance(value, Decimal):
        return value.is_finite()
    return type(value) is int or (isinstance(value, float) and math.isfinite(value))


def _spelled(number: float | Decimal) -> str:
    if isinstance(number, int) or (isinstance(number, float) and number.is_integer()):
        return str(int(number))  # every digit of it, where `repr` gives the fewest that read back
    exact = format(Decimal(repr(number)) if isinstance(number, float) else number, "f")
    return exact.rstrip("0").rstrip(".") if "." in exact else exact
