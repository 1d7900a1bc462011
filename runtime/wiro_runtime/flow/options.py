"""The options of one call, beside the model's own inputs: their names, their types, their defaults.

The public methods spell them with `Unpack`, so that each is written down once, here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypedDict

from wiro_runtime import errors, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wiro_runtime.config import Tracking
    from wiro_runtime.task.event import Event

__all__ = [
    "CallOptions",
    "DeadlineOption",
    "OnAbandon",
    "RunOptions",
    "SessionOptions",
    "StreamOptions",
    "SubmitOptions",
    "Upload",
    "WaitOptions",
    "WatchOptions",
    "read_options",
]

DeadlineOption: TypeAlias = float | Literal["default"] | None
"""Seconds for a whole call; None for no limit; "default" for the client's."""

OnAbandon: TypeAlias = Literal["detach", "cancel"]
"""What happens to the task when the caller leaves early: it keeps running, or it is asked to stop."""

Upload: TypeAlias = Literal["before", "with"]
"""How local files travel: each on its own before the run, whose body then is JSON with their URLs; or in the
body of Run, which then is multipart."""


class SessionOptions(TypedDict, total=False):
    """Options of `client.session()`."""

    deadline: DeadlineOption
    """Seconds for all of it; None for no limit; "default" for the client's."""
    callback_url: str | None
    """Where the platform reports the end of the task to."""
    project_id: str | int | None
    """Another project to bill."""


class SubmitOptions(SessionOptions, total=False):
    """Options of `client.submit()`."""

    upload: Upload
    """How local files travel: "before" uploads each on its own and sends a JSON body with their URLs; "with"
    sends them in the body of the run, which then is multipart."""
    retry_refused: int
    """How often the run may be sent again after a refusal that proves that nothing was started: too many
    tasks at a time (code 96) or too many requests (HTTP 429). Waits in between, never past the deadline."""


class WatchOptions(TypedDict, total=False):
    """Options of `task.stream()`."""

    deadline: DeadlineOption
    """Seconds from now; None for no limit; "default" for the client's."""
    on_abandon: OnAbandon
    """What happens to the task if the deadline passes, on Ctrl-C, or when the caller leaves early: "detach"
    leaves it running, "cancel" asks it to stop."""
    tracking: Tracking | None
    """How the task is followed; None for the client's way."""


class WaitOptions(WatchOptions, total=False):
    """Options of `task.wait()`."""

    on_event: Callable[[Event], object] | None
    """Called with each `Event`, in order."""


class StreamOptions(SubmitOptions, WatchOptions, total=False):
    """Options of `client.stream()`."""


class RunOptions(StreamOptions, WaitOptions, total=False):
    """Options of `client.run()`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOptions:
    """Every option that a call may have, with the default of each."""

    deadline: DeadlineOption = "default"
    callback_url: str | None = None
    project_id: str | int | None = None
    upload: Upload = "before"
    retry_refused: int = 0
    on_event: Callable[[Event], object] | None = None
    on_abandon: OnAbandon = "detach"
    tracking: Tracking | None = None

    def to_wire(self) -> dict[str, str]:
        """The options that travel in the body of Run, by their wire names.

        Raises:
            InvalidRequest: The callback is not a URL that the platform takes.
        """
        fields: dict[str, str] = {}
        if self.callback_url is not None:
            parts = parse.url_parts(self.callback_url)
            if parts.scheme not in ("http", "https") or "@" in parts.netloc or parts.fragment:
                raise errors.InvalidRequest(
                    f"callback_url={self.callback_url!r} must be an http(s) URL without user name and "
                    "fragment. Nothing was sent."
                )
            fields["callbackUrl"] = self.callback_url
        if self.project_id is not None:
            fields["projectid"] = str(self.project_id)
        return fields


def read_options(call: str, given: Mapping[str, Any]) -> CallOptions:  # noqa: ARG001 - named in messages
    """The options of a call, from what the caller gave it by name."""
    return CallOptions(**given)
