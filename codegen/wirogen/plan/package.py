"""The plan of a whole package: owners and their models, in one order, without collisions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from wirogen.errors import PlanError, Problem
from wirogen.plan import names
from wirogen.plan.model import ModelPlan, plan_model
from wirogen.render.untrusted import Untrusted, data
from wirogen.spec.model import ModelSpec, PlatformSpec


@dataclass(frozen=True)
class OwnerPlan:
    """A lazy package with the models of one owner."""

    slug: Untrusted
    package: str
    namespace: str
    """The class that holds the models as attributes; its async twin has `Async` before it."""
    models: tuple[ModelPlan, ...]


@dataclass(frozen=True)
class PackagePlan:
    """Everything there is to write."""

    name: str
    """The import name, such as `wiro`."""
    base_url: Untrusted
    socket_url: Untrusted
    owners: tuple[OwnerPlan, ...]

    @property
    def models(self) -> tuple[ModelPlan, ...]:
        """All models of all owners."""
        return tuple(model for owner in self.owners for model in owner.models)


def plan_package(specs: Sequence[ModelSpec], platform: PlatformSpec, *, name: str) -> PackagePlan:
    """Decide everything about a package.

    Args:
        specs: the models, in any order.
        platform: what they share.
        name: the import name of the package.

    Raises:
        PlanError: with every problem of every model.
    """
    if not specs:
        raise PlanError(Problem("there is no model", "read one in with `wirogen import`", "models"))
    planned = [plan_model(spec) for spec in sorted(specs, key=lambda spec: spec.model)]
    problems = [problem for each in planned if isinstance(each, list) for problem in each]
    models = [each for each in planned if isinstance(each, ModelPlan)]
    owners: list[OwnerPlan] = []
    for slug, group in groupby(models, key=lambda model: data(model.owner)):
        owner = _plan_owner(slug, tuple(group))
        problems += [owner] if isinstance(owner, Problem) else _model_collisions(owner)
        owners += [owner] if isinstance(owner, OwnerPlan) else []
    problems += _collisions("package", {data(o.slug): o.package for o in owners})
    if problems:
        raise PlanError(problems)
    return PackagePlan(
        name=name,
        base_url=Untrusted(platform.hosts.rest),
        socket_url=Untrusted(platform.hosts.socket),
        owners=tuple(owners),
    )


def _plan_owner(slug: str, models: tuple[ModelPlan, ...]) -> OwnerPlan | Problem:
    try:
        return OwnerPlan(Untrusted(slug), names.package(slug), names.namespace_class(slug), models)
    except names.NamingError as error:
        return Problem(error.message, error.remedy, file=f"models/{slug}")


def _model_collisions(owner: OwnerPlan) -> Iterator[Problem]:
    models = {data(model.slug): model for model in owner.models}
    classes = {slug: model.class_name for slug, model in models.items()}
    yield from _collisions("class", classes, "pin `class_name` in one of the two specs")
    yield from _collisions("module", {slug: model.module for slug, model in models.items()})
    for slug, name in classes.items():
        if name in {owner.namespace, f"Async{owner.namespace}"}:
            message = f"its class `{name}` is also that of the owner's namespace"
            yield Problem(message, "pin another `class_name`", file=f"models/{slug}.yaml")


def _collisions(
    what: str, names: Mapping[str, str], remedy: str = "leave one of the two out"
) -> Iterator[Problem]:
    """Report slugs that were given the same name."""
    first: dict[str, str] = {}
    for slug, name in names.items():
        other = first.setdefault(name, slug)
        if other != slug:
            message = f"`{other}` and `{slug}` would both be the {what} `{name}`"
            yield Problem(message, remedy, file=f"models/{slug}")
