"""Finished plans become the bytes of a package's files: written, formatted, and checked again."""

from collections.abc import Iterable, Mapping
from itertools import groupby

from wirogen.plan import names
from wirogen.plan.model import ModelPlan
from wirogen.plan.package import Entry, Owner, Package, PackagePlan
from wirogen.render.customization import Customization
from wirogen.render.format import format_files
from wirogen.render.modules import index_modules, model_modules
from wirogen.render.verify import check_package
from wirogen.text.untrusted import Untrusted, expose


def render_models(plans: Iterable[ModelPlan], customization: Customization) -> dict[str, str]:
    """Write the modules of some models.

    Args:
        plans: of the models.
        customization: how to write them.

    Returns:
        The text of each module, by slug.

    Raises:
        GenerateError: If what was rendered is not what was planned.
    """
    part = _part(plans)
    files = _checked(part, model_modules(part, customization), customization)
    return {
        expose(model.slug): files[f"models/{owner.package}/{model.module}.py"].decode()
        for owner in part.owners
        for model in owner.models
    }


def render_index(package: Package[Entry], customization: Customization) -> dict[str, bytes]:
    """Write the modules that are not models': clients, namespaces and tables of names.

    Raises:
        GenerateError: If what was rendered is not what was planned.
    """
    return _checked(_part((), package.name), index_modules(package, customization), customization)


def _part(plans: Iterable[ModelPlan], name: str = "models") -> PackagePlan:
    """Some models as a package; the name is not to be seen in them."""
    ordered = sorted(plans, key=lambda plan: expose(plan.slug))
    owners = tuple(
        Owner(Untrusted(slug), names.package(slug), names.namespace_class(slug), tuple(models))
        for slug, models in groupby(ordered, key=lambda plan: expose(plan.owner))
    )
    return Package(name, Untrusted(""), Untrusted(""), owners)


def _checked(
    package: PackagePlan, texts: Mapping[str, str], customization: Customization
) -> dict[str, bytes]:
    files = format_files(texts, package=package.name)
    check_package(package, files, customization)
    return files
