"""Any valid spec gives a module that parses, passes the gate, imports quietly and holds its fields."""

import ast
import warnings

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from generator.kit import a_spec, an_input
from wirogen.plan.model import ModelPlan, plan_model
from wirogen.plan.rule import WIDGETS
from wirogen.render.gate import check_model
from wirogen.render.modules import model_module
from wirogen.spec.model import Input, ModelSpec, Option

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
TEXTS = TEXT | st.sampled_from(["seed-help", "Optional.", '"""', "\\", "a b c d", "👍 yes"])
NUMBERS = st.integers(-(2**40), 2**40) | st.floats(-1e9, 1e9)
SCALARS = TEXTS | NUMBERS | st.booleans() | st.sampled_from(["81", "2.5", "true", "[1]"])
OPTIONS = st.lists(
    st.builds(Option, value=TEXTS, label=st.none() | TEXTS), max_size=6, unique_by=lambda o: o.value
)


@st.composite
def inputs(draw: st.DrawFn) -> Input:
    low, high = sorted((draw(NUMBERS), draw(NUMBERS)))
    return an_input(
        draw(TEXTS.filter(str.strip)),
        draw(st.sampled_from([*WIDGETS, "multiselect", "unheard of"])),
        label=draw(st.none() | TEXTS),
        help=draw(st.none() | TEXTS),
        required=draw(st.sampled_from([None, True, False])),
        default=draw(st.none() | SCALARS),
        minimum=draw(st.none() | st.just(low)),
        maximum=draw(st.none() | st.just(high)),
        step=draw(st.none() | st.sampled_from([1, 0.5, 16])),
        options=draw(st.just([]) | OPTIONS | st.sampled_from([["on", "off"], ["5", "10"]])),
    )


@st.composite
def specs(draw: st.DrawFn) -> ModelSpec:
    return a_spec(
        *draw(st.lists(inputs(), max_size=5, unique_by=lambda one: one.name)),
        title=draw(TEXTS),
        description=draw(st.none() | TEXTS),
        categories=draw(st.lists(TEXTS, max_size=3)),
        kind=draw(st.sampled_from(["media", "text", "realtime"])),
    )


@settings(max_examples=80, deadline=None)
@given(specs())
def test_any_spec_makes_a_module(spec):
    plan = plan_model(spec)
    assume(isinstance(plan, ModelPlan))
    source = model_module(plan)
    tree = ast.parse(source)
    assert list(check_model(tree, plan)) == []
    space = {"__name__": "made"}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        exec(compile(tree, "made", "exec"), space)  # noqa: S102 - running it is the test
    made = space[plan.class_name]
    assert list(made.model_fields) == [argument.name for argument in plan.arguments]
    assert made.__model__ == spec.model
    required = {name for name, field in made.model_fields.items() if field.is_required()}
    assert required == {a.name for a in plan.arguments if a.default.required}


@settings(max_examples=40, deadline=None)
@given(specs())
def test_the_same_spec_gives_the_same_text(spec):
    one, other = plan_model(spec), plan_model(spec.model_copy(deep=True))
    assert one == other
    if isinstance(one, ModelPlan) and isinstance(other, ModelPlan):
        assert model_module(one) == model_module(other)
