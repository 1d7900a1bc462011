"""How much a mock remembers of what is over. What is running is never forgotten."""

from collections import deque
from dataclasses import dataclass
from typing import Final

from wiromock.task.task import Task

_MIB: Final = 1024 * 1024

_USUAL_WEIGHT: Final = 3_500
"""Bytes that a task takes which was asked for little; measured."""


@dataclass(frozen=True, slots=True)
class Retention:
    """What a tenant's world remembers; the oldest goes first."""

    tasks: int = 100_000
    """Tasks that have ended, with their outputs; and charges and webhooks, one by one."""
    task_bytes: int = 1024 * _MIB
    """What they take, roughly."""
    entries: int = 1_000_000
    """Entries of the journal."""
    entry_bytes: int = 1024 * _MIB
    """What they take, roughly."""
    upload_bytes: int = 256 * _MIB
    """Uploaded files."""
    all_bytes: int = 4096 * _MIB
    """What all tenants take together; beyond it those are forgotten who called least recently."""


IN_PROCESS: Final = Retention()
"""So much that no test meets it."""

SERVED: Final = Retention(
    tasks=10_000,
    task_bytes=64 * _MIB,
    entries=10_000,
    entry_bytes=16 * _MIB,
    all_bytes=512 * _MIB,
)
"""For a server that runs for weeks."""


class EndedTasks:
    """Tasks that have ended and are still remembered, in the order of their ends.

    Args:
        limits: how many, and how large.
    """

    def __init__(self, limits: Retention) -> None:
        self._limits = limits
        self._tasks: deque[Task] = deque()
        self.weight = 0
        """Bytes that they take, roughly."""

    def add(self, task: Task) -> list[Task]:
        """Remember a task; return those that are to be forgotten for it."""
        self._tasks.append(task)
        self.weight += _weight(task)
        gone: list[Task] = []
        while len(self._tasks) > self._limits.tasks or (
            self.weight > self._limits.task_bytes and len(self._tasks) > 1
        ):
            gone.append(self._tasks.popleft())
            self.weight -= _weight(gone[-1])
        return gone


def _weight(task: Task) -> int:
    """What a task takes: its parameters, and again in its answer; what an LLM says grows bit by bit."""
    return _USUAL_WEIGHT + task.size * (12 if task.spec.kind == "text" else 3)
