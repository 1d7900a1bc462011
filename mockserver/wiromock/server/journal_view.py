"""What the page shows of the journal: a line for each call, with its reply and why it got that one."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from wiromock.server.view import plain_stage

Entry: TypeAlias = Mapping[str, Any]
"""What `Journal.plain` says of one thing that happened."""

KINDS: Final[Mapping[str, frozenset[str]]] = {
    "calls": frozenset({"RequestIn", "ReplyOut"}),
    "stages": frozenset({"StageReached", "CommandIn"}),
    "socket": frozenset({"SocketIn", "FrameOut", "WebhookSent"}),
    "decisions": frozenset({"ScenarioChosen", "Dispute", "Misused"}),
}
"""What the journal can be narrowed to, besides what was refused."""

_WHY: Final = KINDS["decisions"]
"""Entries that say why a call got its reply."""


@dataclass(frozen=True, slots=True)
class Message:
    """One half of a call."""

    title: str
    """`Request`, or `Reply` with what is to be said of all of it."""
    headers: tuple[tuple[str, str], ...]
    """Without what proves who is calling."""
    body: str
    """JSON is indented; empty for none."""


@dataclass(frozen=True, slots=True)
class Line:
    """An entry of the journal in words, as the page lists it."""

    at: str
    what: str
    detail: str
    is_bad: bool = False
    task: str = ""
    """The task that it is about, to link to; empty for none."""
    messages: tuple[Message, ...] = ()
    """What was sent and what came back, of a call."""
    why: tuple[str, ...] = ()
    """What decided about the reply."""


@dataclass(slots=True)
class Group:
    """Entries that are shown as one line: a call from its request to its reply, or a single other one."""

    entries: list[Entry]
    made: str = ""
    """The id of the task that a call has made; empty for none."""

    @property
    def request(self) -> Entry | None:
        """What arrived; None where nothing was called."""
        first = self.entries[0]
        return first if first["entry"] == "RequestIn" else None

    @property
    def reply(self) -> Entry | None:
        """What left; None for misuse, which gets none."""
        last = self.entries[-1]
        return last if last["entry"] == "ReplyOut" else None

    def is_about(self, task: str, token: str, folder: str) -> bool:
        """Return whether it is of a task, or a call that made it, names it or fetches from it.

        Args:
            task: the task's id.
            token: the task's token.
            folder: where its outputs lie.
        """
        if self.made == task or any(entry.get("task") == task for entry in self.entries):
            return True
        request = self.request
        if request is None:
            return False
        body = str(request["body"])
        return (
            f"/{folder}/" in request["path"]
            or f'"{token}"' in body
            or re.search(rf'"taskid"\s*:\s*"?{re.escape(task)}\b', body) is not None
        )


def group_entries(entries: Iterable[Entry]) -> list[Group]:
    """Gather calls: what happened between a request and its reply belongs to both.

    What a call only has shown, such as stages that were reached, is a line of its own, and stands where it
    happened: a stage is written into the journal when somebody looks, which may be much later.
    """
    groups: list[Group] = []
    called: Group | None = None
    for entry in entries:
        kind = entry["entry"]
        if called is not None and kind in {*_WHY, "ReplyOut", "CommandIn"}:
            called.entries.append(entry)
            called = None if kind in {"ReplyOut", "Misused"} else called
            continue
        groups.append(Group([entry]))
        if kind == "RequestIn":
            called = groups[-1]
        elif called is not None and kind == "StageReached" and _makes_task(called):
            called.made = entry["task"]
    return sorted(groups, key=lambda group: group.entries[0]["at"])


def _makes_task(call: Group) -> bool:
    return call.entries[0]["operation"] in {"Run", "RunSync"}


def filter_groups(groups: Iterable[Group], kind: str = "", text: str = "") -> list[Group]:
    """Return what somebody looks for.

    Args:
        groups: what `group_entries` returned.
        kind: one of `KINDS`, or `refused`; anything else is everything.
        text: what they hold somewhere, in any case.
    """
    wanted = text.lower()
    return [
        group
        for group in groups
        if (kind not in KINDS or any(entry["entry"] in KINDS[kind] for entry in group.entries))
        and (kind != "refused" or _line(group, "").is_bad)
        and (not wanted or wanted in _text(group.entries))
    ]


def view_groups(groups: Iterable[Group], start: float) -> tuple[Line, ...]:
    """Arrange what happened, in the order given.

    Args:
        groups: what `group_entries` returned.
        start: unix seconds of mock time from which lines count.
    """
    return tuple(_line(group, f"{group.entries[0]['at'] - start:.1f} s") for group in groups)


def without_repeats(groups: Iterable[Group]) -> Iterable[Group]:
    """Return groups without those that only repeat the one before, such as more output."""
    before: tuple[Any, ...] = ()
    for group in groups:
        entry = group.entries[0]
        now = entry["entry"], entry.get("status"), entry.get("type")
        if now != before or entry["entry"] in {"CommandIn", "RequestIn"}:
            yield group
        before = now


def _text(entries: Sequence[Entry]) -> str:
    return json.dumps(entries, default=str, ensure_ascii=False).lower()


def _line(group: Group, at: str) -> Line:
    request, reply = group.request, group.reply
    if request is None:
        entry = group.entries[0]
        what, detail, is_bad = _describe(entry)
        return Line(at, what, detail, is_bad, task=str(entry.get("task", "")))
    described = [_describe(entry) for entry in group.entries[1:]]
    detail = "; ".join(
        part for part in (f"{request['method']} {request['path']}", _said(reply)) if part
    )
    why = [f"{what}: {said}" for what, said, _ in described[: -1 if reply else None]]
    if reply is not None:
        why += filter(
            None, [reply["explanation"], reply["caller"] and f"called at {reply['caller']}"]
        )
    messages = [_message("Request", request)]
    if reply is not None:
        messages.append(_message(_title(reply), reply))
    return Line(
        at,
        str(request["operation"]) if reply is None else f"{request['operation']} {reply['status']}",
        detail,
        any(is_bad for _, _, is_bad in described),
        task=group.made,
        messages=tuple(messages),
        why=tuple(why),
    )


def _said(reply: Entry | None) -> str:
    """What a reply says at a glance."""
    if reply is None:
        return "no reply"
    return "; ".join(part for part in (*reply["errors"], reply["loss"]) if part)


def _title(reply: Entry) -> str:
    size = f"{reply['size']:,} bytes" if reply["size"] else "its body is written later, or empty"
    loss = f"; it never arrived whole ({reply['loss']})" if reply["loss"] else ""
    return f"Reply {reply['status']}, {size}{loss}"


def _message(title: str, entry: Entry) -> Message:
    headers: Mapping[str, str] = entry["headers"]
    body, size = _indent(str(entry["body"])), entry["size"]
    kept = len(str(entry["body"]).encode())
    cut = f"\n… the first {kept:,} of {size:,} bytes" if body and kept < size else ""
    return Message(title, tuple(sorted(headers.items())), f"{body}{cut}")


def _indent(body: str) -> str:
    """Return a body as people read it: JSON indented, anything else as it is."""
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return body


def _describe(entry: Entry) -> tuple[str, str, bool]:  # noqa: PLR0911 - one for each kind
    """Return what an entry is, its content in words, and whether somebody was refused."""
    match entry:
        case {"entry": "ReplyOut", "status": status, "errors": errors}:
            return f"reply {status}", _said(entry) or "ok", bool(errors)
        case {"entry": "StageReached", "task": task, "status": status}:
            return "stage", f"task {task} reached {plain_stage(status)}", False
        case {"entry": "FrameOut", "task": task, "type": what}:
            return "socket", f"task {task} sent {plain_stage(what)}", False
        case {"entry": "ScenarioChosen", "target": target, "scenario": scenario, "why": why}:
            return "scenario", f"{target}: {scenario}, because {why}", False
        case {"entry": "CommandIn", "kind": what, "task": task, "applied": applied}:
            said = "applied" if applied else "refused"
            return what, f"task {task} in {plain_stage(entry['status'])}: {said}", not applied
        case {"entry": "Dispute", "topic": topic, "detail": detail}:
            return "sources differ", f"{topic}: {detail}", False
        case {"entry": "Misused", "message": message}:
            return "misuse", message, True
        case _:
            rest = {name: value for name, value in entry.items() if name not in {"entry", "at"}}
            return entry["entry"], json.dumps(rest, default=str, ensure_ascii=False), False
