"""How files are written on the wire: as the URLs under which the platform can read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast, get_args

from wiro_runtime.request.encoding import Empty, Encoding, Parts, UrlOf
from wiro_runtime.request.file import FileInput, LocalFile, location
from wiro_runtime.request.file_check import check_one, check_several

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic_core import CoreSchema

__all__ = ["CombinedFiles", "File", "FileList"]

_URL_SCHEMA = {"type": "string", "format": "uri", "description": "A URL."}
_URLS_SCHEMA = {"anyOf": [_URL_SCHEMA, {"type": "array", "items": _URL_SCHEMA}]}


class _FileEncoding(Encoding):
    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Check files by our own rules instead of pydantic's reading of the annotation."""
        from pydantic_core import core_schema  # noqa: PLC0415 - `wiro_runtime` alone loads no pydantic

        checked = core_schema.no_info_plain_validator_function(self._check)
        if type(None) not in get_args(source):
            return checked
        return core_schema.no_info_wrap_validator_function(self._check_optional, checked)

    def _check_optional(self, value: object, handler: Callable[[object], object]) -> object:
        if value is None or _is_empty_list(value):
            return None
        return value if isinstance(value, Empty) else handler(value)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe what JSON can say of a file: where it is."""
        return _URL_SCHEMA


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
    """Takes one file, and sends its URL as text."""

    def files(self, value: Any) -> Sequence[FileInput]:
        """The argument itself, which is a single file."""
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
        """The URL under which the platform can read the file."""
        return url_of(value)

    def read(self, value: Any) -> Any:
        """The URL; "" stands for none."""
        return None if _is_nothing(value) else value

    def _check(self, value: object) -> object:
        return check_one(value)


class FileList(_FileWithSibling):
    """Several files: their URLs in one string, joined by commas."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe one URL or several."""
        return _URLS_SCHEMA

    def files(self, value: Any) -> Sequence[FileInput]:
        """What was given, in the caller's order; local ones are uploaded in it."""
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
        urls: object = value.split(",") if isinstance(value, str) else value
        if not isinstance(urls, (list, tuple)):
            return None if _is_nothing(urls) else urls  # for the request to refuse
        listed = cast("Sequence[object]", urls)
        stripped = (url.strip() if isinstance(url, str) else url for url in listed)
        return tuple(url for url in stripped if url != "") or None

    def _check(self, value: object) -> object:
        return tuple(
            # A comma would end the URL on the wire.
            file.replace(",", "%2C") if isinstance(file, str) else file
            for file in check_several(value)
        )


class CombinedFiles(_FileEncoding):
    """Several files: an array of their URLs."""

    @property
    def empty(self) -> Any:
        """An array without URLs."""
        return list[str]()

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe one URL or several."""
        return _URLS_SCHEMA

    def files(self, value: Any) -> Sequence[FileInput]:
        """What was given, in the caller's order; local ones are uploaded in it."""
        return tuple(value)

    def parts(self, value: Any) -> Parts:
        """One part after the other under the same name, each a file or a URL."""
        for file in value:
            yield self.name, location(file) or LocalFile.of(file)

    def write(self, value: Any, url_of: UrlOf, /) -> list[str]:
        """An array of URLs, in the order of the files."""
        return [url_of(file) for file in value]

    def read(self, value: Any) -> Any:
        """The URLs; a lone string, as some clients send for one file, is an array of one."""
        if _is_nothing(value):
            return None
        return (value,) if isinstance(value, str) else value

    def _check(self, value: object) -> object:
        return check_several(value)


def _is_nothing(value: object) -> bool:
    """Whether a body says that there is no file; 0 and False are no such thing, but mistakes."""
    return value is None or value == "" or _is_empty_list(value)


def _location(file: FileInput) -> str:
    return location(file) or ""


def _is_empty_list(value: object) -> bool:
    """Whether it is a list of files that turned out empty, which stands for no files."""
    return isinstance(value, (list, tuple)) and not cast("Sequence[object]", value)
