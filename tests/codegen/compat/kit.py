"""Versions of pruna/vace, and what changed between two models."""

from wirogen.compat.change import Severity
from wirogen.compat.compare import compare
from wirogen.plan.model import ModelPlan, plan_model
from wirogen.spec.file import read_model
from wirogen.spec.folder import packaged_folder
from wirogen.spec.model import Input, ModelSpec, Option, Refinement

SPECS = packaged_folder()
VACE = read_model(SPECS / "models/pruna/vace.yaml")
BREAKING, PRICE = Severity.BREAKING, Severity.PRICE
ADDITIVE, COSMETIC = Severity.ADDITIVE, Severity.COSMETIC


def package(*specs: ModelSpec) -> list[ModelPlan]:
    plans = [plan_model(spec) for spec in specs]
    assert all(isinstance(plan, ModelPlan) for plan in plans)
    return plans


def difference(old: ModelSpec, new: ModelSpec) -> list[tuple[Severity, str | None, str]]:
    return [(c.severity, c.argument, c.message) for c in compare(package(old), package(new))]


def with_input(name: str, **update) -> ModelSpec:
    """Vace with one input changed."""
    assert any(one.name == name for one in VACE.inputs)
    changed = [one.model_copy(update=update) if one.name == name else one for one in VACE.inputs]
    return VACE.model_copy(update={"inputs": changed})


def without(name: str) -> ModelSpec:
    return VACE.model_copy(update={"inputs": [one for one in VACE.inputs if one.name != name]})


def options(*values: str) -> list[Option]:
    return [Option(value=value) for value in values]


def refine(**facts) -> Refinement:
    return Refinement(why="a test", **facts)


def model(*inputs: Input, **facts) -> ModelSpec:
    return VACE.model_copy(update={"inputs": list(inputs), **facts})


TEXT = Input(name="mode", type="text", required=False, refine=refine(kind="string"))
