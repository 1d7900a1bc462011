"""What a flow may ask for.

A flow is a generator that decides and never does: it yields effects, and a driver performs them and
sends the answers back. `reply = yield from Send(...)` has the type `Reply`. Every decision of the
client is therefore written once, for threads and for asyncio, and can be tested without any I/O.
"""

from __future__ import annotations

import random
from abc import abstractmethod
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from wiro_runtime import clock, storage

if TYPE_CHECKING:
    from wiro_runtime.event import Event
    from wiro_runtime.file import LocalFile

__all__ = [
    "Claim",
    "Discard",
    "Download",
    "Downloaded",
    "Effect",
    "Emit",
    "Flow",
    "Form",
    "Inspect",
    "Local",
    "Now",
    "Publish",
    "Reply",
    "Roll",
    "Send",
    "Sleep",
    "Time",
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
    """A multipart body with one file, streamed from where it lies."""

    file: LocalFile
    fields: Mapping[str, str] = field(default_factory=dict[str, str])


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


@dataclass(frozen=True)
class Downloaded:
    """How a download went."""

    status: int
    size: int
    """Bytes written."""


@dataclass(frozen=True)
class Download(Effect[Downloaded]):
    """GET a public URL into a file, without credentials. Raises `TransportFailure`.

    Only the body of a 200 is written.
    """

    url: str
    path: Path
    timeout: float
    """Seconds without a byte after which it is given up."""
    on_bytes: Callable[[int], object]
    """Called with the number of bytes written so far."""


@dataclass(frozen=True)
class Sleep(Effect[None]):
    """Wait."""

    seconds: float


@dataclass(frozen=True)
class Emit(Effect[None]):
    """Tell the caller; an asynchronous callback is awaited."""

    event: Event
    callback: Callable[[Event], object]


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
class Claim(Local[Path]):
    """Reserve a `.part` file for a name in a folder."""

    folder: Path
    name: str

    def perform(self) -> Path:
        """Make it."""
        return storage.claim(self.folder, self.name)


@dataclass(frozen=True)
class Publish(Local[Path]):
    """Give a complete `.part` file its name."""

    part: Path
    name: str

    def perform(self) -> Path:
        """Rename it."""
        return storage.publish(self.part, self.name)


@dataclass(frozen=True)
class Discard(Local[None]):
    """Delete a `.part` file."""

    part: Path

    def perform(self) -> None:
        """Delete it."""
        self.part.unlink(missing_ok=True)
