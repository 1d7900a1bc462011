"""What shall happen to a run, or to a call: values that say the same in a test, a file and over HTTP.

    Success         runs, finishes, leaves outputs, costs money
    Fails           runs and ends with another exit code than 0
    Stalls          never gets past a stage
    Refused         the platform says no; no task is made
    HttpFault       an HTTP error instead of an answer
    ConnectionLost  the connection breaks instead of an answer
    AsUsual         what would have happened without a script, at once or late

`to_json` and `from_json` translate; the key `scenario` names the kind.
"""

from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from functools import cache
from http import HTTPStatus
from typing import Annotated, Any, Literal, TypeAlias, cast, get_args

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from wiromock.errors import WrongScript

MediaKind: TypeAlias = Literal["video", "image", "audio", "text", "raw"]
"""What an output is: MP4, PNG, WAV, a text file, or an LLM's answer inside the reply."""

Stage: TypeAlias = Literal[
    "task_queue",
    "task_accept",
    "task_preprocess_start",
    "task_preprocess_end",
    "task_assign",
    "task_start",
    "task_output",
    "task_output_full",
    "task_end",
    "task_postprocess_start",
]
"""A stage in which a task can be stopped to look at it: any but the last."""

_STRICT = ConfigDict(extra="forbid")


class _Shown:
    """Shows a scenario as people write it: without what is left at its default."""

    __slots__ = ()

    def __repr__(self) -> str:
        told = (one for one in fields(cast("Any", self)) if getattr(self, one.name) != one.default)
        said = ", ".join(f"{one.name}={getattr(self, one.name)!r}" for one in told)
        return f"{type(self).__name__}({said})"


def _not_negative(owner: str, name: str, seconds: float) -> None:
    if not seconds >= 0:
        raise WrongScript(f"{owner}: {name} is a number of seconds, 0 or more, not {seconds}")


def _stage(owner: str, name: str, stage: str | None) -> None:
    if stage is not None and stage not in get_args(Stage):
        raise WrongScript(_choice(owner, name, stage, get_args(Stage)))


def _choice(owner: str, name: str, given: str, offered: tuple[str, ...]) -> str:
    return f"{owner}: {name} is one of {', '.join(offered)}; not {given!r}"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Pace(_Shown):
    """How long a task stays in each stage around the process itself, in seconds."""

    __pydantic_config__ = _STRICT

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
        for name in self.__slots__:
            _not_negative("Pace", name, getattr(self, name))


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Success(_Shown):
    """The task runs, finishes with exit code 0 and is billed.

    Args:
        duration: seconds that the process runs.
        outputs: kinds of the outputs in order; None makes one that suits the model's categories,
            `()` makes none.
        answer: what an LLM says; None makes a sentence about the prompt.
        cps: price of a second in USD, a decimal as text.
        pace: the stages around the process.
        hold_at: a stage in which the task waits until it is released.
        omit_pexit: leave out `pexit`, as the documents' Task/Detail example does.
    """

    __pydantic_config__ = _STRICT

    scenario: Literal["success"] = "success"
    duration: float = 10.0
    outputs: tuple[MediaKind, ...] | None = None
    answer: str | None = None
    cps: str = "0.000585"
    pace: Pace = Pace()
    hold_at: Stage | None = None
    omit_pexit: bool = False

    def __post_init__(self) -> None:
        _not_negative("Success", "duration", self.duration)
        _stage("Success", "hold_at", self.hold_at)
        for kind in self.outputs or ():
            if kind not in get_args(MediaKind):
                raise WrongScript(_choice("Success", "outputs", kind, get_args(MediaKind)))
        try:
            Decimal(self.cps)
        except InvalidOperation as error:
            raise WrongScript(f"Success: cps is a decimal as text, not {self.cps!r}") from error


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Fails(_Shown):
    """The task runs and ends with an exit code that is not 0; nothing is billed.

    Args:
        pexit: the exit code; not "0".
        stderr: what the process complained, found in `debugerror`.
        duration: seconds until the process ends.
        pace: the stages around the process.
        hold_at: a stage in which the task waits until it is released.
        omit_pexit: leave out `pexit`.
    """

    __pydantic_config__ = _STRICT

    scenario: Literal["fails"] = "fails"
    pexit: str = "1"
    stderr: str = ""
    duration: float = 4.0
    pace: Pace = Pace()
    hold_at: Stage | None = None
    omit_pexit: bool = False

    def __post_init__(self) -> None:
        _not_negative("Fails", "duration", self.duration)
        _stage("Fails", "hold_at", self.hold_at)
        if self.pexit == "0":
            raise WrongScript('Fails: pexit "0" means success; use Success()')


