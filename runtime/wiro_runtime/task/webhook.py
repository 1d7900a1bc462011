"""What the platform POSTs to a `callback_url` when a task has ended.

Its body is not documented. Two shapes are seen in the field, both read here: an answer like that of
Task/Detail, `{"tasklist": [TASK]}`, and a bare TASK. There is no signature: anybody who knows the
address can send one, so ask the platform before acting on it, with `client.tasks.confirm(webhook)`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from wiro_runtime import parse
from wiro_runtime.errors import UsageError
from wiro_runtime.task.snapshot import TaskSnapshot

if TYPE_CHECKING:
    from typing import TypeAlias

    Body: TypeAlias = bytes | bytearray | memoryview | str | Mapping[str, Any]

__all__ = ["InvalidWebhook", "Webhook", "parse_webhook"]

_TEXTS: tuple[type, ...] = (str, bytes, bytearray, memoryview)

_MOST = 16 * 2**20
"""Bytes; beyond it, this is no report about a task."""


_RIGHT = "Pass the raw body of the POST, or its decoded JSON."


class InvalidWebhook(UsageError, ValueError):  # noqa: N818 - as in `errors`
    """A body that reports no task."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """A report that a task has ended, unconfirmed."""

    task: TaskSnapshot
    """The task as the sender describes it, its end and its cost included."""
    raw: Mapping[str, Any] = field(repr=False)
    """The body as it came."""


def parse_webhook(body: Body) -> Webhook:
    """Read the body of a webhook.

    Args:
        body: The raw body of the POST, or its decoded JSON.

    Raises:
        InvalidWebhook: It is no JSON object about a task.
    """
    payload = _decoded(body)
    tasks = parse.mappings(payload.get("tasklist")) if "tasklist" in payload else [dict(payload)]
    if len(tasks) != 1:
        raise InvalidWebhook(f"A webhook reports one task; this body has {len(tasks)}. {_RIGHT}")
    task = TaskSnapshot.from_wire(tasks[0])
    if not (task.id or task.token):
        raise InvalidWebhook(f"The body names no task: it has neither an id nor a token. {_RIGHT}")
    return Webhook(task, payload)


def _decoded(body: Body) -> Mapping[str, Any]:
    if isinstance(body, Mapping):
        return body
    if not issubclass(type(body), _TEXTS):
        raise InvalidWebhook(f"The body is of type {type(body).__name__}. {_RIGHT}")
    if isinstance(body, memoryview):
        body = body.tobytes()
    if len(body) > _MOST:
        raise InvalidWebhook(f"A body of {len(body):,} bytes is no report about a task.")
    try:
        decoded: object = parse.loads(body)
    except ValueError:
        raise InvalidWebhook(f"The body is no JSON. {_RIGHT}") from None
    if not isinstance(decoded, dict):
        raise InvalidWebhook(f"The body is JSON, but no object. {_RIGHT}")
    return cast("Mapping[str, Any]", decoded)
