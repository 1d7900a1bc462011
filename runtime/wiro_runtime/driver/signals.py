"""What a handler of a signal raised, found behind what became of it.

Such a handler runs wherever its thread is, and what it raises (a time limit of a task queue, the `TimeoutError` of an
alarm) comes out of the socket that was being read: libraries below take it for the network's own, and we would ask
again. It is the caller's, as what a callback raises.
"""

from __future__ import annotations

import signal
import threading
import traceback
from functools import partial
from types import CodeType, FunctionType
from typing import cast

from wiro_runtime.flow.effect import CallerError

__all__ = ["pass_on_signals"]


def pass_on_signals(error: BaseException, ending: BaseException | None = None) -> None:
    """Do nothing, unless an exception came from a handler of a signal, or stands for one that did.

    Args:
        error: What broke an exchange.
        ending: What it would be told as; it says whether a byte had left.

    Raises:
        CallerError: It did.
    """
    if threading.current_thread() is not threading.main_thread():  # where no handler ever runs
        return
    handlers = _handlers()
    found: BaseException | None = error
    known: set[int] = set()
    while handlers and found is not None and id(found) not in known:
        known.add(id(found))
        if any(frame.f_code in handlers for frame, _ in traceback.walk_tb(found.__traceback__)):
            raise CallerError(found, ending) from None
        found = found.__cause__ or found.__context__


def _handlers() -> set[CodeType]:
    """The code of all handlers that are written in Python."""
    set_now = (signal.getsignal(number) for number in signal.valid_signals())
    return {code for handler in set_now if (code := _code(handler)) is not None}


def _code(handler: object) -> CodeType | None:
    while isinstance(handler, partial):
        handler = cast("partial[object]", handler).func
    handler = getattr(handler, "__func__", handler)
    if not isinstance(handler, FunctionType):
        handler = getattr(type(handler), "__call__", None)  # noqa: B004 - the function itself is wanted
    return handler.__code__ if isinstance(handler, FunctionType) else None
