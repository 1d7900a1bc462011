"""Performs the effects that never wait: both drivers do them the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wiro_runtime.flow.effect import (
    CommitFile,
    DiscardFile,
    InspectFile,
    Now,
    Random,
    ReserveFile,
    Time,
    WriteText,
)
from wiro_runtime.seam import clock

if TYPE_CHECKING:
    from types import ModuleType

    from wiro_runtime.flow.effect import Local

__all__ = ["perform"]


def perform(effect: Local[Any]) -> Any:  # noqa: PLR0911 - a table
    """Perform an effect in the running thread, and return its answer."""
    match effect:
        case Now():
            return clock.current().now()
        case Time():
            return clock.current().time()
        case Random():
            import random  # noqa: PLC0415 - for retries only

            return random.random()  # noqa: S311 - spreads retries, protects nothing
        case InspectFile(file):
            return file.find_problem()
        case ReserveFile(folder, name, on_conflict):
            return _storage().reserve(folder, name, on_conflict)
        case CommitFile(part):
            return part.commit()
        case DiscardFile(part):
            return part.discard()
        case WriteText(path, text):
            return _storage().write_text(path, text)
        case _:
            raise TypeError(f"no driver knows how to perform {effect!r}")


def _storage() -> ModuleType:
    from wiro_runtime import storage  # noqa: PLC0415 - for whoever saves outputs

    return storage
