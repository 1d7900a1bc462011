"""One output of a finished task, and how it is fetched; blocking and awaited.

Twins differ in one thing: whether what reaches the host of the files is awaited.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from wiro_runtime.client.html import output_html
from wiro_runtime.client.runner import keyless, keyless_async
from wiro_runtime.client.saving import SaveOptions, check_chunk_size, check_deadline, place_one
from wiro_runtime.flow.download import (
    DownloadOptions,
    DownloadProgress,
    NoteSaved,
    read_one,
    save_all,
)
from wiro_runtime.flow.output_reader import OutputReader
from wiro_runtime.task.output import Output

if TYPE_CHECKING:
    import os
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path
    from typing import Self

    from wiro_runtime.flow.effect import AsyncPerformer, Performer
    from wiro_runtime.flow.options import DeadlineOption
    from wiro_runtime.storage import OnConflict
    from wiro_runtime.task.snapshot import TaskSnapshot

__all__ = ["AsyncOutputFile", "Immutable", "OutputFile", "Source", "facts_of"]

P = TypeVar("P")


class Immutable:
    """A value that nothing changes, so that a copy of it is the value itself."""

    __slots__ = ()

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _: object) -> Self:
        return self


class Source(Immutable, Generic[P]):
    """Where outputs come from: who fetches them, whose they are, and in which time.

    No dataclass: `dataclasses.asdict()` of an output would take a client apart.

    Args:
        perform: Performs a flow.
        task: Whose outputs they are.
        deadline: Seconds for a whole call, unless the call says otherwise.
        note_saved: Called with where they were saved; None where nobody keeps that.
    """

    __slots__ = ("deadline", "note_saved", "perform", "task")

    def __init__(
        self,
        perform: P,
        task: TaskSnapshot,
        deadline: float | None,
        note_saved: NoteSaved | None = None,
    ) -> None:
        self.perform = perform
        self.task = task
        self.deadline = deadline
        self.note_saved = note_saved

    def download_options(
        self,
        deadline: DeadlineOption,
        on_progress: Callable[[DownloadProgress], object] | None = None,
    ) -> DownloadOptions:
        """What one call is to fetch them with."""
        seconds = self.deadline if deadline == "default" else deadline
        return DownloadOptions(self.task, seconds, on_progress, self.note_saved)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputFile(Immutable, Output):
    """One thing a finished task produced, which can be fetched. It may be pickled."""

    source: Source[Performer] = field(repr=False, compare=False)

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpickle_output, (
            OutputFile,
            facts_of(self),
            self.source.task,
            self.source.deadline,
        )

    def read(self, *, deadline: DeadlineOption = "default") -> bytes:
        """Fetch it into memory.

        Args:
            deadline: Seconds for all of it; None for no limit; "default" for the client's.

        Raises:
            DownloadFailed: It could not be fetched whole in several attempts, or is no file.
            DeadlineExceeded: There was not enough time.
        """
        check_deadline("read()", deadline)
        return self.source.perform(read_one(self, self.source.download_options(deadline)))

    def save(
        self,
        path: str | os.PathLike[str],
        *,
        on_conflict: OnConflict = "rename",
        on_progress: Callable[[DownloadProgress], object] | None = None,
        provenance: bool = False,
        deadline: DeadlineOption = "default",
    ) -> Path:
        """Download it to a file of this name, checked and renamed as `Outputs.save()` does.

        Args:
            path: The file, like `"out/deer.mp4"`; or a folder that is there, or ends in "/", for a file
                under the platform's name.
            on_conflict: What to do if the file is there already; see `Outputs.save()`.
            on_progress: Called with a `DownloadProgress` whenever bytes have arrived.
            provenance: Write what it came from beside it, as `NAME.json`.
            deadline: Seconds for all of it; None for no limit; "default" for the client's.

        Returns:
            Where it is now.
        """
        options = SaveOptions("save()", on_conflict, on_progress, deadline, provenance=provenance)
        place = place_one(self, self.source.task, path, options)
        fetching = self.source.download_options(deadline, on_progress)
        flow = save_all([place], fetching, on_conflict=on_conflict, at_once=1)
        return self.source.perform(flow)[0]

    def iter_bytes(
        self, *, chunk_size: int = 64 * 1024, deadline: DeadlineOption = "default"
    ) -> Iterator[bytes]:
        """Fetch it, and pass its bytes on as they come; never more than a piece of it is held.

        A transfer that breaks goes on where it stopped, as in `save()`. An answer of another length than the
        platform states is refused before its first byte. Where fetching fails in the end, the pieces until
        then are the beginning of the file, and the loop raises.

        From its first piece to its last, or until the loop is left, it holds one of the client's connections;
        those that read at once leave one of them to other calls, and wait for each other's place.

        Args:
            chunk_size: Bytes of a piece; the last may be shorter.
            deadline: Seconds for all of it, the caller's own share included; None for no limit; "default" for
                the client's.

        Raises:
            DownloadFailed: It could not be fetched whole in several attempts, or is no file.
            DeadlineExceeded: There was not enough time.
        """
        check_deadline("iter_bytes()", deadline)
        check_chunk_size(chunk_size)
        return self._pieces(chunk_size, deadline)

    def _pieces(self, chunk_size: int, deadline: DeadlineOption) -> Iterator[bytes]:
        reader = OutputReader(self, self.source.download_options(deadline))
        try:
            while piece := self.source.perform(reader.read(chunk_size)):
                yield piece
        finally:
            self.source.perform(reader.close())

    def _repr_html_(self) -> str:
        return output_html(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class AsyncOutputFile(Immutable, Output):
    """One thing a finished task produced, which can be fetched. It may be pickled."""

    source: Source[AsyncPerformer] = field(repr=False, compare=False)

    def __reduce__(self) -> tuple[Any, ...]:
        arguments = (AsyncOutputFile, facts_of(self), self.source.task, self.source.deadline)
        return _unpickle_output, arguments

    async def read(self, *, deadline: DeadlineOption = "default") -> bytes:
        """Fetch it into memory, as `OutputFile.read()` does."""
        check_deadline("read()", deadline)
        return await self.source.perform(read_one(self, self.source.download_options(deadline)))

    async def save(
        self,
        path: str | os.PathLike[str],
        *,
        on_conflict: OnConflict = "rename",
        on_progress: Callable[[DownloadProgress], object] | None = None,
        provenance: bool = False,
        deadline: DeadlineOption = "default",
    ) -> Path:
        """Download it to a file, as `OutputFile.save()` does; `on_progress` may be a coroutine function."""
        options = SaveOptions(
            "save()", on_conflict, on_progress, deadline, provenance=provenance, awaits=True
        )
        place = place_one(self, self.source.task, path, options)
        fetching = self.source.download_options(deadline, on_progress)
        flow = save_all([place], fetching, on_conflict=on_conflict, at_once=1)
        return (await self.source.perform(flow))[0]

    def iter_bytes(
        self, *, chunk_size: int = 64 * 1024, deadline: DeadlineOption = "default"
    ) -> AsyncIterator[bytes]:
        """Fetch it and pass its bytes on, as `OutputFile.iter_bytes()` does; use `async for`."""
        check_deadline("iter_bytes()", deadline)
        check_chunk_size(chunk_size)
        return self._pieces(chunk_size, deadline)

    async def _pieces(self, chunk_size: int, deadline: DeadlineOption) -> AsyncIterator[bytes]:
        reader = OutputReader(self, self.source.download_options(deadline))
        try:
            while piece := await self.source.perform(reader.read(chunk_size)):
                yield piece
        finally:
            await self.source.perform(reader.close())

    def _repr_html_(self) -> str:
        return output_html(self)


def facts_of(output: Output) -> dict[str, Any]:
    """What an output says of itself, by the names of its fields."""
    return {field.name: getattr(output, field.name) for field in fields(Output)}


# What comes out of a pickle is fetched without a client: the host of the files wants no key.
def _unpickle_output(
    kind: type[OutputFile | AsyncOutputFile],
    facts: dict[str, Any],
    task: TaskSnapshot,
    deadline: float | None,
) -> OutputFile | AsyncOutputFile:
    if issubclass(kind, OutputFile):
        return kind(**facts, source=Source(keyless(), task, deadline))
    return kind(**facts, source=Source(keyless_async(), task, deadline))
