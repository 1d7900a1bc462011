"""Finished plans become the bytes of a package's files: written, formatted, and checked again."""

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Final

from wirogen.plan import names
from wirogen.plan.model import ModelPlan
from wirogen.plan.package import Entry, Owner, Package, PackagePlan
from wirogen.render.customization import Style
from wirogen.render.format import lay_out
from wirogen.render.modules import index_modules, model_modules
from wirogen.render.shape import Store
from wirogen.render.verify import check_package
from wirogen.text.untrusted import Untrusted, data

_PLAIN: Final = Style()


def render_package(package: PackagePlan, style: Style = _PLAIN) -> dict[str, bytes]:
    """Write every module of a package; pure but for the formatter's temporary folder.

    Returns:
        The content of each file, by its path below the package.

    Raises:
        GenerateError: If what was rendered is not what was planned.
    """
    index = render_index(package, style)
    return {**index, **_checked(package, model_modules(package, style), style)}


def render_models(
    plans: Iterable[ModelPlan], style: Style, store: Store | None = None
) -> dict[str, str]:
    """Write the modules of some models.

    Args:
        plans: of the models.
        style: how to write them.
        store: keeps types from run to run; see `wirogen.render.shape`.

    Returns:
        The text of each module, by slug.

    Raises:
        GenerateError: If what was rendered is not what was planned.
    """
    part = _part(plans)
    files = _checked(part, model_modules(part, style, store), style)
    return {
        data(model.slug): files[f"models/{owner.package}/{model.module}.py"].decode()
        for owner in part.owners
        for model in owner.models
    }


def render_index(package: Package[Entry], style: Style) -> dict[str, bytes]:
    """Write the modules that are not models': clients, namespaces and tables of names.

    Raises:
        GenerateError: If what was rendered is not what was planned.
    """
    return _checked(_part((), package.name), index_modules(package, style), style)


def _part(plans: Iterable[ModelPlan], name: str = "models") -> PackagePlan:
    """Some models as a package; the name is not to be seen in them."""
    ordered = sorted(plans, key=lambda plan: data(plan.slug))
    owners = tuple(
        Owner(Untrusted(slug), names.package(slug), names.namespace_class(slug), tuple(models))
        for slug, models in groupby(ordered, key=lambda plan: data(plan.owner))
    )
    return Package(name, Untrusted(""), Untrusted(""), owners)


def _checked(package: PackagePlan, texts: Mapping[str, str], style: Style) -> dict[str, bytes]:
    files = lay_out(texts, package=package.name)
    check_package(package, files, style)
    return files
