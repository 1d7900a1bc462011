"""Types of the structures that a model takes, written by datamodel-code-generator.

It sees a JSON Schema of ours (`plan.types.structure`) and never a vendor's: no reference to follow, no
description, no key that would import a module, and every class has the name that is given here.
"""

import ast
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

from wirogen.plan import reserved
from wirogen.plan.model import ModelPlan
from wirogen.render.typed_dicts import annotations, classes_of, source_of, write_typed_dicts
from wirogen.text.untrusted import expose

_WRAPPER: Final = "AllStructures"

CONSTRAINTS: Final[Mapping[str, str]] = {
    "minItems": "min_length",
    "maxItems": "max_length",
    "minLength": "min_length",
    "maxLength": "max_length",
    "minimum": "ge",
    "maximum": "le",
    "exclusiveMinimum": "gt",
    "exclusiveMaximum": "lt",
}
"""What pydantic's `Field` calls each bound."""


@dataclass(frozen=True)
class Structures:
    """The typed structures of a model; every part is Python source."""

    classes: Mapping[str, str] = field(default_factory=dict[str, str])
    """By name, in the order in which they must stand."""
    annotations: Mapping[str, str] = field(default_factory=dict[str, str])
    """By argument, what it takes when it is given."""


def structures(model: ModelPlan) -> Structures:
    """Type the structures of a model; a pure function of its plan and of the pinned generator."""
    schemas = {
        argument.name: json.loads(expose(argument.type.schema))
        for argument in model.arguments
        if argument.type.schema is not None
    }
    if not schemas:
        return Structures()
    taken = {model.class_name, _WRAPPER, "TypedDict", "NotRequired", "Annotated", "Field"}
    taken |= reserved.CLASSES
    taken |= {argument.constants.name for argument in model.arguments if argument.constants}
    titles = _Titles(taken)
    properties = {name: titles.give(schema, _capital(name)) for name, schema in schemas.items()}
    whole = {"title": _WRAPPER, "type": "object", "properties": properties, "$defs": titles.bounded}
    tree = write_typed_dicts(whole)
    classes = classes_of(cast("ast.Module", _Bounded(tree, titles.bounds).visit(tree)))
    wrapper = classes.pop(_WRAPPER)
    return Structures(
        {name: source_of(node) for name, node in classes.items()},
        annotations(wrapper),
    )


class _Titles:
    """Gives each mapping of a schema the name of its class, and each bounded value a definition of its own.

    Of a definition datamodel-code-generator makes an alias, to which `_Bounded` gives the bounds: a `TypedDict`
    of its own has none.

    Args:
        taken: names that no class may have; those that are given are added.
    """

    def __init__(self, taken: set[str]) -> None:
        self._taken = taken
        self.bounded: dict[str, dict[str, Any]] = {}
        """The definitions, by name."""
        self.bounds: dict[str, dict[str, float]] = {}
        """The arguments of `Field` for each."""

    def give(self, schema: Mapping[str, Any], name: str) -> dict[str, Any]:
        """Return a schema with names, each made of the way to its place."""
        titled = {key: value for key, value in schema.items() if key not in CONSTRAINTS}
        if "anyOf" in schema:
            titled["anyOf"] = [self.give(branch, name) for branch in schema["anyOf"]]
        if "items" in schema:
            titled["items"] = self.give(schema["items"], f"{name}Item")
        if isinstance(schema.get("additionalProperties"), dict):
            titled["additionalProperties"] = self.give(
                schema["additionalProperties"], f"{name}Value"
            )
        if "properties" in schema:
            titled["title"] = self._untaken(name)
            titled["properties"] = {
                key: self.give(member, f"{titled['title']}{_capital(key)}")
                for key, member in schema["properties"].items()
            }
        stated = {CONSTRAINTS[key]: schema[key] for key in CONSTRAINTS if key in schema}
        return self._defined(titled, f"{name}Bounded", stated) if stated else titled

    def _defined(
        self, schema: dict[str, Any], name: str, bounds: dict[str, float]
    ) -> dict[str, Any]:
        name = self._untaken(name)
        self.bounded[name], self.bounds[name] = schema, bounds
        return {"$ref": f"#/$defs/{name}"}

    def _untaken(self, name: str) -> str:
        while name in self._taken:
            name += "Value"
        self._taken.add(name)
        return name


class _Bounded(ast.NodeTransformer):
    """Puts what an alias stands for in its place, with its bounds."""

    def __init__(self, tree: ast.Module, bounds: Mapping[str, Mapping[str, float]]) -> None:
        self._bounds = bounds
        self._aliases = {
            node.target.id: node.value
            for node in tree.body
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
        }

    def visit_Name(self, node: ast.Name) -> ast.expr:
        base = self._aliases.get(node.id) if node.id in self._bounds else None
        if base is None:
            return node
        stated = [
            ast.keyword(name, ast.Constant(bound)) for name, bound in self._bounds[node.id].items()
        ]
        field = ast.Call(ast.Name("Field", ast.Load()), [], stated)
        parts = ast.Tuple([cast("ast.expr", self.visit(base)), field], ast.Load())
        return ast.Subscript(ast.Name("Annotated", ast.Load()), parts, ast.Load())


def _capital(key: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in key.split("_"))
