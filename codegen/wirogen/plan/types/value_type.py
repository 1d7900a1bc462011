"""What an argument takes, as the rules decide it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from wirogen.spec.model import Input, ValueKind
from wirogen.text.untrusted import Untrusted


class TypingError(ValueError):
    """A refinement contradicts the facts it refines.

    Args:
        message: what is wrong, as one sentence without a full stop.
    """


@dataclass(frozen=True)
class Choice:
    """One of the values that an argument offers."""

    value: Untrusted | int | float
    """As Python takes it; the wire has it as text, or as a number of a number input."""
    label: Untrusted | None = None

    @property
    def text(self) -> Untrusted:
        """The choice as the wire has it: numbers are written out."""
        return self.value if isinstance(self.value, Untrusted) else Untrusted(str(self.value))


@dataclass(frozen=True)
class Flag:
    """A choice between two words that is a bool in Python."""

    on: Untrusted
    off: Untrusted


TRUE_FALSE: Final = Flag(Untrusted("true"), Untrusted("false"))


@dataclass(frozen=True)
class ValueType:
    """What an argument takes and how it is written."""

    kind: ValueKind
    marker: str
    """The class in `wiro_runtime.request.wire` that writes it."""
    choices: tuple[Choice, ...] = ()
    """What is offered, each value once, in the document's order; a `choice` takes nothing else."""
    flag: Flag | None = None
    """The two words of a bool that is not a JSON boolean."""
    schema: Untrusted | None = None
    """The JSON Schema of a structure that is sent as JSON, as JSON text made by `plan.types.structure`."""
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    """For the docstring only: documents state steps that the platform does not insist on."""
    rule: str = field(default="", compare=False)
    """The rule that said so."""
    assumption: str = field(default="", compare=False)
    """What the rule had to assume, as a sentence without a full stop; empty if it was sure."""

    @property
    def is_numeric(self) -> bool:
        """Whether it takes numbers, and ranges mean something."""
        return self.kind in {"integer", "number"}

    @property
    def is_file(self) -> bool:
        """Whether it takes files or their URLs."""
        return self.kind in {"file", "files"}

    @property
    def offered(self) -> tuple[float, ...]:
        """The numbers of a choice with fractions among them, which no `Literal` can hold."""
        numbers = [c.value for c in self.choices if not isinstance(c.value, Untrusted)]
        has_fraction = any(isinstance(number, float) for number in numbers)
        return tuple(numbers) if self.kind == "choice" and has_fraction else ()

    @property
    def is_loose(self) -> bool:
        """Whether it takes numbers and text alike."""
        return self.kind == "string" and self.marker == "Numeral"

    @property
    def takes(self) -> str:
        """Its kind in words, for reports."""
        return "number or string" if self.is_loose else self.kind


Rule: TypeAlias = Callable[[Input, Sequence[Input]], ValueType | None]
"""Takes an input and all inputs of its model; answers nothing if it has nothing to say."""

TEXT: Final = ValueType("string", "Text")
FILE: Final = ValueType("file", "File")
FILES: Final = ValueType("files", "FileList")
