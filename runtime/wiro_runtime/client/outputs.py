"""A finished task's outputs, and how they are fetched; blocking and awaited.

Twins differ in one thing: whether what reaches the host of the files is awaited.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, cast, overload

from wiro_runtime.client.html import outputs_html
from wiro_runtime.client.output_file import AsyncOutputFile, Immutable, OutputFile, Source, facts_of
from wiro_runtime.client.runner import keyless, keyless_async
from wiro_runtime.client.saving import Name, SaveOptions, place_all
from wiro_runtime.flow.download import DownloadProgress, NoteSaved, save_all
from wiro_runtime.task.output import Output

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from wiro_runtime.flow.effect import AsyncPerformer, Performer
    from wiro_runtime.flow.options import DeadlineOption
    from wiro_runtime.storage import OnConflict
    from wiro_runtime.task.snapshot import TaskSnapshot

__all__ = ["AsyncOutputs", "Outputs"]

O_co = TypeVar("O_co", bound=Output, covariant=True)


class _Outputs(Immutable, Sequence[O_co]):
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
            [OutputFile(**facts_of(output), source=self._source) for output in task.outputs]
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
        fetching = self._source.download_options(deadline, _in_turn(on_progress))
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
            [AsyncOutputFile(**facts_of(output), source=self._source) for output in task.outputs]
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
        fetching = self._source.download_options(deadline, on_progress)
        flow = save_all(places, fetching, on_conflict=on_conflict, at_once=at_once)
        return await self._source.perform(flow)


# What comes out of a pickle is fetched without a client: the host of the files wants no key.
def _unpickle_outputs(
    kind: type[Outputs | AsyncOutputs], task: TaskSnapshot, deadline: float | None
) -> Outputs | AsyncOutputs:
    if issubclass(kind, Outputs):
        return kind(task, keyless(), deadline)
    return kind(task, keyless_async(), deadline)


def _in_turn(
    on_progress: Callable[[DownloadProgress], object] | None,
) -> Callable[[DownloadProgress], object] | None:
    if on_progress is None:
        return None
    turn = threading.Lock()

    def report(saving: DownloadProgress) -> None:
        with turn:
            on_progress(saving)

    return report
