"""From what a document says of an input, and what we concluded about it, to its Python type.

The rules of `wirogen.plan.types.widget` come first. A refinement then says otherwise where a person knew better
(`REFINEMENTS`), and the range comes last. `docs/typing-rules.md` shows all of it.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from wirogen.plan.types import widget
from wirogen.plan.types.value_type import (
    FILE,
    FILES,
    TEXT,
    TRUE_FALSE,
    Choice,
    TypingError,
    ValueType,
)
from wirogen.spec.model import Input, Refinement, ValueKind

REFINEMENTS: Final[Mapping[ValueKind, ValueType]] = {
    "string": TEXT,
    "integer": ValueType("integer", "Text"),
    "number": ValueType("number", "Text"),
    "boolean": ValueType("boolean", "Flag", flag=TRUE_FALSE),
    "file": FILE,
    "files": FILES,
    "json": ValueType("json", "Json"),
}
"""What a refined kind means on a widget that holds text."""


def decide(field: Input, inputs: Sequence[Input] = ()) -> ValueType:
    """Apply the widget's rules, then the refinement, then the range.

    Args:
        field: the input.
        inputs: all inputs of its model, of which a rule may ask for siblings.

    Raises:
        TypingError: If the refinement contradicts the facts, or the range is empty.
    """
    value_type = widget.apply(field, inputs)
    refine = field.refine
    if refine is not None and refine.kind is not None:
        value_type = replace(_refined(value_type, refine.kind), rule="refine", assumption="")
    if value_type.is_numeric:
        return _ranged(value_type, field)
    if refine is not None and not (refine.minimum is None and refine.maximum is None):
        raise TypingError(f"the refinement sets a range, but the argument is a {value_type.kind}")
    return value_type


def _ranged(value_type: ValueType, field: Input) -> ValueType:
    """The type with its range: the refinement's where it says one, else the document's."""
    refine = field.refine or Refinement(why="")
    low = _first(refine.minimum, field.minimum, value_type.minimum)
    high = _first(refine.maximum, field.maximum, value_type.maximum)
    is_whole = value_type.kind == "integer"
    low = None if low is None else math.ceil(low) if is_whole else float(low)
    high = None if high is None else math.floor(high) if is_whole else float(high)
    if low is not None and high is not None and low > high:
        if refine.minimum is not None or refine.maximum is not None:
            raise TypingError(f"the range is empty: minimum {low:g} is above maximum {high:g}")
        low = high = None  # a document that contradicts itself bounds nothing; its import says so
    step = field.step if field.step is not None and field.step > 0 else None
    return replace(value_type, minimum=low, maximum=high, step=step)


def _first(*values: float | None) -> float | None:
    return next((value for value in values if value is not None), None)


def _refined(value_type: ValueType, kind: ValueKind) -> ValueType:
    """The same widget, holding what the refinement says; its encoding stays the widget's."""
    is_text = value_type.marker in {"Text", "Numeral"}
    if kind == value_type.kind and not value_type.is_loose:
        return value_type
    if value_type.is_numeric and kind in {"integer", "number"}:
        return replace(value_type, kind=kind)
    if value_type.is_file and kind in {"file", "files"}:
        return REFINEMENTS[kind]
    if is_text and kind in {"integer", "number", "string"}:
        spelled = tuple(Choice(choice.text, choice.label) for choice in value_type.choices)
        return replace(value_type, kind=kind, marker="Text", choices=spelled)
    if kind in REFINEMENTS and ((is_text and not value_type.choices) or kind == "string"):
        return REFINEMENTS[kind]
    raise TypingError(f"the refinement says {kind}, but the widget makes it a {value_type.kind}")
