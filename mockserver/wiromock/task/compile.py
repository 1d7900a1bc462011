"""How a scenario becomes a timeline: the stages in the order of the platform's documentation."""

from collections.abc import Iterator
from functools import lru_cache

from wiromock.scenario import (
    Cancelled,
    Fails,
    Pace,
    Requeues,
    Stalls,
    Success,
    Talks,
    TaskScenario,
)
from wiromock.task.profile import USUAL_PROFILE, Profile
from wiromock.task.realtime import RealtimeSession
from wiromock.task.timeline import CANCELLED, FINISHED, QUEUE, Event, Speech, Timeline

OUTPUT_STEPS = 9
"""How many times a running process reports; the last time at nine tenths of its duration."""


def compile_timeline(
    scenario: TaskScenario, speech: Speech | None, profile: Profile = USUAL_PROFILE
) -> Timeline:
    """Turn a scenario into a timeline.

    Args:
        scenario: what shall happen.
        speech: what an LLM says, which grows while the task runs; None for other models.
        profile: what the model decides where the scenario leaves it open.
    """
    # What an LLM says quotes its prompt: keeping such timelines would keep large prompts for ever.
    return _keep(scenario, profile) if speech is None else _compile(scenario, speech, profile)


@lru_cache(maxsize=256)
def _keep(scenario: TaskScenario, profile: Profile) -> Timeline:
    return _compile(scenario, None, profile)


def _compile(scenario: TaskScenario, speech: Speech | None, profile: Profile) -> Timeline:
    match scenario:
        case Success():
            events = (
                *_prepare(scenario.pace),
                *_process(scenario.pace, profile.duration_of(scenario), speech, scenario.stderr),
            )
            pexit = None if scenario.omit_pexit else "0"
            return Timeline(events, pexit, succeeds=True, hold_at=scenario.hold_at)
        case Fails():
            events = (
                *_prepare(scenario.pace),
                *_process(scenario.pace, scenario.duration, None, scenario.stderr),
            )
            pexit = None if scenario.omit_pexit else scenario.pexit
            return Timeline(events, pexit, hold_at=scenario.hold_at)
        case Stalls(at=at, pace=pace):
            return Timeline(_until(at, pace, profile, speech))
        case Cancelled(at=at, pace=pace):
            events = _until(at, pace, profile, speech)
            said = _write_stderr(events[-1].at, scenario.stderr)
            return Timeline((*events, *said, Event(events[-1].at + scenario.after, CANCELLED)))
        case Requeues():
            return _requeue(scenario, profile, speech)
        case Talks():
            session = RealtimeSession.of(scenario, profile.mode, profile.turn_cost)
            events = (*_prepare(scenario.pace), *session.opening(scenario.pace))
            return Timeline(events, "0", succeeds=True, session=session)


def _until(stage: str, pace: Pace, profile: Profile, speech: Speech | None) -> tuple[Event, ...]:
    events = (*_prepare(pace), *_process(pace, profile.duration, speech, ""))
    last = next(at for at, event in enumerate(events) if event.type == stage)
    return events[: last + 1]


def _requeue(scenario: Requeues, profile: Profile, speech: Speech | None) -> Timeline:
    """The stages before the process, an error, and the queue again, as often as asked."""
    events: list[Event] = []
    at = 0.0
    for _ in range(scenario.times):
        events += (_later(event, at) for event in _prepare(scenario.pace) if _is_before(event))
        at = events[-1].at + scenario.pace.assign / 2
        events.append(Event(at, "task_error", scenario.stderr))
        at += scenario.wait
    if scenario.ends == "stays":
        return Timeline(tuple(events), hold_at=scenario.hold_at)
    succeeds = scenario.ends == "success"
    said = speech if succeeds else None
    last = (
        *_prepare(scenario.pace),
        *_process(scenario.pace, profile.duration_of(scenario), said, ""),
    )
    events += (_later(event, at) for event in last)
    return Timeline(
        tuple(events), "0" if succeeds else "1", succeeds=succeeds, hold_at=scenario.hold_at
    )


def _is_before(event: Event) -> bool:
    """Whether an event lies before the execution, which is when tasks are requeued."""
    return event.type != "task_start"


def _later(event: Event, seconds: float) -> Event:
    return Event(event.at + seconds, event.type, event.message, event.text, event.silent)


def _prepare(pace: Pace) -> Iterator[Event]:
    """From the queue to the start of the process."""
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


def _process(pace: Pace, duration: float, speech: Speech | None, stderr: str) -> Iterator[Event]:
    """From the first report of the process to the end of the task."""
    at = pace.queue + pace.accept + pace.preprocess + pace.prepared + pace.assign
    for step in range(1, OUTPUT_STEPS + 1):
        then = at + duration * step / (OUTPUT_STEPS + 1)
        if speech is None:
            yield Event(then, "task_output", _progress(step, duration))
        else:
            said = _so_far(speech, step, duration)
            yield Event(then, "task_output", said, said.answer or said.thinking)
    yield from _write_stderr(at + duration * 0.95, stderr)
    whole = None if speech is None else _so_far(speech, OUTPUT_STEPS, duration)
    yield Event(at + duration * 0.97, "task_output_full", whole)
    if stderr:
        yield Event(at + duration * 0.98, "task_error_full", stderr, silent=True)
    at += duration
    yield Event(at, "task_end")
    yield Event(at + pace.ended, "task_postprocess_start")
    yield Event(at + pace.ended + pace.postprocess, FINISHED)


def _write_stderr(at: float, stderr: str) -> Iterator[Event]:
    if stderr:
        yield Event(at, "task_error", stderr, silent=True)


def _progress(step: int, duration: float) -> dict[str, str]:
    """Progress as the socket sends it: every number is a string."""
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


def _so_far(speech: Speech, step: int, duration: float) -> Speech:
    """The share of thoughts, then answer, that has been said after a step."""
    total = len(speech.thinking) + len(speech.answer)
    said = -(-total * step // OUTPUT_STEPS)
    is_done = step == OUTPUT_STEPS
    return Speech(
        thinking=speech.thinking[:said],
        answer=speech.answer[: max(0, said - len(speech.thinking))],
        seconds=duration * step / (OUTPUT_STEPS + 1),
        calls=speech.calls if is_done else (),
        is_done=is_done,
    )
