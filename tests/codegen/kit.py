"""What the tests of the generator share: an input, a spec and a plan, made in Python."""

from pathlib import Path
from typing import Any

from wirogen.plan.model import ModelPlan, plan_model
from wirogen.plan.package import PackagePlan, plan_package
from wirogen.render.customization import Customization
from wirogen.render.package import render_index, render_models
from wirogen.spec.folder import SpecFolder
from wirogen.spec.model import Input, ModelSpec, Option, Refinement, Source
from wirogen.text.untrusted import expose

SPECS = Path(__file__).parents[2] / "specs"
PLATFORM = SpecFolder(SPECS).platform()


def an_input(name: str = "x", type: str = "text", **facts: Any) -> Input:  # noqa: A002 - the spec's word
    """An input; `options` may be given as plain values, `refine` as keywords without `why`."""
    if "options" in facts:
        facts["options"] = [
            option if isinstance(option, Option) else Option(value=option)
            for option in facts["options"]
        ]
    if "refine" in facts:
        facts["refine"] = Refinement(why="a test", **facts["refine"])
    return Input(name=name, type=type, **facts)


def a_spec(
    *inputs: Input, model: str = "acme/thing", title: str = "Thing", **facts: Any
) -> ModelSpec:
    """A model with these inputs."""
    source = Source(form="llms.txt", sha256="0" * 64)
    return ModelSpec(model=model, title=title, source=source, inputs=list(inputs), **facts)


def a_plan(*inputs: Input, **facts: Any) -> ModelPlan:
    """The plan of a model that has no problems."""
    made = plan_model(a_spec(*inputs, **facts))
    assert isinstance(made, ModelPlan), made
    return made


def a_package(*specs: ModelSpec, name: str = "acme_models") -> PackagePlan:
    """The plan of a package."""
    return plan_package(specs, PLATFORM, name=name)


def render_package(package: PackagePlan) -> dict[str, bytes]:
    """Every module of a package by its path, as a build writes them: indexes and models apart."""
    sources = render_models(package.models, Customization())
    modules = {
        f"models/{owner.package}/{model.module}.py": sources[expose(model.slug)].encode()
        for owner in package.owners
        for model in owner.models
    }
    return {**render_index(package, Customization()), **modules}
