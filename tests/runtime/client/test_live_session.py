"""Live sessions: what is sent and received while the block is open, then the result."""

import asyncio
from typing import Annotated

import pytest

from runtime.client.socket_world import types
from runtime.replies import TOKEN
from wiro_runtime import RealtimeRequest, errors
from wiro_runtime.client.live_session import CHUNK_BYTES
from wiro_runtime.request import wire
from wiro_runtime.task.event import (
    AudioChunk,
    Cost,
    Finished,
    Started,
    StreamEnd,
    StreamReady,
    Submitted,
    Transcript,
)


class Voice(RealtimeRequest, model="openai/gpt-realtime"):
    """A voice model."""

    voice: Annotated[str, wire.Text("voice")] = "marin"


class Speaker(RealtimeRequest, model="wiro/moss-tts"):
    """A model that only speaks."""

    text: Annotated[str, wire.Text("text")]


VOICE = (
    (0.5, "task_start"),
    (1.0, {"type": "task_stream_ready"}),
    (2.0, {"type": "task_output", "message": "TRANSCRIPT_USER:Hello"}),
    (2.1, {"type": "task_output", "message": "TRANSCRIPT_AI:Hi there"}),
    (2.2, TOKEN.encode() + b"|" + b"\x01|\x02"),
    (2.4, {"type": "task_stream_end"}),
    (
        2.5,
        {
            "type": "task_cost",
            "turnCost": 0.01,
            "cumulativeCost": 0.03,
            "usage": {"input_tokens": 5},
        },
    ),
    (5.0, "task_postprocess_end"),
)


class TestConversation:
    def test_a_voice_session(self, world):
        world.plays(*VOICE)
        world.end |= {"totalcost": "0.03"}
        sound = b"\x00" * CHUNK_BYTES
        with world.client().session(Voice()) as call:
            call.send(sound)
            seen = []
            for event in call:
                seen.append(event)
                if isinstance(event, StreamEnd):
                    call.interrupt()
                    call.end()
        assert types(seen) == [
            Submitted, Started, StreamReady, Transcript, Transcript, AudioChunk, StreamEnd, Cost, Finished,
        ]  # fmt: skip
        assert [(event.speaker, event.text) for event in seen[3:5]] == [
            ("user", "Hello"),
            ("ai", "Hi there"),
        ]
        assert seen[5].data == b"\x01|\x02"
        assert (str(seen[7].turn), str(seen[7].total), seen[7].usage) == (
            "0.01",
            "0.03",
            {"input_tokens": 5},
        )
        assert world.tape.sent == [
            {"type": "task_info", "tasktoken": TOKEN},
            TOKEN.encode() + b"|" + sound,
            {"type": "task_session_interrupt", "tasktoken": TOKEN},
            {"type": "task_session_end", "tasktoken": TOKEN},
        ]
        assert str(call.result().cost) == "0.03"
        assert TOKEN not in repr(seen)

    def test_the_asynchronous_twin_does_the_same(self, world):
        world.plays(*VOICE)

        async def main():
            async with world.async_client().session(Voice()) as call:
                await call.send(b"\x00")
                await call.interrupt()
                await call.end()
                seen = [event async for event in call]
            return seen, await call.result()

        seen, result = asyncio.run(main())
        assert [type(event).__name__ for event in seen].count("AudioChunk") == 1
        assert result.task.outcome == "succeeded"
        assert [frame["type"] for frame in world.tape.sent if isinstance(frame, dict)] == [
            "task_info", "task_session_interrupt", "task_session_end",
        ]  # fmt: skip

    def test_receiving_may_be_limited_in_time(self, world):
        world.plays(*VOICE)
        with world.client().session(Voice()) as call:
            early = [call.receive(timeout=0) for _ in range(4)]
            assert types(early[:3]) == [Submitted, Started, StreamReady]
            assert early[3] is None
            assert call.receive(timeout=0.5) is None
            assert world.time.seconds == 1.5
            assert isinstance(call.receive(timeout=5), Transcript)
            rest = []
            while (event := call.receive()) is not None:
                rest.append(event)
        assert isinstance(rest[-1], Finished)

    def test_a_model_that_only_speaks(self, world):
        world.plays(
            (1.0, {"type": "task_stream_ready"}),
            (1.2, TOKEN.encode() + b"|aa"),
            (1.4, TOKEN.encode() + b"|bb"),
            (1.5, {"type": "task_stream_end"}),
            (1.6, {"type": "task_cost", "cumulativeCost": 0.1}),
            (1.7, {"type": "task_end"}),
            (5.0, {"type": "task_postprocess_end"}),
        )
        with world.client().session(Speaker(text="hi")) as call:
            sound = b"".join(event.data for event in call if isinstance(event, AudioChunk))
        assert sound == b"aabb"

    def test_a_model_that_only_listens_sends_growing_transcripts(self, world):
        world.plays(
            (1.0, {"type": "task_stream_ready"}),
            (2.0, {"type": "task_output", "message": "TRANSCRIPT_USER:Good"}),
            (2.2, {"type": "task_output", "message": "TRANSCRIPT_USER:Good morning"}),
            (5.0, {"type": "task_postprocess_end"}),
        )
        with world.client().session(Voice()) as call:
            texts = [event.text for event in call if isinstance(event, Transcript)]
        assert texts == ["Good", "Good morning"]

    def test_leaving_the_block_ends_the_session(self, world):
        world.plays(*VOICE)
        with pytest.raises(ZeroDivisionError), world.client().session(Voice()):
            raise ZeroDivisionError
        assert world.tape.sent[-1]["type"] == "task_session_end"
        assert world.tape.is_closed

    def test_without_a_socket_there_is_no_session_and_the_task_is_stopped(self, world):
        with (
            pytest.raises(errors.ConnectionFailed, match="a live session needs it") as caught,
            world.client().session(Voice()),
        ):
            pytest.fail("the block was entered")
        assert "Task/Kill" in world.sent
        assert (caught.value.task.outcome, caught.value.billed) == ("cancelled", False)

    def test_a_line_that_breaks_ends_in_a_result_by_polling(self, world):
        world.plays(*VOICE[:3], (2.05, ConnectionError("reset")))
        with world.client().session(Voice()) as call:
            for event in call:
                if isinstance(event, Transcript):
                    break
            assert isinstance(list(call)[-1], Finished)
            with pytest.raises(errors.ConnectionLost):
                call.send(b"\x00")
        assert call.result().task.outcome == "succeeded"

    def test_sending_needs_the_block(self, world):
        with pytest.raises(errors.UsageError, match="enter the session first"):
            world.client().session(Voice()).send(b"")
