"""A task as it was at one moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

from wiro_runtime import parse

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from decimal import Decimal

    from wiro_runtime.response import Task
    from wiro_runtime.task.output import Output
    from wiro_runtime.task.timings import Timings

__all__ = ["Outcome", "Stage", "TaskSnapshot", "stage"]

Outcome: TypeAlias = Literal["pending", "succeeded", "failed", "cancelled"]


class Stage(IntEnum):
    """How far a task is; a later stage compares greater."""

    UNKNOWN = 0
    """A status this version does not know, or none seen yet: keep asking."""
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


@dataclass(frozen=True, slots=True)
class TaskSnapshot:
    """What the platform said of a task, with numbers, times and money as such.

    Nothing the platform sends is rejected: what could not be read is None or empty here and as it
    came in `raw`.
    """

    id: str
    """Names the task, together with the project's key."""
    token: str | None = field(default=None, repr=False)
    """Names the task to anyone who has it: keep it like a password. None until it is known."""
    status: str = ""
    """The platform's own word, such as `task_queue`; "" before the first look."""
    exit_code: int | None = None
    """What the process returned, 0 for success; None while it runs or when it was not said."""
    total_cost: Decimal | None = None
    """US dollars, exactly as billed; None when not stated."""
    elapsed: float | None = None
    """Seconds the platform counted."""
    created_at: datetime | None = field(default=None, repr=False)
    accepted_at: datetime | None = field(default=None, repr=False)
    assigned_at: datetime | None = field(default=None, repr=False)
    started_at: datetime | None = field(default=None, repr=False)
    ended_at: datetime | None = field(default=None, repr=False)
    finished_at: datetime | None = field(default=None, repr=False)
    """When the outputs were stored."""
    cancelled_at: datetime | None = field(default=None, repr=False)
    outputs: tuple[Output, ...] = ()
    debug_output: str = field(default="", repr=False)
    """What the task wrote to its output stream; an LLM's answer."""
    debug_error: str = field(default="", repr=False)
    """What the task wrote to its error stream."""
    parameters: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)
    """The arguments it was started with, by their wire names."""
    categories: tuple[str, ...] = field(default=(), repr=False)
    raw: Task = field(default_factory=parse.nothing, repr=False, compare=False)
    """The object as it came, unknown fields included."""

    @classmethod
    def from_wire(cls, task: Mapping[str, Any]) -> TaskSnapshot:
        """Read a task object, or the answer of Run, which names its fields a little differently."""
        wire = cast("Task", task)
        return cls(
            id=parse.name(wire.get("id")) or parse.name(wire.get("taskid")),
            token=parse.name(wire.get("socketaccesstoken"))
            or parse.name(wire.get("tasktoken"))
            or None,
            status=parse.text(wire.get("status")),
            exit_code=parse.integer(wire.get("pexit")),
            total_cost=parse.decimal(wire.get("totalcost")),
            elapsed=parse.number(wire.get("elapsedseconds")),
            created_at=parse.when(wire.get("createtime")),
            accepted_at=parse.when(wire.get("accepttime")),
            assigned_at=parse.when(wire.get("assigntime")),
            started_at=parse.when(wire.get("starttime")),
            ended_at=parse.when(wire.get("endtime")),
            finished_at=parse.when(wire.get("postprocessendtime")),
            cancelled_at=parse.when(wire.get("canceltime")),
            outputs=_read_outputs(wire),
            debug_output=parse.text(wire.get("debugoutput")),
            debug_error=parse.text(wire.get("debugerror")),
            parameters=parse.mapping(wire.get("parameters")),
            categories=parse.texts(wire.get("categories")),
            raw=wire,
        )

    def to_dict(self) -> dict[str, Any]:
        """What `from_wire()` reads back: JSON, as the platform sent it, token and known names included."""
        sent = dict(self.raw)
        read = TaskSnapshot.from_wire(sent)
        known = {
            "id": (self.id, read.id),
            "socketaccesstoken": (self.token, read.token),
            "status": (self.status, read.status),
        }
        # An answer may have left out a name that an earlier one gave.
        return sent | {key: own for key, (own, as_sent) in known.items() if own != as_sent}

    @property
    def timings(self) -> Timings:
        """How long each stage took."""
        from wiro_runtime.task.timings import read_timings  # noqa: PLC0415 - for whoever asks

        return read_timings(self.raw)

    @property
    def stage(self) -> Stage:
        """How far it is; UNKNOWN for a status that is not documented."""
        return stage(self.status)

    @property
    def outcome(self) -> Outcome:
        """How it ended: success is exit code 0.

        Some documented answers leave the exit code out altogether. Then a task that has outputs
        counts as succeeded, and `exit_code` stays None to say that nobody confirmed it.
        """
        if self.stage is not Stage.ENDED:
            return "pending"
        if self.status == "task_cancel":
            return "cancelled"
        succeeded = bool(self.outputs) if self._exit_missing else self.exit_code == 0
        return "succeeded" if succeeded else "failed"

    @property
    def billed(self) -> bool | None:
        """Whether it cost money; None while that is open, or when no exit code says it.

        The platform bills exit code 0 only: failures and cancellations are free. Where it states a cost all
        the same, it contradicts itself, and nobody knows.
        """
        if self.outcome in ("failed", "cancelled") and self.total_cost and self.total_cost > 0:
            return None
        match self.outcome:
            case "pending":
                return None
            case "succeeded":
                return True
            case "failed":
                return None if self._exit_missing else False
            case "cancelled":
                return False

    @property
    def _exit_missing(self) -> bool:
        # A code that is there but no number ("segfault") is a failure, not a gap.
        return self.raw.get("pexit") in (None, "") and self.exit_code is None


def _read_outputs(task: Task) -> tuple[Output, ...]:
    items = parse.mappings(task.get("outputs", task.get("output")))
    if not items:
        return ()
    from wiro_runtime.task.output import Output  # noqa: PLC0415 - loaded with the first one

    return tuple(map(Output.from_wire, items))
