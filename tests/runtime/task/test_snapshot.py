"""A task is read whatever accidents its fields had, and nothing of it is lost."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.replies import RUN_REPLY, TOKEN, task
from transcripts import vace
from wiro_runtime import TaskSnapshot, TextResult, Timings
from wiro_runtime.task.snapshot import Stage


def test_the_documented_detail_example():
    snapshot = TaskSnapshot.from_wire(vace.DETAIL_REPLY["tasklist"][0])
    assert (snapshot.id, snapshot.token, snapshot.status) == ("2221", TOKEN, "task_postprocess_end")
    assert snapshot.started_at == datetime(2024, 12, 18, 9, 23, 29, tzinfo=UTC)
    assert snapshot.cancelled_at is None
    assert snapshot.elapsed == 6.0
    (output,) = snapshot.outputs
    assert (output.name, output.content_type, output.size) == ("0.png", "image/png", 202472)
    assert output.raw["accesskey"] == "dFKlMApaSgMeHKsJyaDeKrefcHahUK"
    assert snapshot.raw["uuid"] == "15bce51f-442f-4f44-a71d-13c6374a62bd"


def test_without_an_exit_code_outputs_decide_and_the_gap_stays_visible():
    """The documented example leaves `pexit` out of a task that plainly succeeded."""
    shown = TaskSnapshot.from_wire(vace.DETAIL_REPLY["tasklist"][0])
    assert (shown.outcome, shown.exit_code, shown.billed) == ("succeeded", None, True)
    empty = TaskSnapshot.from_wire(task("task_postprocess_end"))
    assert (empty.outcome, empty.exit_code, empty.billed) == ("failed", None, None)


@pytest.mark.parametrize(
    ("status", "exit_code", "outcome", "billed"),
    [
        ("task_postprocess_end", "0", "succeeded", True),
        ("task_postprocess_end", 0, "succeeded", True),
        ("task_postprocess_end", "1", "failed", False),
        ("task_postprocess_end", "segfault", "failed", False),
        ("task_cancel", "0", "cancelled", False),
        ("task_cancel", None, "cancelled", False),
        ("task_error", "1", "pending", None),
        ("task_end", "0", "pending", None),
        ("task_something_new", None, "pending", None),
    ],
)
def test_status_and_exit_code_decide_outcome_and_bill(status, exit_code, outcome, billed):
    snapshot = TaskSnapshot.from_wire(task(status, pexit=exit_code))
    assert (snapshot.outcome, snapshot.billed) == (outcome, billed)


def test_the_documented_kill_reply_is_a_cancelled_task():
    snapshot = TaskSnapshot.from_wire(vace.KILL_REPLY["tasklist"][0])
    assert (snapshot.outcome, snapshot.billed) == ("cancelled", None)
    assert snapshot.total_cost == Decimal("0.003510000000")
    assert snapshot.categories[0] == "tool"


def test_the_answer_of_run_is_a_task_too():
    snapshot = TaskSnapshot.from_wire(RUN_REPLY)
    assert (snapshot.id, snapshot.token, snapshot.stage) == ("2221", TOKEN, Stage.UNKNOWN)


@pytest.mark.parametrize("nothing", ["0", "", None, 0, "soon", [], "99999999999999999999"])
def test_times_that_are_no_times_are_none(nothing):
    assert TaskSnapshot.from_wire(task(starttime=nothing)).started_at is None


def test_lists_may_come_as_text_and_structures_too():
    snapshot = TaskSnapshot.from_wire(
        task(categories='["a", "b"]', parameters='{"prompt": "x"}', outputs='[{"name": "0.png"}]')
    )
    assert snapshot.categories == ("a", "b")
    assert snapshot.parameters == {"prompt": "x"}
    assert snapshot.outputs[0].name == "0.png"
    assert TaskSnapshot.from_wire(task(categories=["a"])).categories == ("a",)


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=5,
)
fields = st.sampled_from(
    [
        "id",
        "status",
        "pexit",
        "totalcost",
        "elapsedseconds",
        "createtime",
        "outputs",
        "parameters",
        "categories",
    ]
)


@given(st.dictionaries(fields, json_like))
def test_no_task_object_breaks_the_reading(raw):
    snapshot = TaskSnapshot.from_wire(raw)
    assert snapshot.raw is raw
    assert snapshot.outcome in ("pending", "succeeded", "failed", "cancelled")
    assert TOKEN not in repr(snapshot)


@pytest.mark.parametrize(
    ("content", "text", "thinking"),
    [
        (
            {"segments": [{"type": "thinking", "text": "hm"}, {"type": "answer", "text": "42"}]},
            "42",
            "hm",
        ),
        ({"thinking": ["hm"], "answer": ["42", "really"]}, "42\n\nreally", "hm"),
        ({"raw": "42"}, "42", ""),
        ({"answer": ['{"json": true}']}, '{"json": true}', ""),
        ({"answer": '["json"]'}, '["json"]', ""),
        (None, "from the stream", ""),
    ],
)
def test_an_llms_answer_is_found_in_every_shape(content, text, thinking):
    outputs = [{"contenttype": "raw", "content": content}] if content else []
    snapshot = TaskSnapshot.from_wire(task(outputs=outputs, debugoutput="from the stream"))
    result = TextResult.of(snapshot, lambda flow: None)
    assert (result.text, result.thinking) == (text, thinking)


def test_stages_are_timed_by_the_platforms_own_times():
    times = {
        "createtime": "100",
        "accepttime": "101",
        "preprocessstarttime": "101",
        "preprocessendtime": "103",
        "starttime": "107",
        "endtime": "117",
        "postprocessstarttime": "117",
        "postprocessendtime": "119",
    }
    timings = TaskSnapshot.from_wire({"id": "1", **times}).timings
    assert timings == Timings(1.0, 2.0, 6.0, 10.0, 2.0, 19.0)
    cancelled = {"createtime": "100", "accepttime": "0", "canceltime": "104"}
    timings = TaskSnapshot.from_wire({"id": "1", **cancelled}).timings
    assert timings == Timings(None, None, None, None, None, 4.0)
    backwards = {"starttime": "107", "endtime": "106"}
    assert TaskSnapshot.from_wire({"id": "1", **backwards}).timings.running == 0.0
