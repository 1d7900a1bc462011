"""How a task behaves around its process: its pace, what it sends, and how it takes commands."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from wiromock.scenario.base import STRICT, Base, Message, check_count, check_fields, check_seconds

Dialect: TypeAlias = Literal["older", "newer", "llm-page"]
"""How messages look. `older`: the documentation of April 2026, with `tasktoken`, and an LLM's text in
`thinking` and `answer`. `newer`: its later revision, with `success`, `terminal` and `exitCode`, and
`segments`. `llm-page`: as older, with an LLM's progress as the page on chat models prints it."""

CommandOutcome: TypeAlias = Literal["applied", "refused", "ignored"]
"""`applied` where the documents allow it; `refused` because the task has just moved on; `ignored`: the
platform says yes, and the task goes on all the same."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Pace(Base):
    """How long a task stays in each stage around the process itself, in seconds."""

    __pydantic_config__ = STRICT

    queue: float = 2.0
    accept: float = 0.5
    preprocess: float = 1.5
    prepared: float = 0.5
    """From the end of preprocessing until a worker is assigned."""
    assign: float = 2.0
    ended: float = 0.5
    """From the end of the process until postprocessing starts."""
    postprocess: float = 1.5

    def __post_init__(self) -> None:
        check_fields(self)
        for name in self.__slots__:
            check_seconds("Pace", name, getattr(self, name))


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Notifications(Base):
    """What a task sends by itself, on its socket and to its webhook; how much of that the sources leave open.

    Args:
        dialect: how messages look; None takes the mock's, and the newer one where an older cannot say it.
        progress: how a media model reports: as an object, as the same object in a JSON text, or as
            plain text; all three are documented.
        replay: whether a socket that registers late gets the messages it missed.
        lag: seconds by which every message comes late.
        omit: types of messages that are never sent.
        drop_after: the type of message after which the connection breaks, without a closing frame.
        drops: how many connections break like that; a later one stays.
        noise: whether messages that no document knows come along: an unknown type, and no JSON.
        stays_open: whether the socket stays open when the task has ended.
        webhook: the shape of the POST to `callbackUrl`: a `tasklist` as in Task/Detail, the bare
            task, or none at all.
    """

    __pydantic_config__ = STRICT

    dialect: Dialect | None = None
    progress: Literal["object", "json", "text"] = "object"
    replay: bool = True
    lag: float = 0.0
    omit: Sequence[Message] = ()
    drop_after: Message | None = None
    drops: int = 1
    noise: bool = False
    stays_open: bool = False
    webhook: Literal["tasklist", "task", "none"] = "tasklist"

    def __post_init__(self) -> None:
        check_fields(self)
        check_seconds("Notifications", "lag", self.lag)
        check_count("Notifications", "drops", self.drops)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CommandBehaviour(Base):
    """What a caller runs into who is not alone.

    Args:
        cancel: what becomes of a Cancel that is legal.
        kill: what becomes of a Kill that is legal.
        detail_lag: seconds by which Task/Detail is behind the truth.
    """

    __pydantic_config__ = STRICT

    cancel: CommandOutcome = "applied"
    kill: CommandOutcome = "applied"
    detail_lag: float = 0.0

    def __post_init__(self) -> None:
        check_fields(self)
        check_seconds("CommandBehaviour", "detail_lag", self.detail_lag)


USUAL_PACE, USUAL_NOTIFICATIONS, USUAL_COMMANDS = Pace(), Notifications(), CommandBehaviour()
"""Where nothing else is said."""
