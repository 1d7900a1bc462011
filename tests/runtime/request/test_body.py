"""What a request says on the wire, and which names belong to the call instead."""

from wiro_runtime.flow.options import CallOptions, RunOptions
from wiro_runtime.request.body import CALL_FIELDS, CALL_OPTIONS


def test_every_option_of_a_call_is_known_to_belong_to_the_call():
    assert set(RunOptions.__annotations__) == CALL_OPTIONS


def test_the_calls_own_fields_have_one_name_on_the_wire():
    fields = CallOptions(callback_url="https://a.example/hook", project_id=7).to_wire()
    assert list(fields) == list(CALL_FIELDS.values())
