"""How one argument is written on the wire, and read back.

A field of a request carries one of these encodings in its `Annotated`. The forms are those of the
platform's own examples: text, select and numeric-looking text inputs travel as JSON strings, number
and range inputs as JSON numbers, structures as JSON text inside a string, files as URLs.

For every value x that a request accepts, reading what was written gives x again.
"""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias, cast, get_args

from wiro_runtime.request.file import FileInput, LocalFile, check_one, check_several, location

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

__all__ = [
    "Boolean",
    "CombinedFiles",
    "Encoding",
    "File",
    "FileList",
    "Flag",
    "Json",
    "Number",
    "Numeral",
    "Parts",
    "Text",
    "UrlOf",
]

UrlOf: TypeAlias = Callable[[FileInput], str]
"""Gives the URL under which the platform can read a file."""

Parts: TypeAlias = Iterator[tuple[str, str | LocalFile]]
"""Parts of a multipart body: each a text, or a file to be sent along."""


@dataclass(frozen=True)
class Encoding(ABC):
    """One way of writing an argument.

    Args:
        name: The wire name.
    """

    name: str

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
        """What to give to the request for a JSON value, which then checks it; None for nothing."""

    @property
    def written_name(self) -> str:
        """The wire name that is written."""
        return self.name

    def files(self, _value: Any) -> Sequence[FileInput]:
        """The files in an argument; none unless it is a file argument."""
        return ()

    def find(self, body: Mapping[str, Any]) -> Any:
        """Read the argument out of a whole body; None when it is not there."""
        values = [body[name] for name in self.names if name in body]
        if not values:
            return None
        # Some clients write both siblings and leave one empty; a lone "" may be a real choice.
        return self.read(next((value for value in values if value != ""), values[0]))

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Ask pydantic to refuse bool where it would quietly take it for 1 or 0."""
        from pydantic_core import core_schema  # noqa: PLC0415 - `wiro_runtime` alone loads no pydantic

        return core_schema.no_info_before_validator_function(self._check, handler(source))

    def _check(self, value: object) -> object:
        return value


class _Unflagged(Encoding):
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


class Text(_Unflagged):
    """A JSON string; numbers in plain decimal digits, without an exponent or a needless ".0"."""

    def write(self, value: Any, _: UrlOf, /) -> str:
        """The text itself, or a number spelled out."""
        return value if isinstance(value, str) else _spelled(value)

    def read(self, value: Any) -> Any:
        """The text; a JSON number, as some clients send, is spelled out first."""
        return value if isinstance(value, (str, bool)) or value is None else _spelled(value)

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
    one value, and so reading gives back what was written. Text like "007" or "1e3", or of more
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


class Number(_Unflagged):
    """A JSON number."""

    def write(self, value: Any, _: UrlOf, /) -> int | float:
        """The number, as an integer when it is a whole one."""
        return int(value) if isinstance(value, float) and value.is_integer() else value

    def read(self, value: Any) -> Any:
        """The number; text that holds one is taken as well."""
        return value


class Boolean(Encoding):
    """A JSON boolean."""

    def write(self, value: Any, _: UrlOf, /) -> bool:
        """True or False."""
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
        return {self.on: True, self.off: False}.get(value, value)


class Json(Encoding):
    """A structure, or its JSON text, that travels as JSON text inside a string; "" stands for none."""

    def write(self, value: Any, _: UrlOf, /) -> str:
        """The JSON text."""
        return _json_text(value)

    def read(self, value: Any) -> Any:
        """The structure."""
        return _structure(value) if isinstance(value, str) else value

    def _check(self, value: object) -> object:
        """Take a copy that holds nothing but JSON, so that what was checked is what is sent."""
        if not isinstance(value, str):
            value = _json_text(value)
        structure: object = _structure(value)
        if structure is None or isinstance(structure, (dict, list)):
            return cast("object", structure)
        raise ValueError(f"expected a list, a dict or their JSON text, got {value[:60]!r}.")


class _FileEncoding(Encoding):
    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Check files by our own rules instead of pydantic's reading of the annotation."""
        from pydantic_core import core_schema  # noqa: PLC0415 - `wiro_runtime` alone loads no pydantic

        checked = core_schema.no_info_plain_validator_function(self._check)
        if type(None) not in get_args(source):
            return checked
        nullable = core_schema.nullable_schema(checked)
        return core_schema.no_info_before_validator_function(_none_if_empty, nullable)


