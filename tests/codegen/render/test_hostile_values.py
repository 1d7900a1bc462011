"""Odd defaults, options and limits: each is held exactly, or refused; none becomes code or another value."""

import typing
from typing import Any

import pytest

from codegen.kit import a_plan, an_input
from wiro_runtime.errors import InvalidRequest
from wirogen.plan.defaults import usable
from wirogen.plan.types.decide import decide
from wirogen.plan.types.select import MANY_CHOICES
from wirogen.render.modules import model_module


def imported(*inputs: Any) -> Any:
    plan = a_plan(*inputs)
    space: dict[str, Any] = {"__name__": "made"}
    exec(compile(model_module(plan), "made", "exec"), space)  # noqa: S102 - running it is the test
    return space[plan.class_name]


def offered(made: Any, name: str = "x") -> tuple[object, ...]:
    hint = made.model_fields[name].annotation
    members = [hint, *typing.get_args(hint)]
    return next(typing.get_args(m) for m in members if typing.get_origin(m) is typing.Literal)


@pytest.mark.parametrize(
    "values",
    [
        ["", " ", "None", "null"],
        ["a", "A", "a "],
        ["1", "01", "1.0", "true"],
        ["9" * 30, "1"],
        ["--", "*", "é", "\\", "'", '"', "{x}", "%s"],
    ],
)
def test_options_stay_apart_and_exact(values):
    made = imported(an_input(type="select", options=values))
    assert offered(made) == tuple(values)
    for value in values:
        assert made(x=value).to_wire() == {"x": value}


def test_ten_thousand_options_are_any_text_and_a_short_docstring():
    values = [f"choice {n}" for n in range(10_000)]
    made = imported(an_input(type="select", options=values))
    assert made(x="not listed").to_wire() == {"x": "not listed"}
    assert len(made.__doc__) < 1000
    assert len(values) > MANY_CHOICES


def test_no_two_requests_share_a_mutable_default():
    field = an_input(type="textarea", default="[1]", refine={"kind": "json", "default": "sent"})
    made = imported(field)
    made().x.append(2)
    assert made().x == [1]


@pytest.mark.parametrize(
    ("type_", "default"),
    [
        ("select", "x"),
        ("number", "__import__('os').system('id')"),
        ("number", True),
        ("number", "12:30:45"),
        ("number", "1_000"),
        ("integer", "0x10"),
        ("boolean", "2"),
        ("checkbox", 2),
    ],
)
def test_a_default_is_never_bent_into_the_type(type_, default):
    field = an_input(type=type_, default=default, options=["y"] if type_ == "select" else [])
    assert usable(field, decide(field)) is None


@pytest.mark.parametrize(("low", "high"), [(-1e308, 1e308), (0, 2**63), (1e-300, 1e-299)])
def test_limits_of_any_size_are_limits(low, high):
    made = imported(an_input(type="number", minimum=low, maximum=high))
    assert made(x=low).x == low
    with pytest.raises(InvalidRequest, match="must be at most"):
        made(x=high * 1.5)
