"""How far the run of one call has come, noted on whatever exception leaves the call.

Our own errors say it themselves. Ctrl-C, cancellation and what a callback raised do not, and may come at any
moment: also between the answer of the platform and the handle that the caller gets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wiro_runtime.errors import WiroError
from wiro_runtime.flow.effect import CallerError
from wiro_runtime.flow.outcome import resume_line

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from wiro_runtime.request.request import Request
    from wiro_runtime.task.snapshot import TaskSnapshot

__all__ = ["RunNotes"]


class RunNotes:
    """A context in which a task may be started; notes on exceptions what is known of it.

    Args:
        model: The class of the request, for the line that picks the task up again.
    """

    def __init__(self, model: type[Request[Any, Any]]) -> None:
        self._model = model
        self._sent: str | None = None
        self.task: TaskSnapshot | None = None
        """The task, as soon as it is known."""

    def sending(self, path: str) -> None:
        """Run is sent now: whatever happens next, it may have started a task."""
        self._sent = path

    @property
    def may_have_started(self) -> bool:
        """Whether Run was sent, and nothing proves that it started no task."""
        return self._sent is not None

    def not_started(self) -> None:
        """It is proven that it did not."""
        self._sent = None

    def note(self, error: BaseException) -> None:
        """Note on an exception what is known, unless it is noted already."""
        if self.task is not None:
            resume = resume_line(self._model, self.task)
            text = f"Task {self.task.id} is not lost. Pick it up again with {resume}."
            self._add(error, text if resume else "")
        elif self._sent is not None:
            self._add(
                error,
                f"{self._sent} may have been sent; whether the platform started a task, and will bill "
                "it, is unknown.",
            )

    @staticmethod
    def _add(error: BaseException, text: str) -> None:
        if text and text not in getattr(error, "__notes__", ()):
            BaseException.add_note(error, text)  # whatever its class makes of that name

    def leave(self, error: BaseException) -> None:
        """Note on what leaves the call what it does not say itself, as our own errors do."""
        if isinstance(error, CallerError):
            self.note(error.error)
        elif not isinstance(error, (WiroError, GeneratorExit)):
            self.note(error)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        if error is not None:
            self.leave(error)
