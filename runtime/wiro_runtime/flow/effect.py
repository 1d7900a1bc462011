"""What a flow may ask for.

A flow is a generator that decides and never does: it yields effects, and a driver performs them and
sends the answers back. `reply = yield from Send(...)` has the type `Reply`. Every decision of the
client is therefore written once, for threads and for asyncio, and can be tested without any I/O.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeAlias, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future
    from pathlib import Path

    from wiro_runtime.request.file import LocalFile
    from wiro_runtime.storage import DownloadBuffer, OnConflict, PartialFile
    from wiro_runtime.task.event import Event

__all__ = [
    "AsyncPerformer",
    "AwaitFuture",
    "CallerError",
    "CloseSocket",
    "CommitFile",
    "DiscardFile",
    "Download",
    "Downloaded",
    "Effect",
    "Emit",
    "Flow",
    "Form",
    "Gather",
    "InspectFile",
    "Local",
    "Now",
    "OpenDownload",
    "OpenSocket",
    "OpenedDownload",
    "Performer",
    "Random",
    "ReceiveFrame",
    "Reply",
    "ReserveFile",
    "Send",
    "SendFrame",
    "SendStreaming",
    "Sleep",
    "Socket",
    "Time",
    "TransportFailure",
    "UnreadableFile",
    "UnusableUrl",
    "WriteText",
]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


# Effects are compared by nobody and changed by nobody; that nothing enforces it makes them four times quicker to
# define, which every import pays, and to make, which every call pays.
class Effect(Generic[T_co]):
    """Something to be done outside of a flow, and answered with a `T_co`."""

    __slots__ = ()

    def __iter__(self) -> Generator[Effect[Any], Any, T_co]:
        answer: T_co = yield self
        return answer


Flow: TypeAlias = Generator[Effect[Any], Any, T_co]
"""A flow that returns a `T_co`."""


class Performer(Protocol):
    """Performs a flow and returns its value: what the blocking driver does."""

    def __call__(self, flow: Flow[T], /) -> T:
        """Perform it; what it raises is raised here."""
        ...


class AsyncPerformer(Protocol):
    """Performs a flow and returns its value, awaited: what the driver for asyncio does."""

    async def __call__(self, flow: Flow[T], /) -> T:
        """Perform it; what it raises is raised here."""
        ...


class TransportFailure(Exception):  # noqa: N818 - as in `errors`
    """An exchange broke off. Thrown into the flow that asked for it; never leaves the client.

    Args:
        reason: What broke, in words.
        never_sent: Whether it is proven that the request did not reach the other side.
    """

    is_transient: ClassVar[bool] = True
    """Whether it may be gone when the same is asked again."""

    def __init__(self, reason: str, *, never_sent: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.never_sent = never_sent


class UnreadableFile(TransportFailure):
    """A file came in a form that cannot be undone here, and would come so again."""

    is_transient = False

    def __init__(self, reason: str) -> None:
        super().__init__(reason, never_sent=False)


class UnusableUrl(TransportFailure):
    """What was to be fetched is no URL, and never will be."""

    is_transient = False

    def __init__(self, reason: str) -> None:
        super().__init__(f"its URL is none: {reason}", never_sent=True)


class CallerError(BaseException):
    """What a callback of the caller's raised. Thrown into the flow, and unpacked when it leaves the client.

    It is wrapped because it may be anything, one of our own errors included: no flow decides by it.

    Args:
        error: What it raised.
        ending: How the exchange had ended that the callback was called with, if it was called with one.
    """

    def __init__(self, error: BaseException, ending: Reply | BaseException | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.ending = ending


@dataclass(eq=False, slots=True)
class Form:
    """A multipart body: named parts in order, each a text or a file that is streamed from where it lies."""

    parts: Sequence[tuple[str, str | LocalFile]] = field(repr=False)

    def texts(self) -> dict[str, Any]:
        """Its texts by name, those of one name as a list; of a file, that there is one."""
        texts: dict[str, list[str]] = {}
        for name, part in self.parts:
            texts.setdefault(name, []).append(
                part if isinstance(part, str) else f"file:{part.name}"
            )
        return {name: values[0] if len(values) == 1 else values for name, values in texts.items()}


@dataclass(eq=False, slots=True)
class Reply:
    """An answer, as it came."""

    status: int
    headers: Mapping[str, str]
    """By name, in whatever case."""
    body: bytes = field(repr=False)


@dataclass(eq=False, slots=True)
class Send(Effect[Reply]):
    """POST to the platform, once, with fresh credentials. Raises `TransportFailure`."""

    path: str
    """Below the base URL."""
    body: Mapping[str, Any] | Form = field(repr=False)
    timeout: float
    """Seconds without progress after which it is given up, and seconds for the answer as a whole."""
    total_timeout: float = math.inf
    """Seconds after which it is given up in any case."""
    queue_timeout: float = math.inf
    """Seconds for which it may wait for a free connection; they are not counted above."""
    max_idle: float = 1.0
    """Seconds for which the connection that it takes may have been unused. Servers close those that are unused for
    some seconds, and nobody knows what became of what is sent at that moment. Infinity where that is no loss,
    because it is asked again."""


@dataclass(eq=False, slots=True)
class SendStreaming(Effect["Reply | Socket"]):
    """POST to the platform, once, for an answer that is read while it is written.

    An answer that is no stream is given whole. Raises `TransportFailure`.
    """

    send: Send


@dataclass(eq=False, slots=True)
class Downloaded:
    """How a download began; its bytes are in the `DownloadBuffer`."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    """By name, in whatever case."""


@dataclass(eq=False, slots=True)
class Download(Effect[Downloaded]):
    """GET a public URL, once, without credentials. Raises `TransportFailure`."""

    url: str
    into: DownloadBuffer
    timeout: float
    """Seconds without a byte after which it is given up."""
    total_timeout: float
    """Seconds after which it is given up in any case."""
    on_bytes: Callable[[int], object]
    """Called with the number of bytes that are there so far; what it returns is awaited if it can be."""


@dataclass(eq=False, slots=True)
class OpenedDownload:
    """A download that has begun: how, and its bytes, received like frames; at the end none."""

    answer: Downloaded
    socket: Socket


@dataclass(eq=False, slots=True)
class OpenDownload(Effect[OpenedDownload]):
    """GET a public URL, once, without credentials, to read it as it comes. Raises `TransportFailure`."""

    url: str
    headers: Mapping[str, str]
    """What is asked of the host, such as the range that is missing."""
    timeout: float
    """Seconds for the answer to begin."""
    queue_timeout: float
    """Seconds for which it may wait for a free connection; they are not counted above."""


Socket: TypeAlias = Any
"""An open connection, as the driver that opened it can use. A flow only passes it on."""


@dataclass(eq=False, slots=True)
class OpenSocket(Effect[Socket]):
    """Open a WebSocket. Raises `TransportFailure`."""

    url: str
    timeout: float
    """Seconds after which it is given up."""


@dataclass(eq=False, slots=True)
class ReceiveFrame(Effect["str | bytes | None"]):
    """Wait for the next frame; None if none came in time. Raises `TransportFailure` at the end."""

    socket: Socket
    timeout: float
    """Seconds to wait."""


@dataclass(eq=False, slots=True)
class SendFrame(Effect[None]):
    """Send a frame. Raises `TransportFailure`."""

    socket: Socket
    data: str | bytes = field(repr=False)


@dataclass(eq=False, slots=True)
class CloseSocket(Effect[None]):
    """Close it, within a moment. Never fails."""

    socket: Socket


@dataclass(eq=False, slots=True)
class Sleep(Effect[None]):
    """Wait for so many seconds."""

    seconds: float


@dataclass(eq=False, slots=True)
class Emit(Effect[None]):
    """Pass an event to the caller's callback; an asynchronous callback is awaited."""

    event: Event
    callback: Callable[[Event], object]


