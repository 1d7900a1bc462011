"""Classes for JSON objects, written by datamodel-code-generator from a JSON Schema of ours.

What it writes is read back with `ast`, for a template to arrange and for a check to compare.
"""

import ast
import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

from wirogen.text.untrusted import Untrusted, literal


def write_typed_dicts(schema: Mapping[str, Any], **options: Any) -> ast.Module:
    """Write a module with a `TypedDict` for each object of a schema, called by its `title`.

    Args:
        schema: a JSON Schema.
        options: options of the generator in addition to those that are always given.
    """
    return ast.parse(_generate(schema, options))


def classes_of(tree: ast.Module) -> dict[str, ast.ClassDef]:
    """Return the classes of a module by name, in the order in which they must stand."""
    return {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}


def annotations(node: ast.ClassDef) -> dict[str, str]:
    """Return the type of each member, whether or not it may be missing."""
    return {name: source_of(annotation) for name, annotation in _members(node)}


def source_of(node: ast.AST) -> str:
    """Write a node as Python source."""
    return ast.unparse(cast("ast.AST", _Encoded().visit(node)))


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


def _generate(schema: Mapping[str, Any], options: Mapping[str, Any]) -> str:
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
        **options,
    )
    return str(source)


class _Encoded(ast.NodeTransformer):
    """Gives texts our own literals: `ast` escapes what the running Python finds unprintable."""

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if isinstance(node.value, str):
            return ast.Name(literal(Untrusted(node.value)), ast.Load())
        return node
