"""What the commands print: results on standard output, everything else on standard error."""

import io
import sys


def prepare() -> None:
    """Make every character printable, on terminals of any encoding."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def print_result(text: str) -> None:
    """Print a result at once, so that a closed pipe is noticed here and not at exit."""
    print(text, flush=True)  # noqa: T201 - this is the one place that prints results


def print_error(text: str) -> None:
    """Print what went wrong."""
    print(text, file=sys.stderr)  # noqa: T201 - this is the one place that prints errors
