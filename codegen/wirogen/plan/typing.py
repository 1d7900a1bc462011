"""From a widget to a Python type and its encoding on the wire.

`WIDGETS` is the table: one rule per kind of widget, each with its reason. A refinement then says
otherwise where a person knew better (`REFINEMENTS`). Where a document leaves a doubt, the wider type
wins: a type that is too wide lets the platform decide, one that is too narrow refuses a good call.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from wirogen.plan.scalar import is_number, is_whole
from wirogen.render.untrusted import Untrusted
from wirogen.spec.model import Input, Option, ValueKind

MANY_CHOICES: Final = 256
"""More choices than this make a plain string: editors choke on very long `Literal`s."""

_FLAG_PAIRS: Final = (("true", "false"), ("on", "off"), ("yes", "no"))


class TypingError(ValueError):
    """A refinement contradicts the facts it refines.

    Args:
        message: what is wrong, as one sentence without a full stop.
    """


@dataclass(frozen=True)
class Choice:
    """One of the values that an argument offers."""

    value: Untrusted
    label: Untrusted | None = None


@dataclass(frozen=True)
class Flag:
    """A choice between two words that is a bool in Python."""

    on: Untrusted
    off: Untrusted


@dataclass(frozen=True)
class ValueType:
    """What an argument takes and how it is written."""

    kind: ValueKind
    marker: str
    """The class in `wiro_runtime.wire` that writes it."""
    choices: tuple[Choice, ...] = ()
    """What is offered, each value once, in the document's order; a `choice` takes nothing else."""
    flag: Flag | None = None
    """The two words of a bool that is not a JSON boolean."""
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    """For the docstring only: documents state steps that the platform does not insist on."""

    @property
    def is_numeric(self) -> bool:
        """Whether it takes numbers, and ranges mean something."""
        return self.kind in {"integer", "number"}

    @property
    def is_file(self) -> bool:
        """Whether it takes files or their URLs."""
        return self.kind in {"file", "files"}


Rule: TypeAlias = Callable[[Input], ValueType]


def text(field: Input) -> ValueType:
    """A line of text is a string, unless its documented default is a number.

    The platform shows many numbers as text fields and wants them as text on the wire. A name
    (`seed`, `steps`) is a hint and no proof; a default is. A whole default does not prove that
    fractions are refused, so the number may have one.
    """
    kind: ValueKind = "number" if is_number(field.default) else "string"
    return ValueType(kind, "Text")


def prose(_field: Input) -> ValueType:
    """A text area takes prose; a number as its default is still an example of prose."""
    return ValueType("string", "Text")


def select(field: Input) -> ValueType:
    """A select offers a closed list; two opposite words are a bool; without a list it is text.

    Some documents leave the list out, or list nothing but the heading; what the platform then
    offers is unknown, so any text may be sent.
    """
    options = {option.value: option for option in reversed(field.options or ())}
    if not options:
        return ValueType("string", "Text")
    if flag := _flag(options):
        return ValueType("boolean", "Flag", flag=flag)
    choices = tuple(_choice(options[value]) for value in reversed(options))
    kind: ValueKind = "choice" if len(choices) <= MANY_CHOICES else "string"
    return ValueType(kind, "Text", choices=choices)


def number(field: Input) -> ValueType:
    """A number or a slider is a JSON number; whole only if the document steps in whole numbers.

    Without a step, `1` to `15` may or may not take 2.5.
    """
    whole = field.step is not None and all(
        is_whole(value)
        for value in (field.step, field.minimum, field.maximum, field.default)
        if value is not None
    )
    return ValueType("integer" if whole else "number", "Number")


def whole_number(_field: Input) -> ValueType:
    """A widget that says integer takes whole JSON numbers."""
    return ValueType("integer", "Number")


def boolean(_field: Input) -> ValueType:
    """A checkbox is a JSON boolean."""
    return ValueType("boolean", "Boolean")


def one_file(_field: Input) -> ValueType:
    """A file input takes one file."""
    return ValueType("file", "File")


def many_files(_field: Input) -> ValueType:
    """A multi-file input takes several, joined by commas on the wire."""
    return ValueType("files", "FileList")


def combined_files(_field: Input) -> ValueType:
    """A combined file input takes several, an array of URLs on the wire, never a `…Url` sibling."""
    return ValueType("files", "CombinedFiles")


