"""Whether a rendered module of a model says what its plan says, value by value."""

import ast
import json
from collections.abc import Iterable, Iterator
from typing import Any, Final, TypeAlias, cast

from wirogen.plan.model import Argument, ModelPlan
from wirogen.render.structures import CONSTRAINTS
from wirogen.text.untrusted import Untrusted, expose, plain

__all__ = ["check_model", "structures_of"]

_NOTHING: Final = object()

_Call: TypeAlias = tuple[str, list[Any], dict[str | None, Any]]
"""A call in an annotation: what is called, its positional and its named arguments."""


def check_model(tree: ast.Module, plan: ModelPlan) -> Iterator[str]:
    """Compare a model's module with its plan."""
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    if plan.class_name not in classes:
        yield f"defines {[*classes]} and not {plan.class_name}"
        return
    request_class = classes[plan.class_name]
    body = request_class.body
    fields = [node for node in body if isinstance(node, ast.AnnAssign)]
    named = [ast.unparse(node.target) for node in fields]
    if named != [argument.name for argument in plan.arguments]:
        yield f"has the fields {named}, which are not the plan's"
        return
    if _keywords_of(request_class) != _planned_keywords(plan):
        yield "states another model, or other facts of it, than the plan"
    for node, argument in zip(fields, plan.arguments, strict=True):
        yield from _check_field(node, argument)
    yield from _check_structures(tree, fields, plan)
    groups = {node.name: _members(node) for node in body if isinstance(node, ast.ClassDef)}
    planned = {
        a.constants.name: {member.name: expose(member.value) for member in a.constants.members}
        for a in plan.arguments
        if a.constants
    }
    if groups != planned:
        yield "names other choices than the plan"


def _check_field(node: ast.AnnAssign, argument: Argument) -> Iterator[str]:
    place = f"`{argument.name}` "
    match node.annotation:
        case ast.Subscript(
            value=ast.Name(id="Annotated"),
            slice=ast.Tuple(elts=[base, marker, ast.Call(func=ast.Name(id="Field"))]),
        ):
            constraints: list[
                ast.expr
            ] = []  # bounds of a structure, which `_check_structures` compares
        case ast.Subscript(
            value=ast.Name(id="Annotated"), slice=ast.Tuple(elts=[base, *constraints, marker])
        ):
            pass
        case _:
            yield f"{place}is not annotated"
            return
    if argument.type.schema is None and _choices(base) != _planned_choices(argument):
        yield f"{place}offers other choices than the plan"
    if [_call(constraint) for constraint in constraints] != _planned_range(argument):
        yield f"{place}has another range than planned"
    if _call(marker) != _planned_marker(argument):
        yield f"{place}is written otherwise than planned"
    if _default(node.value) != _planned_default(argument):
        yield f"{place}has another default than planned"


def structures_of(tree: ast.Module) -> dict[str, ast.ClassDef]:
    """Return the typed mappings of a module: classes with members and nothing else."""
    return {
        node.name: node
        for node in tree.body
        if isinstance(node, ast.ClassDef)
        and [ast.unparse(base) for base in node.bases] == ["TypedDict"]
        and not node.keywords
        and all(isinstance(member, ast.AnnAssign | ast.Pass) for member in node.body)
    }


def _check_structures(
    tree: ast.Module, fields: list[ast.AnnAssign], plan: ModelPlan
) -> Iterator[str]:
    """Compare names and listed values of all structures with those of their schemas."""
    schemas = [json.loads(expose(a.type.schema)) for a in plan.arguments if a.type.schema]
    planned_names, planned_values = _said_by(schemas)
    structures = structures_of(tree).values()
    members = [node for made in structures for node in made.body if isinstance(node, ast.AnnAssign)]
    if {ast.unparse(member.target) for member in members} != planned_names:
        yield "its structures have other members than planned"
    typed = {a.name for a in plan.arguments if a.type.schema}
    own = [field for field in fields if ast.unparse(field.target) in typed]
    values = {repr(value) for node in (*members, *own) for value in _choices(node.annotation)}
    if values != planned_values:
        yield "its structures offer other values than planned"
    typed_bases = [*(member.annotation for member in members), *(_base(field) for field in own)]
    if sorted(_bounds_in(typed_bases)) != sorted(_planned_bounds(schemas)):
        yield "its structures have other bounds than planned"


