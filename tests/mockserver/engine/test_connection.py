"""The socket: registration, every message in each dialect, drops."""

import json
from itertools import pairwise

import pytest
from platform_kit import SPECS
from socket_kit import kinds, messages_of, register, start

from wiromock import (
    Fails,
    MockError,
    Notifications,
    Requeues,
    Stalls,
    Success,
    ToolCall,
)
from wiromock.engine.connection import Close


class TestMessages:
    # Typed from the platform notes on the socket, not read from code.
    def test_the_older_form_names_the_task_and_its_token(self, platform):
        first = messages_of(platform)[0]
        assert set(first) == {"type", "id", "tasktoken", "message", "result"}
        assert (first["type"], first["message"], first["result"]) == ("task_queue", None, True)

    def test_the_newer_form_has_no_token_and_says_how_it_ended(self, platform):
        messages = messages_of(
            platform, scenario=Success(notifications=Notifications(dialect="newer"))
        )
        fields = {"type", "id", "message", "result", "success", "terminal", "exitCode"}
        assert set(messages[0]) == fields
        assert [messages[0][name] for name in ("success", "terminal", "exitCode")] == [
            None,
            False,
            None,
        ]
        assert [messages[-1][name] for name in ("success", "terminal", "exitCode")] == [
            True,
            True,
            0,
        ]

    def test_a_failure_in_the_newer_form(self, platform):
        scenario = Fails(pexit="137", stderr="no", notifications=Notifications(dialect="newer"))
        last = messages_of(platform, scenario=scenario)[-1]
        assert (last["success"], last["exitCode"], last["message"]) == (False, 137, [])

    def test_every_stage_comes_in_order_and_nothing_after_the_end(self, platform):
        seen = list(dict.fromkeys(kinds(messages_of(platform))))
        assert seen == SPECS.platform().lifecycle.order

    @pytest.mark.parametrize(
        ("shape", "check"),
        [
            ("object", lambda said: said["percentage"] == "10"),
            ("json", lambda said: json.loads(said)["stepTotal"] == "10"),
            ("text", lambda said: said == "10%"),
        ],
    )
    def test_progress_in_each_documented_shape(self, platform, shape, check):
        messages = messages_of(
            platform, scenario=Success(notifications=Notifications(progress=shape))
        )
        assert check(
            next(message["message"] for message in messages if message["type"] == "task_output")
        )

    def test_stderr_comes_in_lines_and_then_in_full(self, platform):
        messages = messages_of(platform, scenario=Success(stderr="a warning"))
        said = {message["type"]: message["message"] for message in messages}
        assert (said["task_error"], said["task_error_full"]) == ("a warning", {"raw": "a warning"})
        assert kinds(messages)[-1] == "task_postprocess_end"

    def test_the_end_carries_the_outputs_by_name(self, platform):
        (output,) = messages_of(platform)[-1]["message"]
        assert set(output) == {"name", "contenttype", "size", "url"}
        assert platform.get(output["url"]).status == 200

    def test_the_last_message_of_a_cancelled_task_is_its_cancellation(self, platform):
        run = start(platform, "pruna/vace", prompt="x")
        connection = register(platform, run["socketaccesstoken"])
        platform.post("/Task/Cancel", {"taskid": run["taskid"]})
        messages = [json.loads(frame.data) for frame in connection.take()]
        assert kinds(messages) == ["task_queue", "task_cancel"]
        assert messages[-1]["result"] is False
        platform.clock.advance(3600)
        assert connection.take() == ()

    def test_socket_and_detail_show_the_same_statuses(self, platform):
        run = start(platform, "pruna/vace", prompt="x")
        connection = register(platform, run["socketaccesstoken"])
        for _ in range(200):
            platform.clock.advance(0.1)
            frames = [frame for frame in connection.take() if frame.type != "task_error"]
            if frames:
                assert frames[-1].type == platform.status(run["taskid"])
        assert platform.status(run["taskid"]) == "task_postprocess_end"


class TestLlm:
    def speech(self, talking, **signals):
        scenario = Success(
            thinking="Let me see.",
            answer="A deer is a deer.",
            notifications=Notifications(**signals),
        )
        messages = messages_of(talking, "acme/chat", scenario, prompt="what?")
        return [
            message["message"] for message in messages if message["type"] == "task_output"
        ], messages

    def test_the_older_form_is_cumulative_and_thinks_before_it_speaks(self, talking):
        said, messages = self.speech(talking)
        assert said[0]["isThinking"] is True
        assert said[-1]["isThinking"] is False
        for before, after in pairwise(said):
            assert after["raw"].startswith(before["raw"].rstrip("\n"))
        assert (said[-1]["thinking"], said[-1]["answer"]) == (
            ["Let me see."],
            ["A deer is a deer."],
        )
        assert isinstance(said[-1]["speed"], str)
        full = next(
            message["message"] for message in messages if message["type"] == "task_output_full"
        )
        assert set(full) == {"raw", "thinking", "answer"}

    def test_the_newer_form_has_segments(self, talking):
        said, messages = self.speech(talking, dialect="newer")
        assert said[-1]["segments"] == [
            {"type": "thinking", "text": "Let me see."},
            {"type": "answer", "text": "A deer is a deer."},
        ]
        assert "raw" not in said[-1]
        content = messages[-1]["message"][0]["content"]
        assert (content["finishreason"], content["usage"]["output_tokens"]) == ("stop", 8)

    def test_the_page_on_chat_models_has_numbers(self, talking):
        said, _ = self.speech(talking, dialect="llm-page")
        assert (said[0]["type"], said[-1]["type"]) == ("thinking", "answer")
        assert isinstance(said[-1]["speed"], float)
        assert isinstance(said[-1]["elapsedTime"], int)

    def test_tool_calls_end_the_newer_form(self, talking):
        scenario = Success(
            answer="",
            tool_calls=(ToolCall(name="look", arguments='{"at":"deer"}'),),
            notifications=Notifications(dialect="newer"),
        )
        messages = messages_of(talking, "acme/chat", scenario, prompt="what?")
        content = messages[-1]["message"][0]["content"]
        assert content["finishreason"] == "tool_calls"
        assert content["segments"][-1]["name"] == "look"


