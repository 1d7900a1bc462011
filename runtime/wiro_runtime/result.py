"""What a successful run gives back; the synchronous kinds and their asynchronous twins.

Twins differ in one thing: whether saving an output is awaited.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, overload

from wiro_runtime import answer
from wiro_runtime.flow.download import Saving, save_all

if TYPE_CHECKING:
    import os
    from decimal import Decimal
    from pathlib import Path
    from typing import Self

    from wiro_runtime.effect import Flow
    from wiro_runtime.output import Output
    from wiro_runtime.snapshot import TaskSnapshot

__all__ = [
    "AsyncMediaResult",
    "AsyncOutputs",
    "AsyncPerformer",
    "AsyncRealtimeResult",
    "AsyncResult",
    "AsyncTextResult",
    "MediaResult",
    "Outputs",
    "Performer",
    "RealtimeResult",
    "Result",
    "TextResult",
]

T = TypeVar("T")


class Performer(Protocol):
    """Performs a flow and gives back its value: what a client's driver does."""

    def __call__(self, flow: Flow[T], /) -> T:
        """Perform it."""
        ...


class AsyncPerformer(Protocol):
    """The same, awaited."""

    async def __call__(self, flow: Flow[T], /) -> T:
        """Perform it."""
        ...


class _Outputs(Sequence["Output"]):
    def __init__(self, task: TaskSnapshot) -> None:
        self._task = task

    @overload
    def __getitem__(self, index: int, /) -> Output: ...
    @overload
    def __getitem__(self, index: slice, /) -> Sequence[Output]: ...
    def __getitem__(self, index: int | slice, /) -> Output | Sequence[Output]:
        return self._task.outputs[index]

    def __len__(self) -> int:
        return len(self._task.outputs)

    def __iter__(self) -> Iterator[Output]:
        return iter(self._task.outputs)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Outputs) and self._task.outputs == other._task.outputs

    def __hash__(self) -> int:
        return hash(self._task.id)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({list(self)!r})"


class Outputs(_Outputs):
    """What a task produced, in the platform's order."""

    def __init__(self, task: TaskSnapshot, perform: Performer) -> None:
        super().__init__(task)
        self._perform = perform

    def save(
        self,
        folder: str | os.PathLike[str],
        *,
        on_progress: Callable[[Saving], object] | None = None,
    ) -> list[Path]:
        """Download every file into a folder.

        Each is streamed into a `.part` file, checked against its stated size, and only then given its
        name, so that no broken file is ever left under it. A name that is taken gets a number; nothing
        is overwritten. No credentials are sent to the host of the files.

        Args:
            folder: Where to; made if it is not there.
            on_progress: Called with a `Saving` whenever bytes have arrived.

        Returns:
            The saved paths, in the order of the outputs. Answers without a file are passed over.

        Raises:
            DownloadFailed: A file could not be fetched whole in several attempts.
            OSError: The disk is full, or the folder may not be written.
        """
        return self._perform(save_all(self._task, folder, on_progress))


class AsyncOutputs(_Outputs):
    """What a task produced, in the platform's order."""

    def __init__(self, task: TaskSnapshot, perform: AsyncPerformer) -> None:
        super().__init__(task)
        self._perform = perform

    async def save(
        self,
        folder: str | os.PathLike[str],
        *,
        on_progress: Callable[[Saving], object] | None = None,
    ) -> list[Path]:
        """Download every file into a folder, as `Outputs.save()` does."""
        return await self._perform(save_all(self._task, folder, on_progress))


@dataclass(frozen=True)
class _Facts:
    task: TaskSnapshot
    """The task as it ended."""

    @property
    def cost(self) -> Decimal | None:
        """US dollars, exactly as billed; None when the platform did not state it."""
        return self.task.total_cost


@dataclass(frozen=True)
class Result(_Facts):
    """A successful run."""

    outputs: Outputs = field(repr=False)
    """What it produced."""

    @classmethod
    def of(cls, task: TaskSnapshot, perform: Performer) -> Self:
        """Read a finished task."""
        return cls(task=task, outputs=Outputs(task, perform))


@dataclass(frozen=True)
class AsyncResult(_Facts):
    """A successful run of the asynchronous client."""

    outputs: AsyncOutputs = field(repr=False)
    """What it produced."""

    @classmethod
    def of(cls, task: TaskSnapshot, perform: AsyncPerformer) -> Self:
        """Read a finished task."""
        return cls(task=task, outputs=AsyncOutputs(task, perform))


class MediaResult(Result):
    """Files."""


class AsyncMediaResult(AsyncResult):
    """Files."""


class _Text(_Facts):
    @property
    def text(self) -> str:
        """The answer."""
        return answer.text(self.task)

    @property
    def thinking(self) -> str:
        """What the model thought before it answered; "" if it did not say."""
        return answer.thinking(self.task)

    @property
    def content(self) -> dict[str, Any]:
        """The structured answer as it came; {} if there is none."""
        return answer.content(self.task)


class TextResult(_Text, Result):
    """A language model's answer."""


class AsyncTextResult(_Text, AsyncResult):
    """A language model's answer."""


class RealtimeResult(Result):
    """A live session that has ended."""


class AsyncRealtimeResult(AsyncResult):
    """A live session that has ended."""
