"""What both drivers share of their adapter to httpx: the outgoing request and what can go wrong.

Importing this module imports httpx, so a driver does it when the first exchange is due.
"""

from __future__ import annotations

import base64
import errno
import json
import logging
import os
import platform
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from functools import lru_cache
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias, TypeVar

import httpx

from wiro_runtime import errors
from wiro_runtime._version import __version__
from wiro_runtime.driver import auth, cookies
from wiro_runtime.driver.certificates import trusted_certificates
from wiro_runtime.driver.deadline import TIME_IS_UP
from wiro_runtime.driver.network import Transmission, transmission
from wiro_runtime.driver.signals import pass_on_signals
from wiro_runtime.flow.effect import Form, Reply, TransportFailure, UnusableUrl
from wiro_runtime.seam import clock

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from wiro_runtime.config import Config
    from wiro_runtime.flow.effect import Send

__all__ = [
    "Body",
    "build",
    "build_download",
    "check_open",
    "exchanging",
    "in_words",
    "is_stream",
    "make_client",
    "only_once",
    "opened",
]

_logger = logging.getLogger("wiro")

_AGENT = f"wiro-client/{__version__} python/{platform.python_version()}"

# Raised before a byte of the request has left: no connection, no TLS, no tunnel, no free slot.
_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)

_OURS = frozenset(
    {b"content-length", b"content-type", b"host", b"x-api-key", b"x-nonce", b"x-signature"}
)

_NO_ROOM = (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS)
"""Errors of the machine, not of what it was asked for."""

C = TypeVar("C", httpx.Client, httpx.AsyncClient)

_LARGEST = 64 * 2**20
"""Bytes of an answer; the longest real ones are a thousandth of it."""

_JSON = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))

Part: TypeAlias = tuple[str, tuple[str | None, BinaryIO | bytes, str | None]]
Parts: TypeAlias = list[Part]
"""As httpx takes them: name, and then file name, content and content type."""

_NO_PARTS: AbstractContextManager[Parts] = nullcontext([])


def make_client(kind: type[C]) -> C:
    """An httpx client of our own.

    Raises:
        ConfigurationError: A variable of the environment names a file that is not there, or a proxy that httpx
            cannot use.
        TransportFailure: The machine has no room for it.
    """
    try:
        trusted = trusted_certificates()
        client = kind(headers={"user-agent": _AGENT}, follow_redirects=False, verify=trusted)
    except (OSError, MemoryError) as error:
        if getattr(error, "errno", None) in _NO_ROOM or isinstance(error, MemoryError):
            raise TransportFailure(in_words(error), never_sent=True) from None
        raise errors.ConfigurationError(
            f"The trusted certificates cannot be read: {error}. {_set_now('SSL_CERT_FILE', 'SSL_CERT_DIR')} "
            "Nothing was sent."
        ) from None
    except (ImportError, ValueError, httpx.InvalidURL) as error:
        raise errors.ConfigurationError(
            f"The proxy of the environment cannot be used: {str(error).rstrip('.')}. "
            f"{_set_now('ALL_PROXY', 'HTTPS_PROXY', 'HTTP_PROXY')} Nothing was sent."
        ) from None
    cookies.install(client)
    return client


def _set_now(*names: str) -> str:
    """Which of some variables are set, whatever their case; not their values, which may hold a password."""
    are_set = [name for name in os.environ if name.upper() in names]
    return f"Look at {' and '.join(are_set or names)}."


def check_open(client: httpx.Client | httpx.AsyncClient) -> None:
    """Do nothing, unless the caller's client has been closed.

    Raises:
        ConfigurationError: It has.
    """
    if client.is_closed:
        raise errors.ConfigurationError(
            "The httpx client that was passed as http_client= is closed. Keep it open for as long as this "
            "client is used. Nothing was sent."
        )


