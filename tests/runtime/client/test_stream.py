"""`with client.stream(request) as run:` events one by one, then the result; live sessions likewise."""

import asyncio
import json
from typing import Annotated

import httpx
import pytest

from runtime.kit import RUN_REPLY, TOKEN, Chat, FakeClock, Tape, Vace, detail
from wiro_runtime import AsyncClient, Client, RealtimeRequest, TaskSnapshot, errors
from wiro_runtime.client.live_session import CHUNK_BYTES
from wiro_runtime.client.untyped import request_class
from wiro_runtime.request import wire
from wiro_runtime.seam import clock, socket
from wiro_runtime.task.event import (
    AudioChunk,
    Cost,
    Finished,
    Log,
    Queued,
    Started,
    StreamEnd,
    StreamReady,
    Submitted,
    TextDelta,
    Transcript,
)


class Voice(RealtimeRequest, model="openai/gpt-realtime"):
    """A voice model."""

    voice: Annotated[str, wire.Text("voice")] = "marin"


class Speaker(RealtimeRequest, model="wiro/moss-tts"):
    """A model that only speaks."""

    text: Annotated[str, wire.Text("text")]


class Socket(Tape):
    """A tape in the shape of both drivers' sockets."""

    def __init__(self, time: FakeClock, *frames) -> None:
        super().__init__(*frames)
        self.time = time

    def receive(self, seconds):
        return self.play(self.time, seconds)


class AwaitedSocket:
    def __init__(self, tape: Socket) -> None:
        self._tape = tape

    async def send(self, data):
        self._tape.send(data)

    async def receive(self, seconds):
        return self._tape.receive(seconds)

    async def close(self):
        self._tape.close()


class World:
    """The platform in virtual time: a socket that plays, and Task/Detail that knows when it is over."""

    def __init__(self, time: FakeClock) -> None:
        self.time = time
        self.over_at = 5.0
        self.end = {"pexit": "0"}
        self.tool: dict = {}
        self.told: dict = {}
        """What Task/Detail says from the beginning."""
        self.sent: list[str] = []
        self.tape: Socket | None = None

    def plays(self, *frames) -> None:
        told = [
            (at, {"type": frame, "id": "2221"} if isinstance(frame, str) else frame)
            for at, frame in frames
        ]
        self.tape = Socket(self.time, *told)

    def connect(self, url, seconds):
        if self.tape is None:
            raise ConnectionRefusedError("refused")
        return self.tape

    async def connect_async(self, url, seconds):
        return AwaitedSocket(self.connect(url, seconds))

    def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/v1/")
        self.sent.append(path)
        if path.startswith("Run/"):
            return httpx.Response(200, json=RUN_REPLY)
        if path == "Tool/Detail":
            return httpx.Response(200, json={"result": True, "tool": [self.tool]})
        if path in ("Task/Cancel", "Task/Kill"):
            self.over_at, self.end = 0.0, {"status": "task_cancel"}
            return httpx.Response(200, json={"result": True, "errors": []})
        fields = (
            {"status": "task_postprocess_end", **self.end}
            if self.time.seconds >= self.over_at
            else {}
        )
        return httpx.Response(200, json=detail(**{"status": "task_start", **self.told, **fields}))

    def client(self, **options) -> Client:
        own = httpx.Client(transport=httpx.MockTransport(self.answer))
        return Client("key", http_client=own, socket_url="ws://localhost", **options)

    def async_client(self, **options) -> AsyncClient:
        own = httpx.AsyncClient(transport=httpx.MockTransport(self.answer))
        return AsyncClient("key", http_client=own, socket_url="ws://localhost", **options)


@pytest.fixture
def world():
    time = FakeClock()
    world = World(time)
    with clock.use(time), socket.use(world):
        yield world


def types(events):
    return [type(event) for event in events]


