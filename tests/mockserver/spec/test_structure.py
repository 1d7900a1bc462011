"""The mock checks structures level by level, as their documents state them and as the client's classes do."""

import ast
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codegen.document_case import load
from codegen.kit import a_plan, an_input
from codegen.values import fitting
from wiro_runtime.errors import InvalidRequest
from wirogen.plan.types.structure import plain_schema
from wirogen.render.modules import model_module
from wirogen.render.verify_model import check_model
from wiromock.spec.structure import find_mismatch
from wiromock.spec.value import check_value

SHAPE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "mode": {"enum": ["soft", "hard", 3]},
        "points": {
            "type": "array",
            "items": {"type": "array", "items": {"type": "number", "minimum": 0}, "minItems": 2},
            "maxItems": 2,
        },
        "note": {"type": "string", "minLength": 2, "maxLength": 5},
        "share": {"anyOf": [{"enum": ["auto"]}, {"type": "number", "exclusiveMaximum": 1}]},
        "counts": {"type": "object", "additionalProperties": {"type": "integer", "maximum": 9}},
    },
    "required": ["mode"],
}


@pytest.mark.parametrize(
    ("value", "path", "expected"),
    [
        ([], "", "object"),
        ({}, "", "a mapping with `mode`"),
        ({"mode": "loud"}, "mode", 'one of "soft", "hard", 3'),
        ({"mode": True}, "mode", 'one of "soft", "hard", 3'),
        ({"mode": 3, "points": [[1, 2], [1]]}, "points[1]", "at least 2 items"),
        ({"mode": 3, "points": [[1, -2]]}, "points[0][1]", "at least 0"),
        ({"mode": 3, "points": [[1, 2]] * 3}, "points", "at most 2 items"),
        ({"mode": 3, "note": "x"}, "note", "at least 2 characters"),
        ({"mode": 3, "note": "xxxxxx"}, "note", "at most 5 characters"),
        ({"mode": 3, "share": 1}, "share", 'one of "auto" or number'),
        ({"mode": 3, "counts": {"a": 10}}, "counts.a", "at most 9"),
        ({"mode": 3, "counts": {"a": 1.5}}, "counts.a", "integer"),
    ],
)
def test_what_does_not_suit_is_reported_with_its_place(value, path, expected):
    fault = find_mismatch(SHAPE, value)
    assert fault is not None
    assert (fault.path, fault.expected) == (path, expected)
    finding = check_value(an_input("shape", "object", value=SHAPE), value)
    assert finding is not None
    assert expected in finding.explanation
    with pytest.raises(InvalidRequest, match="shape"):
        _request()(shape=value)


@settings(max_examples=60, deadline=None)
@given(fitting(plain_schema(SHAPE)))
def test_what_suits_the_client_suits_the_mock(value):
    assert find_mismatch(SHAPE, _request()(shape=value or {"mode": 3}).to_wire()["shape"]) is None


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-2, 12)
    | st.sampled_from([0.5, 1.5, "", "ab", "auto", "soft", "toolong"])
)
ANY = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*SHAPE["properties"], "x"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(ANY.filter(bool))
def test_client_and_mock_take_and_refuse_the_same(value):
    try:
        _request()(shape=value)
    except InvalidRequest:
        assert find_mismatch(SHAPE, value) is not None
    else:
        assert find_mismatch(SHAPE, value) is None


_MADE: list[Any] = []


def _request() -> Any:
    if not _MADE:
        plan = a_plan(an_input("shape", "object", value=SHAPE))
        source = model_module(plan)
        assert list(check_model(ast.parse(source), plan)) == []
        _MADE.append(load(source, plan.class_name))
    return _MADE[0]
