"""The socket seam: every WebSocket of the client is opened through here.

A test installs a connector of its own with `use()`, and a platform inside the process answers, in
virtual time if it likes. What goes wrong is raised as the standard library's errors: `OSError` and its
subclasses. Only the standard library is imported, so that anything may import this module.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Generator

__all__ = ["AsyncSocket", "Connector", "Socket", "installed", "use"]


class Socket(Protocol):
    """An open WebSocket of a thread."""

    def send(self, data: str | bytes, /) -> None:
        """Send a text or a binary frame.

        Raises:
            OSError: The socket is closed.
        """
        ...

    def receive(self, seconds: float, /) -> str | bytes | None:
        """Wait for the next frame, for so many seconds at most; None if none came.

        Raises:
            OSError: The socket is closed.
        """
        ...

    def close(self) -> None:
        """Close it, within a moment and without an error, whatever the other side does."""
        ...


class AsyncSocket(Protocol):
    """An open WebSocket of an asyncio task: the same, awaited."""

    async def send(self, data: str | bytes, /) -> None:
        """Send a frame, as `Socket.send()` does."""
        ...

    async def receive(self, seconds: float, /) -> str | bytes | None:
        """Wait for a frame, as `Socket.receive()` does."""
        ...

    async def close(self) -> None:
        """Close it, as `Socket.close()` does."""
        ...


class Connector(Protocol):
    """Opens WebSockets."""

    def connect(self, url: str, seconds: float, /) -> Socket:
        """Connect within so many seconds.

        Raises:
            OSError: It did not succeed.
        """
        ...

    async def connect_async(self, url: str, seconds: float, /) -> AsyncSocket:
        """Connect, as `connect()` does."""
        ...


_installed: Connector | None = None


def installed() -> Connector | None:
    """The connector that a test has installed; None for real sockets."""
    return _installed


@contextmanager
def use(connector: Connector) -> Generator[Connector]:
    """Install a connector for the whole process until the block ends.

    Args:
        connector: Opens every socket meanwhile. Blocks may nest.
    """
    global _installed  # noqa: PLW0603 - process-wide on purpose, like the clock
    before, _installed = _installed, connector
    try:
        yield connector
    finally:
        _installed = before
