"""The files of a package as text, before formatting: templates arrange what the plan decided."""

import ast
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from wirogen.plan.choice import Constants
from wirogen.plan.model import Argument, ModelPlan
from wirogen.plan.package import Entry, Owner, Package, PackagePlan
from wirogen.render.customization import Customization
from wirogen.render.field_types import FieldType, field_type, json_literal, scalar_type
from wirogen.render.structures import Structures, structures
from wirogen.render.template import render
from wirogen.text import untrusted
from wirogen.text.untrusted import Paragraph, Untrusted, docstring, join, literal

_FIXED: Final = (
    *(
        "__init__.py",
        "__main__.py",
        "_client.py",
        "catalog.py",
        "errors.py",
        "models/__init__.py",
        "py.typed",
    ),
)
"""Files of every package; each has a template of the same path."""

_PLAIN: Final = Customization()


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


def index_modules(package: Package[Entry], customization: Customization) -> dict[str, str]:
    """Write every file of a package but those of its models, by its path below the package."""
    folder = f"{untrusted.identifier(package.name)}.models"
    files = {path: render(path, customization, package=package, folder=folder) for path in _FIXED}
    for owner in package.owners:
        path = f"models/{owner.package}/__init__.py"
        files[path] = _owner_module(owner, f"{folder}.{owner.package}", customization)
    return files


def model_modules(package: PackagePlan, customization: Customization) -> dict[str, str]:
    """Write the modules of the models of a package, by their paths below the package."""
    return {
        f"models/{owner.package}/{model.module}.py": model_module(model, customization)
        for owner in package.owners
        for model in owner.models
    }


def model_module(model: ModelPlan, customization: Customization = _PLAIN) -> str:
    """Return the source of a request class's module: imports, structures, constants, class."""
    typed = structures(model)
    types = {
        argument.name: field_type(argument, typed.annotations[argument.name])
        if argument.name in typed.annotations
        else scalar_type(argument)
        for argument in model.arguments
    }
    fields = [_field_view(argument, types[argument.name]) for argument in model.arguments]
    constants = [_constants_view(a.constants) for a in model.arguments if a.constants]
    return render(
        "models/owner/model.py",
        customization,
        model=model,
        slug=untrusted.slug(model.slug),
        mixin=customization.mixin_parts,
        keywords=", ".join(_keywords(model)),
        fields=fields,
        constants=constants,
        doc=docstring(list(_class_doc(model)), indent=4),
        structures=typed.classes,
        exported=sorted([model.class_name, *typed.classes]),
        typing_names=_typing_names(
            _sources(types, typed),
            has_fields=bool(types),
            has_constants=bool(constants),
        ),
        needs_field=any(field_type.constraints for field_type in types.values())
        or any("Field" in _names_in(source) for source in _sources(types, typed)),
        runtime_names=_runtime_names(model),
    )


def _owner_module(owner: Owner[Entry], folder: str, customization: Customization) -> str:
    table = {model.class_name: f"{folder}.{model.module}" for model in owner.models}
    return render(
        "models/owner/__init__.py",
        customization,
        owner=owner,
        slug=untrusted.slug(owner.slug),
        folder=folder,
        table=dict(sorted(table.items())),
        names=sorted([*table, owner.namespace, f"Async{owner.namespace}"]),
    )


def _field_view(argument: Argument, field_type: FieldType) -> FieldView:
    arguments = [literal(argument.wire_name)]
    if argument.url_name is not None:
        arguments.append(f"url_name={literal(argument.url_name)}")
    if argument.type.flag is not None:
        flag = argument.type.flag
        arguments += [f"on={literal(flag.on)}", f"off={literal(flag.off)}"]
    if argument.type.offered:
        offered = ", ".join(literal(number) for number in argument.type.offered)
        arguments.append(f"offered=({offered}{',' if len(argument.type.offered) == 1 else ''})")
    marker = f"wire.{argument.type.marker}({', '.join(arguments)})"
    base, outermost = _without_bounds(field_type.base)
    parts = [base, field_type.constraints, marker, outermost]
    return FieldView(
        name=untrusted.identifier(argument.name),
        annotation=", ".join(part for part in parts if part),
        default="" if field_type.default is None else f" = {field_type.default}",
    )


