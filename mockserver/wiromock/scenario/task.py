"""Scenarios that make a task."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from wiromock.argument import show
from wiromock.errors import WrongScript
from wiromock.scenario.base import (
    STRICT,
    Base,
    MediaKind,
    Stage,
    check_count,
    check_fields,
    check_money,
    check_seconds,
)
from wiromock.scenario.options import (
    USUAL_COMMANDS,
    USUAL_NOTIFICATIONS,
    USUAL_PACE,
    CommandBehaviour,
    Notifications,
    Pace,
)

MOST_OUTPUTS: Final = 1_000
MOST_REQUEUES: Final = 1_000
"""What a task may have: the engine answers nobody else while it makes more."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TaskBase(Base):
    """What all scenarios that make a task have.

    Args:
        pace: the stages around the process.
        notifications: what the task sends by itself.
        commands: what a Cancel, a Kill and a look at it run into.
    """

    __pydantic_config__ = STRICT

    pace: Pace = USUAL_PACE
    notifications: Notifications = USUAL_NOTIFICATIONS
    commands: CommandBehaviour = USUAL_COMMANDS


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Holdable(TaskBase):
    """A scenario that can be stopped at a stage.

    Args:
        hold_at: a stage in which the task waits until it is released.
    """

    hold_at: Stage | None = None


