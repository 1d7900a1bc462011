"""The webhooks of a tenant: which were sent when; front ends really post them."""

from collections import deque
from dataclasses import dataclass

from wiromock.engine.completion import Completions
from wiromock.task.task import Task
from wiromock.wire.url import is_web_url


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
        if wants and is_web_url(task.callback):
            self._number += 1
            self._posted.append(Webhook(self._number, end, task, task.callback))
