"""Sockets of the real library, to a real server, for threads and for asyncio: hand-typed transcripts."""

import asyncio
import logging

import pytest

from runtime.driver.stage import both
from runtime.models import Chat, Vace
from runtime.replies import TOKEN, detail
from runtime.waiting import TIMEOUT, fail_once_sent
from wiro_runtime import errors
from wiro_runtime.seam import clock
from wiro_runtime.task.event import Finished, Log, Progress, Queued, Started, Submitted, TextDelta

pytestmark = pytest.mark.usefixtures("nothing_left_behind")

OLDER = [
    {"type": "task_queue", "id": "2221", "tasktoken": TOKEN, "message": None, "result": True},
    {"type": "task_start", "id": "2221", "tasktoken": TOKEN, "message": None, "result": True},
    {
        "type": "task_error",
        "id": "2221",
        "tasktoken": TOKEN,
        "message": "warming up",
        "result": True,
    },
    {
        "type": "task_output",
        "id": "2221",
        "tasktoken": TOKEN,
        "message": {
            "type": "progressGenerate",
            "task": "Generate",
            "percentage": "60",
            "stepCurrent": "6",
            "stepTotal": "10",
            "speed": "1.2",
            "speedType": "it/s",
            "elapsedTime": "5s",
            "remainingTime": "3s",
        },
        "result": True,
    },
    {"type": "task_end", "id": "2221", "tasktoken": TOKEN, "message": None, "result": True},
    {
        "type": "task_postprocess_end",
        "id": "2221",
        "tasktoken": TOKEN,
        "message": [
            {"name": "0.mp4", "contenttype": "video/mp4", "size": "1", "url": "https://cdn/0"}
        ],
        "result": True,
    },
]
NEWER = [
    {key: value for key, value in message.items() if key != "tasktoken"}
    | {"success": None, "terminal": False, "exitCode": None}
    for message in OLDER[:-1]
] + [
    {
        "type": "task_postprocess_end",
        "id": "2221",
        "message": [],
        "result": True,
        "success": True,
        "terminal": True,
        "exitCode": 0,
    }
]


class CrawlingClock(clock.SystemClock):
    """A second of it takes a minute: what is done by the clock comes far too late."""

    def now(self) -> float:
        return super().now() / 60


@both
@pytest.mark.parametrize("transcript", [OLDER, NEWER], ids=["older", "newer"])
def test_a_transcript_becomes_events_and_a_result(stage, how, transcript):
    stage.frames = transcript
    seen = []
    with clock.use(CrawlingClock()) as crawling:
        began = crawling.now()
        result = stage.run(how, on_event=seen.append)
        # Most of a minute, in truth: only a run that did not receive the end takes so long.
        assert crawling.now() - began < 0.9, "it waited for a look instead of listening"
    assert result.task.outcome == "succeeded"
    assert stage.registered == [{"type": "task_info", "tasktoken": TOKEN}]
    kinds = [type(event) for event in seen]
    assert kinds[:5] == [Submitted, Queued, Started, Log, Progress]
    assert kinds[-1] is Finished
    progress = seen[4]
    assert (progress.percent, progress.step, progress.steps, progress.remaining) == (
        60.0,
        6,
        10,
        3.0,
    )
    assert (progress.speed, progress.speed_unit, progress.estimated) == (1.2, "it/s", False)
    assert stage.runs == 1


@both
def test_both_kinds_of_callback_are_called(stage, how):
    stage.frames = OLDER
    seen = []

    async def note(event):
        seen.append(event)

    stage.run(how, on_event=seen.append if how == "thread" else note)
    assert isinstance(seen[-1], Finished)


@both
@pytest.mark.parametrize("step", range(6))
def test_the_server_may_vanish_at_every_step(stage, how, step):
    def vanish(connection):
        stage.over.set()
        connection.close_socket()

    stage.frames = [*OLDER[:step], vanish]
    assert stage.run(how, deadline=TIMEOUT).task.outcome == "succeeded"
    assert stage.runs == 1


