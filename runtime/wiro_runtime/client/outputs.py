"""A finished task's outputs, and how they are fetched; blocking and awaited.

Twins differ in one thing: whether what reaches the host of the files is awaited.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast, overload

from wiro_runtime.client.html import output_html, outputs_html
from wiro_runtime.client.runner import keyless, keyless_async
from wiro_runtime.client.saving import Name, SaveOptions, check_chunk_size, place_all, place_one
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
    from collections.abc import AsyncIterator
    from pathlib import Path
    from typing import Self

    from wiro_runtime.flow.effect import AsyncPerformer, Performer
    from wiro_runtime.flow.options import DeadlineOption
    from wiro_runtime.storage import OnConflict
    from wiro_runtime.task.snapshot import TaskSnapshot

__all__ = [
    "AsyncOutputFile",
    "AsyncOutputs",
    "OutputFile",
    "Outputs",
    "Source",
]

T = TypeVar("T")
P = TypeVar("P")
O_co = TypeVar("O_co", bound=Output, covariant=True)


@dataclass(frozen=True, slots=True)
class Source(Generic[P]):
    """Where outputs come from: who fetches them, whose they are, and in which time."""

    perform: P
    task: TaskSnapshot
    deadline: float | None
    """Seconds for a whole call, unless the call says otherwise."""
    note_saved: NoteSaved | None = None
    """Told where they were saved; None where nobody keeps that."""

    def fetching(
        self,
        deadline: DeadlineOption,
        on_progress: Callable[[DownloadProgress], object] | None = None,
    ) -> DownloadOptions:
        """How one call fetches."""
        seconds = self.deadline if deadline == "default" else deadline
        return DownloadOptions(self.task, seconds, on_progress, self.note_saved)


class _Fixed:
    """A value that nothing changes, so that a copy of it is the value itself."""

    __slots__ = ()

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _: object) -> Self:
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputFile(_Fixed, Output):
    """One thing a finished task produced, which can be fetched. It may be pickled."""

    source: Source[Performer] = field(repr=False, compare=False)

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpickle_output, (OutputFile, _facts(self), self.source.task, self.source.deadline)

    def read(self, *, deadline: DeadlineOption = "default") -> bytes:
        """Fetch it into memory.

        Args:
            deadline: Seconds for all of it; None for no limit; "default" for the client's.

        Raises:
            DownloadFailed: It could not be fetched whole in several attempts, or is no file.
            DeadlineExceeded: There was not enough time.
        """
        SaveOptions("read()", "rename", None, deadline)
        return self.source.perform(read_one(self, self.source.fetching(deadline)))

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
        fetching = self.source.fetching(deadline, on_progress)
        flow = save_all([place], fetching, on_conflict=on_conflict, at_once=1)
        return self.source.perform(flow)[0]

    def iter_bytes(
        self, *, chunk_size: int = 64 * 1024, deadline: DeadlineOption = "default"
    ) -> Iterator[bytes]:
        """Fetch it, and pass its bytes on as they come; never more than a piece of it is held.

        A transfer that breaks goes on where it stopped, as in `save()`. An answer of another length than the
        platform states is refused before its first byte. Where fetching fails in the end, the pieces until
        then are the beginning of the file, and the loop raises.

        Args:
            chunk_size: Bytes of a piece; the last may be shorter.
            deadline: Seconds for all of it, the caller's own share included; None for no limit; "default" for
                the client's.

        Raises:
            DownloadFailed: It could not be fetched whole in several attempts, or is no file.
            DeadlineExceeded: There was not enough time.
        """
        SaveOptions("iter_bytes()", "rename", None, deadline)
        check_chunk_size(chunk_size)
        return self._pieces(chunk_size, deadline)

    def _pieces(self, chunk_size: int, deadline: DeadlineOption) -> Iterator[bytes]:
        reader = OutputReader(self, self.source.fetching(deadline))
        try:
            while piece := self.source.perform(reader.read(chunk_size)):
                yield piece
        finally:
            self.source.perform(reader.close())

    def _repr_html_(self) -> str:
        return output_html(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class AsyncOutputFile(_Fixed, Output):
    """One thing a finished task produced, which can be fetched. It may be pickled."""

    source: Source[AsyncPerformer] = field(repr=False, compare=False)

    def __reduce__(self) -> tuple[Any, ...]:
        arguments = (AsyncOutputFile, _facts(self), self.source.task, self.source.deadline)
        return _unpickle_output, arguments

    async def read(self, *, deadline: DeadlineOption = "default") -> bytes:
        """Fetch it into memory, as `OutputFile.read()` does."""
        SaveOptions("read()", "rename", None, deadline)
        return await self.source.perform(read_one(self, self.source.fetching(deadline)))

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
        fetching = self.source.fetching(deadline, on_progress)
        flow = save_all([place], fetching, on_conflict=on_conflict, at_once=1)
        return (await self.source.perform(flow))[0]

    def iter_bytes(
        self, *, chunk_size: int = 64 * 1024, deadline: DeadlineOption = "default"
    ) -> AsyncIterator[bytes]:
        """Fetch it and pass its bytes on, as `OutputFile.iter_bytes()` does; use `async for`."""
        SaveOptions("iter_bytes()", "rename", None, deadline)
        check_chunk_size(chunk_size)
        return self._pieces(chunk_size, deadline)

    async def _pieces(self, chunk_size: int, deadline: DeadlineOption) -> AsyncIterator[bytes]:
        reader = OutputReader(self, self.source.fetching(deadline))
        try:
            while piece := await self.source.perform(reader.read(chunk_size)):
                yield piece
        finally:
            await self.source.perform(reader.close())

    def _repr_html_(self) -> str:
        return output_html(self)


class _Outputs(_Fixed, Sequence[O_co]):
    def __init__(self, items: Sequence[O_co]) -> None:
        self._items = tuple(items)

    @overload
    def __getitem__(self, index: int, /) -> O_co: ...
    @overload
    def __getitem__(self, index: slice, /) -> Sequence[O_co]: ...
    def __getitem__(self, index: int | slice, /) -> O_co | Sequence[O_co]:
        return self._items[index]

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[O_co]:
        return iter(self._items)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Outputs) and list(self) == list(cast("_Outputs[Output]", other))

    def __hash__(self) -> int:
        return hash(tuple(item.url for item in self._items))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({list(self)!r})"

    def _repr_html_(self) -> str:
        return outputs_html(self)


class Outputs(_Outputs[OutputFile]):
    """What a task produced, in the platform's order."""

    def __init__(
        self,
        task: TaskSnapshot,
        perform: Performer,
        deadline: float | None = None,
        note_saved: NoteSaved | None = None,
    ) -> None:
        self._source = Source(perform, task, deadline, note_saved)
        super().__init__(
            [OutputFile(**_facts(output), source=self._source) for output in task.outputs]
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpickle_outputs, (Outputs, self._source.task, self._source.deadline)

    def save(
        self,
        folder: str | os.PathLike[str],
        *,
        name: Name = None,
        on_conflict: OnConflict = "rename",
        on_progress: Callable[[DownloadProgress], object] | None = None,
        provenance: bool = False,
        at_once: int = 4,
        deadline: DeadlineOption = "default",
    ) -> list[Path]:
        """Download every file into a folder, several at a time.

        Each is streamed into a `.part` file, checked against its stated size, and only then given its
        name, so that no broken file is ever left under it. A transfer that breaks goes on where it
        stopped, if the host can do that. A name cannot leave the folder, whatever the platform calls the
        file. No credentials are sent to the host of the files. Fetching is free, as often as you like.

        Args:
            folder: Where to; made if it is not there. `~` is your home. A single file may also be named:
                `save("out/deer.mp4")`.
            name: How each file is named: a template such as `"{task}-{index}{ext}"`, which may hold `{task}`,
                `{index}`, `{name}`, `{stem}` and `{ext}`; a function of the output; None for the platform's
                names.
            on_conflict: What to do about a name that is taken: "rename" takes the next free number,
                "overwrite" replaces the file when the new one is complete, "skip" leaves it and fetches
                nothing, "error" raises FileExistsError.
            on_progress: Called with a `DownloadProgress` whenever bytes have arrived; from the threads that save,
                but never twice at a time.
            provenance: Write beside each file, as `NAME.json`, what it came from: the request, its seed, what
                it cost, the task.
            at_once: How many files are fetched at a time.
            deadline: Seconds for all of it; None for no limit; "default" for the client's.

        Returns:
            The paths, in the order of the outputs. Answers without a file are passed over.

        Raises:
            DownloadFailed: A file could not be fetched whole in several attempts. The others are
                stopped; those that were complete stay.
            DeadlineExceeded: There was not enough time.
            FileExistsError: A name is taken, with `on_conflict="error"`.
            OSError: The disk is full, or the folder may not be written.
        """
        options = SaveOptions(
            "save()", on_conflict, on_progress, deadline, at_once, name, provenance=provenance
        )
        places = place_all(self, self._source.task, folder, options)
        fetching = self._source.fetching(deadline, _in_turn(on_progress))
        flow = save_all(places, fetching, on_conflict=on_conflict, at_once=at_once)
        return self._source.perform(flow)


class AsyncOutputs(_Outputs[AsyncOutputFile]):
    """What a task produced, in the platform's order."""

    def __init__(
        self,
        task: TaskSnapshot,
        perform: AsyncPerformer,
        deadline: float | None = None,
        note_saved: NoteSaved | None = None,
    ) -> None:
        self._source = Source(perform, task, deadline, note_saved)
        super().__init__(
            [AsyncOutputFile(**_facts(output), source=self._source) for output in task.outputs]
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpickle_outputs, (AsyncOutputs, self._source.task, self._source.deadline)

    async def save(
        self,
        folder: str | os.PathLike[str],
        *,
        name: Name = None,
        on_conflict: OnConflict = "rename",
        on_progress: Callable[[DownloadProgress], object] | None = None,
        provenance: bool = False,
        at_once: int = 4,
        deadline: DeadlineOption = "default",
    ) -> list[Path]:
        """Download every file, as `Outputs.save()` does; `on_progress` may be a coroutine function."""
        options = SaveOptions(
            "save()",
            on_conflict,
            on_progress,
            deadline,
            at_once,
            name,
            provenance=provenance,
            awaits=True,
        )
        places = place_all(self, self._source.task, folder, options)
        fetching = self._source.fetching(deadline, on_progress)
        flow = save_all(places, fetching, on_conflict=on_conflict, at_once=at_once)
        return await self._source.perform(flow)


def _facts(output: Output) -> dict[str, Any]:
    return {field.name: getattr(output, field.name) for field in fields(Output)}


# What comes out of a pickle is fetched without a client: the host of the files wants no key.
def _unpickle_outputs(
    kind: type[Outputs | AsyncOutputs], task: TaskSnapshot, deadline: float | None
) -> Outputs | AsyncOutputs:
    if issubclass(kind, Outputs):
        return kind(task, keyless(), deadline)
    return kind(task, keyless_async(), deadline)


def _unpickle_output(
    kind: type[OutputFile | AsyncOutputFile],
    facts: dict[str, Any],
    task: TaskSnapshot,
    deadline: float | None,
) -> OutputFile | AsyncOutputFile:
    if issubclass(kind, OutputFile):
        return kind(**facts, source=Source(keyless(), task, deadline))
    return kind(**facts, source=Source(keyless_async(), task, deadline))


def _in_turn(
    on_progress: Callable[[DownloadProgress], object] | None,
) -> Callable[[DownloadProgress], object] | None:
    if on_progress is None:
        return None
    turn = threading.Lock()

    def tell(saving: DownloadProgress) -> None:
        with turn:
            on_progress(saving)

    return tell