MOST_CALLS, LONGEST_ARGUMENTS = 1_022, 4 * 1024 * 1024
"""What the platform's own MCP server accepts: 1,024 segments, of which thoughts and answer may be two; bytes."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ToolCall(Base):
    """A function that an LLM asks its caller to call.

    Args:
        name: the function.
        arguments: its arguments, as JSON text.
    """

    __pydantic_config__ = STRICT

    name: str
    arguments: str = "{}"

    def __post_init__(self) -> None:
        check_fields(self)
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", self.name):
            raise WrongScript(
                f"ToolCall: name has 1 to 64 letters, digits, - and _, not {show(self.name)}"
            )
        try:
            size = len(self.arguments.encode())
        except UnicodeEncodeError:
            raise WrongScript(
                "ToolCall: arguments hold half a surrogate pair, which no JSON may"
            ) from None
        if size > LONGEST_ARGUMENTS:
            raise WrongScript(f"ToolCall: arguments are at most {LONGEST_ARGUMENTS} bytes")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Success(Holdable):
    """The task runs, finishes with exit code 0 and is billed.

    Args:
        duration: seconds that the process runs; None takes the model's computing time, else 10.
        outputs: kinds of the outputs in order; None makes one that suits the model's categories,
            an empty one makes none.
        answer: what an LLM says; None makes a sentence about the prompt.
        thinking: what an LLM thinks before it answers.
        tool_calls: functions that an LLM asks for; shown in the newer dialect.
        cps: price of a second in USD, a decimal as text; None prices the run as the model's spec says.
        cost: what it costs in all, in USD, whatever the price list says.
        stderr: what the process writes to stderr; it succeeds all the same.
        omit_pexit: leave out `pexit`, as the documents' Task/Detail example does.
    """

    scenario: Literal["success"] = "success"
    duration: float | None = None
    outputs: Sequence[MediaKind] | None = None
    answer: str | None = None
    thinking: str = ""
    tool_calls: Sequence[ToolCall] = ()
    cps: str | None = None
    cost: str | None = None
    stderr: str = ""
    omit_pexit: bool = False

    def __post_init__(self) -> None:
        check_fields(self)
        check_seconds("Success", "duration", self.duration)
        check_money("Success", "cps", self.cps)
        check_money("Success", "cost", self.cost)
        if len(self.tool_calls) > MOST_CALLS:
            raise WrongScript(f"Success: at most {MOST_CALLS} tool_calls")
        if self.outputs is not None:
            check_count("Success", "the number of outputs", len(self.outputs), most=MOST_OUTPUTS)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Fails(Holdable):
    """The task runs and ends with an exit code that is not 0; nothing is billed.

    Args:
        pexit: the exit code; not "0".
        stderr: what the process writes to stderr, found in `debugerror`.
        duration: seconds until the process ends.
        omit_pexit: leave out `pexit`.
    """

    scenario: Literal["fails"] = "fails"
    pexit: str = "1"
    stderr: str = ""
    duration: float = 4.0
    omit_pexit: bool = False

    def __post_init__(self) -> None:
        check_fields(self)
        check_seconds("Fails", "duration", self.duration)
        if self.pexit == "0":
            raise WrongScript('Fails: pexit "0" means success; use Success()')


@dataclass(frozen=True, slots=True, repr=False)
class Stalls(TaskBase):
    """The task never gets past a stage, unless it is cancelled or killed.

    Args:
        at: the stage.
    """

    at: Stage = "task_queue"
    scenario: Literal["stalls"] = "stalls"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Requeues(Holdable):
    """The task shows `task_error`, goes back to the queue, and in the end succeeds, fails or stays.

    Args:
        stderr: why, found in `debugerror`.
        times: how often.
        wait: seconds in `task_error` before it is in the queue again.
        ends: what the last attempt does: `success`, `fails`, or `stays` in `task_error` for ever.
        duration: seconds that the last attempt runs; None takes the model's computing time, else 10.
        cps: price of a second in USD, a decimal as text; None prices the run as the model's spec says.
        cost: what it costs in all, in USD, whatever the price list says.
    """

    scenario: Literal["requeues"] = "requeues"
    stderr: str = "the worker went away"
    times: int = 1
    wait: float = 5.0
    ends: Literal["success", "fails", "stays"] = "success"
    duration: float | None = None
    cps: str | None = None
    cost: str | None = None

    def __post_init__(self) -> None:
        check_fields(self)
        check_count("Requeues", "times", self.times, least=1, most=MOST_REQUEUES)
        check_seconds("Requeues", "wait", self.wait)
        check_seconds("Requeues", "duration", self.duration)
        check_money("Requeues", "cps", self.cps)
        check_money("Requeues", "cost", self.cost)


@dataclass(frozen=True, slots=True, repr=False)
class Cancelled(TaskBase):
    """The platform itself cancels the task when it gets to a stage; nothing is billed.

    Args:
        at: the stage.
        after: seconds in that stage.
        stderr: why, found in `debugerror`.
    """

    at: Stage = "task_queue"
    after: float = 1.0
    stderr: str = ""
    scenario: Literal["cancelled"] = "cancelled"

    def __post_init__(self) -> None:
        check_fields(self)
        check_seconds("Cancelled", "after", self.after)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Turn(Base):
    """One turn of a realtime session.

    Args:
        user: what the caller is taken to have said.
        ai: what the model says; sent as text, and as the sound of a tone.
        seconds: how long that sound is.
    """

    __pydantic_config__ = STRICT

    user: str = "Hello?"
    ai: str = "Hello. This is the mock speaking."
    seconds: float = 1.0

    def __post_init__(self) -> None:
        check_fields(self)
        check_seconds("Turn", "seconds", self.seconds)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Talks(TaskBase):
    """A realtime session over the socket; it is billed by the turn and ends when the caller says so.

    Args:
        mode: `voice` takes sound and sends it, `tts` only sends, `stt` only takes; None goes by the
            model: by its categories, and by an input `text`.
        turns: what is said; after the last turn they begin again.
        listens: seconds of audio after which the model takes its turn.
        ends_after: turns after which the platform ends the session, as it does when the balance is
            used up; None waits for the caller. A `tts` session ends after its only turn.
        cost: price of a turn in USD, a decimal as text; None takes the model's, else 0.0042.
    """

    scenario: Literal["talks"] = "talks"
    mode: Literal["voice", "tts", "stt"] | None = None
    turns: Sequence[Turn] = (Turn(),)
    listens: float = 1.0
    ends_after: int | None = None
    cost: str | None = None

    def __post_init__(self) -> None:
        check_fields(self)
        check_count("Talks", "the number of turns", len(self.turns), least=1)
        check_seconds("Talks", "listens", self.listens)
        check_money("Talks", "cost", self.cost)
        if self.ends_after is not None:
            check_count("Talks", "ends_after", self.ends_after, least=1)


TaskScenario: TypeAlias = Success | Fails | Stalls | Requeues | Cancelled | Talks
"""A scenario that makes a task."""
