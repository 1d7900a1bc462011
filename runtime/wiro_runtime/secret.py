"""Text that keeps itself out of representations, and so out of logs and of tracebacks with variables."""

from __future__ import annotations

__all__ = ["Secret"]


class Secret(str):
    """A text like any other, except that its `repr()` does not show it; `print()` and `str()` do."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{len(self)} secret characters>"

    def __reduce__(self) -> tuple[type[Secret], tuple[str]]:
        return Secret, (str.__str__(self),)
