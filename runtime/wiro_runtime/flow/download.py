"""Fetching outputs: whole and checked, or not there at all."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, TypeVar
from urllib.parse import urljoin

from wiro_runtime import errors, parse
from wiro_runtime.flow import retry
from wiro_runtime.flow.deadline import start_deadline
from wiro_runtime.flow.effect import (
    CommitFile,
    DiscardFile,
    Download,
    Gather,
    Random,
    ReserveFile,
    Sleep,
    Time,
    TransportFailure,
    WriteText,
)
from wiro_runtime.storage import DownloadBuffer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from wiro_runtime.flow.deadline import Deadline
    from wiro_runtime.flow.effect import Downloaded, Flow
    from wiro_runtime.storage import OnConflict
    from wiro_runtime.task.output import Output
    from wiro_runtime.task.snapshot import TaskSnapshot

__all__ = [
    "ATTEMPTS",
    "HOPS",
    "TIMEOUT",
    "DownloadOptions",
    "DownloadProgress",
    "NoteSaved",
    "Place",
    "Trouble",
    "broken",
    "check_answer",
    "failed",
    "name_task_if_late",
    "read_one",
    "redirect_target",
    "save_all",
]

T = TypeVar("T")

NoteSaved: TypeAlias = "Callable[[TaskSnapshot, Sequence[Path]], Flow[None]]"
"""Writes down where outputs of a task were saved."""

ATTEMPTS = 4
"""How often in a row a download may break without having brought a byte."""
HOPS = 5
"""How many redirects are followed."""
TIMEOUT = 60.0
"""Seconds without a byte after which a download is given up."""
_TRANSIENT = (408, 416, 425, 429)
"""Client errors that may be gone at the next attempt; 416 is the answer to a range that has become wrong."""


@dataclass(frozen=True, slots=True)
class DownloadProgress:
    """How far the saving of one output is."""

    output: Output
    received: int
    """Bytes so far."""
    total: int | None
    """Bytes in all, as the platform states them."""


@dataclass(frozen=True)
class DownloadOptions:
    """How outputs are fetched."""

    task: TaskSnapshot
    """Whose they are."""
    deadline: float | None
    """Seconds for all of them."""
    on_progress: Callable[[DownloadProgress], object] | None = None
    note_saved: NoteSaved | None = None
    """Called with where they are once all of them are there."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one output is saved."""

    output: Output
    folder: Path
    name: str
    note: str | None = None
    """What is written beside the file, as `NAME.json`; None for nothing."""


def save_all(
    places: Sequence[Place], options: DownloadOptions, *, on_conflict: OnConflict, at_once: int
) -> Flow[list[Path]]:
    """Save outputs, several at a time; the paths, in the same order."""
    deadline = yield from start_deadline(options.deadline)
    saves = [_save(place, on_conflict, options, deadline) for place in places]
    paths = yield from name_task_if_late(options.task, iter(Gather(saves, at_once)))
    if options.note_saved is not None:
        yield from options.note_saved(options.task, paths)
    return paths


def read_one(output: Output, options: DownloadOptions) -> Flow[bytes]:
    """Fetch an output into memory."""
    memory = io.BytesIO()
    deadline = yield from start_deadline(options.deadline)
    fetching = _fetch(
        output, DownloadBuffer(memory, output.size, output.content_type), options, deadline
    )
    yield from name_task_if_late(options.task, fetching)
    return memory.getvalue()


def _save(
    place: Place, on_conflict: OnConflict, options: DownloadOptions, deadline: Deadline
) -> Flow[Path]:
    part = yield from ReserveFile(place.folder, place.name, on_conflict)
    if part is None:
        return place.folder / place.name
    try:
        output = place.output
        buffer = DownloadBuffer(part.file, output.size, output.content_type)
        yield from _fetch(output, buffer, options, deadline)
        path = yield from CommitFile(part)
    except GeneratorExit:  # dropped half-way: nobody is left to perform an effect
        part.discard()
        raise
    except BaseException:
        yield from DiscardFile(part)
        raise
    if place.note is not None:
        yield from WriteText(path.with_name(f"{path.name}.json"), place.note)
    return path


