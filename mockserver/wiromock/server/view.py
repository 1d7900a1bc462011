"""What the page shows: finished values, so that templates only arrange them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal, TypeAlias

State: TypeAlias = Literal["running", "held", "done", "failed", "cancelled"]
When: TypeAlias = Literal["past", "now", "ahead"]

_WORDS: Final[Mapping[State, str]] = {
    "running": "running",
    "held": "held at this stage",
    "done": "finished",
    "failed": "failed",
    "cancelled": "cancelled",
}

_CANCEL: Final = "task_cancel"


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a task's way."""

    name: str
    when: When
    after: str
    """Seconds after Run at which it was reached; empty if it was not."""


@dataclass(frozen=True, slots=True)
class Output:
    """One output."""

    kind: Literal["image", "video", "audio", "text", "raw"]
    name: str
    path: str
    """Below the server."""
    text: str
    """Of an LLM's answer."""
    alt: str


@dataclass(frozen=True, slots=True)
class TaskView:
    """One task."""

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


def view_task(shown: Mapping[str, Any], order: Sequence[str], outputs_url: str) -> TaskView:
    """Arrange a task.

    Args:
        shown: what `Engine.show_task` says of it.
        order: the stages of the platform's lifecycle.
        outputs_url: where the engine says that outputs are.
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
        outputs=tuple(_output(shown, one, outputs_url) for one in shown["outputs"]),
        text=shown["text"],
        stderr="\n".join(map(str, shown["stderr"])),
        cost=shown["cost"].rstrip("0").rstrip(".") if float(shown["cost"]) else "",
        parameters=shown["parameters"],
    )


def _state(shown: Mapping[str, Any]) -> State:
    if shown["status"] == _CANCEL:
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
    is_cut = _CANCEL in reached
    for at, status in enumerate(order[: last + 1] if is_cut else order):
        when: When = "ahead" if at > last else "now" if at == last and not is_cut else "past"
        yield Stage(_plain(status), when, _seconds(reached.get(status)))
    if is_cut:
        yield Stage("cancelled", "now", _seconds(reached[_CANCEL]))


def _seconds(after: float | None) -> str:
    return "" if after is None else f"{after:.1f} s"


def _plain(status: str) -> str:
    return status.removeprefix("task_").replace("_", " ")


def _output(shown: Mapping[str, Any], one: Mapping[str, Any], outputs_url: str) -> Output:
    kind = one["content_type"].partition("/")[0]
    path = "" if kind == "raw" else f"/outputs{one['url'].removeprefix(outputs_url)}"
    return Output(kind, one["name"], path, one["text"], f"{one['name']}, made by task {shown['id']}")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the journal."""

    at: str
    what: str
    detail: str
    is_bad: bool = False


def view_journal(entries: Iterable[Mapping[str, Any]], start: float) -> tuple[Line, ...]:
    """Arrange entries of the journal, in the order given.

    Args:
        entries: what `Journal.plain` says.
        start: unix seconds of mock time from which lines count.
    """
    return tuple(_line(entry, f"{entry['at'] - start:.1f} s") for entry in entries)


def _line(entry: Mapping[str, Any], at: str) -> Line:
    match entry:
        case {"kind": "RequestIn", "method": method, "path": path, "size": size}:
            return Line(at, "request", f"{method} {path}, {size} bytes")
        case {"kind": "ReplyOut", "operation": operation, "status": status, "errors": errors}:
            said = "; ".join(part for part in (*errors, entry["explanation"]) if part)
            return Line(at, f"reply {status}", f"{operation}: {said or 'ok'}", bool(errors))
        case {"kind": "StageReached", "task": task, "status": status}:
            return Line(at, "stage", f"task {task} reached {_plain(status)}")
        case {"kind": "ScenarioChosen", "target": target, "scenario": scenario, "why": why}:
            return Line(at, "scenario", f"{target}: {scenario}, because {why}")
        case {"kind": "CommandIn", "task": task, "status": status, "obeyed": obeyed}:
            said = "obeyed" if obeyed else "refused"
            return Line(at, entry["command"], f"task {task} in {_plain(status)}: {said}", not obeyed)
        case {"kind": "Dispute", "topic": topic, "detail": detail}:
            return Line(at, "sources differ", f"{topic}: {detail}")
        case {"kind": "Misused", "message": message}:
            return Line(at, "misuse", message, is_bad=True)
        case _:
            told = {name: value for name, value in entry.items() if name not in {"kind", "at"}}
            return Line(at, entry["kind"], json.dumps(told, default=str, ensure_ascii=False))


def show_time(moment: float) -> str:
    """Write a moment of mock time for people."""
    return datetime.fromtimestamp(moment, UTC).strftime("%d %b %Y, %H:%M:%S")
