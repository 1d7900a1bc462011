"""What the plan of a model had to assume, for the person who reviews an import."""

from collections.abc import Iterator

from wirogen.plan.model import Argument, ModelPlan, plan_model
from wirogen.spec.model import ModelSpec
from wirogen.text.untrusted import data


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
    return [
        f"input `{data(argument.wire_name)}`: {line}"
        for argument in plan.arguments
        for line in _lines(argument)
    ]


def _lines(argument: Argument) -> Iterator[str]:
    found, default = argument.type, argument.default
    if found.doubt:
        yield f"{found.doubt} (rule {found.rule})"
    if default.misfit is not None:
        yield f"its documented default {data(default.misfit)!a} does not fit it and is not sent"
    if default.doubt:
        yield f"{default.doubt} (rule prompt)"