class TestStream:
    def test_events_come_one_by_one_and_then_the_result(self, world):
        world.plays((0.5, "task_queue"), (1.0, "task_start"), (5.0, "task_postprocess_end"))
        with world.client().stream(Vace(prompt="x")) as run:
            assert world.sent == ["Run/pruna/vace"], "the run is sent on entering"
            first = next(run)
            assert isinstance(first, Submitted)
            assert (run.task.id, run.task.token) == ("2221", TOKEN)
            seen = [first, *run]
        assert types(seen) == [Submitted, Queued, Started, Finished]
        assert run.result().task.outcome == "succeeded"
        assert world.tape.is_closed

    def test_the_asynchronous_twin_does_the_same(self, world):
        world.plays((0.5, "task_queue"), (1.0, "task_start"), (5.0, "task_postprocess_end"))

        async def main():
            async with world.async_client().stream(Vace(prompt="x")) as run:
                seen = [event async for event in run]
            return seen, await run.result()

        seen, result = asyncio.run(main())
        assert types(seen) == [Submitted, Queued, Started, Finished]
        assert result.task.outcome == "succeeded"
        assert world.tape.is_closed

    def test_a_callback_gets_the_same_events(self, world):
        def story():
            world.time.seconds = 0.0
            world.plays((0.5, "task_queue"), (1.0, "task_start"), (5.0, "task_postprocess_end"))

        story()
        with world.client().stream(Vace(prompt="x")) as run:
            pulled = list(run)
        story()
        told = []
        world.client().run(Vace(prompt="x"), on_event=told.append)
        assert pulled == told

    def test_the_result_waits_within_the_block(self, world):
        with world.client().stream(Vace(prompt="x")) as run:
            assert run.result().task.outcome == "succeeded"

    def test_failures_are_raised_in_the_loop_and_again_by_the_result(self, world):
        world.end = {"pexit": "1", "debugerror": "CUDA out of memory"}
        client = world.client()
        with pytest.raises(errors.TaskFailed), client.stream(Vace(prompt="x")) as run:  # noqa: PT012 - a loop is the point
            for event in run:
                last = event
        assert (type(last), last.outcome) == (Finished, "failed")
        with pytest.raises(errors.TaskFailed, match="CUDA"):
            run.result()

    def test_a_refusal_shows_on_entering(self, world):
        own = httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(401)))
        with (
            pytest.raises(errors.AuthenticationFailed),
            Client("key", http_client=own).stream(Vace(prompt="x")),
        ):
            pytest.fail("the block was entered")

    @pytest.mark.parametrize("on_abandon", ["detach", "cancel"])
    def test_leaving_early_honours_on_abandon(self, world, on_abandon):
        world.plays((0.5, "task_queue"))
        with world.client().stream(Vace(prompt="x"), on_abandon=on_abandon) as run:
            for event in run:
                if isinstance(event, Queued):
                    break
        assert ("Task/Kill" in world.sent) is (on_abandon == "cancel")
        assert world.tape.is_closed
        assert run.task.id == "2221"
        with pytest.raises(errors.TaskNotFinished):
            run.result()

    @pytest.mark.parametrize("on_abandon", ["detach", "cancel"])
    def test_leaving_early_in_asyncio_does_the_same(self, world, on_abandon):
        world.plays((0.5, "task_queue"))

        async def main():
            async with world.async_client().stream(Vace(prompt="x"), on_abandon=on_abandon) as run:
                async for event in run:
                    if isinstance(event, Queued):
                        break
            with pytest.raises(errors.TaskNotFinished):
                await run.result()

        asyncio.run(main())
        assert ("Task/Kill" in world.sent) is (on_abandon == "cancel")
        assert world.tape.is_closed

    def test_an_exception_in_the_block_says_how_to_resume(self, world):
        client = world.client()
        with pytest.raises(ZeroDivisionError) as caught, client.stream(Vace(prompt="x")) as run:  # noqa: PT012 - as above
            for _ in run:
                raise ZeroDivisionError
        assert "client.attach(Vace" in caught.value.__notes__[0]

    def test_somebody_elses_error_keeps_its_own_task(self, world):
        other = errors.TaskFailed("no", task=TaskSnapshot(id="7"))
        with pytest.raises(errors.TaskFailed) as caught, world.client().stream(Vace(prompt="x")):
            raise other
        assert caught.value.task.id == "7"

    def test_it_is_used_in_a_with_block(self, world):
        with pytest.raises(errors.UsageError, match="enter the stream first"):
            next(world.client().stream(Vace(prompt="x")))
        assert world.sent == []

    def test_a_handle_streams_as_well(self, world):
        client = world.client()
        task = client.submit(Vace(prompt="x"))
        with task.stream() as run:
            seen = list(run)
        assert types(seen)[0] is Submitted
        assert isinstance(seen[-1], Finished)
        assert task.snapshot.outcome == "succeeded"
        assert world.sent.count("Run/pruna/vace") == 1

    def test_a_task_that_has_ended_tells_its_whole_story(self, world):
        world.over_at = 0.0
        world.end |= {"debugerror": "a\nb", "totalcost": "0.5"}
        with world.client().attach(Vace, id="2221").stream() as run:
            kinds = types(run)
        assert kinds[-2:] == [Cost, Finished]
        assert len(kinds) == 4

    def test_attributes_stream_as_well(self, world):
        from wiro_runtime.client.endpoint import Endpoint

        with Endpoint(world.client(), Chat).stream(prompt="x") as run:
            assert run.result().task.outcome == "succeeded"


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
            heard = [event.text for event in call if isinstance(event, Transcript)]
        assert heard == ["Good", "Good morning"]

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


