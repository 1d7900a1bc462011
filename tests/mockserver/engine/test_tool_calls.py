"""A model that calls tools, turn by turn: it asks, its caller answers, it goes on."""

import json
from typing import Any

import pytest
from platform_kit import Platform

from wiromock import Success, ToolCall

MODEL = "google/gemini-3-flash"
TOOLS = [{"type": "function", "name": "weather", "parameters": {"type": "object"}}]
CALL = ToolCall(name="weather", arguments=json.dumps({"city": "Oslo"}))


def content(platform: Platform, **parameters: Any) -> tuple[str, dict[str, Any]]:
    """Token and content of a turn that succeeds."""
    reply = platform.post(f"/Run/{MODEL}", parameters).json
    assert reply["result"] is True, reply
    platform.clock.advance(3600)
    return reply["socketaccesstoken"], platform.task(reply["taskid"])["outputs"][0]["content"]


def test_it_asks_is_answered_and_goes_on(platform):
    platform.engine.on(MODEL, where={"session_id": "s"}).then(
        Success(tool_calls=(CALL,), answer=""), Success(answer="Snow."), Success(), after="repeat"
    )
    token, asked = content(
        platform, messages=[{"role": "user", "content": "?"}], tools=TOOLS, session_id="s"
    )
    assert asked["finishreason"] == "tool_calls"
    (call,) = asked["segments"]
    assert (call["type"], call["name"], call["status"]) == ("function_call", "weather", "completed")
    answers = [{"call_id": call["call_id"], "output": "snow"}]
    platform.engine.on(MODEL, where={"session_id": "s"}).then(Success(answer="Snow."))
    token, said = content(platform, previousTaskToken=token, session_id="s", toolOutputs=answers)
    assert said["answer"] == ["Snow."]
    usage = platform.task(list(platform.engine.tenant().tasks)[-1])["outputs"][0]["content"].get(
        "usage"
    )
    assert usage is None  # the older dialect, which the mock speaks by default
    _, more = content(platform, previousTaskToken=token, session_id="s", prompt="And tomorrow?")
    assert "answer" in more


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "a turn needs one of `prompt` and `messages`"),
        ({"prompt": "x", "messages": [{"role": "user", "content": "x"}]}, "not both"),
        ({"prompt": "x", "messages": []}, None),
        ({"prompt": "x", "tools": json.dumps(TOOLS)}, "`tools` is an array, as a JSON value"),
        ({"prompt": "x", "tools": [{"name": "no spaces please"}]}, "each of `tools` has a `name`"),
        ({"prompt": "x", "tools": [{"type": "function", "function": {"name": "f"}}]}, None),
        ({"prompt": "x", "response_format": {"type": "json_object"}}, None),
        ({"prompt": "x", "response_format": "json"}, "`response_format` is an object"),
        ({"prompt": "x", "session_id": "\u00e9" * 129}, "at most 256 bytes"),
        ({"prompt": "x", "previousTaskToken": "t"}, "needs the `session_id`"),
        ({"prompt": "x", "previousTaskToken": "t", "session_id": "s"}, "no task of this mock"),
        ({"toolOutputs": [{"call_id": "c", "output": "o"}]}, "send its `previousTaskToken`"),
        (
            {"toolOutputs": [{"call_id": "c"}], "previousTaskToken": "t", "session_id": "s"},
            "has a `call_id` and an `output`",
        ),
        (
            {
                "toolOutputs": [{"call_id": "c", "output": "o"}],
                "previousTaskToken": "t",
                "session_id": "s",
                "prompt": "x",
            },
            "goes without `prompt`",
        ),
    ],
)
def test_what_a_turn_may_hold(platform, sent, said):
    reply = platform.post(f"/Run/{MODEL}", sent)
    assert reply.json["result"] is (said is None)
    assert (said or "") in reply.headers.get("x-mock-explanation", "")


class TestContinuing:
    def refusal(self, platform, **parameters):
        reply = platform.post(f"/Run/{MODEL}", parameters)
        assert reply.json["result"] is False
        return reply.headers["x-mock-explanation"]

    def test_only_from_a_turn_that_is_over(self, platform):
        token = platform.post(f"/Run/{MODEL}", {"prompt": "x", "session_id": "s"}).json[
            "socketaccesstoken"
        ]
        said = self.refusal(platform, prompt="y", previousTaskToken=token, session_id="s")
        assert "only a turn that has succeeded goes on" in said

    def test_only_in_its_session(self, platform):
        token, _ = content(platform, prompt="x", session_id="s")
        said = self.refusal(platform, prompt="y", previousTaskToken=token, session_id="other")
        assert "another `session_id`" in said

    def test_with_an_answer_to_each_call(self, platform):
        platform.engine.on(MODEL).then(Success(tool_calls=(CALL, CALL)))
        token, _ = content(platform, prompt="x", session_id="s")
        answers = [{"call_id": "call_0", "output": "snow"}]
        said = self.refusal(platform, toolOutputs=answers, previousTaskToken=token, session_id="s")
        assert "asked for call_0, call_1; toolOutputs answer call_0" in said

    def test_with_none_that_was_not_asked_for(self, platform):
        token, _ = content(platform, prompt="x", session_id="s")
        answers = [{"call_id": "call_0", "output": "snow"}]
        said = self.refusal(platform, toolOutputs=answers, previousTaskToken=token, session_id="s")
        assert "asked for no call_0" in said


class TestDialects:
    def test_one_for_the_whole_mock(self):
        newer = Platform(dialect="newer")
        _, said = content(newer, prompt="two words")
        assert said["finishreason"] == "stop"
        usage = said["usage"]
        assert usage["input_tokens"] + usage["output_tokens"] == usage["total_tokens"]

    def test_a_synchronous_run_speaks_the_newer_one_to_its_end(self, platform):
        reply = platform.post(f"/Run/{MODEL}/sync", {"prompt": "hi"})
        platform.clock.advance(3600)
        said = reply.pending.ready().json["tasklist"][0]["outputs"][0]["content"]
        assert {"segments", "finishreason", "usage"} <= said.keys()

    def test_a_streamed_run_of_a_media_model_reports(self, platform):
        reply = platform.post("/Run/pruna/vace/sync", {"prompt": "hi"}, accept="text/event-stream")
        text = b""
        while not reply.live.is_over:
            platform.clock.advance_until(reply.live.next_at())
            text += reply.live.take()
        reports = [
            line for line in text.decode().split("\n\n") if line.startswith("event: task_output")
        ]
        assert len(reports) == 9
        assert json.loads(reports[-1].partition("data: ")[2])["message"]["percentage"] == "90"

    def test_a_scenario_has_the_last_word(self):
        from wiromock import Notifications

        newer = Platform(dialect="newer")
        newer.engine.on(MODEL).then(Success(notifications=Notifications(dialect="older")))
        assert "segments" not in content(newer, prompt="x")[1]


@pytest.mark.parametrize("name", ["", "a b", "x" * 65])
def test_a_call_has_a_name_that_the_platform_takes(name):
    from wiromock import MockError

    with pytest.raises(MockError, match="1 to 64 letters"):
        ToolCall(name=name)


def test_every_value_of_such_a_model_is_checked():
    from wirogen.spec.tool_call import VALUES
    from wiromock.spec.tool_call import SHAPES

    assert SHAPES.keys() == VALUES.keys()