@dataclass(frozen=True, slots=True, repr=False)
class Stalls(_Shown):
    """The task never gets past a stage, unless it is cancelled or killed.

    Args:
        at: the stage.
        pace: the stages before it.
    """

    __pydantic_config__ = _STRICT

    at: Stage = "task_queue"
    pace: Pace = Pace()
    scenario: Literal["stalls"] = "stalls"

    def __post_init__(self) -> None:
        _stage("Stalls", "at", self.at)


@dataclass(frozen=True, slots=True, repr=False)
class Refused(_Shown):
    """The platform says no in its envelope; no task is made and nothing is billed.

    Args:
        code: the platform's code: 96 too many tasks, 97 no balance, 98 sign in, …
        message: the text; None takes the documented one, which codes 0 and 1 do not have.
    """

    __pydantic_config__ = _STRICT

    code: int
    message: str | None = None
    scenario: Literal["refused"] = "refused"

    def __post_init__(self) -> None:
        if self.message is None and self.code in {0, 1}:
            raise WrongScript(
                f"Refused({self.code}): the platform has many messages with this code; "
                f'say which: Refused({self.code}, "…")'
            )


@dataclass(frozen=True, slots=True, repr=False)
class HttpFault(_Shown):
    """An HTTP error from somewhere in front of the platform: not JSON, no envelope.

    Args:
        status: 400 to 599.
        retry_after: whole seconds for the `Retry-After` header; None leaves it out.
        body: the text; None writes the status in words.
        accepted: on Run, whether the task was made (and will be billed) all the same.
    """

    __pydantic_config__ = _STRICT

    status: int
    retry_after: int | None = None
    body: str | None = None
    accepted: bool = False
    scenario: Literal["http_fault"] = "http_fault"

    def __post_init__(self) -> None:
        if not 400 <= self.status <= 599:
            raise WrongScript(f"HttpFault: status is an error, 400 to 599, not {self.status}")

    @property
    def text(self) -> str:
        """The body to send."""
        if self.body is not None:
            return self.body
        known = {status.value: status.phrase for status in HTTPStatus}
        return f"{self.status} {known.get(self.status, 'Error')}"


@dataclass(frozen=True, slots=True, repr=False)
class ConnectionLost(_Shown):
    """The connection breaks before the answer arrives.

    Args:
        accepted: on Run, whether the task was made (and will be billed) all the same.
    """

    __pydantic_config__ = _STRICT

    accepted: bool = False
    scenario: Literal["connection_lost"] = "connection_lost"


@dataclass(frozen=True, slots=True, repr=False)
class AsUsual(_Shown):
    """What would have happened without a script.

    Args:
        latency: seconds before the answer arrives; more than the client's read timeout means that
            it never sees the answer, whatever the call has done.
    """

    __pydantic_config__ = _STRICT

    latency: float = 0.0
    scenario: Literal["as_usual"] = "as_usual"

    def __post_init__(self) -> None:
        _not_negative("AsUsual", "latency", self.latency)


CallScenario: TypeAlias = Refused | HttpFault | ConnectionLost | AsUsual
"""What can happen to any call."""

Scenario: TypeAlias = Success | Fails | Stalls | CallScenario
"""What can happen to a run."""


def to_json(scenario: Scenario) -> dict[str, Any]:
    """Write a scenario as a JSON object; `from_json` reads it back."""
    value: dict[str, Any] = _adapter().dump_python(scenario, mode="json")
    return value


def from_json(value: object) -> Scenario:
    """Read a scenario from a JSON object.

    Args:
        value: an object whose key `scenario` names the kind.

    Raises:
        WrongScript: it is none; the message says where.
    """
    try:
        return _adapter().validate_python(value)
    except ValidationError as error:
        places = (
            f"{'.'.join(str(at) for at in one['loc']) or 'scenario'}: {one['msg']}"
            for one in error.errors()
        )
        raise WrongScript(f"not a scenario: {'; '.join(places)}") from error


@cache
def _adapter() -> TypeAdapter[Scenario]:
    return TypeAdapter(Annotated[Scenario, Field(discriminator="scenario")])