def only_once() -> dict[str, Any]:
    """How a POST is sent: once. A redirect or httpx's own `auth` could send it a second time."""
    return {"stream": True, "follow_redirects": False, "auth": None}


def opened(send: Send) -> AbstractContextManager[Parts]:
    """The parts of a form, with their files open until the answer is there."""
    return _opened(send.body) if isinstance(send.body, Form) else _NO_PARTS


@contextmanager
def _opened(form: Form) -> Generator[Parts]:
    with ExitStack() as stack:
        parts: list[Part] = []
        for name, part in form.parts:
            if isinstance(part, str):
                parts.append((name, (None, _encoded(name, part), None)))
            else:
                try:
                    file = stack.enter_context(part.opened())
                except OSError as unreadable:
                    reason = f"{part.name} could not be read: {unreadable}"
                    raise TransportFailure(reason, never_sent=True) from None
                parts.append((name, (part.name, file, "application/octet-stream")))
        yield parts


def _encoded(name: str, text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as broken:
        raise _unsendable(name, f"has a character that no text can hold: {broken.reason}") from None


def _json(body: Mapping[str, Any]) -> bytes:
    """The body as JSON; the common case is not slowed down by the search for what is wrong with it."""
    try:
        return _JSON.encode(body).encode()
    except (ValueError, TypeError, RecursionError):
        for name, value in body.items():
            try:
                _JSON.encode(value).encode()
            except UnicodeEncodeError as broken:
                problem = f"has a character that no text can hold: {broken.reason}"
            except (ValueError, TypeError, RecursionError) as odd:
                problem = f"cannot be written as JSON: {odd}"
            else:
                continue
            raise _unsendable(name, problem) from None
        raise


def _unsendable(name: str, problem: str) -> errors.InvalidRequest:
    return errors.InvalidRequest.about("The request", [errors.Problem(name, f"{problem}.")])


def build(
    client: httpx.Client | httpx.AsyncClient, config: Config, send: Send, parts: Parts
) -> httpx.Request:
    """The outgoing request, signed now."""
    headers = auth.headers(config)
    url, host, credentials = _url(config.base_url, send.path)
    if credentials:
        headers |= credentials
    timeouts = dict.fromkeys(("connect", "read", "write", "pool"), send.timeout)
    extensions = {"timeout": timeouts}
    if isinstance(send.body, Form):
        # All of them are files, texts too: httpx would send `data` out of order.
        return client.build_request(
            "POST", url, headers=headers, files=parts, extensions=extensions
        )
    headers["content-type"] = "application/json"
    content = _json(send.body)
    defaults = client.headers.raw
    if (
        client.cookies
        or client.params
        or not _OURS.isdisjoint(name.lower() for name, _ in defaults)
    ):
        return client.build_request(
            "POST", url, headers=headers, content=content, extensions=extensions
        )
    # What `build_request` does for a client without such defaults, in a fifth of the exchange's time less.
    ours = [(name.encode(), value.encode()) for name, value in headers.items()]
    request = httpx.Request(
        "POST",
        url,
        headers=[(b"Host", host), *defaults, *ours, (b"Content-Length", b"%d" % len(content))],
        stream=httpx.ByteStream(content),
        extensions=extensions,
    )
    request.read()  # so that hooks of the caller's can look at its content
    return request


def build_download(url: str, asked: Mapping[str, str], timeout: float) -> httpx.Request:
    """A request for a public file: made from nothing, so that it carries no header of any client.

    Raises:
        UnusableUrl: It is no URL.
    """
    headers = {
        "user-agent": _AGENT,
        "accept-encoding": "identity",  # sizes are stated for the file, not for its compression
        **asked,
    }
    extensions = {"timeout": httpx.Timeout(timeout).as_dict()}
    try:
        return httpx.Request("GET", url, headers=headers, extensions=extensions)
    except (httpx.InvalidURL, ValueError) as odd:
        # The second of host names that cannot be encoded.
        raise UnusableUrl(str(odd)) from None


class exchanging:  # noqa: N801 - used as a function; a generator would take a fiftieth of the exchange's time
    """Around each exchange: turns what breaks it into `TransportFailure`, which says whether a byte had left.

    The cause is left out on purpose: its frames hold the request with its key and signature, and tools
    that show the variables of every frame would show those.
    """

    def __init__(self, send: Send | None = None) -> None:
        self._transmission = Transmission()
        if send is not None:
            self._transmission.max_idle = send.max_idle
            self._transmission.needs_all = not isinstance(send.body, Form)

    def __enter__(self) -> None:
        self._token = transmission.set(self._transmission)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: object
    ) -> None:
        transmission.reset(self._token)
        if error is None or isinstance(error, TransportFailure):
            return
        failure = self._failure(error)
        pass_on_signals(error, failure)
        if failure is not None and isinstance(error, Exception):
            raise failure from None

    def _failure(self, error: BaseException) -> TransportFailure | None:
        """What an exception means for the exchange; None where it says so itself."""
        unsent = self._transmission.is_unsent
        if isinstance(error, TimeoutError):  # of asyncio
            return TransportFailure(TIME_IS_UP, never_sent=unsent)
        if isinstance(error, (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError)):
            never_sent = unsent or isinstance(error, _NEVER_SENT)
            return TransportFailure(in_words(error), never_sent=never_sent)
        if unsent:  # of the machine: too many open files, no memory; or somebody has left
            return TransportFailure(in_words(error), never_sent=True)
        return None