def _without_bounds(base: str) -> tuple[str, str | None]:
    """Part a type from the bounds around all of it, which stand behind the marker.

    Python makes one `Annotated` of two, and pydantic would hand bounds before the marker to what the marker
    replaces. A type that may be None as well keeps them inside.
    """
    if not base.startswith("Annotated["):
        return base, None
    match ast.parse(base, mode="eval").body:
        case ast.Subscript(slice=ast.Tuple(elts=[_, ast.Call()])):
            inner, _, bounds = (
                base.removeprefix("Annotated[").removesuffix("]").rpartition(", Field")
            )
            return inner, f"Field{bounds}"
        case _:
            return base, None


def _constants_view(constants: Constants) -> ConstantsView:
    return ConstantsView(
        name=untrusted.identifier(constants.name),
        doc=docstring([Paragraph(join(f"Values of `{constants.argument}`."))], indent=8),
        members=tuple(
            MemberView(
                untrusted.identifier(member.name),
                literal(member.value),
                docstring([Paragraph(member.label)], indent=8) if member.label else None,
            )
            for member in constants.members
        ),
    )


def _keywords(model: ModelPlan) -> Iterable[str]:
    """What the class statement says of the model, as keyword arguments."""
    yield f"model={literal(model.slug)}"
    if model.computing_seconds is not None:
        yield f"computing_seconds={literal(model.computing_seconds)}"
    if model.cps is not None:
        yield f"cps={literal(model.cps)}"
    if model.average_cost is not None:
        yield f"average_cost={literal(model.average_cost)}"
    if model.prices:
        rules = [json_literal(rule.to_wire()) for rule in model.prices]
        yield f"prices=({', '.join(rules)},)"
    if model.content:
        names = [literal(Untrusted(name)) for name in model.content]
        yield f"content=({', '.join(names)}{',' if len(names) == 1 else ''})"


def _class_doc(model: ModelPlan) -> Iterable[Paragraph]:
    yield Paragraph(model.summary)
    subjects: tuple[str | Untrusted, ...] = (": ", model.subjects) if model.subjects else ()
    yield Paragraph(join("Model `", model.slug, "`", *subjects, ". ", _result_sentence(model)))
    if model.cost:
        yield Paragraph(model.cost)
    if model.arguments:
        yield Paragraph(Untrusted("Args:"))
    for argument in model.arguments:
        text = join(f"{argument.name}: ", argument.doc)
        yield Paragraph(text, indent=4, hanging=4, gap=False)
    yield Paragraph(Untrusted("Raises:"))
    refused = "InvalidRequest: An argument is missing, unknown, or not one the model offers."
    if model.is_any_content_enough:
        refused += f" None of {_listed(model.content)} is given."
    yield Paragraph(Untrusted(refused), indent=4, hanging=4, gap=False)
    if model.source is not None:
        yield Paragraph(join("Source: specs/", model.source))


def _listed(names: Sequence[str]) -> str:
    return " and ".join((", ".join(f"`{name}`" for name in names[:-1]), f"`{names[-1]}`"))


def _result_sentence(model: ModelPlan) -> str:
    """Which class of result a run returns, and the media types its categories promise."""
    result = model.base.replace("Request", "Result")
    kinds = ", ".join(f"`{kind}`" for kind in model.output_types)
    return f"Running it returns a `{result}`{f': {kinds}' if kinds else ''}."


def _typing_names(sources: Collection[str], *, has_fields: bool, has_constants: bool) -> list[str]:
    """What the module imports from `typing`."""
    used = {name for source in sources for name in _names_in(source)}
    used &= {"Any", "Literal", "NotRequired"}
    used |= {"Annotated"} if has_fields else set()
    used |= {"Final"} if has_constants else set()
    return sorted(used)


def _sources(types: Mapping[str, FieldType], typed: Structures) -> list[str]:
    return [*(kind.base for kind in types.values()), *typed.classes.values()]


@cache
def _names_in(source: str) -> frozenset[str]:
    """Names that an annotation or a class uses; models share most of theirs."""
    tree = ast.parse(source)
    return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))


def _runtime_names(model: ModelPlan) -> list[str]:
    kinds = {argument.type.kind for argument in model.arguments}
    files = {"file": "FileInput", "files": "Files"}
    used = {name for kind, name in files.items() if kind in kinds}
    return sorted({model.base, *used} | ({"wire"} if model.arguments else set()))
