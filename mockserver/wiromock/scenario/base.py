"""What every scenario has in common: how it shows itself, and what it checks when it is made."""

from collections.abc import Sequence
from dataclasses import fields
from decimal import Decimal, InvalidOperation
from typing import Any, Final, Literal, TypeAlias, cast

from pydantic import ConfigDict

from wiromock.errors import WrongScript

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

STRICT: Final = ConfigDict(extra="forbid")
"""Misspelt keys of a JSON scenario are refused."""


class Base:
    """Shows a scenario as people write it: without what is left at its default."""

    __slots__ = ()

    def __repr__(self) -> str:
        own = type(self).__annotations__
        ordered = sorted(fields(cast("Any", self)), key=lambda part: part.name not in own)
        told = (part for part in ordered if getattr(self, part.name) != part.default)
        said = ", ".join(f"{part.name}={getattr(self, part.name)!r}" for part in told)
        return f"{type(self).__name__}({said})"


def hold_sequences(scenario: object) -> None:
    """Keep sequences as tuples, however they were given: scenarios never change, and are looked up by value."""
    for part in fields(cast("Any", scenario)):
        given = getattr(scenario, part.name)
        if isinstance(given, Sequence) and not isinstance(given, str):
            object.__setattr__(scenario, part.name, tuple(cast("Sequence[object]", given)))


def check_seconds(owner: str, name: str, seconds: float | None) -> None:
    """Refuse what is no duration; None leaves it open.

    Raises:
        WrongScript: negative, or not a number.
    """
    if seconds is not None and not seconds >= 0:
        raise WrongScript(f"{owner}: {name} is a number of seconds, 0 or more, not {seconds}")


def check_count(owner: str, name: str, count: int, least: int = 0) -> None:
    """Refuse what is no count.

    Raises:
        WrongScript: less than `least`.
    """
    if not count >= least:
        raise WrongScript(f"{owner}: {name} is a whole number, {least} or more, not {count}")


def check_choice(owner: str, name: str, given: str | None, offered: tuple[str, ...]) -> None:
    """Refuse what is not offered; None is always.

    Raises:
        WrongScript: it is something else.
    """
    if given is not None and given not in offered:
        raise WrongScript(f"{owner}: {name} is one of {', '.join(offered)}; not {given!r}")


def check_money(owner: str, name: str, amount: str | None) -> None:
    """Refuse what is no amount; None leaves it open.

    Raises:
        WrongScript: it is not a decimal.
    """
    try:
        Decimal("0" if amount is None else amount)
    except InvalidOperation as error:
        raise WrongScript(f"{owner}: {name} is a decimal as text, not {amount!r}") from error
