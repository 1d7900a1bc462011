"""An input may be called anything: its class is made quietly, is called, and says on the wire what was given."""

import pytest

from codegen.kit import a_plan, a_spec, an_input
from codegen.test_any_spec import imported
from wirogen.plan.model import plan_model

TAKEN = """
    register mro __class__ model_config self copy json class def None True __init__ __dict__ model_fields
    model_dump cls wire Field Any Final Literal str int list dict type id print model_ 1abc a-b a.b async await
    match case _abstract construct validate schema fields prompt_ run kind content prices _binding _built replace
    to_wire from_wire __repr_args__ __pydantic_extra__ __slots__ __annotations__ __getattr__ model_post_init import
    exec lambda nonlocal ABCMeta abc Request MediaRequest Hostile
""".split()  # noqa: SIM905 - a list of words reads best as words
LETTERS = ["\uff41", "\u017f", "\ufb01", "\u212a", "\u00c5", "\U0001d431", "\u203fa", "a\u0301"]
"""Letters that Python takes for plain ones, or that have a plain form."""


@pytest.mark.parametrize("name", [*TAKEN, *LETTERS], ids=ascii)
def test_an_input_of_any_name_can_be_given(name):
    plan = a_plan(an_input(name, required=True, refine={"kind": "string"}), model="acme/hostile")
    (argument,) = plan.arguments
    made = imported(plan)
    request = made(**{argument.name: "v"})
    assert request.to_wire() == {name: "v"}
    assert made.from_wire(request.to_wire()) == request
    assert request.replace(**{argument.name: "w"}).to_wire() == {name: "w"}
    assert f"{argument.name}='v'" in repr(request)


@pytest.mark.parametrize("name", ["_", "__", "\u0131", "prompt\u0663", "\u0430bc"], ids=ascii)
def test_a_name_without_a_plain_form_is_refused_in_one_sentence(name):
    (problem,) = plan_model(a_spec(an_input(name, required=True)))
    assert "has no letter or digit" in problem.message or "plain ASCII form" in problem.message
    assert problem.remedy
