"""What the page shows: finished values, so that templates only arrange them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final, Literal, TypeAlias
from urllib.parse import quote

from wiromock.engine.ledger import Ledger
from wiromock.task.timeline import CANCELLED

State: TypeAlias = Literal["running", "held", "done", "failed", "cancelled"]
When: TypeAlias = Literal["past", "now", "ahead"]

_WORDS: Final[Mapping[State, str]] = {
    "running": "running",
    "held": "held at this stage",
    "done": "finished",
    "failed": "failed",
    "cancelled": "cancelled",
}

_NAMES: Final = {
    "task_preprocess_start": "prepare",
    "task_preprocess_end": "prepared",
    "task_output_full": "all output",
    "task_postprocess_start": "finishing",
    "task_postprocess_end": "finished",
}
"""Shorter words for stages, where the platform's own do not fit below a dot."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a task, as the page draws it."""

    status: str
    """The platform's word."""
    name: str
    """Ours."""
    when: When
    after: str
    """Seconds after Run at which it was reached; empty if it was not."""


@dataclass(frozen=True, slots=True)
class Output:
    """What a task has left, and how to show it."""

    kind: Literal["image", "video", "audio", "text", "raw"]
    name: str
    path: str
    """Of the page's own, so that looking at it is no call in the journal."""
    text: str
    """Of an LLM's answer."""
    alt: str


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task in plain words: how far it is, what it left, what it cost."""

    id: str
    model: str
    status: str
    state: State
    word: str
    percent: int | None
    """How far the process says it is."""
    stages: tuple[Stage, ...]
    outputs: tuple[Output, ...]
    text: str
    """What an LLM has said so far."""
    stderr: str
    cost: str
    """In USD; empty if nothing was billed."""
    parameters: Mapping[str, Any]

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens."""
        return self.state in {"done", "failed", "cancelled"}


def view_task(shown: Mapping[str, Any], order: Sequence[str]) -> TaskView:
    """Return a task as a page shows it.

    Args:
        shown: what `Engine.show_task` says of it.
        order: the stages of the platform's lifecycle.
    """
    state = _state(shown)
    return TaskView(
        id=shown["id"],
        model=shown["model"],
        status=shown["status"],
        state=state,
        word=_WORDS[state],
        percent=None if state in {"done", "failed", "cancelled"} else _percent(shown["stages"]),
        stages=tuple(_stages(shown, order)),
        outputs=tuple(_output(shown, output) for output in shown["outputs"]),
        text=shown["text"],
        stderr="\n".join(map(str, shown["stderr"])),
        cost=_money(Decimal(shown["cost"])) if Decimal(shown["cost"]) else "",
        parameters=shown["parameters"],
    )


def _state(shown: Mapping[str, Any]) -> State:
    if shown["status"] == CANCELLED:
        return "cancelled"
    if shown["is_over"]:
        return "done" if shown["succeeded"] else "failed"
    is_there = all(stage["reached"] for stage in shown["stages"])
    return "held" if shown["is_held"] and is_there else "running"


def _percent(stages: Sequence[Mapping[str, Any]]) -> int | None:
    reports = [stage["reached"] for stage in stages if stage["status"] == "task_output"]
    return round(100 * sum(reports) / (len(reports) + 1)) if any(reports) else None


def _stages(shown: Mapping[str, Any], order: Sequence[str]) -> Iterable[Stage]:
    """The lifecycle's stages up to a cancellation, which makes the others impossible."""
    reached: dict[str, float] = {}
    for stage in shown["stages"]:
        if stage["reached"]:
            reached.setdefault(stage["status"], stage["at"] - shown["created"])
    last = max((at for at, status in enumerate(order) if status in reached), default=0)
    is_cut = CANCELLED in reached
    for at, status in enumerate(order[: last + 1] if is_cut else order):
        when: When = "ahead" if at > last else "now" if at == last and not is_cut else "past"
        name = (
            "failed"
            if shown["is_over"] and not shown["succeeded"] and at == last
            else plain_stage(status)
        )
        yield Stage(status, name, when, _seconds(reached.get(status)))
    if is_cut:
        yield Stage(CANCELLED, "cancelled", "now", _seconds(reached[CANCELLED]))


def _seconds(after: float | None) -> str:
    return "" if after is None else f"{after:.1f} s"


def plain_stage(status: str) -> str:
    """Return a stage in plain words: `task_preprocess_start` is "prepare"."""
    return _NAMES.get(status) or status.removeprefix("task_").replace("_", " ")


def _output(shown: Mapping[str, Any], output: Mapping[str, Any]) -> Output:
    kind = output["content_type"].partition("/")[0]
    path = "" if kind == "raw" else f"/tasks/{shown['id']}/outputs/{quote(output['name'])}"
    return Output(
        kind, output["name"], path, output["text"], f"{output['name']}, made by task {shown['id']}"
    )


@dataclass(frozen=True, slots=True)
class Account:
    """Money, and what it allows."""

    balance: str
    spent: str
    billed: int
    running: int
    limit: int | None


def view_account(ledger: Ledger) -> Account:
    """Return money in USD, as text, and how many tasks it lets run."""
    return Account(
        _money(ledger.balance), _money(ledger.spent), ledger.billed, ledger.running, ledger.limit
    )


def _money(amount: Decimal) -> str:
    """USD without needless zeros, but with cents."""
    short = f"{amount:f}".rstrip("0").rstrip(".") if "." in f"{amount:f}" else f"{amount:f}"
    return short if len(short.partition(".")[2]) > 2 else f"{amount:.2f}"


def show_time(moment: float) -> str:
    """Write a moment of mock time for people."""
    return datetime.fromtimestamp(moment, UTC).strftime("%d %b %Y, %H:%M:%S")
