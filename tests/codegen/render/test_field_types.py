"""Asking for each distinct shape once gives what asking for every model alone gives."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wirogen.plan.model import ModelPlan, plan_model
from wirogen.render import shape
from wirogen.render.field_types import field_types, schema
from wirogen.spec.folder import open_folder, packaged_folder
from wirogen.spec.model import Input, ModelSpec, Option, Source

SHIPPED = open_folder(packaged_folder()).models()


def planned(spec: ModelSpec) -> ModelPlan:
    plan = plan_model(spec)
    assert isinstance(plan, ModelPlan)
    return plan


@pytest.mark.parametrize("spec", SHIPPED[::4], ids=lambda spec: spec.model)
def test_shipped_models_are_typed_as_if_each_were_asked_for_alone(spec):
    asked = schema(planned(spec))
    assert shape.typed(asked) == field_types(asked)


INPUTS = st.lists(
    st.builds(
        Input,
        name=st.sampled_from(["prompt", "seed", "size", "mode", "sound", "images", "steps"]),
        type=st.sampled_from(["text", "select", "number", "checkbox", "combinefileinput"]),
        required=st.sampled_from([None, True, False]),
        default=st.sampled_from([None, "5", "a b c", "on"]),
        minimum=st.sampled_from([None, 0.0, 2.0]),
        step=st.sampled_from([None, 1.0]),
        options=st.sampled_from(
            [
                None,
                [Option(value="5"), Option(value="10")],
                [Option(value="on"), Option(value="off")],
            ]
        ),
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda one: one.name,
)


@settings(max_examples=25, deadline=None)
@given(INPUTS)
def test_any_model_is_typed_as_if_it_were_asked_for_alone(inputs):
    spec = ModelSpec(
        model="acme/any",
        title="Any",
        source=Source(form="openapi.json", sha256="0" * 64),
        inputs=inputs,
    )
    asked = schema(planned(spec))
    assert shape.typed(asked) == field_types(asked)
