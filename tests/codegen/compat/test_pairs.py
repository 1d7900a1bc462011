"""Small pairs of a spec before and after, each with the severity that `wirogen diff` must report."""

from typing import Any

import pytest

from codegen.kit import a_plan, a_spec, an_input
from wirogen.compat.change import Severity
from wirogen.compat.compare import compare, worst
from wirogen.compat.structure import structure_changes
from wirogen.plan.model import ModelPlan, plan_model
from wirogen.spec.model import Input, ModelRefinement

ADDITIVE, BREAKING, COSMETIC = Severity.ADDITIVE, Severity.BREAKING, Severity.COSMETIC
PROMPT = an_input("prompt", "textarea", required=True)
TEXT = {"type": "string"}
WHOLE = {"type": "integer"}


def list_of(properties: dict[str, Any], required: tuple[str, ...] = ()) -> dict[str, Any]:
    members = {"type": "object", "properties": properties, "required": list(required)}
    return {"type": "array", "items": members}


def shots(schema: dict[str, Any]) -> Input:
    return an_input("shots", "json", value=schema, required=False)


def images(widget: str = "combinefileinput") -> Input:
    return an_input("inputImage", widget)


PAIRS = {
    "nested: member added optional": (
        ADDITIVE,
        a_spec(PROMPT, shots(list_of({"a": TEXT}))),
        a_spec(PROMPT, shots(list_of({"a": TEXT, "b": TEXT}))),
    ),
    "nested: member gone": (
        BREAKING,
        a_spec(PROMPT, shots(list_of({"a": TEXT, "b": TEXT}))),
        a_spec(PROMPT, shots(list_of({"a": TEXT}))),
    ),
    "nested: member required now": (
        BREAKING,
        a_spec(PROMPT, shots(list_of({"a": TEXT, "b": TEXT}))),
        a_spec(PROMPT, shots(list_of({"a": TEXT, "b": TEXT}, ["b"]))),
    ),
    "nested: member no longer required": (
        ADDITIVE,
        a_spec(PROMPT, shots(list_of({"a": TEXT}, ["a"]))),
        a_spec(PROMPT, shots(list_of({"a": TEXT}))),
    ),
    "nested: member int becomes string": (
        BREAKING,
        a_spec(PROMPT, shots(list_of({"a": WHOLE}))),
        a_spec(PROMPT, shots(list_of({"a": TEXT}))),
    ),
    "nested: enum widened": (
        ADDITIVE,
        a_spec(PROMPT, shots(list_of({"a": {"enum": ["x"]}}))),
        a_spec(PROMPT, shots(list_of({"a": {"enum": ["x", "y"]}}))),
    ),
    "nested: enum narrowed": (
        BREAKING,
        a_spec(PROMPT, shots(list_of({"a": {"enum": ["x", "y"]}}))),
        a_spec(PROMPT, shots(list_of({"a": {"enum": ["x"]}}))),
    ),
    "nested: enum becomes string": (
        ADDITIVE,
        a_spec(PROMPT, shots(list_of({"a": {"enum": ["x", "y"]}}))),
        a_spec(PROMPT, shots(list_of({"a": TEXT}))),
    ),
    "nested: int becomes number": (
        ADDITIVE,
        a_spec(PROMPT, shots(list_of({"a": WHOLE}))),
        a_spec(PROMPT, shots(list_of({"a": {"type": "number"}}))),
    ),
    "nested: minItems added": (
        BREAKING,
        a_spec(PROMPT, shots(list_of({"a": TEXT}))),
        a_spec(PROMPT, shots({**list_of({"a": TEXT}), "minItems": 1})),
    ),
    "nested: minItems gone": (
        ADDITIVE,
        a_spec(PROMPT, shots({**list_of({"a": TEXT}), "minItems": 1})),
        a_spec(PROMPT, shots(list_of({"a": TEXT}))),
    ),
    "nested: alternatives added": (
        ADDITIVE,
        a_spec(PROMPT, shots(list_of({"a": TEXT}))),
        a_spec(PROMPT, shots(list_of({"a": {"anyOf": [TEXT, WHOLE]}}))),
    ),
    "nested: alternatives gone": (
        BREAKING,
        a_spec(PROMPT, shots(list_of({"a": {"anyOf": [TEXT, WHOLE]}}))),
        a_spec(PROMPT, shots(list_of({"a": TEXT}))),
    ),
    "json text becomes typed structure": (
        BREAKING,
        a_spec(PROMPT, an_input("shots", "textarea", required=False, refine={"kind": "json"})),
        a_spec(PROMPT, shots(list_of({"a": TEXT}))),
    ),
    "another content is wanted": (
        BREAKING,
        a_spec(images(), an_input("prompt", "textarea", required=False)),
        a_spec(
            images(),
            an_input("prompt", "textarea", required=False),
            refine=ModelRefinement(why="x", content=["inputImage"]),
        ),
    ),
    "a required prompt is no content": (
        None,
        a_spec(images(), an_input("prompt", "textarea", required=False)),
        a_spec(
            images(),
            an_input("prompt", "textarea", required=False),
            refine=ModelRefinement(why="x", content=[]),
        ),
    ),
    "file becomes files": (ADDITIVE, a_spec(PROMPT, images("fileinput")), a_spec(PROMPT, images())),
    "files becomes file": (BREAKING, a_spec(PROMPT, images()), a_spec(PROMPT, images("fileinput"))),
    "multifile becomes combine": (
        COSMETIC,
        a_spec(PROMPT, images("multifileinput")),
        a_spec(PROMPT, images()),
    ),
    "file gets url sibling": (
        COSMETIC,
        a_spec(PROMPT, images("fileinput")),
        a_spec(PROMPT, images("fileinput"), an_input("inputImageUrl", "text")),
    ),
    "file loses url sibling": (
        COSMETIC,
        a_spec(PROMPT, images("fileinput"), an_input("inputImageUrl", "text")),
        a_spec(PROMPT, images("fileinput")),
    ),
    "file becomes text": (
        BREAKING,
        a_spec(PROMPT, images("fileinput")),
        a_spec(PROMPT, an_input("inputImage", "text")),
    ),
    "category video becomes image": (
        COSMETIC,
        a_spec(PROMPT, categories=["text-to-video"]),
        a_spec(PROMPT, categories=["text-to-image"]),
    ),
    "category llm-tool-call gained": (
        ADDITIVE,
        a_spec(PROMPT, kind="text", categories=["llm"]),
        a_spec(PROMPT, kind="text", categories=["llm", "llm-tool-call"]),
    ),
    "another kind of result": (BREAKING, a_spec(PROMPT), a_spec(PROMPT, kind="realtime")),
    "another wire name under a pinned name": (
        COSMETIC,
        a_spec(PROMPT, an_input("frameNum", "number", required=False)),
        a_spec(
            PROMPT,
            an_input("frames", "number", required=False, refine={"python_name": "frame_num"}),
        ),
    ),
    "the wire name is spelled otherwise": (
        COSMETIC,
        a_spec(PROMPT, an_input("frameNum", "number", required=False)),
        a_spec(PROMPT, an_input("frame_num", "number", required=False)),
    ),
    "two inputs change places": (
        BREAKING,
        a_spec(
            PROMPT,
            an_input("a", "number", required=False),
            an_input("b", "text", required=False, refine={"kind": "string"}),
        ),
        a_spec(
            PROMPT,
            an_input("a", "text", required=False, refine={"kind": "string"}),
            an_input("b", "number", required=False),
        ),
    ),
    "bool select on/off becomes true/false": (
        COSMETIC,
        a_spec(PROMPT, an_input("x", "select", options=["on", "off"], required=False)),
        a_spec(PROMPT, an_input("x", "select", options=["true", "false"], required=False)),
    ),
    "bool becomes choice": (
        BREAKING,
        a_spec(PROMPT, an_input("x", "select", options=["on", "off"], required=False)),
        a_spec(PROMPT, an_input("x", "select", options=["on", "off", "auto"], required=False)),
    ),
    "server default changed": (
        COSMETIC,
        a_spec(PROMPT, an_input("x", "number", default=3, required=False)),
        a_spec(PROMPT, an_input("x", "number", default=4, required=False)),
    ),
    "default server becomes sent": (
        BREAKING,
        a_spec(PROMPT, an_input("x", "number", default=3, required=False)),
        a_spec(PROMPT, an_input("x", "number", default=3, required=True)),
    ),
    "another step": (
        COSMETIC,
        a_spec(PROMPT, an_input("x", "range", minimum=0, maximum=1, step=0.1, required=False)),
        a_spec(PROMPT, an_input("x", "range", minimum=0, maximum=1, step=0.5, required=False)),
    ),
    "two choices change places": (
        COSMETIC,
        a_spec(PROMPT, an_input("x", "select", options=["a", "b"], required=False)),
        a_spec(PROMPT, an_input("x", "select", options=["b", "a"], required=False)),
    ),
    "a label beside a help": (
        COSMETIC,
        a_spec(PROMPT, an_input("x", label="X", help="Say it.", required=False)),
        a_spec(PROMPT, an_input("x", label="Y", help="Say it.", required=False)),
    ),
    "another sample of a prompt": (
        COSMETIC,
        a_spec(an_input("prompt", "textarea", required=True, default="a deer")),
        a_spec(an_input("prompt", "textarea", required=True, default="a fox")),
    ),
    "a title beside a description": (
        COSMETIC,
        a_spec(PROMPT, description="Makes things."),
        a_spec(PROMPT, description="Makes things.", title="Other"),
    ),
    "another cover": (
        COSMETIC,
        a_spec(PROMPT, cover="https://a.example/a.png"),
        a_spec(PROMPT, cover="https://a.example/b.png"),
    ),
    "more options than a type can list": (
        ADDITIVE,
        a_spec(
            PROMPT,
            an_input("x", "select", options=[str(n) + "a" for n in range(200)], required=False),
        ),
        a_spec(
            PROMPT,
            an_input("x", "select", options=[str(n) + "a" for n in range(300)], required=False),
        ),
    ),
    "fractional choices becomes range": (
        ADDITIVE,
        a_spec(PROMPT, an_input("x", "number", options=["0.5", "1"], required=False)),
        a_spec(PROMPT, an_input("x", "number", minimum=0, maximum=1, required=False)),
    ),
    "a prompt that alone is content": (
        None,
        a_spec(PROMPT),
        a_spec(an_input("prompt", "textarea", required=False)),
    ),
}


