"""`tracking="sync"` and `"sse"`: Run with its answer held open; lost or late, it is never sent twice."""

import asyncio
import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.local_server import serve
from runtime.models import Chat
from runtime.replies import TOKEN, detail
from runtime.waiting import await_until, fail_once_sent
from wiro_runtime import AsyncClient, Client, errors
from wiro_runtime.driver import deadline
from wiro_runtime.task.event import Finished, Submitted, TextDelta
from wiro_runtime.task.event_stream import EventReader

MODEL = "/v1/Run/openai/gpt-oss-20b/sync"
DONE = detail(
    "task_postprocess_end",
    pexit="0",
    totalcost="0.5",
    outputs=[
        {"contenttype": "raw", "content": {"segments": [{"type": "answer", "text": "Hello"}]}}
    ],
)
LATE = {"result": False, "errors": [], "taskid": "2221", "socketaccesstoken": TOKEN}


def event(name, data):
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()


def segments(text):
    data = {"id": "2221", "status": "task_output", "pexit": None}
    return event("task_output", data | {"segments": [{"type": "answer", "text": text}]})


START = event("start", {"taskid": "2221", "socketaccesstoken": TOKEN})


class Server:
    """Plays pieces of a stream, or gives a whole answer; Task/Detail gives `details` in turn."""

    def __init__(self, *pieces, whole=None, status=200, details=(DONE,)):
        self.pieces, self.whole, self.status = pieces, whole, status
        self.details = list(details)
        self.is_played_out = False

    def __call__(self, handler):
        if handler.path == "/v1/Task/Detail":
            handler.json(self.details.pop(0) if len(self.details) > 1 else self.details[0])
        elif self.whole is not None:
            handler.json(self.whole, self.status)
        else:
            self.stream(handler)

    def stream(self, handler):
        handler.send_response(200)
        handler.send_header("content-type", "text/event-stream; charset=utf-8")
        handler.send_header("connection", "close")
        handler.end_headers()
        for piece in self.pieces:
            if isinstance(piece, float):
                handler.server.over.wait(piece)
            else:
                handler.wfile.write(piece)
                handler.wfile.flush()
        self.is_played_out = True
        handler.disconnect()


def run(how, url, tracking, **options):
    request = Chat(prompt="x")
    if how == "thread":
        with Client("key", base_url=f"{url}/v1", tracking=tracking) as client:
            return client.run(request, **options)

    async def main():
        async with AsyncClient("key", base_url=f"{url}/v1", tracking=tracking) as client:
            return await client.run(request, **options)

    return asyncio.run(main())


def runs(server):
    return [path for path, _, _ in server.seen if "/Run/" in path]


both = pytest.mark.parametrize("how", ["thread", "asyncio"])
modes = pytest.mark.parametrize("tracking", ["sync", "sse"])


@both
def test_sync_waits_in_the_answer_and_asks_nothing_more(how):
    seen = []
    with serve(Server(whole=DONE)) as server:
        result = run(how, server.url, "sync", on_event=seen.append)
        assert [path for path, _, _ in server.seen] == [MODEL]
    assert (result.text, str(result.cost)) == ("Hello", "0.5")
    assert isinstance(seen[0], Submitted)
    assert isinstance(seen[-1], Finished)


@both
def test_events_stream_and_the_last_word_is_task_details(how):
    seen = []
    done = event("done", DONE)
    pieces = [
        b": keep-alive\n\n",
        START[:9],
        START[9:],
        segments("He"),
        segments("Hello"),
        b":\n\n",
        done,
    ]
    with serve(Server(*pieces)) as server:
        result = run(how, server.url, "sse", on_event=seen.append)
        assert [path for path, _, _ in server.seen] == [f"{MODEL}?stream=true", "/v1/Task/Detail"]
    assert result.text == "Hello"
    assert isinstance(seen[0], Submitted)
    assert (seen[0].task_id, seen[0].token) == ("2221", TOKEN)
    assert [event.delta for event in seen if isinstance(event, TextDelta)] == ["He", "llo"]


@both
@modes
def test_after_a_504_the_task_it_names_is_polled(how, tracking):
    with serve(Server(whole=LATE, status=504, details=[detail("task_output"), DONE])) as server:
        assert run(how, server.url, tracking).text == "Hello"
        assert len(runs(server)) == 1
        assert server.count("/v1/Task/Detail") == 2


@both
@pytest.mark.parametrize("broken", [[START], [START, segments("He")], [START, b"event: task_out"]])
def test_a_stream_that_breaks_is_followed_by_polling(how, broken):
    with serve(Server(*broken)) as server:
        assert run(how, server.url, "sse").text == "Hello"
        assert len(runs(server)) == 1


