"""Webhooks: both shapes are read, nothing else is, and nobody is believed before Detail confirms."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcripts import vace
from wiro_runtime import InvalidWebhook, errors, parse_webhook

TASK = vace.DETAIL_REPLY["tasklist"][0]


@pytest.mark.parametrize("shape", [vace.DETAIL_REPLY, TASK], ids=["like Task/Detail", "bare task"])
@pytest.mark.parametrize("given_as", [json.dumps, lambda body: json.dumps(body).encode(), dict])
def test_both_shapes_are_read_from_bytes_text_and_objects(shape, given_as):
    webhook = parse_webhook(given_as(shape))
    assert webhook.task.id == "2221"
    assert webhook.task.token == TASK["socketaccesstoken"]
    assert webhook.task.outputs[0].name == "0.png"
    assert webhook.raw == shape


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "no JSON"),
        (b"taskid=2221", "no JSON"),
        (b"\xff\xfe", "no JSON"),
        (b"[]", "no object"),
        (b'"2221"', "no object"),
        (b"{}", "names no task"),
        (b'{"status": "task_cancel"}', "names no task"),
        (b'{"tasklist": []}', "has 0"),
        (json.dumps({"tasklist": [TASK, TASK]}), "has 2"),
        ("[" * 100_000, "no JSON"),
        (b"{" + b" " * (17 * 2**20) + b"}", "bytes is no report"),
    ],
)
def test_anything_else_is_refused_with_a_sentence(body, said):
    with pytest.raises(InvalidWebhook, match=said) as caught:
        parse_webhook(body)
    assert isinstance(caught.value, (ValueError, errors.WiroError))
    assert caught.value.billed is False


@given(st.binary(max_size=400))
def test_no_bytes_break_it(body):
    with suppress(InvalidWebhook):
        parse_webhook(body)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner),
        max_leaves=12,
    )
)
def test_no_json_breaks_it(value):
    body = {"tasklist": [value], "id": "1"} if not isinstance(value, dict) else {"id": "1"} | value
    with suppress(InvalidWebhook):
        assert parse_webhook(body).raw == body


def test_a_stopped_task_is_read_from_the_documented_reply():
    assert parse_webhook(vace.KILL_REPLY).task.outcome == "cancelled"


@pytest.mark.parametrize("body", [None, [], 5, object()])
def test_what_is_no_body_at_all_is_reported_by_its_type(body):
    with pytest.raises(InvalidWebhook, match=f"of type {type(body).__name__}"):
        parse_webhook(body)


def test_a_view_of_bytes_is_a_body():
    assert parse_webhook(memoryview(b'{"id": "2221"}')).task.id == "2221"


@pytest.mark.parametrize("body", ["\ud83d", '{"id": "\ud83d"', b"\xff\xfe"])
def test_half_a_character_is_no_json(body):
    with pytest.raises(InvalidWebhook):
        parse_webhook(body)
