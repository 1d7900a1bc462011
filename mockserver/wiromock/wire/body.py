"""Request bodies: JSON, both kinds of multipart, and urlencoded forms.

The documents' curl lines declare `multipart/form-data` without a boundary and send JSON. That is
neither; the mock reads it all the same and says so in `Form.oddity`.
"""

import codecs
import logging
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from wiromock.wire.http import Request
from wiromock.wire.json_body import UnreadableBody, read_json_object

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

ODD_MULTIPART = "a JSON body under `Content-Type: multipart/form-data` without a boundary"

_PLAIN_JSON = frozenset({"application/json", ""})
"""What nearly every call says of its body, and what need not be taken apart."""

# Its warnings about a caller's body would repeat the reply.
logging.getLogger("python_multipart").addHandler(logging.NullHandler())

_EXTENDED_NAME = re.compile(
    rb"""filename\*\s*=\s*"?([A-Za-z0-9_-]+)'[A-Za-z0-9-]*'([!-~]*?)"?(?:;|$)""", re.IGNORECASE
)
"""A file name that is not ASCII; wins over a plain one, says RFC 6266."""

_QUOTED = re.compile(rb'(?<!\*)=\s*"(?:[^"\\]|\\.)*"')
"""A value in quotes, which may hold anything; some write even an extended name in them."""

MOST_PARTS = 1_000
"""Parts of a multipart body; the engine answers nobody else while it reads more."""


@dataclass(frozen=True, slots=True)
class Part:
    """A file that arrived in a multipart body."""

    name: str
    """The form field."""
    filename: str
    content: bytes


@dataclass(slots=True)
class Form:
    """What a body holds, whether it came as JSON or as multipart."""

    fields: dict[str, Any] = field(default_factory=dict[str, Any])
    """JSON values, or texts; a text field that came several times is a list."""
    files: tuple[Part, ...] = ()
    oddity: str | None = None
    """What was wrong with it and tolerated."""
    is_multipart: bool = False
    """Whether it came in parts, of which one says nothing about whether there might be more."""


def read_form(request: Request) -> Form:
    """Read the body of a request.

    Raises:
        UnreadableBody: it cannot be read as what its content type says.
    """
    if not request.body or request.body.isspace():
        return Form()
    stated = request.headers.get("content-type", "")
    if stated in _PLAIN_JSON:
        return Form(read_json_object(request.body))
    declared, options = parse_options_header(stated)
    if declared == b"multipart/form-data":
        if b"boundary" in options:
            return _read_multipart(request.body, options[b"boundary"])
        return Form(read_json_object(request.body), oddity=ODD_MULTIPART)
    if declared == b"application/x-www-form-urlencoded":
        return Form(_gather(parse_qsl(_text(request.body), keep_blank_values=True)))
    return Form(read_json_object(request.body))


def _read_multipart(body: bytes, boundary: bytes) -> Form:
    parts = _Parts()
    try:
        parser = MultipartParser(boundary, parts.callbacks())
        parser.write(_without_preamble(body, boundary))
        parser.finalize()
    except FormParserError as error:
        raise UnreadableBody(f"the multipart body is broken ({error})") from error
    if not parts.ended:
        raise UnreadableBody("the multipart body stops before its closing boundary")
    return Form(_gather(parts.texts), tuple(parts.files), is_multipart=True)


def _without_preamble(body: bytes, boundary: bytes) -> bytes:
    """Drop what stands before the first boundary: MIME allows it, and the parser does not."""
    if body.startswith(b"--" + boundary):
        return body
    start = body.find(b"\r\n--" + boundary)
    return body if start < 0 else body[start + 2 :]


class _Parts:
    """Collects what the multipart parser passes to its callbacks."""

    def __init__(self) -> None:
        self.texts: list[tuple[str, str]] = []
        self.files: list[Part] = []
        self.ended = False
        self._begin()

    def callbacks(self) -> "MultipartCallbacks":
        return {
            "on_part_begin": self._begin_part,
            "on_header_field": self._header_name,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_part_data": self._data,
            "on_part_end": self._end,
            "on_end": self._finish,
        }

    def _begin_part(self) -> None:
        if len(self.texts) + len(self.files) >= MOST_PARTS:
            raise UnreadableBody(f"the multipart body has more than {MOST_PARTS} parts")
        self._begin()

    def _begin(self) -> None:
        self._headers: dict[bytes, bytes] = {}
        self._name = self._value = b""
        self._content = bytearray()

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        self._headers[self._name.lower()] = self._value
        self._name = self._value = b""

    def _data(self, data: bytes, start: int, end: int) -> None:
        self._content += data[start:end]

    def _end(self) -> None:
        disposition = self._headers.get(b"content-disposition", b"")
        _, options = parse_options_header(disposition)
        if b"name" not in options:
            raise UnreadableBody("a part of the multipart body has no name")
        name = _text(options[b"name"])
        extended = _EXTENDED_NAME.search(_QUOTED.sub(b"", disposition))
        if extended is not None:
            self._add_file(name, _decoded(extended))
        elif b"filename" in options:
            self._add_file(name, _text(options[b"filename"]))
        else:
            self.texts.append((name, _text(bytes(self._content))))

    def _add_file(self, name: str, filename: str) -> None:
        self.files.append(Part(name, filename, bytes(self._content)))

    def _finish(self) -> None:
        self.ended = True


def _decoded(extended: re.Match[bytes]) -> str:
    """A file name in the form of RFC 5987: a character set, and bytes percent-encoded."""
    charset, encoded = extended[1].decode(), extended[2].decode()
    try:
        codecs.lookup(charset)
        name = unquote(encoded, encoding=charset, errors="strict")
        name.encode()  # Python knows character sets that say what UTF-8 cannot
    except (LookupError, ValueError) as error:
        raise UnreadableBody(f"the name of a file is not {charset} ({error})") from error
    return name


def _gather(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, value in pairs:
        if name not in fields:
            fields[name] = value
        elif isinstance(fields[name], list):
            fields[name].append(value)
        else:
            fields[name] = [fields[name], value]
    return fields


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise UnreadableBody(f"the body is not UTF-8 ({error})") from error
