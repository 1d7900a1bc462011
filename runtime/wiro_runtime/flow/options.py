"""The options of one call, apart from the model's own inputs: their names, their types, their defaults.

The public methods spell them with `Unpack`, so that each is written down once, here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypedDict, get_args

from wiro_runtime import check, errors
from wiro_runtime.config import Tracking
from wiro_runtime.names import did_you_mean
from wiro_runtime.request.body import CALL_FIELDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from decimal import Decimal

    from wiro_runtime.task.event import Event

__all__ = [
    "CallOptions",
    "DeadlineOption",
    "MapOptions",
    "OnAbandon",
    "OnUnknown",
    "RunOptions",
    "SendOptions",
    "SessionOptions",
    "StreamOptions",
    "SubmitOptions",
    "UnknownPrice",
    "Upload",
    "WaitOptions",
    "WatchOptions",
    "known_options",
    "read_deadline",
    "read_options",
]

DeadlineOption: TypeAlias = float | Literal["default"] | None
"""Seconds for a whole call; None for no limit; "default" for the client's."""

OnAbandon: TypeAlias = Literal["detach", "cancel"]
"""What happens to the task when the caller leaves early: it keeps running, or it is asked to stop."""

Upload: TypeAlias = Literal["before", "with", "once"]
"""How local files travel: each on its own before the run, whose body then is JSON with their URLs; in the
body of Run, which then is multipart; or as before, but a file of the same content only once a day, which needs
a journal."""


OnUnknown: TypeAlias = Literal["raise", "reconcile", "resubmit"]
"""What happens when the answer to Run was lost."""

UnknownPrice: TypeAlias = Literal["refuse", "allow"]
"""What happens to a run that has a limit and no known price."""


class SessionOptions(TypedDict, total=False):
    """Options of `client.session()`."""

    deadline: DeadlineOption
    """Seconds for all of it; None for no limit; "default" for the client's."""
    callback_url: str | None
    """Where the platform reports the end of the task to."""
    project_id: str | int | None
    """Another project to bill."""


class SendOptions(SessionOptions, total=False):
    """Options of whatever sends runs."""

    upload: Upload
    """How local files travel: "before" uploads each on its own and sends a JSON body with their URLs; "with"
    sends them in the body of the run, which then is multipart; "once" is like "before", and uses the URL again
    that a file of the same content got within the last day, which needs a journal."""
    retry_refused: int
    """How often the run may be sent again after a refusal that proves that nothing was started: too many
    tasks at a time (code 96) or too many requests (HTTP 429). Waits in between, never past the deadline."""

    max_cost: Decimal | float | str | None
    """US dollars that the run may cost; it is refused before it is sent if it may cost more."""
    unknown_price: UnknownPrice
    """Whether a run of which nobody can say what it costs at most is refused where `max_cost` is given."""
    on_unknown: OnUnknown
    """What happens when the answer to the run was lost: "raise" says so; "reconcile" looks for the task in the
    project's list, and raises `NotStarted` where it proves that there is none; "resubmit" then sends it again."""


class SubmitOptions(SendOptions, total=False):
    """Options of `client.submit()`."""

    key: str | None
    """The run's name in the client's journal. Asked again with the same key, it attaches to what was started or
    returns what came of it, and sends nothing."""


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


class MapOptions(SendOptions, WaitOptions, total=False):
    """Options of each run of `client.map()`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOptions:
    """Every option that a call may have, with the default of each."""

    deadline: DeadlineOption = "default"
    callback_url: str | None = None
    project_id: str | int | None = None
    upload: Upload = "before"
    retry_refused: int = 0
    key: str | None = None
    on_unknown: OnUnknown = "raise"
    max_cost: Decimal | float | str | None = None
    unknown_price: UnknownPrice = "refuse"
    on_event: Callable[[Event], object] | None = None
    on_abandon: OnAbandon = "detach"
    tracking: Tracking | None = None

    def to_wire(self) -> dict[str, str]:
        """The options that travel in the body of Run, by their wire names."""
        stated = {wire: getattr(self, name) for name, wire in CALL_FIELDS.items()}
        return {name: str(value) for name, value in stated.items() if value is not None}


_DEFAULTS = CallOptions()

_CALLS: Mapping[str, Any] = {
    "map": MapOptions,
    "run": RunOptions,
    "session": SessionOptions,
    "stream": StreamOptions,
    "submit": SubmitOptions,
    "task.stream": WatchOptions,
    "task.wait": WaitOptions,
}
"""Which options each method has."""


def known_options(call: str) -> frozenset[str]:
    """The names of a call's options."""
    names: frozenset[str] = _CALLS[call].__optional_keys__
    return names


def read_options(call: str, given: Mapping[str, Any], *, awaits: bool) -> CallOptions:
    """The options of a call, from what the caller gave it by name.

    Args:
        call: The name of the method, for messages.
        given: The options.
        awaits: Whether asynchronous callbacks are awaited.

    Raises:
        InvalidRequest: An option is unknown, or is not what it may be. All problems are reported together.
    """
    if not given:
        return _DEFAULTS
    known = known_options(call)
    problems = [
        errors.Problem(name, f"there is no such option{did_you_mean(name, known)}")
        for name in given
        if name not in known
    ]
    checks = {name: _problem(name, value, awaits=awaits) for name, value in given.items()}
    problems += [errors.Problem(name, problem) for name, problem in checks.items() if problem]
    if problems:
        raise errors.InvalidRequest.about(f"{call}()", problems)
    return CallOptions(**given)


def read_deadline(call: str, given: object) -> None:
    """Do nothing, unless what a call was given as its deadline is none.

    Raises:
        InvalidRequest: It is not.
    """
    problem = _problem("deadline", given, awaits=True)
    if problem is not None:
        raise errors.InvalidRequest.about(f"{call}()", [errors.Problem("deadline", problem)])


def _problem(name: str, value: object, *, awaits: bool) -> str | None:  # noqa: C901, PLR0911, PLR0912 - a table
    match name:
        case "deadline":
            return check.deadline(value)
        case "upload":
            return check.one_of(value, get_args(Upload))
        case "on_abandon":
            return check.one_of(value, get_args(OnAbandon))
        case "tracking" if value is not None:
            return check.one_of(value, get_args(Tracking))
        case "on_unknown":
            return check.one_of(value, get_args(OnUnknown))
        case "unknown_price":
            return check.one_of(value, get_args(UnknownPrice))
        case "key" if value is not None:
            return check.key(value)
        case "max_cost" if value is not None:
            return check.dollars(value)
        case "retry_refused":
            return check.count(value, least=0)
        case "on_event":
            return check.callback(value, awaits=awaits)
        case "callback_url" if value is not None:
            return check.url(value, ("http", "https"))
        case "project_id" if value is not None:
            return check.name(value)
        case _:
            return None
