"""What a flow may ask for.

A flow is a generator that decides and never does: it yields effects, and a driver performs them and
sends the answers back. `reply = yield from Send(...)` has the type `Reply`. Every decision of the
client is therefore written once, for threads and for asyncio, and can be tested without any I/O.
"""

from __future__ import annotations

import math
import random
from abc import abstractmethod
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from wiro_runtime import storage
from wiro_runtime.seam import clock

if TYPE_CHECKING:
    from pathlib import Path

    from wiro_runtime.request.file import LocalFile
    from wiro_runtime.storage import Incoming, OnConflict, Part
    from wiro_runtime.task.event import Event

__all__ = [
    "Claim",
    "Discard",
    "Download",
    "Downloaded",
    "Effect",
    "Emit",
    "Flow",
    "Form",
    "HangUp",
    "Inspect",
    "Line",
    "Local",
    "Now",
    "Publish",
    "Receive",
    "Reply",
    "Roll",
    "Send",
    "Sleep",
    "Subscribe",
    "Time",
    "Together",
    "TransportFailure",
]

T_co = TypeVar("T_co", covariant=True)


class Effect(Generic[T_co]):
    """Something to be done outside of a flow, and answered with a `T_co`."""

    def __iter__(self) -> Generator[Effect[Any], Any, T_co]:
        answer: T_co = yield self
        return answer


Flow: TypeAlias = Generator[Effect[Any], Any, T_co]
"""A flow that returns a `T_co`."""


class TransportFailure(Exception):  # noqa: N818 - as in `errors`
    """An exchange broke off. Thrown into the flow that asked for it; never leaves the client.

    Args:
        reason: What broke, in words.
        never_sent: Whether it is proven that the request did not reach the other side.
    """

    def __init__(self, reason: str, *, never_sent: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.never_sent = never_sent


@dataclass(frozen=True)
class Form:
    """A multipart body: named parts in order, each a text or a file that is streamed from where it lies."""

    parts: Sequence[tuple[str, str | LocalFile]] = field(repr=False)


@dataclass(frozen=True)
class Reply:
    """An answer, as it came."""

    status: int
    headers: Mapping[str, str]
    """By name, in whatever case."""
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class Send(Effect[Reply]):
    """POST to the platform, once, with fresh credentials. Raises `TransportFailure`."""

    path: str
    """Below the base URL."""
    body: Mapping[str, Any] | Form = field(repr=False)
    timeout: float
    """Seconds without progress after which it is given up, and seconds for the answer as a whole."""
    within: float = math.inf
    """Seconds after which it is given up in any case."""


@dataclass(frozen=True)
class Subscribe(Effect["Reply | Line"]):
    """POST to the platform, once, for an answer that is read while it is written.

    An answer that is no stream is given whole. Raises `TransportFailure`.
    """

    send: Send


@dataclass(frozen=True)
class Downloaded:
    """How a download began; its bytes are in the `Incoming`."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    """By name, in whatever case."""


@dataclass(frozen=True)
class Download(Effect[Downloaded]):
    """GET a public URL, once, without credentials. Raises `TransportFailure`."""

    url: str
    into: Incoming
    timeout: float
    """Seconds without a byte after which it is given up."""
    within: float
    """Seconds after which it is given up in any case."""
    on_bytes: Callable[[int], object]
    """Called with the number of bytes that are there so far; awaited if it gives an awaitable."""


Line: TypeAlias = Any
"""An open connection: a `Socket` or an `AsyncSocket`, as the driver that opened it can use. A flow passes it on."""


@dataclass(frozen=True)
class Connect(Effect[Line]):
    """Open a WebSocket. Raises `TransportFailure`."""

    url: str
    timeout: float
    """Seconds after which it is given up."""


@dataclass(frozen=True)
class Receive(Effect["str | bytes | None"]):
    """Wait for the next frame; None if none came in time. Raises `TransportFailure` at the end."""

    line: Line
    timeout: float
    """Seconds to wait."""


@dataclass(frozen=True)
class Transmit(Effect[None]):
    """Send a frame. Raises `TransportFailure`."""

    line: Line
    data: str | bytes = field(repr=False)


@dataclass(frozen=True)
class HangUp(Effect[None]):
    """Close a line. Never fails."""

    line: Line


@dataclass(frozen=True)
class Sleep(Effect[None]):
    """Wait."""

    seconds: float


@dataclass(frozen=True)
class Emit(Effect[None]):
    """Tell the caller; an asynchronous callback is awaited."""

    event: Event
    callback: Callable[[Event], object]


@dataclass(frozen=True)
class Together(Effect["list[Any]"]):
    """Perform several flows at once, and give their values in order.

    The first failure stops the others, and is raised when they have ended.
    """

    flows: Sequence[Flow[Any]]
    at_once: int
    """How many may be under way at a time."""


class Local(Effect[T_co]):
    """An effect that never waits, and so is done the same way by every driver."""

    @abstractmethod
    def perform(self) -> T_co:
        """Do it."""


class Now(Local[float]):
    """Seconds on the monotonic clock."""

    def perform(self) -> float:
        """Ask the clock in force."""
        return clock.current().now()


class Time(Local[float]):
    """Seconds since the Unix epoch."""

    def perform(self) -> float:
        """Ask the clock in force."""
        return clock.current().time()


class Roll(Local[float]):
    """A random number from 0 up to 1, for jitter."""

    def perform(self) -> float:
        """Roll the dice."""
        return random.random()  # noqa: S311 - spreads retries, protects nothing


@dataclass(frozen=True)
class Inspect(Local[str | None]):
    """What would keep a file from being uploaded, if anything."""

    file: LocalFile

    def perform(self) -> str | None:
        """Look at it."""
        return self.file.find_problem()


@dataclass(frozen=True)
class Claim(Local["Part | None"]):
    """Reserve a place in a folder; None if the name is taken and that is to be left so."""

    folder: Path
    name: str
    on_conflict: OnConflict

    def perform(self) -> Part | None:
        """Make it."""
        return storage.claim(self.folder, self.name, self.on_conflict)


@dataclass(frozen=True)
class Publish(Local["Path"]):
    """Give a complete file its name."""

    part: Part

    def perform(self) -> Path:
        """Rename it."""
        return self.part.publish()


@dataclass(frozen=True)
class Discard(Local[None]):
    """Delete an incomplete file."""

    part: Part

    def perform(self) -> None:
        """Delete it."""
        self.part.discard()