@both
@pytest.mark.parametrize("code", [1000, 1001, 1011, 4000])
def test_the_server_may_hang_up_early(stage, how, code):
    def disconnect(connection):
        stage.over.set()
        connection.close(code, "bye")

    stage.frames = [OLDER[0], disconnect]
    assert stage.run(how, deadline=TIMEOUT).task.outcome == "succeeded"


@both
def test_the_deadline_is_kept_while_the_socket_is_silent(stage, how):
    stage.frames = [OLDER[0]]
    error = fail_once_sent(lambda seconds: stage.run(how, deadline=seconds))
    assert isinstance(error, errors.DeadlineExceeded)
    assert error.task.id == "2221"


@both
def test_binary_frames_and_noise_are_passed_over(stage, how):
    stage.frames = [b"\x00\xff", "~", TOKEN.encode() + b"|a|b", *OLDER]
    assert stage.run(how).task.outcome == "succeeded"


@both
def test_a_language_models_words_arrive_while_it_writes(stage, how):
    def words(text):
        message = {"type": "progressGenerate", "segments": [{"type": "answer", "text": text}]}
        return {"type": "task_output", "id": "2221", "message": message, "result": True}

    stage.frames = [words("Hello"), words("Hello wor"), words("Hello world"), NEWER[-1]]
    content = {"segments": [{"type": "answer", "text": "Hello world"}], "finishreason": "stop"}
    outputs = [{"contenttype": "raw", "content": content}]
    stage.done = detail("task_postprocess_end", pexit="0", outputs=outputs)
    seen = []
    result = stage.run(how, Chat(prompt="x"), on_event=seen.append)
    deltas = [event.delta for event in seen if isinstance(event, TextDelta)]
    assert deltas == ["Hello", " wor", "ld"]
    assert (result.text, result.finish_reason) == ("Hello world", "stop")


def test_one_client_serves_several_event_loops(stage):
    stage.frames = OLDER
    client = stage.async_client()

    async def main():
        stage.over.clear()
        return await client.run(Vace(prompt="x"))

    for _ in range(3):
        assert asyncio.run(main()).task.outcome == "succeeded"
    assert len(stage.registered) == 3


def test_many_tasks_of_one_loop_listen_side_by_side(stage):
    stage.frames = OLDER
    client = stage.async_client()

    async def main():
        runs = [client.run(Vace(prompt="x")) for _ in range(20)]
        return await asyncio.gather(*runs)

    assert len(asyncio.run(main())) == 20
    assert client._calls.budget.open_count == 0


@pytest.mark.parametrize("on_abandon", ["detach", "cancel"])
def test_a_cancelled_task_disconnects(stage, on_abandon):
    stage.frames = [OLDER[0], OLDER[1]]

    async def main():
        started = asyncio.Event()
        running = asyncio.create_task(
            stage.async_client().run(
                Vace(prompt="x"),
                on_event=lambda event: isinstance(event, Started) and started.set(),
                on_abandon=on_abandon,
            )
        )
        await asyncio.wait_for(started.wait(), TIMEOUT)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []

    asyncio.run(main())
    assert stage.over.is_set() is (on_abandon == "cancel")


def test_ctrl_c_disconnects(stage):
    stage.frames = [OLDER[0], OLDER[1]]

    def interrupt(event):
        if isinstance(event, Started):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        stage.client().run(Vace(prompt="x"), on_event=interrupt)
    assert "client.attach(Vace" in caught.value.__notes__[0]


@both
def test_no_log_of_any_library_holds_the_token(stage, how, caplog):
    """With every logger there is at DEBUG."""
    stage.frames = NEWER
    caplog.set_level(logging.DEBUG)
    for name in list(logging.root.manager.loggerDict):
        caplog.set_level(logging.DEBUG, logger=name)
    stage.run(how)
    ours = [record for record in caplog.records if record.name != "websockets.server"]
    assert ours
    assert [record for record in ours if TOKEN in record.getMessage()] == []
