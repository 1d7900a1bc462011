"""Any valid spec gives a module that parses, is verified, imports quietly and holds its fields."""

import ast
import json
import warnings
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from codegen.kit import a_spec, an_input
from codegen.values import calls_of, check_body, check_given
from wiro_runtime import binding_of
from wirogen.importing.report import explain
from wirogen.plan.model import ModelPlan, plan_model
from wirogen.render.modules import model_module
from wirogen.render.verify_model import check_model
from wirogen.spec.model import Input, ModelSpec, Option, Price
from wirogen.spec.widget import WIDGETS
from wirogen.text.untrusted import expose

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
TEXTS = TEXT | st.sampled_from(["seed-help", "Optional.", '"""', "\\", "a b c d", "👍 yes"])
NUMBERS = st.integers(-(2**40), 2**40) | st.floats(-1e9, 1e9)
NAMES = ["prompt", "seed", "topP", "inputImage", "inputImageUrl", "inputImageUrlMultiple"]
SCALARS = TEXTS | NUMBERS | st.booleans() | st.sampled_from(["81", "2.5", "true", "[1]"])
OPTIONS = st.lists(
    st.builds(Option, value=TEXTS, label=st.none() | TEXTS), max_size=6, unique_by=lambda o: o.value
)
AMOUNTS = st.decimals(0, 10**9, places=15, allow_nan=False).map("{:f}".format)
PRICES = st.builds(
    Price,
    price=AMOUNTS,
    inputs=st.none() | st.dictionaries(TEXTS, TEXTS | st.just("QUANTITY:2"), max_size=3),
    method=st.none() | TEXTS,
    extra=st.none() | AMOUNTS,
    per_input=st.none() | AMOUNTS,
)
STRUCTURES = [{"type": "array", "items": {"type": "integer"}}, {"type": "object"}]


@st.composite
def inputs(draw: st.DrawFn) -> Input:
    low, high = sorted((draw(NUMBERS), draw(NUMBERS)))
    return an_input(
        draw(TEXTS.filter(str.strip) | st.sampled_from(NAMES)),
        draw(st.sampled_from([*WIDGETS, "multiselect", "unheard of"])),
        label=draw(st.none() | TEXTS),
        help=draw(st.none() | TEXTS),
        required=draw(st.sampled_from([None, True, False])),
        default=draw(st.none() | SCALARS),
        minimum=draw(st.none() | st.just(low)),
        maximum=draw(st.none() | st.just(high)),
        min_length=draw(st.sampled_from([None, 0, 1])),
        max_length=draw(st.sampled_from([None, 100, 9999999999])),
        step=draw(st.none() | st.sampled_from([1, 0.5, 16])),
        value=draw(st.sampled_from([None, None, None, *STRUCTURES])),
        options=draw(
            st.just([]) | OPTIONS | st.sampled_from([["on", "off"], ["No", "YES"], ["5", "10"]])
        ),
    )


@st.composite
def specs(draw: st.DrawFn) -> ModelSpec:
    return a_spec(
        *draw(st.lists(inputs(), max_size=5, unique_by=lambda field: field.name)),
        title=draw(TEXTS),
        description=draw(st.none() | TEXTS),
        categories=draw(st.lists(TEXTS, max_size=3)),
        kind=draw(st.sampled_from(["media", "text", "realtime"])),
        cps=draw(st.none() | AMOUNTS),
        approximate_cost=draw(st.none() | AMOUNTS),
        price=draw(st.lists(PRICES, max_size=6)),
    )


def imported(plan: ModelPlan) -> type[Any]:
    """The request class of a plan, from the text of its module."""
    space = {"__name__": "made"}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        exec(compile(model_module(plan), "made", "exec"), space)  # noqa: S102 - running it is the test
    return space[plan.class_name]


@settings(max_examples=80, deadline=None)
@given(specs())
def test_any_spec_makes_a_module(spec):
    plan = plan_model(spec)
    assume(isinstance(plan, ModelPlan))
    assert list(check_model(ast.parse(model_module(plan)), plan)) == []
    made = imported(plan)
    assert list(made.model_fields) == [argument.name for argument in plan.arguments]
    assert binding_of(made).slug == spec.model
    assert [*binding_of(made).prices] == [rule.to_wire() for rule in plan.prices]
    assert (binding_of(made).cps, binding_of(made).average_cost) == (
        spec.cps,
        spec.approximate_cost,
    )
    required = {name for name, field in made.model_fields.items() if field.is_required()}
    assert required == {a.name for a in plan.arguments if a.default.required}


@settings(max_examples=80, deadline=None)
@given(specs(), st.data())
def test_any_call_of_any_spec_survives_the_wire(spec, drawn):
    plan = plan_model(spec)
    assume(isinstance(plan, ModelPlan))
    call = drawn.draw(calls_of(plan))
    request = imported(plan)(**call)
    body = json.loads(json.dumps(request.to_wire()))
    check_given(plan, call, body)
    assert type(request).from_wire(body) == request
    check_body(plan, body)
    sent = {expose(a.url_name or a.wire_name) for a in plan.arguments if a.default.is_sent}
    assert sent <= body.keys()


@settings(max_examples=80, deadline=None)
@given(specs())
def test_any_spec_can_be_explained(spec):
    named = [field.name for field in spec.inputs]
    for note in explain(spec):
        assert note.startswith(f"models/{spec.model}.yaml") or any(
            note.startswith((f"input `{name}`: ", "a call that gives none of ")) for name in named
        )


@settings(max_examples=40, deadline=None)
@given(specs())
def test_the_same_spec_gives_the_same_text(spec):
    plan, other = plan_model(spec), plan_model(spec.model_copy(deep=True))
    assert plan == other
    if isinstance(plan, ModelPlan) and isinstance(other, ModelPlan):
        assert model_module(plan) == model_module(other)
