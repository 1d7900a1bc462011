"""An answer of the platform: its payload, or a typed error.

Success is `"result": true` under a 2xx status. Refusals come as `"result": false` under 200 according
to one page of the documentation and under 4xx according to another, so both are read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from wiro_runtime import errors, parse
from wiro_runtime.flow.retry import read_retry_after
from wiro_runtime.task.snapshot import TaskSnapshot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wiro_runtime.flow.effect import Reply
    from wiro_runtime.response import Envelope, Error

__all__ = ["read"]

_BY_CODE: Mapping[int | None, tuple[type[errors.Refused], str]] = {
    96: (errors.ConcurrencyLimit, "Wait for one of your tasks to end, then send it again."),
    97: (errors.InsufficientBalance, "Add funds to the account, then send it again."),
    98: (errors.SignInRequired, "Use the key of a signed-in account that may run this model."),
}

_KEYS = "Check WIRO_API_KEY and WIRO_API_SECRET; a project that signs its requests needs both."

_BY_STATUS: Mapping[int, tuple[type[errors.Refused], str]] = {
    400: (errors.ParameterRefused, ""),
    422: (errors.ParameterRefused, ""),
    404: (errors.NotFound, "Check the base URL and the model's name."),
    401: (errors.AuthenticationFailed, _KEYS),
    403: (errors.AuthenticationFailed, _KEYS),
    429: (errors.RateLimited, "Send fewer requests at a time."),
}

# Code 0 and 1 stand for many things; only the text distinguishes them. Spelling is the platform's.
_BY_TEXT: tuple[tuple[re.Pattern[str], type[errors.Refused], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), kind, advice)
    for pattern, kind, advice in (
        (
            r"^Request (parameter|files?) \[|^Request parameters are invalid",
            errors.ParameterRefused,
            "",
        ),
        (
            r"slug-owner-project-not-exist|tool-not-accessible",
            errors.ModelNotFound,
            "Check the model's owner and name, and whether the account may see it.",
        ),
        (
            r"There is no task yet|task-not-(exist|found)",
            errors.TaskNotFound,
            "Check the id or token, and that the key belongs to the task's project.",
        ),
        (
            r"not in a cancell?able state|could not be killed",
            errors.NotCancellable,
            "Look at its status with task.refresh().",
        ),
        (
            r"suspended|don't have any permission|not allowed in your team",
            errors.PermissionDenied,
            "Ask the account's or the team's administrator.",
        ),
        (r"authoriz(e|ation)|requested ip|bearer", errors.AuthenticationFailed, _KEYS),
    )
)

_DECISIVE = (401, 403, 429)
"""Statuses that say more than the text that comes with them."""

# With or without signs between thousands. A point is none of them: it may stand for a fraction as well.
_ALLOWED = re.compile(
    r"run up to (\d{1,3}(?:[,'_\s]\d{2,3}){0,2}[,'_\s]\d{3}|\d{1,9})\s+(?:concurrent\s+)?tasks?\b"
)
_PARAMETER = re.compile(r"^Request (?:parameter|files?) \[(?P<name>[^\]]+)\]")


def read(reply: Reply, *, now: float) -> dict[str, Any]:
    """The payload of a successful answer.

    Args:
        reply: The answer.
        now: The Unix time, for a `Retry-After` that is a date.

    Raises:
        PlatformError: It is no success; the class says what it is.
    """
    envelope = _envelope(reply)
    if envelope is not None and envelope.get("result") is True and 200 <= reply.status < 300:
        return envelope
    raise _error(reply, envelope, read_retry_after(reply.headers.get("retry-after"), now=now))


def _envelope(reply: Reply) -> dict[str, Any] | None:
    try:
        decoded = parse.loads(reply.body)
    except ValueError:
        return None
    return cast("dict[str, Any]", decoded) if isinstance(decoded, dict) else None


def _error(
    reply: Reply, envelope: dict[str, Any] | None, retry_after: float | None
) -> errors.PlatformError:
    refused = envelope is not None and envelope.get("result") is False
    stated = cast("Envelope", envelope or {})
    listed = _listed(stated.get("errors"))
    said = _said(stated, listed)
    code = _code(listed)
    kind, advice = _kind(reply.status, code, said, refused=refused)
    error = kind(
        f"{_sentence(reply, code, said)} {advice}".strip(),
        status=reply.status,
        code=code,
        errors=listed,
        retry_after=retry_after,
    )
    if envelope is not None and (envelope.get("taskid") or envelope.get("socketaccesstoken")):
        error.task = TaskSnapshot.from_wire(envelope)  # not a refusal of everything, then
    named = _PARAMETER.match(said)
    if isinstance(error, errors.ParameterRefused) and named:
        error.parameter = named["name"]
    allowed = _ALLOWED.search(said)
    if isinstance(error, errors.ConcurrencyLimit) and allowed:
        error.allowed = int(re.sub(r"\D", "", allowed[1]))
    return error


def _kind(
    status: int, code: int | None, said: str, *, refused: bool
) -> tuple[type[errors.PlatformError], str]:
    """The class of an error and what to do about it: by code, then by status, then by text."""
    if refused and code in _BY_CODE:
        return _BY_CODE[code]
    if status == 408 or status >= 500:
        return errors.ServerError, ""
    if 200 <= status < 300 and not refused:
        return errors.UnexpectedReply, ""  # it says neither yes nor no, whatever words are in it
    if status not in _DECISIVE:
        for text, kind, advice in _BY_TEXT:
            if text.search(said):
                return kind, advice
    said_no = refused or 400 <= status < 500
    return _BY_STATUS.get(status, (errors.Refused if said_no else errors.UnexpectedReply, ""))


def _listed(stated: object) -> list[Error]:
    """The errors of an answer: a list of objects by rule, and by accident one of them, or bare texts."""
    decoded: object = parse.decoded(stated)
    several = cast("list[object]", decoded) if isinstance(decoded, list) else [decoded]
    return [
        cast("Error", {"message": item} if isinstance(item, str) else item)
        for item in several
        if isinstance(item, dict | str) and item
    ]


def _code(listed: list[Error]) -> int | None:
    """The code of an error: of several the first that says what it is."""
    codes = [code for item in listed if (code := parse.integer(item.get("code"))) is not None]
    return next((code for code in codes if code in _BY_CODE), codes[0] if codes else None)


def _said(envelope: Envelope, listed: list[Error]) -> str:
    messages = [parse.text(item.get("message")) for item in listed]
    return "; ".join(filter(None, messages)) or parse.text(envelope.get("message"))


def _sentence(reply: Reply, code: int | None, said: str) -> str:
    where = f"HTTP {reply.status}" if code is None else f"code {code}, HTTP {reply.status}"
    if said:
        return f"The platform answered: {said.rstrip('.')} ({where})."
    kind = reply.headers.get("content-type", "no content type")
    return f"The platform's answer has no message ({where}, {kind}, {len(reply.body)} bytes)."
