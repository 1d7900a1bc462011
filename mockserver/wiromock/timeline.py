"""A task is a timeline, not a status.

At Run a scenario is compiled to an immutable list of events. Commands (cancel, kill, release) never
change it; `unfold` lays timeline and commands out on the clock, and everything that can be asked
about a task is read off that list for a given moment. Reading has no effect, so two readers can
never disagree.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import inf
from typing import Any, Literal, TypeAlias

from wiromock.scenario import Fails, Pace, Stalls, Success

QUEUE = "task_queue"
FINISHED = "task_postprocess_end"
CANCELLED = "task_cancel"
TERMINAL = frozenset({FINISHED, CANCELLED})

OUTPUT_STEPS = 9
"""How many times a running process reports; the last time at nine tenths of its duration."""

Running: TypeAlias = Success | Fails | Stalls
"""A scenario that makes a task."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens to a task."""

    at: float
    """Seconds after Run, if nobody interferes."""
    type: str
    """The platform's word: a status, or a line on stderr."""
    message: Any = None
    """What the socket would carry."""
    text: str | None = None
    """Everything the process has said so far, where its output is text."""
    silent: bool = False
    """Whether Task/Detail keeps showing the status before it; true for lines on stderr."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """What will happen to a task if nobody interferes."""

    events: tuple[Event, ...]
    pexit: str | None = None
    """The exit code shown at the end; None leaves the field out."""
    succeeds: bool = False
    hold_at: str | None = None
    """The stage in which the task waits for its release."""


@dataclass(frozen=True, slots=True)
class Command:
    """Something a caller did to a task."""

    kind: Literal["cancel", "kill", "release"]
    at: float
    """Unix seconds."""


@lru_cache(maxsize=256)
def compile_timeline(scenario: Running, answer: str | None) -> Timeline:
    """Turn a scenario into a timeline.

    Args:
        scenario: what shall happen.
        answer: the text of an LLM, which grows while the task runs; None for other models.
    """
    match scenario:
        case Stalls(at=at, pace=pace):
            walk = tuple(_walk(pace, Success().duration, answer, stderr=""))
            last = next(i for i, event in enumerate(walk) if event.type == at)
            return Timeline(walk[: last + 1])
        case Success():
            walk = tuple(_walk(scenario.pace, scenario.duration, answer, stderr=""))
            pexit = None if scenario.omit_pexit else "0"
            return Timeline(walk, pexit, succeeds=True, hold_at=scenario.hold_at)
        case Fails():
            walk = tuple(_walk(scenario.pace, scenario.duration, None, scenario.stderr))
            pexit = None if scenario.omit_pexit else scenario.pexit
            return Timeline(walk, pexit, hold_at=scenario.hold_at)


def _walk(pace: Pace, duration: float, answer: str | None, stderr: str) -> Iterator[Event]:
    """The stages in the order of the platform's documentation."""
    at = 0.0
    yield Event(at, QUEUE)
    for status, stay in (
        ("task_accept", pace.queue),
        ("task_preprocess_start", pace.accept),
        ("task_preprocess_end", pace.preprocess),
        ("task_assign", pace.prepared),
        ("task_start", pace.assign),
    ):
        at += stay
        yield Event(at, status)
    for step in range(1, OUTPUT_STEPS + 1):
        then = at + duration * step / (OUTPUT_STEPS + 1)
        if answer is None:
            yield Event(then, "task_output", _progress(step, duration))
        else:
            text = answer[: -(-len(answer) * step // OUTPUT_STEPS)]
            yield Event(then, "task_output", _said(text), text)
    if stderr:
        yield Event(at + duration * 0.95, "task_error", stderr, silent=True)
    yield Event(at + duration * 0.97, "task_output_full", {"raw": answer or ""})
    if stderr:
        yield Event(at + duration * 0.98, "task_error_full", {"raw": stderr}, silent=True)
    at += duration
    yield Event(at, "task_end")
    yield Event(at + pace.ended, "task_postprocess_start")
    yield Event(at + pace.ended + pace.postprocess, FINISHED)


def _progress(step: int, duration: float) -> dict[str, str]:
    """Progress as the socket tells it: every number is a string."""
    total = OUTPUT_STEPS + 1
    return {
        "type": "progressGenerate",
        "task": "Generate",
        "percentage": str(round(100 * step / total)),
        "stepCurrent": str(step),
        "stepTotal": str(total),
        "speed": f"{total / duration:.1f}" if duration else "0.0",
        "speedType": "it/s",
        "elapsedTime": f"{round(duration * step / total)}s",
        "remainingTime": f"{round(duration * (total - step) / total)}s",
    }


def _said(text: str) -> dict[str, Any]:
    """What an LLM has said so far: cumulative, as on the wire."""
    words = {"raw": text, "thinking": [], "answer": [text]}
    return {"type": "progressGenerate", **words, "isThinking": False}


@dataclass(frozen=True, slots=True)
class Course:
    """A timeline and its commands, laid out on the clock: the past and, as things stand, the future."""

    events: tuple[Event, ...]
    moments: tuple[float, ...]
    """When each event happens, in unix seconds."""

    @property
    def ends(self) -> float:
        """When the task ends, in unix seconds; infinite while it is held or stalls."""
        return self.moments[-1] if self.events[-1].type in TERMINAL else inf


def unfold(timeline: Timeline, start: float, commands: tuple[Command, ...] = ()) -> Course:
    """Lay a timeline and its commands out on the clock.

    Args:
        timeline: what would happen undisturbed.
        start: unix seconds of the Run.
        commands: legal ones only, oldest first.
    """
    events = timeline.events
    moments = tuple([start + event.at for event in events])
    if timeline.hold_at is not None:
        events, moments = _hold(events, moments, timeline.hold_at, commands)
    cut = next((command.at for command in commands if command.kind != "release"), None)
    if cut is None:
        return Course(events, moments)
    kept = bisect_right(moments, cut)
    end = Event(cut - start, CANCELLED)
    return Course((*events[:kept], end), (*moments[:kept], cut))


def _hold(
    events: tuple[Event, ...],
    moments: tuple[float, ...],
    stage: str,
    commands: tuple[Command, ...],
) -> tuple[tuple[Event, ...], tuple[float, ...]]:
    """Stop at the last event of a stage; a release sets the rest going from its own moment."""
    kept = max(at for at, event in enumerate(events) if event.type == stage) + 1
    released = next((command.at for command in commands if command.kind == "release"), None)
    if released is None:
        return events[:kept], moments[:kept]
    late = max(0.0, released - moments[kept - 1])
    return events, moments[:kept] + tuple(moment + late for moment in moments[kept:])
