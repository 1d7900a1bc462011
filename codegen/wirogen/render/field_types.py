"""Python types of a model's fields, written by datamodel-code-generator.

It sees a JSON Schema made from our plan and never a vendor's document: no reference to follow, no
key that would import a module, and property names that are already Python names, so it renames
nothing. What it writes is read back with `ast`, field by field, for the templates to arrange.
"""

import ast
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from wirogen.plan.defaults import Value
from wirogen.plan.model import Argument, ModelPlan
from wirogen.text.untrusted import Untrusted, expose, literal, plain

_CLASS: Final = "Fields"
_FILE_TYPES: Final = {"file": "wiro_runtime.FileInput", "files": "wiro_runtime.Files"}
_JSON_TYPES: Final[Mapping[str, Any]] = {
    "string": "string",
    "choice": "string",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "json": ["object", "array", "string"],
}


@dataclass(frozen=True)
class FieldType:
    """What datamodel-code-generator wrote for one field; every part is Python source."""

    base: str
    constraints: str | None
    """A call of `Field`."""
    default: str | None


def schema(model: ModelPlan) -> dict[str, Any]:
    """The JSON Schema of a model's arguments, under their Python names."""
    return {
        "title": _CLASS,
        "type": "object",
        "properties": {argument.name: _property(argument) for argument in model.arguments},
        "required": [argument.name for argument in model.arguments if argument.default.required],
    }


def field_types(schema: Mapping[str, Any]) -> dict[str, FieldType]:
    """Let datamodel-code-generator type a schema of ours.

    A pure function of its argument (and of the pinned version), so results may be kept.
    """
    if not schema["properties"]:
        return {}
    (body,) = [
        node.body for node in ast.parse(_generate(schema)).body if isinstance(node, ast.ClassDef)
    ]
    return {
        node.target.id: _field_type(node)
        for node in body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }


def _property(argument: Argument) -> dict[str, Any]:
    value_type = argument.type
    if value_type.is_file:
        return {"customTypePath": _FILE_TYPES[value_type.kind]}
    stated: dict[str, Any] = {
        "type": ["number", "string"] if value_type.is_loose else _JSON_TYPES[value_type.kind]
    }
    if value_type.kind == "choice":
        offered = [plain(choice.value) for choice in value_type.choices]
        stated = {"type": "integer" if isinstance(offered[0], int) else "string", "enum": offered}
    if value_type.minimum is not None:
        stated["minimum"] = _shortest(value_type.minimum)
    if value_type.maximum is not None:
        stated["maximum"] = _shortest(value_type.maximum)
    if argument.default.is_sent and argument.default.value is not None:
        stated["default"] = _json_value(
            argument.default.value, is_structure=value_type.kind == "json"
        )
    return stated


def _json_value(value: Value, *, is_structure: bool) -> Any:
    return (
        json.loads(expose(value)) if isinstance(value, Untrusted) and is_structure else plain(value)
    )


def _shortest(number: float) -> float:
    return int(number) if number == int(number) else number


def _generate(schema: Mapping[str, Any]) -> str:
    # Imported late: the check that nothing changed must not pay for it.
    from datamodel_code_generator import generate  # noqa: PLC0415
    from datamodel_code_generator.enums import DataModelType, InputFileType  # noqa: PLC0415
    from datamodel_code_generator.format import PythonVersion  # noqa: PLC0415
    from datamodel_code_generator.parser import LiteralType  # noqa: PLC0415

    source = generate(
        json.dumps(schema),
        input_file_type=InputFileType.JsonSchema,
        input_filename="schema",
        output_model_type=DataModelType.PydanticV2BaseModel,
        target_python_version=PythonVersion.PY_311,
        enum_field_as_literal=LiteralType.All,
        disable_timestamp=True,
        field_constraints=True,
        formatters=[],
        strict_nullable=True,
        use_annotated=True,
        use_standard_collections=True,
        use_union_operator=True,
    )
    return str(source)


def _field_type(node: ast.AnnAssign) -> FieldType:
    base, constraints = node.annotation, None
    match base:
        case ast.Subscript(value=ast.Name(id="Annotated"), slice=ast.Tuple(elts=[inner, call])):
            base, constraints = inner, _source(call)
        case _:
            pass
    default = None if node.value is None else _source(node.value)
    return FieldType(_source(base), constraints, default)


def _source(node: ast.expr) -> str:
    return ast.unparse(_Encoded().visit(node))


class _Encoded(ast.NodeTransformer):
    """Gives texts our own literals: `ast` escapes what the running Python finds unprintable."""

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if isinstance(node.value, str):
            return ast.Name(literal(Untrusted(node.value)), ast.Load())
        return node