def _fetch(
    output: Output, buffer: DownloadBuffer, options: DownloadOptions, deadline: Deadline
) -> Flow[None]:
    """Fetch an output, after a break from where it broke off if the host can do that."""
    failures = before = 0
    while True:
        trouble = yield from _attempt(output, buffer, options, deadline)
        if trouble is None:
            return
        # What brings bytes is no failure in a row, or a large file would never arrive.
        failures = failures + 1 if buffer.received <= before else 1
        before = buffer.received
        if failures >= ATTEMPTS or not trouble.is_transient:
            raise failed(output, options, trouble.reason)
        left = yield from deadline.remaining()
        pause = retry.delay(failures, asked=trouble.asked, random=(yield from Random()))
        yield from Sleep(min(pause, left))


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why an attempt brought no whole file."""

    reason: str
    is_transient: bool = True
    """Whether it may be gone at the next attempt."""
    asked: float | None = None
    """Seconds that the host asks to wait."""


def _attempt(
    output: Output, buffer: DownloadBuffer, options: DownloadOptions, deadline: Deadline
) -> Flow[Trouble | None]:
    """Fetch what is missing, through redirects; None if all is there."""

    def report(received: int) -> object:
        if options.on_progress is None:
            return None
        return options.on_progress(DownloadProgress(output, received, buffer.expected))

    url = output.url or ""
    for _ in range(HOPS + 1):
        if not parse.is_web_url(url):
            return Trouble(f"{url[:80]!r} is not an http(s) URL", is_transient=False)
        left = yield from deadline.remaining()
        try:
            got = yield from Download(url, buffer, min(TIMEOUT, left), left, report)
        except TransportFailure as failure:
            return broken(failure)
        target = redirect_target(url, got)
        if target is None:
            return (yield from check_answer(got, buffer))
        url = target
    return Trouble(f"its host redirected more than {HOPS} times", is_transient=False)


def broken(failure: TransportFailure) -> Trouble:
    """What is wrong with an attempt that brought no answer, or not all of it."""
    return Trouble(failure.reason, is_transient=failure.is_transient)


def check_answer(got: Downloaded, buffer: DownloadBuffer) -> Flow[Trouble | None]:
    """What is wrong with an answer that has ended; None if the whole file is there."""
    if got.status not in (200, 206):
        reason = f"its host answered HTTP {got.status}"
        is_transient = got.status >= 500 or got.status in _TRANSIENT
        return Trouble(reason, is_transient, (yield from _asked(got)))
    if buffer.is_page:
        kind = got.headers.get("content-type", "")
        return Trouble(f"its host answered with a page ({kind[:80]}) instead of {buffer.promised}")
    if got.status == 206 and not buffer.received:
        return Trouble("its host answered with a part that was not asked for")
    if buffer.is_whole:
        return None
    reason = buffer.what_is_wrong()
    buffer.restart()
    return Trouble(reason)


def _asked(got: Downloaded) -> Flow[float | None]:
    header = got.headers.get("retry-after")
    return None if header is None else retry.read_retry_after(header, now=(yield from Time()))


def redirect_target(url: str, got: Downloaded) -> str | None:
    """Where an answer sends us; never from a protected connection to an open one."""
    if got.status not in (301, 302, 303, 307, 308) or not got.headers.get("location"):
        return None
    target = urljoin(url, got.headers["location"])
    opens = url.lower().startswith("https:") and not target.lower().startswith("https:")
    return None if opens else target


def name_task_if_late(task: TaskSnapshot, flow: Flow[T]) -> Flow[T]:
    """Note on a passed deadline whose outputs were being fetched."""
    try:
        return (yield from flow)
    except errors.DeadlineExceeded as late:
        late.task = task
        raise


def failed(output: Output, options: DownloadOptions, problem: str) -> errors.DownloadFailed:
    """The error of an output that was not fetched whole."""
    return errors.DownloadFailed(
        f"{output.name or output.url} of task {options.task.id} was not fetched: {problem}. Fetching "
        "it again is free, as long as the platform keeps it.",
        url=output.url or "",
        task=options.task,
    )
