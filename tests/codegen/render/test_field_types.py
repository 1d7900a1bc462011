"""What a few lines say of single values is what datamodel-code-generator says of them, field by field."""

import ast
import json
from typing import Any

from datamodel_code_generator import generate
from datamodel_code_generator.enums import DataModelType, InputFileType
from datamodel_code_generator.format import PythonVersion
from datamodel_code_generator.parser import LiteralType
from hypothesis import given, settings
from hypothesis import strategies as st

from codegen.kit import a_spec
from wirogen.plan.model import Argument, ModelPlan, plan_model
from wirogen.render.field_types import FieldType, scalar_type
from wirogen.spec.folder import open_folder, packaged_folder
from wirogen.spec.model import Input, Option
from wirogen.text.untrusted import plain

SHIPPED = open_folder(packaged_folder()).models()
JSON_TYPES = {"string": "string", "integer": "integer", "number": "number", "boolean": "boolean"}


def schema_of(argument: Argument) -> dict[str, Any]:
    kind = argument.type
    if kind.is_file:
        return {
            "customTypePath": f"wiro_runtime.{'Files' if kind.kind == 'files' else 'FileInput'}"
        }
    if kind.kind == "json":
        return {"type": ["object", "array", "string"]}
    if kind.kind == "choice":
        values = [plain(choice.value) for choice in kind.choices]
        schema = {"type": "integer" if isinstance(values[0], int) else "string", "enum": values}
    else:
        schema = {"type": ["number", "string"] if kind.is_loose else JSON_TYPES[kind.kind]}
    limits = {"minimum": kind.minimum, "maximum": kind.maximum}
    schema |= {name: limit for name, limit in limits.items() if limit is not None}
    if argument.default.is_sent and argument.default.value is not None:
        schema["default"] = plain(argument.default.value)
    return schema


def said_by_the_generator(arguments: list[Argument]) -> list[tuple[Any, Any, Any]]:
    names = [f"field_{number}" for number in range(len(arguments))]
    schema = {
        "title": "Fields",
        "type": "object",
        "properties": dict(zip(names, map(schema_of, arguments), strict=True)),
        "required": [n for n, a in zip(names, arguments, strict=True) if a.default.required],
    }
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
    (body,) = [node.body for node in ast.parse(str(source)).body if isinstance(node, ast.ClassDef)]
    return [parts_of(node) for node in body if isinstance(node, ast.AnnAssign)]


def parts_of(node: ast.AnnAssign) -> tuple[Any, Any, Any]:
    base, constraints = node.annotation, None
    match base:
        case ast.Subscript(value=ast.Name(id="Annotated"), slice=ast.Tuple(elts=[inner, call])):
            base, constraints = inner, ast.unparse(call)
        case _:
            pass
    default = None if node.value is None else ast.unparse(node.value)
    return ast.unparse(base), constraints, default


def parts(made: FieldType) -> tuple[Any, Any, Any]:
    said = (made.base, made.constraints, made.default)
    return tuple(
        None if text is None else ast.unparse(ast.parse(text, mode="eval")) for text in said
    )


def check(plans: list[ModelPlan]) -> None:
    arguments = [
        argument
        for plan in plans
        for argument in plan.arguments
        if argument.type.schema is None and not argument.type.offered
    ]
    if arguments:
        ours = [parts(scalar_type(argument)) for argument in arguments]
        assert ours == said_by_the_generator(arguments)


def test_of_every_field_that_we_ship():
    check([plan for spec in SHIPPED if isinstance(plan := plan_model(spec), ModelPlan)])


CHOICES = [
    None,
    [Option(value="5"), Option(value="10")],
    [Option(value="on"), Option(value="off")],
    [Option(value='a "b"'), Option(value="c\\d")],
]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.builds(
            Input,
            name=st.sampled_from(["prompt", "seed", "size", "mode", "sound", "images", "steps"]),
            type=st.sampled_from(["text", "select", "number", "checkbox", "combinefileinput"]),
            required=st.sampled_from([None, True, False]),
            default=st.sampled_from([None, "5", "a b c", "on"]),
            minimum=st.sampled_from([None, 0.0, 2.0]),
            step=st.sampled_from([None, 1.0]),
            options=st.sampled_from(CHOICES),
        ),
        min_size=1,
        max_size=5,
        unique_by=lambda field: field.name,
    )
)
def test_of_any_field(inputs):
    plan = plan_model(a_spec(*inputs))
    assert isinstance(plan, ModelPlan)
    check([plan])
