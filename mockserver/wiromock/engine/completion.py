"""Tasks that have ended, in the order in which they did, whether or not anybody looked."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappop, heappush

from wiromock.engine.clock import Clock
from wiromock.task.task import Task

Listener = Callable[[Task, float], None]
"""Is told of a task and the moment of its end, in unix seconds."""


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
        """Tell somebody about every end from now on."""
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
        """Tell the listeners what has ended since they were told last."""
        now = self._clock.time()
        while self._ends and self._ends[0][0] <= now:
            end, task_id = heappop(self._ends)
            task = self._running.get(task_id)
            if task is None or task.schedule.ends != end:
                continue
            del self._running[task_id]
            for listener in self._listeners:
                listener(task, end)


@dataclass(frozen=True, slots=True)
class Webhook:
    """A POST that the platform sends to a task's `callbackUrl`."""

    number: int
    """The first is 1."""
    at: float
    """When it is sent, in unix seconds."""
    task: Task
    url: str


class Outbox:
    """Webhooks in the order in which they are sent.

    Args:
        completions: a webhook is sent when its task ends.
        kept: how many are remembered; older ones go.
    """

    def __init__(self, completions: Completions, kept: int) -> None:
        self._completions = completions
        self._posted: deque[Webhook] = deque(maxlen=kept)
        self._number = 0
        completions.listen(self._post)

    def since(self, number: int = 0) -> list[Webhook]:
        """Return the webhooks that were sent after one of that number."""
        self._completions.settle()
        return [webhook for webhook in self._posted if webhook.number > number]

    def _post(self, task: Task, end: float) -> None:
        wants = task.scenario.notifications.webhook != "none"
        if wants and task.callback.startswith(("https://", "http://")):
            self._number += 1
            self._posted.append(Webhook(self._number, end, task, task.callback))
