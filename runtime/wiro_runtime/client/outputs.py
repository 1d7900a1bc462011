"""A finished task's outputs, and how they are fetched; blocking and awaited.

Twins differ in one thing: whether what reaches the host of the files is awaited.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast, overload

from wiro_runtime.flow.download import DownloadOptions, DownloadProgress, read_one, save_all
from wiro_runtime.task.output import Output

if TYPE_CHECKING:
    import os
    from pathlib import Path

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

    def fetching(
        self,
        deadline: DeadlineOption,
        on_progress: Callable[[DownloadProgress], object] | None = None,
    ) -> DownloadOptions:
        """How one call fetches."""
        seconds = self.deadline if deadline == "default" else deadline
        return DownloadOptions(self.task, seconds, on_progress)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputFile(Output):
    """One thing a finished task produced, which can be fetched."""

    source: Source[Performer] = field(repr=False, compare=False)

    def read(self, *, deadline: DeadlineOption = "default") -> bytes:
        """Fetch it into memory.

        Args:
            deadline: Seconds for all of it; None for no limit; "default" for the client's.

        Raises:
            DownloadFailed: It could not be fetched whole in several attempts, or is no file.
            DeadlineExceeded: There was not enough time.
        """
        return self.source.perform(read_one(self, self.source.fetching(deadline)))


@dataclass(frozen=True, slots=True, kw_only=True)
class AsyncOutputFile(Output):
    """One thing a finished task produced, which can be fetched."""

    source: Source[AsyncPerformer] = field(repr=False, compare=False)

    async def read(self, *, deadline: DeadlineOption = "default") -> bytes:
        """Fetch it into memory, as `OutputFile.read()` does."""
        return await self.source.perform(read_one(self, self.source.fetching(deadline)))


class _Outputs(Sequence[O_co]):
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


class Outputs(_Outputs[OutputFile]):
    """What a task produced, in the platform's order."""

    def __init__(
        self, task: TaskSnapshot, perform: Performer, deadline: float | None = None
    ) -> None:
        self._source = Source(perform, task, deadline)
        super().__init__(
            [OutputFile(**_facts(output), source=self._source) for output in task.outputs]
        )

    def save(
        self,
        folder: str | os.PathLike[str],
        *,
        on_conflict: OnConflict = "rename",
        on_progress: Callable[[DownloadProgress], object] | None = None,
        at_once: int = 4,
        deadline: DeadlineOption = "default",
    ) -> list[Path]:
        """Download every file into a folder, several at a time.

        Each is streamed into a `.part` file, checked against its stated size, and only then given its
        name, so that no broken file is ever left under it. A transfer that breaks goes on where it
        stopped, if the host can do that. A name cannot leave the folder, whatever the platform calls the
        file. No credentials are sent to the host of the files. Fetching is free, as often as you like.

        Args:
            folder: Where to; made if it is not there.
            on_conflict: What to do about a name that is taken: "rename" takes the next free number,
                "overwrite" replaces the file when the new one is complete, "skip" leaves it and fetches
                nothing, "error" raises FileExistsError.
            on_progress: Called with a `DownloadProgress` whenever bytes have arrived; from the threads that save,
                but never twice at a time.
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
        fetching = self._source.fetching(deadline, _in_turn(on_progress))
        flow = save_all(self, folder, fetching, on_conflict=on_conflict, at_once=at_once)
        return self._source.perform(flow)


class AsyncOutputs(_Outputs[AsyncOutputFile]):
    """What a task produced, in the platform's order."""

    def __init__(
        self, task: TaskSnapshot, perform: AsyncPerformer, deadline: float | None = None
    ) -> None:
        self._source = Source(perform, task, deadline)
        super().__init__(
            [AsyncOutputFile(**_facts(output), source=self._source) for output in task.outputs]
        )

    async def save(
        self,
        folder: str | os.PathLike[str],
        *,
        on_conflict: OnConflict = "rename",
        on_progress: Callable[[DownloadProgress], object] | None = None,
        at_once: int = 4,
        deadline: DeadlineOption = "default",
    ) -> list[Path]:
        """Download every file, as `Outputs.save()` does; `on_progress` may be a coroutine function."""
        fetching = self._source.fetching(deadline, on_progress)
        flow = save_all(self, folder, fetching, on_conflict=on_conflict, at_once=at_once)
        return await self._source.perform(flow)


def _facts(output: Output) -> dict[str, Any]:
    return {field.name: getattr(output, field.name) for field in fields(output)}


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
