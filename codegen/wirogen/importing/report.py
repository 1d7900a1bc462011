"""What the person who reviews an import should know: what changed, and what had to be assumed."""

from collections.abc import Iterator
from typing import Any, Final

from pydantic import BaseModel

from wirogen.plan.model import Argument, ModelPlan, plan_model
from wirogen.spec.content import content_names
from wirogen.spec.model import Input, ModelSpec
from wirogen.spec.number import is_range, is_within, read_number
from wirogen.spec.tool_call import with_tool_calls
from wirogen.spec.value import as_text
from wirogen.spec.widget import is_numeric
from wirogen.text.untrusted import expose

_SHORT: Final = 120
"""Characters of a value in a report; the YAML diff shows the rest."""


def explain(spec: ModelSpec) -> list[str]:
    """List every decision about a model that its document does not settle.

    Args:
        spec: the model, with its refinements: what a refinement says is no assumption.

    Returns:
        One line for each: which input, what was assumed and by which rule of
        `docs/typing-rules.md`. For a model that cannot be generated, what stands in the way.
    """
    plan = plan_model(spec)
    if not isinstance(plan, ModelPlan):
        return [str(problem) for problem in plan]
    lines = [
        f"input `{expose(argument.wire_name)}`: {line}"
        for argument in plan.arguments
        for line in _lines(argument)
    ]
    return lines + list(_content(spec, plan))


def _content(spec: ModelSpec, plan: ModelPlan) -> Iterator[str]:
    """Of which inputs a call must give one, where no flag of the document says so."""
    is_refined = spec.refine is not None and spec.refine.content is not None
    if plan.is_any_content_enough and not is_refined:
        names = ", ".join(f"`{name}`" for name in content_names(with_tool_calls(spec)))
        yield f"a call that gives none of {names} is refused (rule content)"


def _lines(argument: Argument) -> Iterator[str]:
    value_type, default = argument.type, argument.default
    if value_type.assumption:
        yield f"{value_type.assumption} (rule {value_type.rule})"
    if default.rejected_default is not None:
        yield f"its documented default {expose(default.rejected_default)!a} does not fit it and is not sent"
    if default.assumption:
        yield default.assumption


def describe_contradictions(spec: ModelSpec) -> Iterator[str]:
    """Return which facts of a model contradict each other: they are kept, and neither sent nor enforced."""
    for field in spec.inputs:
        yield from (f"input `{field.name}`: {line}" for line in _contradictions(field))


def _contradictions(field: Input) -> Iterator[str]:
    bounds = (
        ("minimum", field.minimum, "maximum", field.maximum),
        ("min_length", field.min_length, "max_length", field.max_length),
    )
    for low_name, low, high_name, high in bounds:
        if low is not None and high is not None and low > high:
            yield (
                f"{low_name} {as_text(low)} is more than {high_name} {as_text(high)}; "
                "the document contradicts itself, and neither is enforced"
            )
    if field.step is not None and field.step <= 0:
        yield f"a step of {field.step:g} leads nowhere and is not shown"
    number = read_number(field.default)
    if number is None or not is_numeric(field.type) or not is_range(field.minimum, field.maximum):
        return
    if not is_within(number, field.minimum, field.maximum):
        shown = " to ".join(
            "any" if bound is None else as_text(bound) for bound in (field.minimum, field.maximum)
        )
        yield f"the default {field.default} is outside its range, {shown}, and is not sent"


def describe_differences(old: ModelSpec, new: ModelSpec) -> Iterator[str]:
    """Return what changed, one sentence per change; where the facts came from is no change."""
    for name in type(new).model_fields:
        if name not in {"inputs", "source"}:
            yield from _describe(name, _plain(old, name), _plain(new, name))
    before = {field.name: field for field in old.inputs}
    after = {field.name: field for field in new.inputs}
    yield from (f"input `{name}` is gone" for name in before if name not in after)
    yield from (f"input `{name}` is new" for name in after if name not in before)
    for name, field in after.items():
        if name in before:
            yield from _describe_input(before[name], field)
    if [name for name in before if name in after] != [name for name in after if name in before]:
        yield "the inputs come in another order"


def _describe_input(old: Input, new: Input) -> Iterator[str]:
    where = f"input `{new.name}`:"
    for name in type(new).model_fields:
        if name != "options":
            yield from _describe(f"{where} {name}", _plain(old, name), _plain(new, name))
    before = {option.value: option for option in old.options or ()}
    after = {option.value: option for option in new.options or ()}
    yield from (f"{where} option {value!r} is gone" for value in before if value not in after)
    yield from (f"{where} option {value!r} is new" for value in after if value not in before)
    for value, option in after.items():
        if value in before and before[value] != option:
            yield f"{where} option {value!r} is described differently"


def _describe(what: str, old: Any, new: Any) -> Iterator[str]:
    if old == new:
        return
    if old is None:
        yield f"{what} is now {_shorten(new)}"
    elif new is None:
        yield f"{what} is gone, was {_shorten(old)}"
    else:
        yield f"{what} was {_shorten(old)}, is {_shorten(new)}"


def _shorten(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _SHORT else f"{text[: _SHORT - 1]}…"


def _plain(section: BaseModel, name: str) -> Any:
    value = getattr(section, name)
    return value.model_dump(exclude_none=True) if isinstance(value, BaseModel) else value
