"""Where text goes: one document or saved paths on standard output, everything else on standard error."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import TextIO

__all__ = ["is_live", "note", "printable", "table", "write_json", "write_line"]


def write_line(text: str) -> None:
    """Write one line of the result to standard output."""
    click.echo(text)


def write_json(document: object, *, compact: bool = False) -> None:
    """Write one JSON document to standard output.

    Args:
        document: What to write; what JSON has no form for is written as text.
        compact: On one line, as a stream of events needs it.
    """
    indent = None if compact else 2
    click.echo(json.dumps(document, ensure_ascii=False, indent=indent, default=str))


def note(text: str) -> None:
    """Write a sentence for people to standard error; on a terminal, broken between words.

    Args:
        text: The sentence; lines that begin with a blank are commands to copy, and stay whole.
    """
    lines = text.split("\n")
    if sys.stderr.isatty():
        width = _width(sys.stderr)
        lines = [line for part in lines for line in _broken(part, width)]
    click.echo("\n".join(lines), err=True)


def _broken(line: str, width: int) -> list[str]:
    from textwrap import wrap  # noqa: PLC0415 - only on a terminal

    if line.startswith(" ") or len(line) <= width:
        return [line]
    return wrap(line, width, break_long_words=False, break_on_hyphens=False)


def is_live() -> bool:
    """Whether a person watches standard error, so that a progress line may move there."""
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def printable(text: str) -> str:
    """Return text without the control characters that could steer a terminal."""
    return "".join(char if char.isprintable() else " " for char in text)


def table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows to standard output, in columns as wide as their widest cell.

    On a terminal the last column is cut to the window, so that a row stays one line.

    Args:
        header: The columns' titles.
        rows: Their cells.
    """
    lines = [[printable(str(cell)) for cell in row] for row in [header, *rows]]
    widths = [max(len(line[index]) for line in lines) for index in range(len(header))]
    limit = _width(sys.stdout) if sys.stdout.isatty() else None
    for number, line in enumerate(lines):
        text = "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        text = text.rstrip()[:limit]
        click.echo(click.style(text, bold=True) if number == 0 else text)


def _width(terminal: TextIO) -> int:
    return max(os.get_terminal_size(terminal.fileno()).columns, 20)  # some say 0