def in_words(error: BaseException) -> str:
    """What broke, with the name of its kind."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


class Body:
    """The body of an answer, gathered within the time that an exchange may take.

    httpx limits the time between two bytes; a server that sends one now and then is noticed here.
    """

    def __init__(self, send: Send) -> None:
        # Made when the answer begins: how long the request takes is up to the size of its file.
        self._send = send
        self._until = clock.own_now() + send.timeout
        self._chunks: list[bytes] = []
        self._size = 0

    def add(self, chunk: bytes) -> None:
        """Take the next bytes of the answer.

        Raises:
            TransportFailure: There are too many of them, or the time is up.
        """
        self._size += len(chunk)
        if self._size > _LARGEST:
            reason = f"the answer is longer than {_LARGEST:,} bytes"
            raise TransportFailure(reason, never_sent=False)
        if clock.own_now() > self._until:
            reason = f"the answer was not complete after {self._send.timeout:g} s"
            raise TransportFailure(reason, never_sent=False)
        self._chunks.append(chunk)

    def reply(self, response: httpx.Response) -> Reply:
        """The answer with the bytes that were taken, all of which are there now."""
        _logger.debug("POST %s: HTTP %d", self._send.path, response.status_code)
        return Reply(response.status_code, response.headers, b"".join(self._chunks))


@lru_cache(maxsize=256)
def _url(base_url: str, path: str) -> tuple[httpx.URL, bytes, dict[str, str]]:
    """A parsed URL, its host, and the header that says its user name and password, which httpx would log.

    There are few, and parsing one takes a tenth of an exchange's time.
    """
    try:
        url = httpx.URL(f"{base_url}/{path}")
    except httpx.InvalidURL as odd:
        raise errors.ConfigurationError(
            f"base_url= or WIRO_BASE_URL is no URL: {odd}. Nothing was sent."
        ) from None
    credentials: dict[str, str] = {}
    if url.userinfo:
        known = f"{url.username}:{url.password}".encode()
        credentials["authorization"] = f"Basic {base64.b64encode(known).decode()}"
        url = url.copy_with(userinfo=b"")
    return url, url.netloc, credentials


def is_stream(response: httpx.Response) -> bool:
    """Whether an answer is a stream of events rather than an envelope."""
    kind = response.headers.get("content-type", "")
    return response.status_code == 200 and kind.startswith("text/event-stream")
