"""What a task's status means to somebody who waits for it."""

from __future__ import annotations

from enum import IntEnum

__all__ = ["Stage", "stage"]


class Stage(IntEnum):
    """How far a task is; a later stage compares greater."""

    UNKNOWN = 0
    """A status this version has not heard of, or none seen yet: keep asking."""
    QUEUED = 1
    """Waiting; Cancel takes it back."""
    PREPARING = 2
    """A worker has it: inputs are fetched, the model is loaded."""
    RUNNING = 3
    """The process runs."""
    ENDING = 4
    """The process is over and its outputs are being stored."""
    ENDED = 5
    """Final, whether it went well or not."""


# The documents disagree on the order of assign and preprocess, so both are one stage. `task_error`
# seen by polling is not final: such a task waits to be queued again (newer official docs).
_STAGES = {
    "task_queue": Stage.QUEUED,
    "task_accept": Stage.PREPARING,
    "task_preprocess_start": Stage.PREPARING,
    "task_preprocess_end": Stage.PREPARING,
    "task_assign": Stage.PREPARING,
    "task_error": Stage.PREPARING,
    "task_start": Stage.RUNNING,
    "task_output": Stage.RUNNING,
    "task_output_full": Stage.ENDING,
    "task_error_full": Stage.ENDING,
    "task_end": Stage.ENDING,
    "task_postprocess_start": Stage.ENDING,
    "task_postprocess_end": Stage.ENDED,
    "task_cancel": Stage.ENDED,
}


def stage(status: str) -> Stage:
    """The stage of a status; UNKNOWN for one that is not documented."""
    return _STAGES.get(status, Stage.UNKNOWN)
