"""What Ctrl-C leaves behind, and the line of shell that goes on from there."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from wiro_runtime.cli.context import Context
    from wiro_runtime.cli.result_options import ResultOptions

__all__ = ["Interrupted", "attach_line", "interrupted_by", "list_line", "outputs_line", "same_line"]


class Interrupted(KeyboardInterrupt):
    """Ctrl-C, with a sentence about what becomes of the task, and the line that goes on."""

    def __init__(self, text: str, line: str = "") -> None:
        super().__init__(f"{text}\n  {line}" if line else text)


@contextmanager
def interrupted_by(say: Callable[[KeyboardInterrupt], Interrupted]) -> Generator[None]:
    """Explain, at Ctrl-C within a block, what becomes of the task.

    Args:
        say: Makes them, when it has come.

    Raises:
        Interrupted: Ctrl-C was pressed.
    """
    try:
        yield
    except Interrupted:  # it has better words already
        raise
    except KeyboardInterrupt as interrupt:
        raise say(interrupt) from interrupt


def attach_line(ctx: Context, task_id: str, result_options: ResultOptions | None = None) -> str:
    """Return the line that picks a task up again, with the result where it was asked for.

    Args:
        ctx: The run of the command that started it.
        task_id: The task.
        result_options: How its result was to be shown; None for no more than its address.
    """
    return _line(ctx, "attach", task_id, result_options)


def outputs_line(ctx: Context, task_id: str, result_options: ResultOptions) -> str:
    """Return the line that fetches what a finished task made and is not there yet."""
    keeping = [] if result_options.save is None else ["--on-conflict", "skip"]
    return " ".join(
        [_line(ctx, "outputs", task_id, result_options._replace(events=False)), *keeping]
    )


def list_line(ctx: Context, slug: str) -> str:
    """Return the line that shows whether a model's task was started after all."""
    return f"{ctx.prog} tasks --model {slug}"


def same_line(ctx: Context) -> str:
    """Return the line that was typed."""
    from shlex import join  # noqa: PLC0415 - only for who stopped

    return f"{ctx.prog} {join(ctx.words)}"


def _line(ctx: Context, verb: str, task_id: str, result_options: ResultOptions | None) -> str:
    from shlex import join  # noqa: PLC0415 - only for who stopped

    if result_options is None:
        return f"{ctx.prog} {verb} {task_id}"
    return f"{ctx.prog} {join([verb, result_options.slug, task_id, *_words(result_options)])}"


def _words(result_options: ResultOptions) -> list[str]:
    """Return the options that show a result as it was asked for."""
    words = [] if result_options.save is None else ["--save", result_options.save]
    words += [] if result_options.name is None else ["--name", result_options.name]
    words += ["--json"] if result_options.as_json else []
    return [*words, *(["--events"] if result_options.events else [])]
