"""The files of a package as text, before formatting: templates arrange what the plan decided."""

import ast
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from wirogen.plan.choice import Constants
from wirogen.plan.model import Argument, ModelPlan
from wirogen.plan.package import OwnerPlan, PackagePlan
from wirogen.render import untrusted
from wirogen.render.types import FieldType, field_types, schema
from wirogen.render.untrusted import Paragraph, Untrusted, compose, docstring, literal

TEMPLATES: Final = Path(__file__).parent.parent / "templates"

_FIXED: Final = ("__init__.py", "_client.py", "errors.py", "models/__init__.py", "py.typed")
"""Files of every package; each has a template of the same path."""


@dataclass(frozen=True)
class FieldView:
    """One field as a template shows it; every part is Python source."""

    name: str
    annotation: str
    """Type, constraints and wire marker, parted by commas."""
    default: str
    """With its equals sign; empty for a required argument."""


@dataclass(frozen=True)
class MemberView:
    """One named choice as a template shows it."""

    name: str
    value: str
    doc: str | None


@dataclass(frozen=True)
class ConstantsView:
    """A class of named choices as a template shows it."""

    name: str
    doc: str
    members: tuple[MemberView, ...]


def package_modules(package: PackagePlan) -> dict[str, str]:
    """Write every file of a package, by its path below the package."""
    folder = f"{untrusted.identifier(package.name)}.models"
    files = {path: _render(path, package=package, folder=folder) for path in _FIXED}
    for owner in package.owners:
        path = f"models/{owner.package}"
        files[f"{path}/__init__.py"] = _render_owner(owner, f"{folder}.{owner.package}")
        for model in owner.models:
            files[f"{path}/{model.module}.py"] = model_module(model)
    return files


def model_module(model: ModelPlan) -> str:
    """Write the module of one model."""
    types = field_types(schema(model))
    fields = [_field_view(argument, types[argument.name]) for argument in model.arguments]
    constants = [_constants_view(a.constants) for a in model.arguments if a.constants]
    return _render(
        "models/owner/model.py",
        model=model,
        slug=untrusted.slug(model.slug),
        fields=fields,
        constants=constants,
        doc=docstring(list(_class_doc(model)), indent=4),
        typing_names=_typing_names(types.values(), has_constants=bool(constants)),
        needs_field=any(found.constraints for found in types.values()),
        runtime_names=_runtime_names(model),
    )


def _render_owner(owner: OwnerPlan, folder: str) -> str:
    table = {model.class_name: f"{folder}.{model.module}" for model in owner.models}
    return _render(
        "models/owner/__init__.py",
        owner=owner,
        slug=untrusted.slug(owner.slug),
        folder=folder,
        table=dict(sorted(table.items())),
        names=sorted([*table, owner.namespace, f"Async{owner.namespace}"]),
    )


def _field_view(argument: Argument, found: FieldType) -> FieldView:
    arguments = [literal(argument.wire_name)]
    if argument.url_name is not None:
        arguments.append(f"url_name={literal(argument.url_name)}")
    if argument.type.flag is not None:
        flag = argument.type.flag
        arguments += [f"on={literal(flag.on)}", f"off={literal(flag.off)}"]
    marker = f"wire.{argument.type.marker}({', '.join(arguments)})"
    parts = [found.base, found.constraints, marker]
    return FieldView(
        name=untrusted.identifier(argument.name),
        annotation=", ".join(part for part in parts if part),
        default="" if found.default is None else f" = {found.default}",
    )


def _constants_view(constants: Constants) -> ConstantsView:
    return ConstantsView(
        name=untrusted.identifier(constants.name),
        doc=docstring([Paragraph(compose(f"Values of `{constants.argument}`."))], indent=8),
        members=tuple(
            MemberView(
                untrusted.identifier(member.name),
                literal(member.value),
                docstring([Paragraph(member.label)], indent=8) if member.label else None,
            )
            for member in constants.members
        ),
    )


def _class_doc(model: ModelPlan) -> Iterable[Paragraph]:
    yield Paragraph(model.summary)
    subjects: tuple[str | Untrusted, ...] = (": ", model.subjects) if model.subjects else ()
    yield Paragraph(compose("Model `", model.slug, "`", *subjects, "."))
    if model.arguments:
        yield Paragraph(Untrusted("Args:"))
    for argument in model.arguments:
        text = compose(f"{argument.name}: ", argument.doc)
        yield Paragraph(text, indent=4, hanging=4, gap=False)
    yield Paragraph(Untrusted("Raises:"))
    refused = "InvalidRequest: An argument is missing, unknown, or not one the model offers."
    yield Paragraph(Untrusted(refused), indent=4, hanging=4, gap=False)
    if model.source is not None:
        yield Paragraph(compose("Source: specs/", model.source))


def _typing_names(types: Collection[FieldType], *, has_constants: bool) -> list[str]:
    """What the module imports from `typing`."""
    trees = [ast.parse(found.base, mode="eval") for found in types]
    used = {node.id for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Name)}
    used &= {"Any", "Literal"}
    used |= {"Annotated"} if trees else set()
    used |= {"Final"} if has_constants else set()
    return sorted(used)


def _runtime_names(model: ModelPlan) -> list[str]:
    kinds = {argument.type.kind for argument in model.arguments}
    files = {"file": "FileInput", "files": "Files"}
    used = {name for kind, name in files.items() if kind in kinds}
    return sorted({model.base, *used} | ({"wire"} if model.arguments else set()))


def _render(path: str, **context: Any) -> str:
    return _environment().get_template(f"{path}.jinja").render(**context)


@cache
def _environment() -> Environment:
    environment = Environment(  # noqa: S701 - writes Python, not HTML
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        finalize=_refuse_untrusted,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(ident=untrusted.identifier, lit=_literal, url=untrusted.url)
    return environment


def _literal(value: Untrusted | str) -> str:
    """The `lit` filter: templates also quote names of ours."""
    return literal(value if isinstance(value, Untrusted) else Untrusted(value))


def _refuse_untrusted(value: Any) -> Any:
    if isinstance(value, Untrusted):
        raise TypeError("a template shows text from a spec that has not passed an exit")
    return value
