"""A document fetched over HTTPS: one host, no credentials, bounded in size and time."""

import ipaddress
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit

import httpx

from wirogen.document.detect import MAX_BYTES
from wirogen.errors import DocumentError, Problem

SECONDS: Final = 60.0
"""For a whole download, redirects included."""
_SILENCE: Final = 15.0
"""Seconds for one connection, or between two pieces of an answer."""
_REDIRECTS: Final = 5
_LOCAL: Final = re.compile(r"(?:.*\.)?(?:localhost|local|internal|home\.arpa)|[^.]*")
"""Names that no public server has; a name without a dot is one of this network."""
_NUMERIC: Final = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")
"""What ends in a number is an address to most software, however it is spelled."""
_REMEDY: Final = "download it yourself and import the file"
_OWN_SERVER: Final = f"{_REMEDY}, or give --allow-http if the server is your own"


@dataclass(frozen=True, slots=True)
class Download:
    """A document at a URL; fetched when its bytes are asked for."""

    name: str
    """The URL."""
    allow_http: bool = False
    """Whether http:// and hosts of this machine will do; for tests and local servers."""

    @property
    def data(self) -> bytes:
        """The answer's body, asked for anew each time.

        Raises:
            DocumentError: the URL is none to be trusted, or the answer is not a document of
                bounded size in bounded time.
        """
        deadline = time.monotonic() + SECONDS
        url = self.name
        try:
            with httpx.Client(timeout=_SILENCE, headers={"Accept-Encoding": "identity"}) as client:
                for _ in range(_REDIRECTS + 1):
                    check_url(url, allow_http=self.allow_http)
                    with client.stream("GET", url) as response:
                        if response.has_redirect_location:
                            url = self._follow(url, response.headers["Location"])
                            continue
                        return self._read(response, deadline)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._error(f"cannot be fetched: {name_error(error)}") from error
        raise self._error(f"leads through more than {_REDIRECTS} redirects")

    def _follow(self, url: str, location: str) -> str:
        target = urljoin(url, location)
        if _host(target) != _host(url):
            raise self._error(f"leads to another host, {_host(target)[0]!r}")
        return target

    def _read(self, response: httpx.Response, deadline: float) -> bytes:
        if not response.is_success:
            raise self._error(
                f"the server answered {response.status_code} {response.reason_phrase}"
            )
        return read_bounded(response, deadline, self.name)

    def _error(self, message: str) -> DocumentError:
        return DocumentError(Problem(message, _REMEDY, self.name))


def name_error(error: Exception) -> str:
    """Return what went wrong; some errors have no words of their own."""
    return str(error) or type(error).__name__


def read_bounded(response: httpx.Response, deadline: float, name: str) -> bytes:
    """Read an answer that is no longer than a document may be, and is not compressed.

    Args:
        response: an open stream.
        deadline: when to give up, by the monotonic clock.
        name: where it comes from, for messages.

    Raises:
        DocumentError: it is too long, too slow, or compressed although that was not asked for.
    """
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise DocumentError(
            Problem("the answer is compressed, which may hide its size", _REMEDY, name)
        )
    data = bytearray()
    for piece in response.iter_raw():
        data += piece
        if len(data) > MAX_BYTES:
            break  # the reader says how large is too large
        if time.monotonic() > deadline:
            message = f"was not there after {SECONDS:.0f} seconds"
            raise DocumentError(Problem(message, _REMEDY, name))
    return bytes(data)


def check_url(url: str, *, allow_http: bool = False) -> None:
    """Refuse a URL that is not https, holds a password, or names no public host by its name.

    Raises:
        DocumentError: saying which.
    """
    reason = next(_reasons_against(url, allow_http=allow_http), None)
    if reason is not None:
        would_do = not allow_http and next(_reasons_against(url, allow_http=True), None) is None
        shown = re.sub(r"//[^/]*@", "//…@", url)  # a password is nobody's business
        raise DocumentError(Problem(reason, _OWN_SERVER if would_do else _REMEDY, shown))


def _reasons_against(url: str, *, allow_http: bool) -> Iterator[str]:
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError as error:
        yield f"is no URL: {error}"
        return
    if not url.isprintable() or re.search(r"[\s\\]", url):
        yield "holds blanks or characters that no URL holds"
    if "@" in parts.netloc:
        yield "holds a user name or a password; a document needs neither"
    if parts.scheme not in ({"https", "http"} if allow_http else {"https"}):
        yield "only https:// is fetched"
    if not host:
        yield "names no host"
    if not allow_http and (_is_address(host) or _LOCAL.fullmatch(host)):
        yield f"{host!r} is no public host name"
    if not allow_http and port not in {None, 443}:
        yield f"port {port} is not that of https"


def _is_address(host: str) -> bool:
    if _NUMERIC.fullmatch(host):
        return True
    try:
        ipaddress.ip_address(host.split("%", maxsplit=1)[0])
    except ValueError:
        return False
    return True


def _host(url: str) -> tuple[str, int | None]:
    parts: SplitResult = urlsplit(url)
    return parts.hostname or "", parts.port or {"https": 443, "http": 80}.get(parts.scheme)
