"""Ctrl-C at any moment of a call: from the first byte sent, what leaves the call names the task or says unknown."""

import gc
import linecache
import sys
from pathlib import Path

import httpx
import pytest

import wiro_runtime
from runtime.models import Vace
from runtime.replies import DONE, RUN_REPLY
from wiro_runtime import Client

OURS = str(Path(wiro_runtime.__file__).parent)


class Interrupted:
    """Raises KeyboardInterrupt at the n-th line that our own code runs.

    Not on the way out of a `with` block, where Python lets no signal in but reports its line to tracers again.
    """

    def __init__(self, at: int) -> None:
        self.left = at
        self.is_quiet = at < 0
        self.at = ""
        self._last: dict[object, int] = {}

    def __call__(self, frame, event, _):
        if not frame.f_code.co_filename.startswith(OURS):
            return None
        if event == "line":
            self.left -= 1
            before = self._last.get(frame, 0)
            self._last[frame] = frame.f_lineno
            is_due = self.left <= 0 and not self.is_quiet
            if is_due and not _is_leaving(frame, before):
                self.at = f"{frame.f_code.co_filename}:{frame.f_lineno}"
                raise KeyboardInterrupt
        return self


def _is_leaving(frame, before):
    """Whether a frame is at a `with` again, after a line further down."""
    line = linecache.getline(frame.f_code.co_filename, frame.f_lineno).strip()
    return line.startswith("with ") and before > frame.f_lineno


class Platform:
    """Answers in process, and counts the runs that reached it."""

    def __init__(self) -> None:
        self.runs = 0

    def __call__(self, request):
        is_run = "/Run/" in request.url.path
        self.runs += is_run
        return httpx.Response(200, json=RUN_REPLY if is_run else DONE)


def interrupted(call, at):
    """What one call, interrupted at its n-th line, ends with; the platform, and where it was."""
    platform = Platform()
    own = httpx.Client(transport=httpx.MockTransport(platform))
    client = Client("key", http_client=own, tracking="polling")
    caught, tracing = interrupted_with(client, call, at)
    return caught, platform, tracing


def interrupted_with(client, call, at):
    """What one call of a client, interrupted at its n-th line, ends with, and where it was."""
    tracing = Interrupted(at)
    caught = None
    before = sys.gettrace()
    gc.disable()  # a flow that an earlier interruption has left behind is not part of this call
    sys.settrace(tracing)
    try:
        kept = call(client)  # noqa: F841 - what it leaves open ends untraced
    except KeyboardInterrupt as error:
        caught = error
    finally:
        sys.settrace(before)
        gc.enable()
    return caught, tracing


CALLS = {
    "stream": lambda client: client.stream(Vace(prompt="x")).__enter__(),
    "submit": lambda client: client.submit(Vace(prompt="x")),
    "run": lambda client: client.run(Vace(prompt="x")),
}


@pytest.mark.parametrize("name", CALLS)
def test_every_line_of_a_call_may_be_the_last(name, virtual_time):
    CALLS[name](Client("key", http_client=httpx.Client(transport=httpx.MockTransport(Platform()))))
    silent, lines = [], 0
    while True:
        lines += 1
        caught, platform, tracing = interrupted(CALLS[name], lines)
        if caught is None:
            break
        notes = " ".join(getattr(caught, "__notes__", []))
        if platform.runs and not ("Task 2221" in notes or "may have been sent" in notes):
            silent.append(tracing.at)
        assert platform.runs <= 1
    assert lines > 100, "the call was not traced"
    assert silent == []