WIDGETS: Final[Mapping[str, Rule]] = {
    "text": text,
    "textarea": prose,
    "select": select,
    "selectwithcover": select,
    "number": number,
    "range": number,
    "float": number,
    "numeric": number,
    "integer": whole_number,
    "boolean": boolean,
    "checkbox": boolean,
    "fileinput": one_file,
    "multifileinput": many_files,
    "combinefileinput": combined_files,
}
"""The platform's own words, in lower case; any other widget is `text` (a `multiselect`'s encoding,
for one, is documented nowhere)."""

TRUE_FALSE: Final = Flag(Untrusted("true"), Untrusted("false"))

REFINEMENTS: Final[Mapping[ValueKind, ValueType]] = {
    "string": ValueType("string", "Text"),
    "integer": ValueType("integer", "Text"),
    "number": ValueType("number", "Text"),
    "boolean": ValueType("boolean", "Flag", flag=TRUE_FALSE),
    "file": ValueType("file", "File"),
    "files": ValueType("files", "FileList"),
    "json": ValueType("json", "Json"),
}
"""What a refined kind means on a widget that holds text."""


def decide(field: Input) -> ValueType:
    """Apply the widget's rule, then the refinement, then the range.

    Raises:
        TypingError: If the refinement contradicts the facts, or the range is empty.
    """
    found = WIDGETS.get(field.type.lower(), text)(field)
    refine = field.refine
    if refine is not None and refine.kind is not None:
        found = _refined(found, refine.kind)
    if found.is_numeric:
        return _ranged(found, field)
    if refine is not None and not (refine.minimum is None and refine.maximum is None):
        raise TypingError(f"the refinement sets a range, but the argument is a {found.kind}")
    return found


def _ranged(found: ValueType, field: Input) -> ValueType:
    """The type with its range: the refinement's where it says one, else the document's."""
    low, high = field.minimum, field.maximum
    if field.refine is not None:
        low = low if field.refine.minimum is None else field.refine.minimum
        high = high if field.refine.maximum is None else field.refine.maximum
    if found.kind == "integer":
        low = None if low is None else math.ceil(low)
        high = None if high is None else math.floor(high)
    if low is not None and high is not None and low > high:
        raise TypingError(f"the range is empty: the minimum {low:g} is above the maximum {high:g}")
    return replace(found, minimum=low, maximum=high, step=field.step)


def _refined(found: ValueType, kind: ValueKind) -> ValueType:
    """The same widget, holding what the refinement says; its encoding stays the widget's."""
    if kind == found.kind:
        return found
    if found.is_numeric and kind in {"integer", "number"}:
        return replace(found, kind=kind)
    if found.is_file and kind in {"file", "files"}:
        return REFINEMENTS[kind]
    if found.marker == "Text" and kind in {"integer", "number", "string"}:
        return replace(found, kind=kind)
    is_text = found.marker == "Text" and not found.choices
    if kind in REFINEMENTS and (is_text or kind == "string"):
        return REFINEMENTS[kind]
    raise TypingError(f"the refinement says {kind}, but the widget makes it a {found.kind}")


def _choice(option: Option) -> Choice:
    return Choice(
        Untrusted(option.value), None if option.label is None else Untrusted(option.label)
    )


def _flag(values: Iterable[str]) -> Flag | None:
    """The two words of a yes-or-no choice, in the document's own spelling."""
    spelled = {value.lower(): Untrusted(value) for value in values}
    for on, off in _FLAG_PAIRS:
        if spelled.keys() == {on, off}:
            return Flag(spelled[on], spelled[off])
    return None


def url_sibling(field: Input, found: ValueType, inputs: Sequence[Input]) -> str | None:
    """The wire name of the input that takes URLs in place of an uploaded file.

    Documents spell it with `Url` somewhere in the name: `inputImageUrl`, but also
    `inputDocumentUrlMultiple` for `inputDocumentMultiple`.

    Raises:
        TypingError: If several inputs could be it, or a refinement names one for an input that
            has none.
    """
    stated = field.refine.url_name if field.refine else None
    if found.marker not in {"File", "FileList"}:
        if stated is not None:
            raise TypingError("the refinement says `url_name`, but no sibling takes its URLs")
        return None
    if stated is not None:
        return stated
    names = [
        other.name
        for other in inputs
        if other is not field and other.name.replace("Url", "", 1) == field.name
    ]
    if len(names) > 1:
        raise TypingError(f"both `{names[0]}` and `{names[1]}` could take its URLs")
    return names[0] if names else None