@dataclass(frozen=True)
class _FileWithSibling(_FileEncoding):
    """A file input, which may have a sibling input that takes URLs.

    Args:
        name: The wire name of the file input.
        url_name: The wire name of the sibling; URLs then travel under it. The name is the model's own.
    """

    url_name: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The sibling first: where both are filled, the URLs are there."""
        return (self.name,) if self.url_name is None else (self.url_name, self.name)

    @property
    def written_name(self) -> str:
        """The sibling's name if there is one."""
        return self.names[0]


class File(_FileWithSibling):
    """One file: its URL."""

    def files(self, value: Any) -> Sequence[FileInput]:
        """The file."""
        return (value,)

    def parts(self, value: Any) -> Parts:
        """The file itself or its URL; a sibling has the URL, and the other of the two is empty."""
        url = location(value)
        sent = LocalFile.of(value) if url is None else url
        if self.url_name is None:
            yield self.name, sent
        else:
            yield self.name, sent if url is None else ""
            yield self.url_name, url or ""

    def write(self, value: Any, url_of: UrlOf, /) -> str:
        """The URL."""
        return url_of(value)

    def read(self, value: Any) -> Any:
        """The URL; "" stands for none."""
        return value or None

    def _check(self, value: object) -> object:
        return check_one(value)


def _none_if_empty(value: object) -> object:
    """A list of files that turned out empty stands for no files."""
    return None if value in ([], ()) else value


class FileList(_FileWithSibling):
    """Several files: their URLs in one string, joined by commas."""

    def files(self, value: Any) -> Sequence[FileInput]:
        """The files, in order."""
        return tuple(value)

    def parts(self, value: Any) -> Parts:
        """Each local file under the input's name, and all URLs in one text, the sibling's if there is one."""
        files = [LocalFile.of(file) for file in value if location(file) is None]
        urls = [file for file in value if location(file) is not None]
        yield from ((self.name, file) for file in files)
        if self.url_name is not None:
            yield from () if files else ((self.name, ""),)
            yield self.url_name, self.write(urls, _location)
        elif urls:
            yield self.name, self.write(urls, _location)

    def write(self, value: Any, url_of: UrlOf, /) -> str:
        """The joined URLs, each without a comma of its own."""
        return ",".join(url_of(file).replace(",", "%2C") for file in value)

    def read(self, value: Any) -> Any:
        """The URLs, from one string or from an array; "" stands for none."""
        urls: Sequence[Any] = value.split(",") if isinstance(value, str) else value or ()
        return tuple(url.strip() if isinstance(url, str) else url for url in urls if url) or None

    def _check(self, value: object) -> object:
        return tuple(
            # A comma would end the URL on the wire.
            file.replace(",", "%2C") if isinstance(file, str) else file
            for file in check_several(value)
        )


class CombinedFiles(_FileEncoding):
    """Several files: an array of their URLs."""

    def files(self, value: Any) -> Sequence[FileInput]:
        """The files, in order."""
        return tuple(value)

    def parts(self, value: Any) -> Parts:
        """One part after the other under the same name, each a file or a URL."""
        for file in value:
            yield self.name, location(file) or LocalFile.of(file)

    def write(self, value: Any, url_of: UrlOf, /) -> list[str]:
        """The array."""
        return [url_of(file) for file in value]

    def read(self, value: Any) -> Any:
        """The URLs; a lone string, as some clients send for one file, is an array of one."""
        return (value,) if isinstance(value, str) and value else value or None

    def _check(self, value: object) -> object:
        return check_several(value)


_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,399})")
_DIGITS = re.compile(r"[+-]?(?:[0-9]{1,400}\.?[0-9]{0,400}|\.[0-9]{1,400})(?:[eE][+-]?[0-9]{1,3})?")
_NUMERAL = re.compile(r"-?[0-9]{1,400}(?:\.[0-9]{1,400})?")


def _location(file: FileInput) -> str:
    return location(file) or ""


def _no_file(file: FileInput) -> str:
    raise AssertionError(f"unreachable: an encoding without files was given {file!r}")


def _part(value: Any) -> str:
    """A JSON value as the text of a multipart part."""
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _spelled(value)
    return _json_text(value)


def _json_text(value: object) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as problem:
        raise ValueError(f"JSON cannot say it: {problem}.") from None


def _structure(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse_constant) if text else None
    except (ValueError, RecursionError) as problem:
        raise ValueError(f"{text[:60]!r} is not JSON: {problem}.") from None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"JSON has no {name}")


def _spelled(number: float | Decimal) -> str:
    if isinstance(number, int) or (isinstance(number, float) and number.is_integer()):
        return str(int(number))  # every digit of it, where `repr` gives the fewest that read back
    exact = format(Decimal(repr(number)) if isinstance(number, float) else number, "f")
    return exact.rstrip("0").rstrip(".") if "." in exact else exact
