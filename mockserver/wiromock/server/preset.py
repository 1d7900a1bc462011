"""Scenarios that the page offers ready made."""

from collections.abc import Mapping
from typing import Any, Final

PRESETS: Final[Mapping[str, Mapping[str, Any]]] = {
    "The next run fails: out of memory": {
        "then": [{"scenario": "fails", "stderr": "CUDA out of memory"}],
        "after": "pass_through",
    },
    "The next run waits in the queue until it is let go": {
        "then": [{"scenario": "success", "hold_at": "task_queue"}],
        "after": "pass_through",
    },
    "The next run is refused: too many tasks": {
        "then": [{"scenario": "refused", "code": 96}],
        "after": "pass_through",
    },
    "The next look at a task loses its connection": {
        "on_call": "TaskDetail",
        "then": [{"scenario": "connection_lost"}],
        "after": "pass_through",
    },
    "The next look at a task meets 503": {
        "on_call": "TaskDetail",
        "then": [{"scenario": "http_fault", "status": 503, "retry_after": 2}],
        "after": "pass_through",
    },
}
