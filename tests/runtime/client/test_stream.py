"""`with client.stream(request) as run:` events one by one, then the result."""

import asyncio
import json

import httpx
import pytest

from runtime.client.socket_world import types
from runtime.models import Chat, Vace
from runtime.replies import TOKEN
from wiro_runtime import Client, TaskSnapshot, errors
from wiro_runtime.client.untyped import request_class
from wiro_runtime.task.event import (
    Cost,
    Finished,
    Log,
    Queued,
    Started,
    Submitted,
    TextDelta,
)


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
        def frames():
            world.time.seconds = 0.0
            world.plays((0.5, "task_queue"), (1.0, "task_start"), (5.0, "task_postprocess_end"))

        frames()
        with world.client().stream(Vace(prompt="x")) as run:
            pulled = list(run)
        frames()
        emitted = []
        world.client().run(Vace(prompt="x"), on_event=emitted.append)
        assert pulled == emitted

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

    def test_a_task_that_has_ended_still_emits_all_events(self, world):
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
        talking.stated = {"categories": json.dumps(["tool", "llm"])}
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
