"""Making some models, each alone but formatted together: what one worker does at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from wirogen.build.artifact import Artifact, Failed
from wirogen.compat import pins
from wirogen.errors import SpecError
from wirogen.plan.model import ModelPlan, plan_model
from wirogen.render import catalog
from wirogen.render.customization import Customization
from wirogen.render.package import render_models
from wirogen.spec.folder import SpecFolder
from wirogen.spec.model import ModelSpec
from wirogen.text.untrusted import expose

Outcome: TypeAlias = Artifact | Failed


@dataclass(frozen=True)
class Batch:
    """Some models of a specs folder."""

    specs: Path
    slugs: tuple[str, ...]
    customization: Customization


def make(batch: Batch) -> list[Outcome]:
    """Make every model of a batch; the outcomes stand in its order.

    Raises:
        GenerateError: what was rendered is not what was planned.
    """
    folder = SpecFolder(batch.specs)
    planned = {slug: _plan(folder, slug) for slug in batch.slugs}
    plans = [outcome[1] for outcome in planned.values() if isinstance(outcome, tuple)]
    sources = render_models(plans, batch.customization)
    return [
        outcome if isinstance(outcome, Failed) else _built(*outcome, sources[slug])
        for slug, outcome in planned.items()
    ]


def _plan(folder: SpecFolder, slug: str) -> tuple[ModelSpec, ModelPlan] | Failed:
    try:
        spec = folder.model(slug)
    except SpecError as error:
        return Failed(error.problems, is_spec=True)
    plan = plan_model(spec)
    if isinstance(plan, ModelPlan):
        return spec, plan
    return Failed(tuple(plan), is_spec=False)


def _built(spec: ModelSpec, plan: ModelPlan, source: str) -> Artifact:
    return Artifact(
        model=expose(plan.slug),
        module=plan.module,
        class_name=plan.class_name,
        source=source,
        listing=catalog.listing(spec, plan),
        inputs=catalog.inputs(spec, plan),
        names=pins.of(plan),
    )


def split(slugs: Sequence[str], size: int) -> list[tuple[str, ...]]:
    """Cut into pieces of at most `size`."""
    return [tuple(slugs[start : start + size]) for start in range(0, len(slugs), size)]
