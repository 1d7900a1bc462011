"""A model's document asked of the platform itself: Tool/Detail, with or without a key."""

import hashlib
import hmac
import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

import httpx

from wirogen.document.detect import MAX_BYTES
from wirogen.errors import DocumentError, Problem, UsageError
from wirogen.source.https import SECONDS, check_url, name_error, read_bounded
from wirogen.spec.folder import open_folder
from wirogen.spec.model import Auth

_SILENCE: Final = 30.0
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Platform:
    """Where to ask, and as whom.

    A project's way to authenticate is known by what it has: a key alone is sent as it is, a key
    with a secret signs. The catalog answers without either.
    """

    url: str
    """Of Tool/Detail."""
    auth: Auth
    key: str | None = field(default=None, repr=False)
    secret: str | None = field(default=None, repr=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Platform":
        """Take `WIRO_BASE_URL`, `WIRO_API_KEY` and `WIRO_API_SECRET`, all optional.

        Raises:
            UsageError: the base URL is not https, and not this machine's own.
        """
        values = os.environ if environment is None else environment
        spec = open_folder().platform()
        base = (values.get("WIRO_BASE_URL") or spec.hosts.rest).rstrip("/")
        parts = urlsplit(base)
        if parts.scheme != "http" or parts.hostname not in _LOOPBACK:
            try:
                check_url(base)
            except DocumentError as error:
                reasons = (problem.message for problem in error.problems)
                remedy = "set WIRO_BASE_URL to the platform's https:// URL, or unset it"
                raise UsageError(Problem(reason, remedy, base) for reason in reasons) from error
        key, secret = values.get("WIRO_API_KEY", ""), values.get("WIRO_API_SECRET", "")
        return cls(
            base + spec.endpoints["tool_detail"].path,
            spec.auth,
            key.strip() or None,
            secret.strip() or None,
        )

    def headers(self) -> dict[str, str]:
        """Return what proves who asks; nothing without a key."""
        if self.key is None:
            return {}
        headers = {self.auth.key_header: self.key}
        if self.secret is not None:
            nonce = str(time.time_ns() // 1_000_000)
            message = f"{self.secret}{nonce}".encode()
            signature = hmac.new(self.key.encode(), message, hashlib.sha256).hexdigest()
            headers |= {self.auth.nonce_header: nonce, self.auth.signature_header: signature}
        return headers


@dataclass(frozen=True, slots=True)
class PlatformTool:
    """What the platform says about one model; asked when its bytes are wanted."""

    slug: str
    """`owner/model`, clean or as the website writes it."""
    platform: Platform

    @property
    def name(self) -> str:
        """What was asked, for messages."""
        return f"{self.slug} at {self.platform.url}"

    @property
    def data(self) -> bytes:
        """The body of the platform's answer, asked for anew each time.

        Raises:
            DocumentError: there is no answer, or none that could be a document. A refusal of the
                platform's is an answer; reading it gives its own words.
        """
        owner, model = self.slug.split("/")
        deadline = time.monotonic() + SECONDS
        request = {"slugowner": owner, "slugproject": model}
        headers = {**self.platform.headers(), "Accept-Encoding": "identity"}
        try:
            with (
                httpx.Client(timeout=_SILENCE, headers=headers) as client,
                client.stream("POST", self.platform.url, json=request) as response,
            ):
                data = read_bounded(response, deadline, self.name)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            message = f"the platform does not answer: {name_error(error)}"
            raise DocumentError(Problem(message, "try again", self.name)) from error
        if response.is_success or _is_json(data):
            return data
        message = f"the platform answered {response.status_code} {response.reason_phrase}"
        raise DocumentError(Problem(message, "try again later", self.name))


def _is_json(data: bytes) -> bool:
    try:
        return len(data) <= MAX_BYTES and isinstance(json.loads(data), dict)
    except (ValueError, RecursionError):
        return False
