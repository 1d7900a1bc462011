"""What the page shows: finished values, so that templates only arrange them."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final, Literal, TypeAlias

from wiromock.engine.ledger import Ledger

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

_CANCEL: Final = "task_cancel"


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a task's way."""

    status: str
    """The platform's word."""
    name: str
    """Ours."""
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
        outputs=tuple(_output(shown, output, outputs_url) for output in shown["outputs"]),
        text=shown["text"],
        stderr="\n".join(map(str, shown["stderr"])),
        cost=_money(Decimal(shown["cost"])) if Decimal(shown["cost"]) else "",
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
        name = (
            "failed"
            if shown["is_over"] and not shown["succeeded"] and at == last
            else _plain(status)
        )
        yield Stage(status, name, when, _seconds(reached.get(status)))
    if is_cut:
        yield Stage(_CANCEL, "cancelled", "now", _seconds(reached[_CANCEL]))


def _seconds(after: float | None) -> str:
    return "" if after is None else f"{after:.1f} s"


def _plain(status: str) -> str:
    return _NAMES.get(status) or status.removeprefix("task_").replace("_", " ")


def _output(shown: Mapping[str, Any], output: Mapping[str, Any], outputs_url: str) -> Output:
    kind = output["content_type"].partition("/")[0]
    path = "" if kind == "raw" else f"/outputs{output['url'].removeprefix(outputs_url)}"
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
    """Arrange an account."""
    return Account(
        _money(ledger.balance), _money(ledger.spent), ledger.billed, ledger.running, ledger.limit
    )


def _money(amount: Decimal) -> str:
    """USD without needless zeros, but with cents."""
    short = f"{amount:f}".rstrip("0").rstrip(".") if "." in f"{amount:f}" else f"{amount:f}"
    return short if len(short.partition(".")[2]) > 2 else f"{amount:.2f}"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the journal."""

    at: str
    what: str
    detail: str
    is_bad: bool = False
    task: str = ""
    """The task that it is about, to link to; empty for none."""
    headers: tuple[tuple[str, str], ...] = ()
    """What a request was sent with, without what proves who is calling."""
    body: str = ""
    """What a request was sent with; JSON is indented."""


KINDS: Final[Mapping[str, frozenset[str]]] = {
    "calls": frozenset({"RequestIn", "ReplyOut"}),
    "stages": frozenset({"StageReached", "CommandIn"}),
    "socket": frozenset({"SocketIn", "FrameOut", "WebhookSent"}),
    "decisions": frozenset({"ScenarioChosen", "Dispute", "Misused"}),
}
"""What the journal can be narrowed to, beside what was refused."""


def filter_journal(
    entries: Iterable[Mapping[str, Any]], kind: str = "", text: str = ""
) -> list[Mapping[str, Any]]:
    """Return the entries that somebody looks for.

    Args:
        entries: what `Journal.plain` says.
        kind: one of `KINDS`, or `refused`; anything else is everything.
        text: what they hold somewhere, in any case.
    """
    wanted = text.lower()
    return [
        entry
        for entry in entries
        if (kind not in KINDS or entry["entry"] in KINDS[kind])
        and (kind != "refused" or _tell(entry)[2])
        and (not wanted or wanted in json.dumps(entry, default=str, ensure_ascii=False).lower())
    ]


def is_about(entry: Mapping[str, Any], task: str, token: str) -> bool:
    """Return whether an entry is of a task, or a call that names it.

    Args:
        entry: what `Journal.plain` says.
        task: the task's id.
        token: the task's token.
    """
    if entry.get("task") == task:
        return True
    body = str(entry.get("body", ""))
    return entry["entry"] == "RequestIn" and (
        f'"{token}"' in body
        or re.search(rf'"taskid"\s*:\s*"?{re.escape(task)}\b', body) is not None
    )


def view_journal(entries: Iterable[Mapping[str, Any]], start: float) -> tuple[Line, ...]:
    """Arrange entries of the journal, in the order given.

    Args:
        entries: what `Journal.plain` says.
        start: unix seconds of mock time from which lines count.
    """
    return tuple(_line(entry, f"{entry['at'] - start:.1f} s") for entry in entries)


def tell_once(entries: Iterable[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    """Leave out what only says again what the entry before has said, such as more output."""
    before: tuple[Any, ...] = ()
    for entry in entries:
        now = entry["entry"], entry.get("status"), entry.get("type")
        if now != before or entry["entry"] == "CommandIn":
            yield entry
        before = now


def _line(entry: Mapping[str, Any], at: str) -> Line:
    what, detail, is_bad = _tell(entry)
    headers: Mapping[str, str] = entry.get("headers", {})
    return Line(
        at,
        what,
        detail,
        is_bad,
        task=str(entry.get("task", "")),
        headers=tuple(sorted(headers.items())),
        body=_indent(str(entry.get("body", ""))),
    )


def _indent(body: str) -> str:
    """Return a body as people read it: JSON indented, anything else as it is."""
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return body


def _tell(entry: Mapping[str, Any]) -> tuple[str, str, bool]:  # noqa: PLR0911 - one for each kind
    """Say what an entry is, what it says, and whether somebody was refused."""
    match entry:
        case {"entry": "RequestIn", "method": method, "path": path, "size": size}:
            return "request", f"{method} {path}, {size} bytes", False
        case {"entry": "ReplyOut", "operation": operation, "status": status, "errors": errors}:
            said = "; ".join(part for part in (*errors, entry["explanation"]) if part)
            return f"reply {status}", f"{operation}: {said or 'ok'}", bool(errors)
        case {"entry": "StageReached", "task": task, "status": status}:
            return "stage", f"task {task} reached {_plain(status)}", False
        case {"entry": "FrameOut", "task": task, "type": what}:
            return "socket", f"task {task} told {_plain(what)}", False
        case {"entry": "ScenarioChosen", "target": target, "scenario": scenario, "why": why}:
            return "scenario", f"{target}: {scenario}, because {why}", False
        case {"entry": "CommandIn", "kind": what, "task": task, "applied": applied}:
            said = "applied" if applied else "refused"
            return what, f"task {task} in {_plain(entry['status'])}: {said}", not applied
        case {"entry": "Dispute", "topic": topic, "detail": detail}:
            return "sources differ", f"{topic}: {detail}", False
        case {"entry": "Misused", "message": message}:
            return "misuse", message, True
        case _:
            told = {name: value for name, value in entry.items() if name not in {"entry", "at"}}
            return entry["entry"], json.dumps(told, default=str, ensure_ascii=False), False


def show_time(moment: float) -> str:
    """Write a moment of mock time for people."""
    return datetime.fromtimestamp(moment, UTC).strftime("%d %b %Y, %H:%M:%S")
