"""Whose line made a call: the innermost one that belongs to no library of ours or of httpx."""

from inspect import currentframe
from pathlib import Path
from typing import Final

_LIBRARIES: Final = frozenset(
    {"anyio", "asyncio", "contextlib", "functools", "httpcore", "httpx", "respx", "threading"}
    | {"concurrent", "wiro", "wiro_runtime", "wiromock"}
)


def find_caller() -> str | None:
    """Find the line, as `file:line`; None where everything on the stack is a library.

    In asyncio the stack goes up to the running task's own coroutine, which is where a caller awaits.
    """
    frame = currentframe()
    while frame is not None:
        module = str(frame.f_globals.get("__name__", "")).partition(".")[0]
        if module not in _LIBRARIES and not frame.f_code.co_filename.startswith("<"):
            return f"{_short(frame.f_code.co_filename)}:{frame.f_lineno}"
        frame = frame.f_back
    return None


def _short(path: str) -> str:
    """Relative to where the program runs, if it lies below."""
    try:
        return str(Path(path).relative_to(Path.cwd()))
    except ValueError:
        return path