@pytest.mark.parametrize("pair", PAIRS)
def test_each_pair_has_its_verdict(pair):
    expected, *specs = PAIRS[pair]
    plans = [plan_model(spec) for spec in specs]
    assert all(isinstance(plan, ModelPlan) for plan in plans), plans
    assert worst(compare(plans[:1], plans[1:])) is expected


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (list_of({"a": TEXT, "b": TEXT}), list_of({"a": TEXT}), "`[].b` is gone"),
        (list_of({"a": TEXT}), list_of({"a": TEXT, "b": TEXT}, ("b",)), "`[].b` is required now"),
        (list_of({"a": WHOLE}), list_of({"a": TEXT}), "`[].a` took integer and takes string"),
        ({"enum": [1]}, {"enum": [True]}, "it no longer takes 1"),
        (
            {"type": "object"},
            {"type": "object", "properties": {"a": TEXT}},
            "`a` took any value and takes string",
        ),
        (
            {"type": "object", "properties": {"a": {**TEXT, "maxLength": 9}}},
            {"type": "object", "properties": {"a": {**TEXT, "maxLength": 5}}},
            "`a`: `maxLength` was 9 and is 5",
        ),
        (
            {"type": "object", "additionalProperties": {"type": "number"}},
            {"type": "object", "additionalProperties": WHOLE},
            "`*` took number and takes integer",
        ),
    ],
)
def test_what_a_structure_no_longer_takes_is_named_with_its_place(old, new, sentence):
    assert list(structure_changes(old, new)) == [(BREAKING, sentence)]
    assert all(severity is not COSMETIC for severity, _ in structure_changes(new, old))


def test_a_structure_that_is_any_list_takes_what_a_typed_one_took():
    typed, loose = (
        a_plan(PROMPT, shots(list_of({"a": TEXT}))),
        a_plan(PROMPT, shots({"type": "array"})),
    )
    assert worst(compare([typed], [loose])) is ADDITIVE
    assert worst(compare([loose], [typed])) is BREAKING
