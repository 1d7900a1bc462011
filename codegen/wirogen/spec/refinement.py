"""Whether what we concluded about an input fits what its document states."""

import keyword
import re
from collections.abc import Iterator
from typing import Final

from wirogen.spec.model import Input, Refinement
from wirogen.spec.number import is_within, read_number
from wirogen.spec.violation import Violation, check_order
from wirogen.spec.widget import is_numeric

_ARGUMENT_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,79}")
_CLASS_NAME: Final = re.compile(r"[A-Z][A-Za-z0-9]{0,79}")


def check_refinement(field: Input, refine: Refinement) -> Iterator[Violation]:
    """Check that a refinement fits the facts of its input; pointers start below `refine`."""
    if not refine.why.strip():
        yield Violation(("why",), "the reason is missing", "say why this was concluded")
    if refine.python_name is not None and not is_argument_name(refine.python_name):
        message = f"{refine.python_name!r} cannot name an argument"
        yield Violation(("python_name",), message, "use snake_case and no Python keyword")
    yield from check_order("minimum", refine.minimum, "maximum", refine.maximum)
    yield from _check_kind(field, refine)
    yield from _check_range(field, refine)
    if refine.default in {"sent", "server"} and field.default is None:
        message = f"the input has no documented default to be `{refine.default}`"
        yield Violation(("default",), message, "leave the key out")


def _check_kind(field: Input, refine: Refinement) -> Iterator[Violation]:
    values = [option.value for option in field.options or ()]
    reason: str | None = None
    if refine.kind in {"integer", "number"}:
        reason = _why_no_number(field, refine, values)
    elif refine.kind == "choice" and not values:
        reason = "it offers no options"
    elif refine.kind == "boolean" and values and len(values) != 2:
        reason = f"it offers {len(values)} options and not two"
    elif refine.kind in {"file", "files"} and values:
        reason = "it offers options"
    if reason is not None:
        message = f"`{field.name}` cannot be of kind {refine.kind}: {reason}"
        yield Violation(("kind",), message, "correct or remove the refinement")


def _why_no_number(field: Input, refine: Refinement, values: list[str]) -> str | None:
    stated: list[object] = [*values]
    if refine.default != "sample" and field.default is not None:
        stated.append(field.default)
    for value in stated:
        number = read_number(value)
        if number is None:
            return f"{value!r} is no number"
        if refine.kind == "integer" and not isinstance(number, int):
            return f"{value!r} is no whole number"
    return None


def _check_range(field: Input, refine: Refinement) -> Iterator[Violation]:
    if refine.minimum is None and refine.maximum is None:
        return
    is_number = refine.kind in {"integer", "number"} or (
        refine.kind is None and is_numeric(field.type)
    )
    bound = "maximum" if refine.minimum is None else "minimum"
    if not is_number:
        message = f"`{field.name}` is no number and has no range"
        yield Violation((bound,), message, "add `kind: integer` or `kind: number`")
    number = read_number(field.default)
    is_sample = refine.default == "sample"
    if number is None or is_sample or is_within(number, refine.minimum, refine.maximum):
        return
    message = f"the documented default {field.default} of `{field.name}` is outside this range"
    yield Violation((bound,), message, "widen the range")


def is_argument_name(text: str) -> bool:
    """Return whether a pinned argument name is snake_case, ASCII and no keyword."""
    return bool(_ARGUMENT_NAME.fullmatch(text)) and not keyword.iskeyword(text)


def is_class_name(text: str) -> bool:
    """Return whether a pinned class name is CapWords, ASCII and no keyword."""
    return bool(_CLASS_NAME.fullmatch(text)) and not keyword.iskeyword(text)
