"""What both drivers share of sockets: where they come from and what can go wrong."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from wiro_runtime.flow.effect import TransportFailure
from wiro_runtime.seam import socket

if TYPE_CHECKING:
    from collections.abc import Generator

    from wiro_runtime.seam.socket import Connector

__all__ = ["connector", "translated"]


def connector() -> Connector:
    """What opens sockets now."""
    installed = socket.installed()
    if installed is not None:
        return installed
    from wiro_runtime.driver.websocket import CONNECTOR  # noqa: PLC0415 - loaded with the first socket

    return CONNECTOR


@contextmanager
def translated() -> Generator[None]:
    """Turn the exceptions of sockets into ours."""
    try:
        yield
    except OSError as error:
        reason = str(error) or type(error).__name__
        raise TransportFailure(reason, never_sent=False) from None
