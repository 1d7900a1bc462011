"""Whether what we concluded about an input fits what its document states."""

import keyword
import re
from collections.abc import Iterator
from typing import Final

from wirogen.spec.breach import Breach, check_order, is_within, read_number
from wirogen.spec.model import Input, Refinement
from wirogen.spec.widget import is_numeric

_ARGUMENT_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,79}")
_CLASS_NAME: Final = re.compile(r"[A-Z][A-Za-z0-9]{0,79}")


def check_refinement(one: Input, refine: Refinement) -> Iterator[Breach]:
    """Check that a refinement fits the facts of its input; pointers start below `refine`."""
    if not refine.why.strip():
        yield Breach(("why",), "the reason is missing", "say why this was concluded")
    if refine.python_name is not None and not is_argument_name(refine.python_name):
        message = f"{refine.python_name!r} cannot name an argument"
        yield Breach(("python_name",), message, "use snake_case and no Python keyword")
    yield from check_order("minimum", refine.minimum, "maximum", refine.maximum)
    yield from _check_kind(one, refine)
    yield from _check_range(one, refine)
    if refine.default in {"sent", "server"} and one.default is None:
        message = f"the input has no documented default to be `{refine.default}`"
        yield Breach(("default",), message, "leave the key out")


def _check_kind(one: Input, refine: Refinement) -> Iterator[Breach]:
    values = [option.value for option in one.options or ()]
    reason: str | None = None
    if refine.kind in {"integer", "number"}:
        reason = _why_no_number(one, refine, values)
    elif refine.kind == "choice" and not values:
        reason = "it offers no options"
    elif refine.kind == "boolean" and values and len(values) != 2:
        reason = f"it offers {len(values)} options and not two"
    elif refine.kind in {"file", "files"} and values:
        reason = "it offers options"
    if reason is not None:
        message = f"`{one.name}` cannot be of kind {refine.kind}: {reason}"
        yield Breach(("kind",), message, "correct or remove the refinement")


def _why_no_number(one: Input, refine: Refinement, values: list[str]) -> str | None:
    stated: list[object] = [*values]
    if refine.default != "sample" and one.default is not None:
        stated.append(one.default)
    for value in stated:
        number = read_number(value)
        if number is None:
            return f"{value!r} is no number"
        if refine.kind == "integer" and not number.is_integer():
            return f"{value!r} is no whole number"
    return None


def _check_range(one: Input, refine: Refinement) -> Iterator[Breach]:
    if refine.minimum is None and refine.maximum is None:
        return
    is_number = refine.kind in {"integer", "number"} or (
        refine.kind is None and is_numeric(one.type)
    )
    bound = "maximum" if refine.minimum is None else "minimum"
    if not is_number:
        message = f"`{one.name}` is no number and has no range"
        yield Breach((bound,), message, "add `kind: integer` or `kind: number`")
    number = read_number(one.default)
    is_sample = refine.default == "sample"
    if number is None or is_sample or is_within(number, refine.minimum, refine.maximum):
        return
    message = f"the documented default {one.default} of `{one.name}` is outside this range"
    yield Breach((bound,), message, "widen the range")


def is_argument_name(text: str) -> bool:
    """Say whether a pinned argument name is snake_case, ASCII and no keyword."""
    return bool(_ARGUMENT_NAME.fullmatch(text)) and not keyword.iskeyword(text)


def is_class_name(text: str) -> bool:
    """Say whether a pinned class name is CapWords, ASCII and no keyword."""
    return bool(_CLASS_NAME.fullmatch(text)) and not keyword.iskeyword(text)
