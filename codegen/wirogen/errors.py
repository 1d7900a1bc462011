"""What can be wrong with what people pass to the commands, and how it is reported.

    WirogenError
    ├── UsageError       what was asked for does not exist, or contradicts itself
    ├── DocumentError    a model document cannot be read
    ├── SpecError        a spec is not valid YAML, not of the right shape, or contradicts itself
    ├── PlanError        valid specs that no package can be made of (names that collide, …)
    └── GenerateError    the output cannot be made or must not be overwritten

Every error carries all the problems that were found, not only the first one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import ClassVar

from wirogen.text.unsafe import show_unsafe

SUCCESS = 0
DRIFT = 1
"""A check ran and found a difference; nothing is wrong with the input."""
INTERRUPTED = 130
PIPE_CLOSED = 141
"""What a shell reports for a program whose reader went away."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where, what was expected, and the way out."""

    message: str
    """What is wrong and what was expected, as one sentence without a full stop."""
    remedy: str = ""
    """What to do about it, in the imperative; empty when the message says it."""
    file: str = ""
    line: int | None = None
    """Counted from 1."""
    column: int | None = None
    """In characters, counted from 1."""
    pointer: str = ""
    """Where inside the file: `inputs[3].refine.kind`, or a section of a document."""

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        sentence = "; ".join(part for part in (self.message, self.remedy) if part)
        return show_unsafe(": ".join(part for part in (place, self.pointer, sentence) if part))


class WirogenError(Exception):
    """Something the person at the keyboard can mend.

    Args:
        problems: everything that is wrong, in the order it is to be shown; at least one.
    """

    exit_code: ClassVar[int] = 2

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (
            (problems,) if isinstance(problems, Problem) else tuple(problems)
        )
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UsageError(WirogenError):
    """What was asked for does not exist, or contradicts itself."""

    exit_code = 2


class DocumentError(WirogenError):
    """A model document cannot be read."""

    exit_code = 3


class SpecError(WirogenError):
    """A spec is not valid YAML, not of the right shape, or contradicts itself."""

    exit_code = 4


class PlanError(WirogenError):
    """Specs are valid, but no package can be made of them."""

    exit_code = 5


class GenerateError(WirogenError):
    """The output cannot be made, or must not be overwritten."""

    exit_code = 6


def suggest(word: str, known: Iterable[str]) -> str:
    """Return `did you mean …?` when one of the `known` words is close, else nothing."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else ""
