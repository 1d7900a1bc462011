"""Structures are typed to the bottom, named by the way to them, and compared with their schemas."""

import ast
from typing import Any

import pytest

from codegen.document_case import load
from codegen.kit import a_plan, an_input
from wiro_runtime.errors import InvalidRequest
from wirogen.render.modules import model_module
from wirogen.render.verify_model import check_model

TURNS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "role": {"enum": ["user", "assistant"]},
            "content": {
                "anyOf": [
                    {"type": "string"},
                    {
                        "type": "array",
                        "items": {"type": "object", "properties": {"n": {"type": "integer"}}},
                    },
                ]
            },
        },
        "required": ["role"],
    },
}


def made(value: dict[str, Any], name: str = "turns") -> tuple[str, Any]:
    plan = a_plan(an_input(name, "json", value=value))
    source = model_module(plan)
    assert list(check_model(ast.parse(source), plan)) == []
    return source, load(source, plan.class_name)


def test_a_list_of_mappings_has_a_class_for_each_level():
    source, request = made(TURNS)
    assert "class TurnsItem(TypedDict):" in source
    assert "class TurnsItemContentItem(TypedDict):" in source
    given = [{"role": "user", "content": [{"n": 5, "more": None}]}, {"role": "assistant"}]
    assert request(turns=given).to_wire() == {"turns": given}
    assert request.from_wire({"turns": given}) == request(turns=given)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([{"role": "usr"}], r"at \[0\]\.role: Input should be 'user' or 'assistant'"),
        ([{"role": "user"}, {}], r"at \[1\]\.role: Field required"),
        ([{"role": "user", "content": [{"n": "5"}]}], r"at \[0\]\.content\[0\]\.n: "),
        ({"role": "user"}, "Input should be a valid list"),
        ([{"role": {1, 2}}], "JSON cannot say it"),
    ],
)
def test_what_does_not_fit_is_reported_with_its_place(given, said):
    _, request = made(TURNS)
    with pytest.raises(InvalidRequest, match=said):
        request(turns=given)


def test_what_was_checked_is_what_is_sent():
    _, request = made(TURNS)
    turns: list[dict[str, Any]] = [{"role": "user"}]
    checked = request(turns=turns)
    turns[0]["role"] = "nobody"
    assert checked.to_wire() == {"turns": [{"role": "user"}]}


@pytest.mark.parametrize(
    ("value", "given"),
    [
        ({"anyOf": [{"enum": ["auto", "none"]}, {"type": "object"}]}, "auto"),
        ({"anyOf": [{"enum": ["auto", "none"]}, {"type": "object"}]}, {"name": "f"}),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, {"a": 1}),
        ({"type": "object", "properties": {"from": {"type": "string"}}}, {"from": "x"}),
        ({"type": "object", "properties": {"a-b": {"type": "string"}}}, {"a-b": 5}),
        ({"type": ["string", "integer"]}, 5),
        ({"type": "array", "items": {}}, [1, "a", None]),
        ({"not": "understood"}, [1]),
    ],
)
def test_any_json_reaches_the_wire_as_it_is(value, given):
    _, request = made(value)
    assert request(turns=given).to_wire() == {"turns": given}


def test_no_class_takes_the_name_of_another():
    nested = {"type": "object", "properties": {"a": {"type": "string"}}}
    plan = a_plan(
        an_input("thing", "json", value=nested),
        an_input("literal", "json", value=nested),
        an_input("any", "json", value={"type": "object", "properties": {"b": nested}}),
        an_input("any_b", "json", value=nested),
    )
    source = model_module(plan)
    names = [node.name for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]
    assert len(names) == len(set(names)) == 6
    load(source, plan.class_name)


HOSTILE = [
    {"enum": ['"] = None\nimport os #']},
    {"type": "object", "properties": {"x: int = __import__('os')": {"type": "string"}}},
    {"type": "object", "properties": {"a": {"type": "string", "customTypePath": "os.system"}}},
    {"type": "object", "title": "import os", "description": '"""', "properties": {"a": {}}},
    {"$ref": "https://example.com/schema.json"},
]


@pytest.mark.parametrize("value", HOSTILE)
def test_a_schema_of_somebody_else_stays_data(value):
    source, _ = made(value)
    imported = {
        node.module for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)
    }
    assert imported <= {"typing", "typing_extensions", "pydantic", "wiro_runtime"}
    assert not any(isinstance(node, ast.Import) for node in ast.walk(ast.parse(source)))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("role:", "rôle:", "other members"),
        ('"assistant"', '"admin"', "other values"),
        ("class TurnsItem(TypedDict):", "class TurnsItem(dict):", "other members"),
    ],
)
def test_a_deviation_is_found(old, new, said):
    plan = a_plan(an_input("turns", "json", value=TURNS))
    source = model_module(plan)
    assert old in source
    findings = list(check_model(ast.parse(source.replace(old, new)), plan))
    assert any(said in finding for finding in findings), findings


BOUNDED = {
    "type": "array",
    "minItems": 1,
    "maxItems": 2,
    "items": {
        "type": "object",
        "properties": {
            "name": {"type": "string", "minLength": 2, "maxLength": 4},
            "weight": {
                "anyOf": [
                    {"enum": ["auto"]},
                    {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
                ]
            },
            "at": {"type": "array", "items": {"type": "integer", "minimum": 0}, "maxItems": 2},
            "more": {"type": "object", "additionalProperties": {"type": "integer", "maximum": 9}},
        },
        "required": ["name"],
    },
}


def test_bounds_are_kept_to_at_any_depth():
    source, request = made(BOUNDED)
    assert "Field(min_length=1, max_length=2)" in source
    given = [
        {"name": "ab", "weight": 0.5, "at": [0, 3], "more": {"x": 9}},
        {"name": "c" * 4, "weight": "auto"},
    ]
    assert request(turns=given).to_wire() == {"turns": given}


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ([], "turns: "),
        ([{"name": "ab"}] * 3, "turns: "),
        ([{"name": "a"}], r"at \[0\]\.name: "),
        ([{"name": "abcde"}], r"at \[0\]\.name: "),
        ([{"name": "ab", "weight": 0}], r"at \[0\]\.weight: "),
        ([{"name": "ab", "weight": 1.5}], r"at \[0\]\.weight: "),
        ([{"name": "ab", "at": [1, -1]}], r"at \[0\]\.at\[1\]: "),
        ([{"name": "ab", "at": [1, 2, 3]}], r"at \[0\]\.at: "),
        ([{"name": "ab", "more": {"x": 10}}], r"at \[0\]\.more\.x: "),
    ],
)
def test_what_a_bound_excludes_is_refused_with_its_place(given, place):
    with pytest.raises(InvalidRequest, match=place):
        made(BOUNDED)[1](turns=given)


@pytest.mark.parametrize(
    "bounds",
    [
        {"type": "string", "minLength": 5, "maxLength": 2},
        {"type": "string", "maxLength": 9999999999},
        {"type": "string", "minLength": -1},
        {"type": "integer", "minimum": 5, "exclusiveMaximum": 2},
        {"type": "integer", "maximum": "few"},
        {"type": "boolean", "minimum": 1},
    ],
)
def test_bounds_that_bound_nothing_are_not_enforced(bounds):
    source, _ = made({"type": "array", "items": bounds})
    assert "Field(" not in source


def test_a_module_with_other_bounds_than_planned_is_noticed():
    plan = a_plan(an_input("turns", "json", value=BOUNDED))
    source = model_module(plan).replace("min_length=1", "min_length=0")
    assert list(check_model(ast.parse(source), plan)) == [
        "its structures have other bounds than planned"
    ]