def test_words_stream_from_a_language_model(world):
    def words(text):
        return {"type": "task_output", "message": json.dumps({"raw": text})}

    world.plays((1.0, words("a")), (1.5, words("ab")), (5.0, "task_postprocess_end"))
    world.end |= {"outputs": [{"contenttype": "raw", "content": {"answer": ["abc"]}}]}
    with world.client().stream(Chat(prompt="x")) as run:
        deltas = [event.delta for event in run if isinstance(event, TextDelta)]
    assert deltas == ["a", "b", "c"]
    assert run.result().text == "abc"


class TestWithoutAClass:
    """What a model makes is what the platform's categories say, of it or of its task."""

    @pytest.fixture
    def talking(self, world):
        def words(text):
            return {"type": "task_output", "message": json.dumps({"raw": text})}

        world.plays((1.0, words("a")), (1.5, words("ab")), (5.0, "task_postprocess_end"))
        world.end |= {"outputs": [{"contenttype": "raw", "content": {"answer": ["abc"]}}]}
        inputs = [{"title": "", "items": [{"id": "prompt", "type": "textarea"}]}]
        world.tool = {
            "cleanslugowner": "owner",
            "cleanslugproject": "any",
            "categories": ["tool", "LLM"],
            "parameters": inputs,
        }
        return world

    def test_words_stream_from_a_language_model(self, talking):
        with talking.client().stream("owner/any", prompt="x") as run:
            deltas = [event.delta for event in run if isinstance(event, TextDelta)]
        assert deltas == ["a", "b", "c"]
        assert run.result().text == "abc"

    def test_the_asynchronous_twin_does_the_same(self, talking):
        async def main():
            async with talking.async_client() as client:
                async with client.stream("owner/any", prompt="x") as run:
                    deltas = [event.delta async for event in run if isinstance(event, TextDelta)]
                return deltas, (await run.result()).text

        assert asyncio.run(main()) == (["a", "b", "c"], "abc")

    def test_a_task_of_another_process_says_it_itself(self, talking):
        talking.told = {"categories": json.dumps(["tool", "llm"])}
        task = talking.client().attach(request_class("owner/any"), id="2221")
        with task.stream() as run:
            deltas = [event.delta for event in run if isinstance(event, TextDelta)]
        assert deltas == ["a", "b", "c"]
        assert "Tool/Detail" not in talking.sent

    def test_what_a_media_model_prints_is_a_log_and_no_answer(self, talking):
        talking.tool["categories"] = ["text-to-image"]
        talking.plays((1.0, {"type": "task_output", "message": "loading"}), (5.0, "task_end"))
        files = [{"name": "0.png", "contenttype": "image/png", "url": "https://cdn.example/0.png"}]
        talking.end = {"pexit": "0", "debugoutput": "loading\n", "outputs": files}
        with talking.client().stream("owner/any", prompt="x") as run:
            events = list(run)
        assert [event.line for event in events if isinstance(event, Log)] == ["loading"]
        assert TextDelta not in types(events)
        assert run.result().text == ""
        assert [output.name for output in run.result().outputs] == ["0.png"]