@both
@pytest.mark.parametrize("broken", [[], [b": keep-alive\n\n"], [b"event: start\n"]])
def test_a_stream_that_breaks_before_it_names_the_task_is_not_sent_again(how, broken):
    with serve(Server(*broken)) as server:
        with pytest.raises(errors.SubmissionUnknown) as caught:
            run(how, server.url, "sse")
        assert len(server.seen) == 1
    assert (caught.value.billed, caught.value.safe_to_resubmit) == (None, False)


@both
def test_an_answer_with_several_tasks_does_not_say_which_is_ours(how):
    several = DONE | {"tasklist": [*detail("task_cancel", id="9")["tasklist"], *DONE["tasklist"]]}
    with serve(Server(whole=several)) as server:
        with pytest.raises(errors.SubmissionUnknown) as caught:
            run(how, server.url, "sync")
        assert len(server.seen) == 1
    assert (caught.value.billed, caught.value.task) == (None, None)


@both
@modes
def test_refusals_are_what_they_are(how, tracking):
    refusal = {"result": False, "errors": [{"code": 97, "message": "Insufficient balance"}]}
    with serve(Server(whole=refusal)) as server:
        with pytest.raises(errors.InsufficientBalance):
            run(how, server.url, tracking)
        assert len(server.seen) == 1


@modes
def test_a_refusal_is_read_whatever_an_interrupted_exchange_has_left(tracking):
    """Ctrl-C may come where a scope is about to be left; the time of that exchange is nobody else's."""
    refusal = {"result": False, "errors": [{"code": 97, "message": "Insufficient balance"}]}

    def refuse_in_two_pieces(handler):
        body = json.dumps(refusal).encode()
        handler.send_response(200)
        handler.send_header("content-type", "application/json")
        handler.send_header("content-length", str(len(body)))
        handler.end_headers()
        handler.wfile.flush()
        handler.server.over.wait(0.2)  # so that the body has to be waited for
        handler.wfile.write(body)

    with (
        serve(refuse_in_two_pieces) as server,
        deadline.deadline_scope(-1.0),
        pytest.raises(errors.InsufficientBalance),
    ):
        run("thread", server.url, tracking)


@both
def test_a_failure_is_a_failure(how):
    ended = detail("task_postprocess_end", pexit="1")
    with serve(Server(whole=ended)) as server, pytest.raises(errors.TaskFailed):
        run(how, server.url, "sync")


@both
def test_the_deadline_beats_a_stream_that_only_keeps_alive(how):
    running = detail("task_output")
    kept_alive = Server(START, *[0.1, b":\n\n"] * 600, details=[running])  # a minute
    with serve(kept_alive) as server:
        error = fail_once_sent(lambda seconds: run(how, server.url, "sse", deadline=seconds))
        assert not kept_alive.is_played_out, "the stream ended first"
    assert isinstance(error, errors.DeadlineExceeded)
    assert error.task.id == "2221"


@both
def test_the_deadline_beats_an_answer_that_is_held(how):
    answered = []

    def answer(handler):
        handler.hold()
        answered.append(handler.server.over.is_set())
        handler.json(DONE)

    with serve(answer) as server:
        error = fail_once_sent(lambda seconds: run(how, server.url, "sync", deadline=seconds))
        assert not answered, "the answer came first"
        assert await_until(lambda: server.seen)
        assert len(server.seen) == 1
    assert isinstance(error, errors.SubmissionUnknown)


def test_streams_and_held_answers_go_together():
    with serve(Server(START, segments("He"), event("done", DONE))) as server:
        client = Client("key", base_url=f"{server.url}/v1", tracking="sse")
        with client, client.stream(Chat(prompt="x")) as stream:
            assert (
                "".join(event.delta for event in stream if isinstance(event, TextDelta)) == "Hello"
            )


STREAM = (START + b": hi\r\n" + segments("caf\u00e9 \u2603") + event("done", DONE)).replace(
    b"\n\n", b"\r\n\r\n"
)


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_a_stream_reads_the_same_wherever_it_is_cut(cuts):
    whole = list(EventReader().read(STREAM))
    assert [message.type for message in whole] == ["start", "task_output", "task_postprocess_end"]
    reader, read = EventReader(), []
    bounds = [0, *sorted(cuts), len(STREAM)]
    for start, end in itertools.pairwise(bounds):
        read += reader.read(STREAM[start:end])
    assert read == whole


@given(st.binary(max_size=200))
def test_no_stream_breaks_the_reader(data):
    list(EventReader().read(data))
