"""Which task is whose, when answers to Run were lost: by what the platform says of its tasks.

The platform has no idempotency key, so a task is known by what it carries: a marker in its callback URL,
the URL of a file that was uploaded for it, a session, a seed, and the rest of its inputs. A task that
is like another one is left alone: a wrong task would be worse than none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

from wiro_runtime import parse
from wiro_runtime.names import clean_slug_part
from wiro_runtime.request.body import CALL_FIELDS

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from wiro_runtime.task.snapshot import TaskSnapshot
    from wiro_runtime.task.submission import Submission

__all__ = ["SKEW", "Absent", "Carrier", "Match", "Unclear", "Verdict", "clock_offset", "match"]

Carrier: TypeAlias = Literal["callback", "file", "session", "seed", "parameters"]
"""What a task was known by; the strongest first."""

SKEW = 120.0
"""Seconds by which the platform's clock may differ from what we take it for."""

_CALL_FIELDS = frozenset(CALL_FIELDS.values())
_SESSION = frozenset({"session_id", "user_id"})


@dataclass(frozen=True, slots=True)
class Match:
    """The task that a submission started."""

    task: TaskSnapshot
    carrier: Carrier


@dataclass(frozen=True, slots=True)
class Absent:
    """No task that the submission can have started is in the list."""


@dataclass(frozen=True, slots=True)
class Unclear:
    """There are tasks that may be the submission's, and nothing shows which, if any."""

    candidates: tuple[TaskSnapshot, ...]


Verdict: TypeAlias = Match | Absent | Unclear


@dataclass(frozen=True, slots=True)
class _Likeness:
    """How far a task is what a submission asked for."""

    is_sure: bool
    """Whether all that was asked for is there and nothing else; otherwise it may be so."""
    carrier: Carrier


def clock_offset(sent: Mapping[str, float], tasks: Sequence[TaskSnapshot]) -> float | None:
    """Seconds by which the platform's clock is ahead of ours, by tasks that are known to be ours.

    Args:
        sent: When the run of a task was sent by our clock, by each name of the task.
        tasks: Tasks of the project.

    Returns:
        None where no task shows it, or they contradict each other because a clock was set meanwhile.
    """
    offsets = [
        task.created_at.timestamp() - sent[name]
        for task in tasks
        if task.created_at is not None
        for name in (task.id, task.token or "")
        if name in sent
    ]
    if not offsets or max(offsets) - min(offsets) > SKEW:
        return None
    return sorted(offsets)[len(offsets) // 2]


def match(
    submissions: Mapping[Hashable, Submission],
    tasks: Sequence[TaskSnapshot],
    offset: float | None = None,
) -> dict[Hashable, Verdict]:
    """Find the task of each submission among tasks that are nobody else's.

    Args:
        submissions: By any name: every one whose task is not known, also those that are under way.
        tasks: The project's tasks since the first of them.
        offset: Seconds by which the platform's clock is ahead of ours; None if that is not known. Then a
            task of another time may still be a submission's own, and proves that nothing is proven.
    """
    likenesses = {
        name: {
            number: likeness
            for number, task in enumerate(tasks)
            if (likeness := _compare(submission, task, offset)) is not None
        }
        for name, submission in submissions.items()
    }
    claims: dict[int, list[Hashable]] = {}
    for name, alike in likenesses.items():
        for number, likeness in alike.items():
            if likeness.is_sure:
                claims.setdefault(number, []).append(name)
    return {name: _judge(name, alike, claims, tasks) for name, alike in likenesses.items()}


def _judge(
    name: Hashable,
    alike: Mapping[int, _Likeness],
    claims: Mapping[int, Sequence[Hashable]],
    tasks: Sequence[TaskSnapshot],
) -> Verdict:
    if not alike:
        return Absent()
    by_marker = [number for number, likeness in alike.items() if likeness.carrier == "callback"]
    sure = by_marker or [number for number, likeness in alike.items() if likeness.is_sure]
    # What has no name cannot be picked up; it may be the one all the same.
    has_name = len(sure) == 1 and (tasks[sure[0]].id or tasks[sure[0]].token)
    if has_name and list(claims.get(sure[0], ())) == [name]:
        return Match(tasks[sure[0]], alike[sure[0]].carrier)
    return Unclear(tuple(tasks[number] for number in alike))


def _compare(submission: Submission, task: TaskSnapshot, offset: float | None) -> _Likeness | None:
    """How far a task is like a submission; None if it cannot be its task."""
    is_in_time = _is_in_time(submission, task, offset or 0.0)
    if not (is_in_time or offset is None) or not _is_of_model(submission, task):
        return None
    echoed = parse.text(task.raw.get("callbackurl"))
    asked = parse.text(submission.body.get("callbackUrl"))
    if echoed:
        if echoed != asked:
            return None
        if submission.marker and submission.marker in echoed:
            return _Likeness(is_sure=True, carrier="callback")
    equal, is_sure = _compare_inputs(submission.body, task.parameters)
    if not equal or not (is_sure or is_in_time):
        return None
    return _Likeness(is_sure=is_sure and is_in_time, carrier=_carrier(submission.body))


def _is_in_time(submission: Submission, task: TaskSnapshot, offset: float) -> bool:
    if task.created_at is None:
        return True
    created = task.created_at.timestamp() - offset
    return submission.at - SKEW <= created <= submission.at + submission.lasts + SKEW


def _is_of_model(submission: Submission, task: TaskSnapshot) -> bool:
    owner, model = (
        clean_slug_part(parse.text(task.raw.get(name)))
        for name in ("modelslugowner", "modelslugproject")
    )
    return not owner or not model or f"{owner}/{model}" == submission.model


def _compare_inputs(body: Mapping[str, Any], echo: Mapping[str, Any]) -> tuple[bool, bool]:
    """Whether inputs may be the same, and whether they surely are."""
    asked = {name: value for name, value in body.items() if name not in _CALL_FIELDS}
    stated = {name: value for name, value in echo.items() if name not in _CALL_FIELDS}
    is_sure = True
    for name, value in asked.items():
        if name not in stated:
            is_sure = is_sure and value in ("", None)
        elif not _is_equal(value, stated[name]):
            if not (_is_url(value) and _is_url(stated[name])):
                return False, False
            is_sure = False  # the platform may move files to places of its own
    # What is there beyond may be defaults that the platform filled in, or another call's arguments.
    return True, is_sure and all(
        value in ("", None) for name, value in stated.items() if name not in asked
    )


def _is_equal(ours: object, theirs: object) -> bool:
    if list in (type(ours), type(theirs)):
        left, right = _items(ours), _items(theirs)
        return len(left) == len(right) and all(map(_is_equal, left, right))
    structures = parse.decoded(ours), parse.decoded(theirs)
    if any(isinstance(structure, (dict, bool)) for structure in structures):
        return bool(structures[0] == structures[1])
    if parse.text(ours) == parse.text(theirs):
        return True
    numbers = parse.decimal(ours), parse.decimal(theirs)
    return None not in numbers and numbers[0] == numbers[1]


def _items(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else [value]


def _is_url(value: object) -> bool:
    return all(isinstance(item, str) and parse.is_web_url(item) for item in _items(value))


def _carrier(body: Mapping[str, Any]) -> Carrier:
    inputs = {name: value for name, value in body.items() if name not in _CALL_FIELDS and value}
    if any(_is_url(value) for value in inputs.values()):
        return "file"
    if _SESSION & inputs.keys():
        return "session"
    return "seed" if "seed" in inputs else "parameters"
