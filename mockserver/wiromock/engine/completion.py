"""Tasks that have ended, in the order in which they did, whether or not anybody looked."""

from collections.abc import Callable
from heapq import heappop, heappush

from wiromock.engine.clock import Clock
from wiromock.task.task import Task

Listener = Callable[[Task, float], None]
"""Is called with a task and the moment of its end, in unix seconds."""


class Completions:
    """Watches running tasks.

    Args:
        clock: what has ended depends on the time.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._running: dict[str, Task] = {}
        # By end, so that a thousand running tasks cost nothing until they end. A task that ends
        # otherwise than first planned has several entries; only the true one counts.
        self._ends: list[tuple[float, str]] = []
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> None:
        """Call a listener with every end from now on."""
        self._listeners.append(listener)

    def follow(self, task: Task) -> None:
        """Watch a new task, or one whose end has moved."""
        self._running[task.id] = task
        heappush(self._ends, (task.schedule.ends, task.id))

    @property
    def running(self) -> dict[str, Task]:
        """The tasks that have not ended, by id."""
        self.settle()
        return self._running

    def settle(self) -> None:
        """Call the listeners with what has ended since the last call."""
        now = self._clock.time()
        while self._ends and self._ends[0][0] <= now:
            end, task_id = heappop(self._ends)
            task = self._running.get(task_id)
            if task is None or task.schedule.ends != end:
                continue
            del self._running[task_id]
            for listener in self._listeners:
                listener(task, end)
