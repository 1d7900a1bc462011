"""Waiting for what other threads and processes do, without depending on how busy the machine is."""

import time
from collections.abc import Callable

import pytest

from wiro_runtime import errors

TIMEOUT = 60.0
"""Seconds for what takes milliseconds: only what hangs takes so long, however busy the machine."""


def await_until(condition: Callable[[], object]) -> bool:
    """Whether it becomes true, as it does unless something hangs."""
    until = time.monotonic() + TIMEOUT
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.005)
    return True


def fail_once_sent(call: Callable[[float], object]) -> errors.WiroError:
    """What a call raises whose seconds are over after it has sent its run.

    On a busy machine they may be over before that; then it gets more of them.
    """
    for seconds in (1.0, 10.0, 100.0):
        with pytest.raises(errors.WiroError) as caught:
            call(seconds)
        if caught.value.billed is not False:
            break
    return caught.value