class TestTrouble:
    def test_a_late_registration_gets_everything_by_default(self, platform):
        run = start(platform, "pruna/vace", prompt="x")
        platform.clock.advance(5)
        replayed = [frame.type for frame in register(platform, run["socketaccesstoken"]).take()]
        assert replayed[0] == "task_queue"
        mute = start(
            platform, "pruna/vace", Success(notifications=Notifications(replay=False)), prompt="x"
        )
        platform.clock.advance(5)
        connection = register(platform, mute["socketaccesstoken"])
        assert connection.take() == ()
        platform.clock.advance(3600)
        assert connection.take()[0].type == "task_start"

    def test_messages_can_be_late(self, platform):
        run = start(
            platform, "pruna/vace", Success(notifications=Notifications(lag=30)), prompt="x"
        )
        connection = register(platform, run["socketaccesstoken"])
        platform.clock.advance(20)
        assert connection.take() == ()
        assert platform.status(run["taskid"]) == "task_postprocess_end"
        platform.clock.advance(3600)
        assert connection.take()[-1].type == "task_postprocess_end"

    def test_messages_can_be_missing(self, platform):
        omit = ("task_end", "task_postprocess_end")
        seen = kinds(
            messages_of(platform, scenario=Success(notifications=Notifications(omit=omit)))
        )
        assert not set(omit) & set(seen)
        assert "task_start" in seen

    def test_a_connection_can_break_and_the_next_one_stays(self, platform):
        scenario = Success(notifications=Notifications(drop_after="task_start"))
        run = start(platform, "pruna/vace", scenario, prompt="x")
        first = register(platform, run["socketaccesstoken"])
        platform.clock.advance(3600)
        assert first.take()[-1].type == "task_start"
        assert first.closing.is_abrupt
        assert first.take() == ()
        second = register(platform, run["socketaccesstoken"])
        assert second.take()[-1].type == "task_postprocess_end"
        assert second.closing == Close(1000)

    def test_noise_is_either_unknown_or_no_json(self, platform):
        run = start(
            platform, "pruna/vace", Success(notifications=Notifications(noise=True)), prompt="x"
        )
        connection = register(platform, run["socketaccesstoken"])
        platform.clock.advance(3600)
        noise = [frame.data for frame in connection.take() if frame.type == "noise"]
        assert json.loads(noise[0])["type"] == "task_from_the_future"
        assert noise[1] == "~ not json ~"

    def test_an_unknown_token_is_refused_and_disputed(self, platform):
        connection = register(platform, "nobody")
        assert connection.closing.code == 1008
        assert platform.engine.journal.plain()[-1]["topic"] == "unknown token"

    @pytest.mark.parametrize(
        "said", ["", "[]", "{}", "nonsense", '{"type":"task_info"}', b"", b"|"]
    )
    def test_garbage_does_no_harm(self, platform, said):
        connection = platform.engine.connect()
        connection.receive(said)
        assert (connection.take(), connection.closing) == ((), None)

    def test_a_requeued_task_shows_its_error_and_begins_again(self, platform):
        seen = kinds(messages_of(platform, scenario=Requeues(stderr="worker lost", times=2)))
        assert (seen.count("task_queue"), seen.count("task_error")) == (3, 2)
        assert seen[-1] == "task_postprocess_end"

    def test_frames_need_a_token_that_exists(self, platform):
        with pytest.raises(MockError, match="no task has this token"):
            platform.engine.frames("nobody")

    def test_a_task_that_stalls_has_no_next_message(self, platform):
        run = start(platform, "pruna/vace", Stalls(), prompt="x")
        connection = register(platform, run["socketaccesstoken"])
        connection.take()
        assert connection.next_at() is None
        assert platform.engine.next_event_at() is None


@pytest.mark.parametrize(
    "omitted", ["task_queue", "task_assign", "task_output", "task_postprocess_end"]
)
def test_who_waits_for_the_next_message_always_gets_on(platform, omitted):
    """A message that is never sent must not be what everybody waits for."""
    run = start(
        platform, "pruna/vace", Success(notifications=Notifications(omit=(omitted,))), prompt="x"
    )
    socket = platform.engine.connect()
    socket.receive(json.dumps({"type": "task_info", "tasktoken": run["socketaccesstoken"]}))
    for _ in range(40):
        socket.take()
        if socket.closing is not None:
            return
        at = socket.next_at()
        assert at is not None
        assert at > platform.clock.time()
        platform.clock.advance_until(at)
    pytest.fail("the socket never closes")
