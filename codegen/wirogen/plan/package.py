"""The plan of a whole package: owners and their models, in one order, without collisions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Generic, Protocol, TypeAlias, TypeVar

from wirogen.errors import PlanError, Problem
from wirogen.plan import names
from wirogen.plan.model import ModelPlan, plan_model
from wirogen.spec.model import ModelSpec, PlatformSpec
from wirogen.text.untrusted import Untrusted, expose, url


class Entry(Protocol):
    """What a package has to know of a model: a plan says more, a module made earlier says this."""

    @property
    def slug(self) -> Untrusted:
        """The model, as `owner/model`."""
        ...

    @property
    def owner(self) -> Untrusted:
        """The first part of the slug."""
        ...

    @property
    def module(self) -> str:
        """Where the model's class is, below its owner's package."""
        ...

    @property
    def class_name(self) -> str:
        """What callers import: the request class."""
        ...


E_co = TypeVar("E_co", bound=Entry, covariant=True)
M = TypeVar("M", bound=Entry)


@dataclass(frozen=True)
class Owner(Generic[E_co]):
    """A lazy package with the models of one owner."""

    slug: Untrusted
    package: str
    namespace: str
    """The class that holds the models as attributes; its async twin has `Async` before it."""
    models: tuple[E_co, ...]


@dataclass(frozen=True)
class Package(Generic[E_co]):
    """Everything there is to write."""

    name: str
    """The import name, such as `wiro`."""
    base_url: Untrusted
    socket_url: Untrusted
    owners: tuple[Owner[E_co], ...]

    @property
    def models(self) -> tuple[E_co, ...]:
        """Every model to write, owner by owner in their order."""
        return tuple(model for owner in self.owners for model in owner.models)


PackagePlan: TypeAlias = Package[ModelPlan]


def plan_package(specs: Sequence[ModelSpec], platform: PlatformSpec, *, name: str) -> PackagePlan:
    """Decide everything about a package.

    Args:
        specs: the models, in any order.
        platform: what they share.
        name: the import name of the package.

    Raises:
        PlanError: with every problem of every model.
    """
    planned = [plan_model(spec) for spec in specs]
    problems = [problem for outcome in planned if isinstance(outcome, list) for problem in outcome]
    models = [outcome for outcome in planned if isinstance(outcome, ModelPlan)]
    return assemble(models, platform, name=name, problems=problems)


def assemble(
    models: Iterable[M], platform: PlatformSpec, *, name: str, problems: Iterable[Problem] = ()
) -> Package[M]:
    """Put models together under their owners.

    Args:
        models: each on its own without a problem, in any order.
        platform: what they share.
        name: the import name of the package.
        problems: what was found out about other models, to be reported together with collisions.

    Raises:
        PlanError: with every problem.
    """
    problems = [*problems]
    owners: list[Owner[M]] = []
    ordered = sorted(models, key=lambda model: expose(model.slug))
    for slug, group in groupby(ordered, key=lambda model: expose(model.owner)):
        owner = _owner(slug, tuple(group))
        problems += [owner] if isinstance(owner, Problem) else _model_collisions(owner)
        owners += [owner] if isinstance(owner, Owner) else []
    problems += _collisions("package", {expose(o.slug): o.package for o in owners})
    problems += _address_problems(platform)
    if not owners and not problems:
        problems = [Problem("there is no model", "read one in with `wirogen import`", "models")]
    if problems:
        raise PlanError(problems)
    return Package(
        name=name,
        base_url=Untrusted(platform.hosts.rest),
        socket_url=Untrusted(platform.hosts.socket),
        owners=tuple(owners),
    )


def _address_problems(platform: PlatformSpec) -> Iterator[Problem]:
    """Refuse addresses that clients must not take for granted: credentials would be sent there."""
    for name, address in (("rest", platform.hosts.rest), ("socket", platform.hosts.socket)):
        try:
            url(Untrusted(address))
        except ValueError as error:
            remedy = "write it like https://host/path, without credentials, port or query"
            yield Problem(str(error), remedy, file="platform.yaml", pointer=f"hosts.{name}")


def _owner(slug: str, models: tuple[M, ...]) -> Owner[M] | Problem:
    try:
        return Owner(Untrusted(slug), names.package(slug), names.namespace_class(slug), models)
    except names.NamingError as error:
        return Problem(error.message, error.remedy, file=f"models/{slug}")


def _model_collisions(owner: Owner[M]) -> Iterator[Problem]:
    models = {expose(model.slug): model for model in owner.models}
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
