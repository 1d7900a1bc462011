"""Realtime sessions: what follows from what the caller sends.

A caller's sound is not understood, only measured: after so much of it the model takes its turn, and
says what the scenario says. Sound is PCM, 16 bits, 24 000 Hz, mono, in chunks of 200 ms, as documented.
"""

import math
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from wiromock.scenario import Pace, Talks, Turn
from wiromock.task.profile import Mode
from wiromock.task.timeline import FINISHED, TERMINAL, Command, Event

RATE = 24_000
"""Samples a second."""
CHUNK = 9_600
"""Bytes of 200 ms."""
CHUNK_SECONDS = 0.2
BYTES_PER_SECOND = 2 * RATE

_SAME_MOMENT = 1e-6
_USAGE = {"input_tokens": 120, "output_tokens": 80}
_TONE = 440
"""Hertz; a multiple of 5, so that every chunk begins where the one before it ended."""


@cache
def tone() -> bytes:
    """One chunk of sound."""
    step = 2 * math.pi * _TONE / RATE
    return array("h", (round(9_000 * math.sin(step * at)) for at in range(CHUNK // 2))).tobytes()


@dataclass(frozen=True, slots=True)
class RealtimeSession:
    """A realtime session, compiled from its scenario."""

    mode: Mode
    turns: tuple[Turn, ...]
    listens: float
    """Seconds of sound after which the model takes its turn."""
    ends_after: int | None
    turn_cost: Decimal
    pace: Pace

    @classmethod
    def of(cls, scenario: Talks, mode: Mode, turn_cost: Decimal) -> "RealtimeSession":
        """Compile a scenario.

        Args:
            scenario: what is said.
            mode: what kind of session the model makes, where the scenario leaves it open.
            turn_cost: USD that a turn of the model costs, where the scenario leaves it open.
        """
        mode = scenario.mode or mode
        ends_after = 1 if mode == "tts" else scenario.ends_after
        cost = turn_cost if scenario.cost is None else Decimal(scenario.cost)
        return cls(mode, tuple(scenario.turns), scenario.listens, ends_after, cost, scenario.pace)

    def opening(self, pace: Pace) -> tuple[Event, ...]:
        """What happens between the start of the process and the first turn."""
        at = pace.queue + pace.accept + pace.preprocess + pace.prepared + pace.assign
        return (Event(at + 0.5, "task_stream_ready", silent=True),)

    def listens_at(self, events: tuple[Event, ...], elapsed: float) -> bool:
        """Return whether sound is taken: from the moment the session is ready, unless it only sends."""
        ready = next((event.at for event in events if event.type == "task_stream_ready"), math.inf)
        return self.mode != "tts" and elapsed >= ready and events[-1].type not in TERMINAL

    def go_on(
        self, start: float, events: tuple[Event, ...], commands: tuple[Command, ...]
    ) -> tuple[Event, ...]:
        """Return what happens in all; see `timeline.Session`."""
        happened, ready = list(events), events[-1].at
        if self.mode == "tts":
            self._take_turn(happened, happened[-1].at)
        for command in commands:
            at = max(ready, command.at - start)
            match command.kind:
                case "turn":
                    self._take_turn(happened, max(at, happened[-1].at))
                case "interrupt":
                    self._interrupt(happened, at)
                case "session_end":
                    # What the caller answers with the end has happened: the difference of two Unix
                    # times in floats may fall short of it by a fraction of a microsecond.
                    happened = [event for event in happened if event.at <= at + _SAME_MOMENT]
                    self._end(happened, max(at, happened[-1].at))
                case _:
                    continue
        return tuple(happened)

    def _take_turn(self, happened: list[Event], at: float) -> None:
        if happened[-1].type == FINISHED:
            return
        done = sum(event.type == "task_cost" for event in happened)
        turn = self.turns[done % len(self.turns)]
        said = next((event.text for event in reversed(happened) if event.text is not None), "")
        happened += (
            self._answer(turn, at, said) if self.mode != "stt" else self._transcribe(turn, at, said)
        )
        self._close_turn(happened, happened[-1].at, done + 1)

    def _answer(self, turn: Turn, at: float, said: str) -> Iterator[Event]:
        if self.mode == "voice":
            yield _transcript(at + 0.1, f"TRANSCRIPT_USER:{turn.user}", f"{said}{turn.user}\n")
            spoken = f"{said}{turn.user}\n{turn.ai}\n"
            yield _transcript(at + 0.2, f"TRANSCRIPT_AI:{turn.ai}", spoken)
        for chunk in range(max(1, math.ceil(turn.seconds / CHUNK_SECONDS))):
            yield Event(at + 0.2 + chunk * CHUNK_SECONDS, "audio", tone(), silent=True)

    def _transcribe(self, turn: Turn, at: float, said: str) -> Iterator[Event]:
        """The transcript grows: half of it, then all of it."""
        words = turn.user.split(" ")
        for share in sorted({(len(words) + 1) // 2, len(words)}):
            at += 0.1
            text = " ".join(words[:share])
            yield _transcript(at, f"TRANSCRIPT_USER:{text}", f"{said}{text}\n")

    def _interrupt(self, happened: list[Event], at: float) -> None:
        """End the turn that is under way; between turns there is nothing to interrupt."""
        spoken = [event for event in happened if event.at <= at]
        if len(spoken) == len(happened) or happened[-1].type == FINISHED:
            return
        done = sum(event.type == "task_cost" for event in spoken)
        happened[:] = spoken
        self._close_turn(happened, at, done + 1)

    def _close_turn(self, happened: list[Event], at: float, done: int) -> None:
        if self.mode != "stt":
            happened.append(Event(at + 0.1, "task_stream_end", silent=True))
        cost = {
            "turnCost": float(self.turn_cost),
            "cumulativeCost": float(self.turn_cost * done),
            "usage": _USAGE,
        }
        happened.append(Event(at + 0.2, "task_cost", cost, silent=True))
        if self.ends_after == done:
            self._end(happened, at + 0.2)

    def _end(self, happened: list[Event], at: float) -> None:
        if any(event.type == "task_end" for event in happened):
            return
        happened.append(Event(at, "task_end"))
        happened.append(Event(at + self.pace.ended, "task_postprocess_start"))
        happened.append(Event(at + self.pace.ended + self.pace.postprocess, FINISHED))


def _transcript(at: float, line: str, text: str) -> Event:
    return Event(at, "task_output", line, text)
