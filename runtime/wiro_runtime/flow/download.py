"""Saving outputs: fetched whole and checked, or not there at all."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from wiro_runtime import address, errors, retry
from wiro_runtime.effect import (
    Claim,
    Discard,
    Download,
    Downloaded,
    Publish,
    Roll,
    Sleep,
    TransportFailure,
)
from wiro_runtime.storage import safe_name

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from wiro_runtime.effect import Flow
    from wiro_runtime.output import Output
    from wiro_runtime.snapshot import TaskSnapshot

__all__ = ["Saving", "save_all"]

_ATTEMPTS = 4
_PATIENCE = 60.0
"""Seconds without a byte after which a download is given up."""


@dataclass(frozen=True, slots=True)
class Saving:
    """How far the saving of one output is."""

    output: Output
    received: int
    """Bytes so far."""
    total: int | None
    """Bytes in all, as the platform states them."""


def save_all(
    task: TaskSnapshot,
    folder: str | os.PathLike[str],
    on_progress: Callable[[Saving], object] | None,
) -> Flow[list[Path]]:
    """Save every output that is a file, one after the other."""
    saved: list[Path] = []
    for position, output in enumerate(task.outputs):
        if output.url is not None:
            name = safe_name(_stated_name(output), f"output-{position}{_ending(output)}")
            part = yield from Claim(Path(folder), name)
            try:
                yield from _fetch(task, output, part, on_progress)
                saved.append((yield from Publish(part, name)))
            except GeneratorExit:
                raise
            except BaseException:
                yield from Discard(part)
                raise
    return saved


def _fetch(
    task: TaskSnapshot,
    output: Output,
    part: Path,
    on_progress: Callable[[Saving], object] | None,
) -> Flow[None]:
    """Fetch an output, from the start again after each failure."""

    def tell(received: int) -> None:
        if on_progress is not None:
            on_progress(Saving(output, received, output.size))

    url = output.url or ""
    problem = "its URL is not an http(s) URL"
    attempts = _ATTEMPTS if url.lower().startswith(("http://", "https://")) else 0
    for failures in range(1, attempts + 1):
        try:
            got = yield from Download(url, part, _PATIENCE, tell)
        except TransportFailure as failure:
            problem = failure.reason
        else:
            if got.status == 200 and (output.size is None or got.size == output.size):
                return
            problem = _wrong(got, output)
            if 400 <= got.status < 500 and got.status not in (408, 429):
                break
        if failures < attempts:
            yield from Sleep(retry.delay(failures, asked=None, roll=(yield from Roll())))
    raise errors.DownloadFailed(
        f"{output.name or url} of task {task.id} was not saved: {problem}. Saving it again is free, as "
        "long as the platform keeps it.",
        url=url,
        task=task,
    )


def _wrong(got: Downloaded, output: Output) -> str:
    if got.status != 200:
        return f"its host answered HTTP {got.status}"
    return f"{got.size} bytes came instead of the stated {output.size}"


def _stated_name(output: Output) -> str:
    return output.name or unquote(address.split(output.url or "").path)


def _ending(output: Output) -> str:
    return mimetypes.guess_extension(output.content_type) or ""
