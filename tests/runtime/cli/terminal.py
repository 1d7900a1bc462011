"""A terminal for the `wiro` command: keys go in, and what a person would see comes out."""

import os
import re
import sys
import time
from contextlib import suppress
from functools import partial
from itertools import dropwhile
from pathlib import Path

import pexpect
import pyte
from wcwidth import wcswidth

BIN = Path(sys.executable).parent
ROWS = 24
TIMEOUT = 60
"""Seconds for anything; a busy machine needs some, and nothing here waits for them to pass."""
ERASED = "\r\x1b[J"
"""What the moving line begins each picture with."""
_STEERING = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def variables(**more: str) -> dict[str, str]:
    """The environment of this process, without what would decide about a terminal."""
    kept = {k: v for k, v in os.environ.items() if k not in {"COLUMNS", "LINES", "NO_COLOR"}}
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    return {**kept, "PATH": path, "TERM": "xterm-256color", "PS1": "$ ", **more}


class Terminal:
    """A command in a pseudo terminal of its own, with its own process group as a shell gives it.

    Args:
        line: What a shell reads.
        columns: How wide the terminal is.
        variables: What the environment says besides.
    """

    def __init__(self, line: str, *, columns: int = 80, cwd: Path, **more: str) -> None:
        self._columns = columns
        self._process = pexpect.spawn(
            "bash",
            ["-c", f"exec {line}" if "|" not in line and ">" not in line else line],
            cwd=str(cwd),
            env=variables(**more),
            dimensions=(ROWS, columns),
            encoding="utf-8",
            timeout=TIMEOUT,
        )
        self._process.logfile_read = self
        self.written = ""
        """All that was written to it, with the steering."""

    def write(self, text: str) -> None:
        self.written += text

    def flush(self) -> None:
        """Nothing is held back."""

    def wait_for(self, text: str) -> None:
        """Read until a text has been written."""
        self._process.expect_exact(text)

    def see(self, text: str) -> None:
        """Read until a text stands on the screen, however it was put together."""
        ends = time.monotonic() + TIMEOUT
        while text not in "\n".join(self.screen):
            assert time.monotonic() < ends, "\n".join(self.screen)
            with suppress(pexpect.TIMEOUT):
                self._process.read_nonblocking(4096, timeout=0.2)

    def press(self, keys: str) -> None:
        """Type, as a person does: Ctrl-C is `\\x03`."""
        self._process.send(keys)

    def resize(self, columns: int) -> list[str]:
        """Make the window wider or narrower; returns pictures of the moving line since, without colours.

        Any number of them may have been on their way. The first one that is narrow enough was drawn for the
        window as it is now, or might have been; and so were all that follow.
        """
        self._process.setwinsize(ROWS, columns)
        self.written = self._process.buffer = ""
        ends = time.monotonic() + TIMEOUT
        while len(fitting := list(dropwhile(partial(_is_too_wide, columns), self._pictures()))) < 3:
            assert time.monotonic() < ends, f"no picture fits into {columns} columns"
            self.wait_for(ERASED)
        return fitting

    def _pictures(self) -> list[str]:
        """Those that are whole."""
        return [_STEERING.sub("", picture) for picture in self.written.split(ERASED)[1:-1]]

    def end(self) -> int:
        """Read to the end, and return the exit status."""
        self._process.expect(pexpect.EOF)
        self._process.close()
        assert self._process.signalstatus is None, self.written
        return self._process.exitstatus

    @property
    def screen(self) -> list[str]:
        """The lines that are to be seen, blank ones left out."""
        return _seen(self._columns, self.written)

    def seen_by(self, columns: int) -> list[str]:
        """What came since the first erasure, in a window of another width that the command did not know of."""
        return _seen(columns, self.written[self.written.index(ERASED) :])

    @property
    def suggested(self) -> str:
        """The line of shell that the command suggests, as it is copied: whole, however wide the terminal."""
        (line,) = re.findall(r"^  (wiro .*?)\r?$", self.written, re.MULTILINE)
        return line


def width(text: str) -> int:
    """Return how many columns a line takes."""
    return wcswidth(text.strip("\r\n"))


def _seen(columns: int, written: str) -> list[str]:
    screen = pyte.Screen(columns, ROWS)
    pyte.Stream(screen).feed(written)
    return [line.rstrip() for line in screen.display if line.strip()]


def _is_too_wide(columns: int, picture: str) -> bool:
    return width(picture) >= columns


def until(is_so) -> None:
    """Wait for something that another process does."""
    ends = time.monotonic() + TIMEOUT
    while not is_so():
        assert time.monotonic() < ends, "it never came to that"
        time.sleep(0.01)