@dataclass(eq=False, slots=True)
class Gather(Effect["list[Any]"]):
    """Perform several flows at once, and return their values in order.

    The first failure stops the others, and is raised when they have ended.
    """

    flows: Sequence[Flow[Any]]
    at_once: int
    """How many may be under way at a time."""


@dataclass(eq=False, slots=True)
class AwaitFuture(Effect[T_co]):
    """Begin something that happens elsewhere, such as in the thread that writes the journal, and wait for it."""

    start: Callable[[], Future[T_co]]


class Local(Effect[T_co]):
    """An effect that never waits, and so is done the same way by every driver (`driver/local`)."""

    __slots__ = ()


class Now(Local[float]):
    """Seconds on the monotonic clock."""

    __slots__ = ()


class Time(Local[float]):
    """Seconds since the Unix epoch."""

    __slots__ = ()


class Random(Local[float]):
    """A random number from 0 up to 1, for jitter."""

    __slots__ = ()


@dataclass(eq=False, slots=True)
class InspectFile(Local[str | None]):
    """What would keep a file from being uploaded, in words; None if nothing does."""

    file: LocalFile


@dataclass(eq=False, slots=True)
class ReserveFile(Local["PartialFile | None"]):
    """Reserve a name in a folder; None if the name is taken and that is to be left so."""

    folder: Path
    name: str
    on_conflict: OnConflict


@dataclass(eq=False, slots=True)
class WriteText(Local[None]):
    """Write a small text file, whole or not at all; one that is there is replaced."""

    path: Path
    text: str = field(repr=False)


@dataclass(eq=False, slots=True)
class CommitFile(Local["Path"]):
    """Rename a complete file to its own name, and return where it is."""

    part: PartialFile


@dataclass(eq=False, slots=True)
class DiscardFile(Local[None]):
    """Delete an incomplete file."""

    part: PartialFile
