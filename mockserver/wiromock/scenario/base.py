"""What every scenario has in common: how it shows itself, and what it checks when it is made."""

from collections.abc import Collection, Sequence
from dataclasses import fields
from decimal import Decimal, InvalidOperation
from functools import cache
from math import inf
from typing import Any, Final, Literal, TypeAlias, cast, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError

from wiromock.argument import show
from wiromock.errors import WrongScript
from wiromock.scenario.explanation import explain

MediaKind: TypeAlias = Literal["video", "image", "webp", "audio", "text", "raw"]
"""What an output is: MP4, PNG, WEBP, WAV, a text file, or an LLM's answer inside the reply."""

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

Message: TypeAlias = Literal[
    Stage,
    "task_postprocess_end",
    "task_cancel",
    "task_error",
    "task_error_full",
    "task_stream_ready",
    "task_stream_end",
    "task_cost",
    "audio",
]
"""What a task sends on its socket: its stages, how it ends, lines on stderr, signals of a realtime session."""

MOST_MONEY: Final = Decimal(1_000_000)
"""USD that anything may cost."""

STRICT: Final = ConfigDict(extra="forbid")
"""Misspelt keys of a JSON scenario are refused."""


class Base:
    """What scenarios, their options and rules share: fields are checked when one is made, and `repr` leaves out defaults."""

    __slots__ = ()

    def __post_init__(self) -> None:
        check_fields(self)

    def __repr__(self) -> str:
        own = type(self).__annotations__
        ordered = sorted(fields(cast("Any", self)), key=lambda part: part.name not in own)
        shown = (part for part in ordered if getattr(self, part.name) != part.default)
        said = ", ".join(f"{part.name}={getattr(self, part.name)!r}" for part in shown)
        return f"{type(self).__name__}({said})"


def check_fields(scenario: object, owner: str = "", leave: Collection[str] = ()) -> None:
    """Refuse values that are not what the fields of a scenario are declared to hold, and keep sequences as tuples.

    Scenarios never change, and are looked up by value. Files are checked when they are read; here it is for
    what a test has written in Python, which would otherwise break later and elsewhere.

    Args:
        scenario: a dataclass that was just made.
        owner: what to call it in messages; empty takes the name of its class.
        leave: fields that are checked by somebody else.

    Raises:
        WrongScript: a value is of another kind.
    """
    for part in fields(cast("Any", scenario)):
        given = getattr(scenario, part.name)
        if part.name in leave or given is part.default:
            continue
        if isinstance(given, Sequence) and not isinstance(given, str | bytes):
            given = tuple(cast("Sequence[object]", given))
            object.__setattr__(scenario, part.name, given)
        if isinstance(
            given, Decimal
        ):  # pydantic takes one for a float, which it cannot be compared with
            raise WrongScript(
                f"{owner or type(scenario).__name__}: {part.name} takes a number such as 0.5, or for money "
                f"a text, not {show(given)}"
            )
        try:
            _adapter(cast("Any", type(scenario)), part.name).validate_python(given, strict=True)
        except ValidationError as error:
            ((place, said), *_) = explain(error, ())
            inside = "".join(f"[{step}]" for step in place if isinstance(step, int))
            named = f"{owner or type(scenario).__name__}: {part.name}{inside}"
            raise WrongScript(f"{named} {said}") from None


@cache
def _adapter(kind: Any, name: str) -> TypeAdapter[Any]:
    return TypeAdapter(get_type_hints(kind, include_extras=True)[name])


def check_seconds(owner: str, name: str, seconds: float | None) -> None:
    """Refuse what is no duration; None leaves it open.

    Raises:
        WrongScript: negative, infinite, or not a number.
    """
    if seconds is not None and not 0 <= seconds < inf:
        raise WrongScript(f"{owner}: {name} is a number of seconds, 0 or more, not {show(seconds)}")


def check_count(owner: str, name: str, count: int, least: int = 0, most: int | None = None) -> None:
    """Refuse what is no count.

    Raises:
        WrongScript: less than `least`, or more than `most`.
    """
    if not count >= least or (most is not None and count > most):
        bounds = f"{least} or more" if most is None else f"{least} to {most}"
        raise WrongScript(f"{owner}: {name} is a whole number, {bounds}, not {show(count)}")


def check_money(owner: str, name: str, amount: str | None) -> None:
    """Refuse what is no amount; None leaves it open.

    Raises:
        WrongScript: it is not a decimal, or none that anything could cost.
    """
    try:
        number = Decimal("0" if amount is None else amount)
    except InvalidOperation as error:
        raise WrongScript(f"{owner}: {name} is a decimal as text, not {show(amount)}") from error
    if not (number.is_finite() and 0 <= number <= MOST_MONEY):
        raise WrongScript(f"{owner}: {name} is 0 to {MOST_MONEY} USD, not {show(amount)}")