def _base(field: ast.AnnAssign) -> ast.expr:
    """What a field's annotation says of the value, without the marker that writes it."""
    match field.annotation:
        case ast.Subscript(slice=ast.Tuple(elts=[base, _, bounds])):
            return ast.Tuple([base, bounds])
        case ast.Subscript(slice=ast.Tuple(elts=[base, *_])):
            return base
        case annotation:
            return annotation


def _bounds_in(annotations: Iterable[ast.expr]) -> Iterator[str]:
    for annotation in annotations:
        for node in ast.walk(annotation):
            if isinstance(node, ast.Call):
                yield from (
                    f"{word.arg}={ast.literal_eval(word.value)!r}" for word in node.keywords
                )


def _planned_bounds(part: object) -> Iterator[str]:
    """The bounds in a schema, all levels together, as `Field` takes them."""
    if isinstance(part, list):
        for member in cast("list[object]", part):
            yield from _planned_bounds(member)
    if not isinstance(part, dict):
        return
    stated = cast("dict[str, Any]", part)
    yield from (f"{name}={stated[key]!r}" for key, name in CONSTRAINTS.items() if key in stated)
    yield from _planned_bounds([*stated.get("properties", {}).values(), stated.get("anyOf")])
    yield from _planned_bounds([stated.get("items"), stated.get("additionalProperties")])


def _said_by(schema: object) -> tuple[set[str], set[str]]:
    """The names of members and the listed values in a schema, all levels together."""
    members: set[str] = set()
    values: set[str] = set()
    waiting: list[object] = [schema]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting += cast("list[object]", part)
        elif isinstance(part, dict):
            stated = cast("dict[str, Any]", part)
            members |= set(stated.get("properties", {}))
            values |= {repr(value) for value in stated.get("enum", ())}
            waiting += [*stated.get("properties", {}).values(), stated.get("anyOf", [])]
            waiting += [stated.get("items"), stated.get("additionalProperties")]
    return members, values


def _choices(base: ast.expr) -> list[object]:
    values: list[object] = []
    for node in ast.walk(base):
        if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "Literal":
            elements = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            values += [ast.literal_eval(element) for element in elements]
    return values


def _planned_choices(argument: Argument) -> list[Any]:
    offered = argument.type.choices if argument.type.kind == "choice" else ()
    offered = () if argument.type.offered else offered
    return [plain(choice.value) for choice in offered]


def _planned_range(argument: Argument) -> list[_Call]:
    limits = {"ge": argument.type.minimum, "le": argument.type.maximum}
    stated: dict[str | None, Any] = {name: x for name, x in limits.items() if x is not None}
    return [("Field", [], stated)] if stated else []


def _call(node: ast.expr) -> _Call | None:
    if not isinstance(node, ast.Call):
        return None
    positional = [ast.literal_eval(argument) for argument in node.args]
    keywords = {keyword.arg: ast.literal_eval(keyword.value) for keyword in node.keywords}
    return ast.unparse(node.func), positional, keywords


def _planned_marker(argument: Argument) -> _Call:
    keywords: dict[str | None, Any] = {}
    if argument.url_name is not None:
        keywords["url_name"] = expose(argument.url_name)
    if argument.type.flag is not None:
        keywords |= {"on": expose(argument.type.flag.on), "off": expose(argument.type.flag.off)}
    if argument.type.offered:
        keywords["offered"] = argument.type.offered
    return f"wire.{argument.type.marker}", [expose(argument.wire_name)], keywords


def _default(node: ast.expr | None) -> Any:
    return _NOTHING if node is None else ast.literal_eval(node)


def _planned_default(argument: Argument) -> Any:
    default = argument.default
    if default.required:
        return _NOTHING
    value = default.value if default.is_sent else None
    if isinstance(value, Untrusted) and argument.type.kind == "json":
        return json.loads(expose(value))
    return plain(value)


def _keywords_of(node: ast.ClassDef) -> dict[str | None, Any]:
    return {keyword.arg: ast.literal_eval(keyword.value) for keyword in node.keywords}


def _planned_keywords(plan: ModelPlan) -> dict[str | None, Any]:
    stated = {
        "model": expose(plan.slug),
        "computing_seconds": plan.computing_seconds,
        "cps": plain(plan.cps),
        "average_cost": plain(plan.average_cost),
        "prices": tuple(rule.to_wire() for rule in plan.prices) or None,
        "content": plan.content or None,
    }
    return {name: value for name, value in stated.items() if value is not None}


def _members(node: ast.ClassDef) -> dict[str, Any]:
    return {
        ast.unparse(member.target): ast.literal_eval(member.value)
        for member in node.body
        if isinstance(member, ast.AnnAssign) and member.value is not None
    }
