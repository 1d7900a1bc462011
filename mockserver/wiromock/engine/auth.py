"""Who is calling: an API key, or an API key and a signature over a nonce.

The signature is lower-case hex of HMAC-SHA256 with the API key as key and secret + nonce as
message. Neither method, path nor body is signed, and no source states that nonces expire.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

from wirogen.spec.model import Auth
from wiromock.errors import WrongValue
from wiromock.wire.refusal import ErrorTexts

REMEMBERED = 100_000
"""Nonces that are known when replays are rejected."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a project expects.

    Args:
        api_key: the only key that is accepted.
        api_secret: makes the project one that requires signatures.
    """

    api_key: str = field(repr=False)
    api_secret: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        _check_secret("api_key", self.api_key)
        if self.api_secret is not None:
            _check_secret("api_secret", self.api_secret)


def sign(api_key: str, api_secret: str, nonce: str) -> str:
    """Compute the signature of a nonce."""
    return _hmac(key=api_key, message=api_secret + nonce)


class Guard:
    """Checks the headers of a call.

    Args:
        credentials: what to expect; None lets any key in, and cannot check a signature.
        headers: the names of the headers, from the platform's spec.
        errors: the platform's texts.
        reject_replays: refuse a nonce that came before; the latest `REMEMBERED` are known.
    """

    def __init__(
        self,
        credentials: Credentials | None,
        headers: Auth,
        errors: ErrorTexts,
        *,
        reject_replays: bool = False,
    ) -> None:
        self._credentials = credentials
        self._headers = headers
        self._errors = errors
        self._reject_replays = reject_replays
        self._nonces: dict[str, None] = {}

    def reset(self) -> None:
        """Forget which nonces came."""
        self._nonces.clear()

    def check(self, sent: Mapping[str, str]) -> None:
        """Do nothing, unless a call must be refused.

        Args:
            sent: the request's headers, names in lower case.

        Raises:
            Refusal: 401, in the platform's words.
        """
        key = sent.get(self._headers.key_header, "").strip()
        if not key:
            raise self._errors.refuse(
                "unknown_key", f"the request has no `{self._headers.key_header}` header"
            )
        if self._credentials is None:
            return
        if not hmac.compare_digest(key.encode(), self._credentials.api_key.encode()):
            raise self._errors.refuse(
                "unknown_key", "the API key is not the one this mock was given"
            )
        if self._credentials.api_secret is not None:
            self._check_signature(sent, self._credentials.api_key, self._credentials.api_secret)

    def _check_signature(self, sent: Mapping[str, str], key: str, secret: str) -> None:
        nonce = sent.get(self._headers.nonce_header, "")
        signature = sent.get(self._headers.signature_header, "")
        if not (nonce and signature):
            raise self._errors.refuse(
                "signature_required", "this mock was given a secret, so every call must be signed"
            )
        if not (nonce.isascii() and nonce.isdigit()):
            raise self._errors.refuse(
                "signature_invalid", f"the nonce is a whole number in digits, not {nonce!r}"
            )
        if not hmac.compare_digest(signature.encode(), sign(key, secret, nonce).encode()):
            raise self._errors.refuse(
                "signature_invalid", _explain_signature(signature, key, secret, nonce)
            )
        if self._reject_replays:
            self._remember(nonce)

    def _remember(self, nonce: str) -> None:
        if nonce in self._nonces:
            raise self._errors.refuse(
                "signature_invalid",
                f"the nonce {nonce} came before, and this mock rejects replays; sign every attempt anew",
            )
        self._nonces[nonce] = None
        if len(self._nonces) > REMEMBERED:
            del self._nonces[next(iter(self._nonces))]


def _explain_signature(signature: str, key: str, secret: str, nonce: str) -> str:
    """Recognise the usual ways to get a signature wrong; never repeats key, secret or signature."""
    right = sign(key, secret, nonce)
    mistakes = {
        _hmac(key=secret, message=key + nonce): "the API key and the secret have changed places",
        _hmac(key=secret, message=nonce): "the HMAC key is the API key, not the secret",
        _hmac(key=key, message=nonce + secret): "the message is secret + nonce, not nonce + secret",
        _hmac(key=key, message=nonce): "the secret is missing from the message, secret + nonce",
        right.upper(): "the hex digits must be in lower case",
    }
    if signature in mistakes:
        return mistakes[signature]
    if signature.endswith(right):
        return "the header must hold bare hex, without the prefix that openssl prints"
    return "it is not lower-case hex of HMAC-SHA256 with the API key as key and secret + nonce"


def _check_secret(name: str, value: object) -> None:
    """Refuse what no header carries, without repeating it.

    Raises:
        WrongValue: it is no text, or one that UTF-8 cannot write.
    """
    try:
        is_text = isinstance(value, str) and bool(value.encode())
    except UnicodeEncodeError:
        is_text = False
    if not is_text:
        raise WrongValue(f"{name} is a text that is not empty, not what was given")


def _hmac(*, key: str, message: str) -> str:
    return hmac.new(key.encode(), message.encode(), "sha256").hexdigest()
