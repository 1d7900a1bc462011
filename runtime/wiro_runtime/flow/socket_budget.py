"""How many sockets the tasks of one client hold, and whether another is worth trying."""

from __future__ import annotations

__all__ = ["SocketBudget"]

_RETRY_AFTER = 60.0
"""Seconds for which no connection is tried after one that failed."""
_MOST = 100
"""Sockets that one client holds at a time; the tasks beyond are polled."""


class SocketBudget:
    """Counts the sockets of one client, and remembers a connection that failed."""

    def __init__(self) -> None:
        self._open: set[int] = set()
        self.failed_at: float | None = None
        """When the last connection failed, on the monotonic clock."""

    @property
    def open_count(self) -> int:
        """Sockets that this client's tasks hold now."""
        return len(self._open)

    def opened(self, holder: object) -> None:
        """Count the socket that somebody holds; a set, since threads that count together would miscount."""
        self._open.add(id(holder))

    def closed(self, holder: object) -> None:
        """Count the socket of this holder no longer; one that was never counted is no harm."""
        self._open.discard(id(holder))

    def allows_another(self, now: float) -> bool:
        """Whether there is room for one more, and none has failed in the last minute."""
        failed_lately = self.failed_at is not None and now - self.failed_at < _RETRY_AFTER
        return self.open_count < _MOST and not failed_lately
