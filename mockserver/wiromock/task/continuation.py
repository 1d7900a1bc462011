"""Turns of an LLM: what may follow a task that has ended."""

from collections.abc import Mapping
from typing import Any

from wiromock.spec.value import as_objects
from wiromock.task.task import Task


def explain_continuation(previous: Task, parameters: Mapping[str, Any], now: float) -> str | None:
    """Return why a run cannot go on from a task; None when it can.

    Args:
        previous: the task that it names.
        parameters: as sent.
        now: unix seconds.
    """
    view = previous.view(now)
    if not view.succeeded:
        return f"task {previous.id} is in {view.status}; only a turn that has succeeded goes on"
    if previous.parameters.get("session_id") != parameters.get("session_id"):
        return f"task {previous.id} belongs to another `session_id`"
    asked = {f"call_{at}" for output in view.outputs for at in range(len(output.speech.calls))}
    answers = as_objects(parameters.get("toolOutputs"))
    given = {str(answer.get("call_id")) for answer in answers}
    if asked and given != asked:
        return f"task {previous.id} asked for {', '.join(sorted(asked))}; toolOutputs answer {', '.join(sorted(given)) or 'none'}"
    if given - asked:
        return f"task {previous.id} asked for no {', '.join(sorted(given - asked))}"
    return None
