"""Scenarios of calls: what can happen to any of them, and to a run instead of a task."""

from dataclasses import dataclass
from http import HTTPStatus
from math import inf
from typing import Final, Literal, TypeAlias

from wiromock.argument import show
from wiromock.errors import WrongScript
from wiromock.scenario.base import STRICT, Base, check_count, check_fields, check_seconds

Breakage: TypeAlias = Literal["reset", "empty", "truncated", "garbage"]
"""How a connection breaks: reset by the peer; closed before any byte; closed in the middle of the body;
bytes that are no HTTP."""

_WITHOUT_BODY: Final = frozenset({204, 205, 304})


@dataclass(frozen=True, slots=True, repr=False)
class Refused(Base):
    """The platform refuses, in its envelope; no task is made and nothing is billed.

    Args:
        code: the platform's code: 96 too many tasks, 97 no balance, 98 sign in, …
        message: the text; None takes the documented one, which codes 0 and 1 do not have.
        status: the HTTP status. The error reference says 200 for these, the introduction 400 and more.
    """

    __pydantic_config__ = STRICT

    code: int
    message: str | None = None
    status: int = 200
    scenario: Literal["refused"] = "refused"

    def __post_init__(self) -> None:
        check_fields(self)
        if self.message is None and self.code in {0, 1}:
            raise WrongScript(
                f"Refused({self.code}): the platform has many messages with this code; "
                f'say which: Refused({self.code}, "…")'
            )
        if not 200 <= self.status <= 599 or self.status in _WITHOUT_BODY:
            raise WrongScript(
                f"Refused: status is 200 to 599, of those with a body, not {show(self.status)}"
            )


@dataclass(frozen=True, slots=True, repr=False)
class HttpFault(Base):
    """An HTTP error from somewhere in front of the platform: not JSON, no envelope.

    Args:
        status: 400 to 599.
        retry_after: whole seconds for the `Retry-After` header; None leaves it out.
        body: the text; None writes the status in words.
        accepted: on Run, whether the task was made (and will be billed) all the same.
    """

    __pydantic_config__ = STRICT

    status: int
    retry_after: int | None = None
    body: str | None = None
    accepted: bool = False
    scenario: Literal["http_fault"] = "http_fault"

    def __post_init__(self) -> None:
        check_fields(self)
        if not 400 <= self.status <= 599:
            raise WrongScript(f"HttpFault: status is an error, 400 to 599, not {show(self.status)}")

    @property
    def text(self) -> str:
        """The body to send."""
        if self.body is not None:
            return self.body
        known = {status.value: status.phrase for status in HTTPStatus}
        return f"{self.status} {known.get(self.status, 'Error')}"


@dataclass(frozen=True, slots=True, repr=False)
class ConnectionLost(Base):
    """The connection breaks instead of an answer.

    Args:
        accepted: on Run, whether the task was made (and will be billed) all the same.
        how: in which way it breaks.
        after: for `truncated`, how many bytes of the body arrive.
    """

    __pydantic_config__ = STRICT

    accepted: bool = False
    how: Breakage = "reset"
    after: int = 10
    scenario: Literal["connection_lost"] = "connection_lost"

    def __post_init__(self) -> None:
        check_fields(self)
        check_count("ConnectionLost", "after", self.after)


@dataclass(frozen=True, slots=True, repr=False)
class BadJson(Base):
    """Status 200, and a body that is not JSON.

    Args:
        accepted: on Run, whether the task was made (and will be billed) all the same.
        body: what comes instead.
    """

    __pydantic_config__ = STRICT

    accepted: bool = False
    body: str = '{"result": tru'
    scenario: Literal["bad_json"] = "bad_json"


@dataclass(frozen=True, slots=True, repr=False)
class Hangs(Base):
    """The connection stays open, and nothing ever comes.

    Args:
        accepted: on Run, whether the task was made (and will be billed) all the same.
    """

    __pydantic_config__ = STRICT

    accepted: bool = False
    scenario: Literal["hangs"] = "hangs"


@dataclass(frozen=True, slots=True, repr=False)
class PassThrough(Base):
    """What would have happened without a script.

    Args:
        latency: seconds before the answer arrives; more than the client's read timeout means that
            it never sees the answer, whatever the call has done.
        drip: bytes a second at which the body arrives; None sends it at once. A read timeout starts
            again with every byte, so only a deadline over the whole call helps against it.
    """

    __pydantic_config__ = STRICT

    latency: float = 0.0
    drip: float | None = None
    scenario: Literal["pass_through"] = "pass_through"

    def __post_init__(self) -> None:
        check_fields(self)
        check_seconds("PassThrough", "latency", self.latency)
        if self.drip is not None and not 0 < self.drip < inf:
            raise WrongScript(
                f"PassThrough: drip is a number of bytes a second, not {show(self.drip)}"
            )


Fault: TypeAlias = Refused | HttpFault | ConnectionLost | BadJson | Hangs
"""What can happen to a call instead of its answer."""
CallScenario: TypeAlias = Fault | PassThrough
"""What can happen to any call."""
