"""Types of the structures that a model takes, written by datamodel-code-generator.

It sees a JSON Schema of ours (`plan.types.structure`) and never a vendor's: no reference to follow, no
description, no key that would import a module, and every class has the name that is given here. What it
writes is read back with `ast`, for the template to arrange and for `verify` to compare with the plan.
"""

import ast
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

from wirogen.plan import reserved
from wirogen.plan.model import ModelPlan
from wirogen.text.untrusted import Untrusted, expose, literal

_WRAPPER: Final = "AllStructures"


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
    taken = {model.class_name, _WRAPPER, "TypedDict", "NotRequired"} | reserved.CLASSES
    taken |= {argument.constants.name for argument in model.arguments if argument.constants}
    properties = {name: _titled(schema, _capital(name), taken) for name, schema in schemas.items()}
    tree = ast.parse(_generate({"title": _WRAPPER, "type": "object", "properties": properties}))
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    wrapper = classes.pop(_WRAPPER)
    return Structures(
        {name: _source(node) for name, node in classes.items()},
        {name: _source(annotation) for name, annotation in _members(wrapper)},
    )


def _titled(schema: Mapping[str, Any], name: str, taken: set[str]) -> dict[str, Any]:
    """Give each mapping of a schema the name of its class, made of the way to it."""
    titled = dict(schema)
    if "anyOf" in schema:
        titled["anyOf"] = [_titled(branch, name, taken) for branch in schema["anyOf"]]
    if "items" in schema:
        titled["items"] = _titled(schema["items"], f"{name}Item", taken)
    if isinstance(schema.get("additionalProperties"), dict):
        titled["additionalProperties"] = _titled(
            schema["additionalProperties"], f"{name}Value", taken
        )
    if "properties" in schema:
        titled["title"] = _untaken(name, taken)
        titled["properties"] = {
            key: _titled(member, f"{titled['title']}{_capital(key)}", taken)
            for key, member in schema["properties"].items()
        }
    return titled


def _untaken(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "Value"
    taken.add(name)
    return name


def _capital(key: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in key.split("_"))


def _members(node: ast.ClassDef) -> Iterator[tuple[str, ast.expr]]:
    for member in node.body:
        match member:
            case ast.AnnAssign(
                target=ast.Name(id=name),
                annotation=ast.Subscript(value=ast.Name(id="NotRequired"), slice=inner),
            ):
                yield name, inner
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation):
                yield name, annotation
            case _:
                pass


def _generate(schema: Mapping[str, Any]) -> str:
    # Imported late: few models take structures, and the check that nothing changed must not pay for it.
    from datamodel_code_generator import generate  # noqa: PLC0415
    from datamodel_code_generator.enums import DataModelType, InputFileType  # noqa: PLC0415
    from datamodel_code_generator.format import PythonVersion  # noqa: PLC0415
    from datamodel_code_generator.parser import LiteralType  # noqa: PLC0415

    source = generate(
        json.dumps(schema),
        input_file_type=InputFileType.JsonSchema,
        input_filename="schema",
        output_model_type=DataModelType.TypingTypedDict,
        target_python_version=PythonVersion.PY_311,
        enum_field_as_literal=LiteralType.All,
        disable_timestamp=True,
        formatters=[],
        strict_nullable=True,
        use_standard_collections=True,
        use_title_as_name=True,
        use_union_operator=True,
    )
    return str(source)


def _source(node: ast.AST) -> str:
    return ast.unparse(cast("ast.AST", _Encoded().visit(node)))


class _Encoded(ast.NodeTransformer):
    """Gives texts our own literals: `ast` escapes what the running Python finds unprintable."""

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if isinstance(node.value, str):
            return ast.Name(literal(Untrusted(node.value)), ast.Load())
        return node
