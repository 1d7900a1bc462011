"""What the plan of a model had to assume, for the person who reviews an import."""

from collections.abc import Iterator

from wirogen.plan.model import Argument, ModelPlan, plan_model
from wirogen.spec.model import ModelSpec
from wirogen.text.untrusted import expose


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
        f"input `{expose(argument.wire_name)}`: {line}"
        for argument in plan.arguments
        for line in _lines(argument)
    ]


def _lines(argument: Argument) -> Iterator[str]:
    found, default = argument.type, argument.default
    if found.assumption:
        yield f"{found.assumption} (rule {found.rule})"
    if default.rejected_default is not None:
        yield f"its documented default {expose(default.rejected_default)!a} does not fit it and is not sent"
    if default.assumption:
        yield f"{default.assumption} (rule prompt)"
