"""Waiting for a task: every end, every interruption, every event. No I/O: flows driven by hand."""

from functools import partial

import pytest

from runtime.models import Vace
from runtime.replies import DONE, RUN_REPLY, TOKEN, detail, refusal, reply
from runtime.script import Script
from wiro_runtime import TaskSnapshot, errors
from wiro_runtime.config import read_config
from wiro_runtime.flow.calls import Calls
from wiro_runtime.flow.effect import Send, TransportFailure
from wiro_runtime.flow.options import CallOptions
from wiro_runtime.task.event import (
    Cost,
    Finished,
    Progress,
    Queued,
    Started,
    StatusChanged,
    Submitted,
)

LOST = TransportFailure("ReadTimeout", never_sent=False)


def run(script: Script, *, deadline=600.0, on_event=None, on_abandon="detach", calls=None):
    calls = calls or Calls(read_config(api_key="key"))
    options = CallOptions(deadline=deadline, on_event=on_event, on_abandon=on_abandon)
    flow = calls.run(Vace(prompt="x"), options)
    return script.run(flow)


def test_a_run_ends_with_its_last_state():
    script = Script(RUN_REPLY, detail("task_queue"), detail("task_start"), DONE)
    assert run(script).outcome == "succeeded"
    assert script.sent == ["Run/pruna/vace", "Task/Detail", "Task/Detail", "Task/Detail"]


def test_failure_raises_with_the_tasks_last_words():
    words = "x" * 600 + "CUDA out of memory"
    script = Script(RUN_REPLY, detail("task_postprocess_end", pexit="1", debugerror=words))
    with pytest.raises(errors.TaskFailed) as caught:
        run(script)
    error = caught.value
    assert (error.exit_code, error.billed, error.safe_to_resubmit) == (1, False, True)
    assert str(error).endswith("CUDA out of memory")
    assert len(str(error)) < 700
    assert error.debug_error == words
    assert error.resume is None


def test_cancellation_by_somebody_else_raises():
    with pytest.raises(errors.TaskCancelled) as caught:
        run(Script(RUN_REPLY, detail("task_cancel")))
    assert (caught.value.billed, caught.value.task.id) == (False, "2221")


def test_task_error_and_unknown_statuses_are_no_end():
    script = Script(RUN_REPLY, detail("task_error"), detail("task_moonwalk"), DONE)
    assert run(script).outcome == "succeeded"


@pytest.mark.parametrize(
    "trouble", [LOST, reply(b"", 503), reply(b"<html>", 200), reply(b"", 429), reply(b"", 408)]
)
def test_reads_are_repeated_until_an_answer_comes(trouble):
    script = Script(RUN_REPLY, trouble, trouble, DONE)
    run(script)
    assert script.sent.count("Run/pruna/vace") == 1
    assert script.slept == [1.0, 0.5, 1.0]


def test_the_platform_is_asked_when_it_wants_to_be():
    script = Script(RUN_REPLY, reply(b"", 429, retry_after="9"), DONE)
    run(script)
    assert script.slept == [1.0, 9.0]


@pytest.mark.parametrize(
    ("trouble", "kind"),
    [
        (LOST, errors.ConnectionLost),
        (TransportFailure("ConnectError", never_sent=True), errors.ConnectionFailed),
        (reply(b"", 502), errors.ServerError),
    ],
)
def test_a_read_that_never_succeeds_gives_the_task_back(trouble, kind):
    """Even a connection that was never made says nothing about a task that was started before."""
    script = Script(RUN_REPLY, *[trouble] * 7)
    with pytest.raises(kind) as caught:
        run(script)
    error = caught.value
    assert (error.task.id, error.billed, error.safe_to_resubmit) == ("2221", None, False)
    assert error.resume == 'client.attach(Vace, id="2221")'
    assert 'client.attach(Vace, id="2221")' in str(error)
    assert TOKEN not in str(error)


UNKNOWN = refusal("There is no task yet.", 1)
EMPTY = {"result": True, "tasklist": []}
HTML = reply(b"<html>400 Bad Request</html>", 400, content_type="text/html")
MISSING = reply(b"<html>404</html>", 404, content_type="text/html")
GATEWAY = [reply(b"<html>", status) for status in (401, 403, 405, 409, 410, 421, 425, 431)]
NONSENSE = [refusal("Insufficient balance", 97), refusal("Too many tasks", 96), {"result": False}]
NO_KEY = refusal("Project authorization is not valid.")
OTHER = detail("task_cancel", id="9", socketaccesstoken="another")
NAMELESS = detail("task_cancel", id=None, socketaccesstoken=None)
HALF_NAMED = detail("task_cancel", id=None, socketaccesstoken="another")
TWICE = detail("task_cancel") | {
    "tasklist": [*detail("task_cancel")["tasklist"], *DONE["tasklist"]]
}
ODD = [UNKNOWN, EMPTY, HTML, MISSING, OTHER, NAMELESS, HALF_NAMED, TWICE, *GATEWAY, *NONSENSE]


@pytest.mark.parametrize("odd", ODD)
def test_one_odd_answer_does_not_end_the_wait_for_a_task_that_was_started(odd):
    task = run(Script(RUN_REPLY, odd, odd, DONE))
    assert (task.id, task.outcome) == ("2221", "succeeded")


@pytest.mark.parametrize("odd", ODD)
def test_an_answer_that_stays_odd_says_nothing_about_money(odd):
    with pytest.raises(errors.PlatformError) as caught:
        run(Script(RUN_REPLY, *[odd] * 7))
    assert (caught.value.task.id, caught.value.billed) == ("2221", None)


@pytest.mark.parametrize("answer", [NO_KEY, reply(NO_KEY, 401), refusal("suspended")])
def test_a_refusal_of_the_key_ends_the_wait_at_once(answer):
    """It is the platform's own word, and asking again with the same key helps nobody."""
    with pytest.raises((errors.AuthenticationFailed, errors.PermissionDenied)) as caught:
        run(Script(RUN_REPLY, answer))
    assert caught.value.resume == 'client.attach(Vace, id="2221")'


@pytest.mark.parametrize("odd", [UNKNOWN, EMPTY, HTML, MISSING])
def test_a_task_of_which_nothing_is_known_is_asked_for_once(odd):
    script = Script(odd)
    with pytest.raises(errors.PlatformError):
        script.run(Calls(read_config(api_key="key")).attach(Vace, None, "2221"))
    assert len(script.sent) == 1


@pytest.mark.parametrize("without", ["id", "socketaccesstoken"])
def test_an_item_that_leaves_out_its_name_keeps_the_one_that_is_known(without):
    nameless = detail("task_start", **{without: None})
    script = Script(RUN_REPLY, nameless, nameless, DONE)
    assert run(script).id == "2221"
    asked = [effect.body for effect in script.effects if isinstance(effect, Send)][1:]
    assert asked == [{"taskid": "2221"}] * 3


@pytest.mark.parametrize("names", [(None, "2221"), (TOKEN, None)])
def test_an_item_that_does_not_repeat_the_name_that_was_asked_for_proves_nothing(names):
    """Not even where nothing else is known of the task: it may be anybody's."""
    other_half = {"id": None} if names[1] else {"socketaccesstoken": None}
    script = Script(*[detail("task_cancel", **other_half)] * 7)
    with pytest.raises(errors.UnexpectedReply) as caught:
        script.run(Calls(read_config(api_key="key")).attach(Vace, *names))
    assert caught.value.billed is None
    assert "has no name" in str(caught.value)


@pytest.mark.parametrize(("token", "name"), [(None, "2221"), (TOKEN, None)])
def test_the_only_item_is_taken_where_nothing_in_it_says_otherwise(token, name):
    """What was paid for is not withheld for want of a name."""
    nameless = detail("task_postprocess_end", pexit="0", id=None, socketaccesstoken=None)
    task = Script(nameless).run(Calls(read_config(api_key="key")).attach(Vace, token, name))
    assert (task.outcome, task.id or None, task.token) == ("succeeded", name, token)


def test_the_task_is_found_among_others():
    items = [*NAMELESS["tasklist"], *OTHER["tasklist"], *DONE["tasklist"]]
    assert run(Script(RUN_REPLY, DONE | {"tasklist": items})).outcome == "succeeded"


def test_names_that_were_learned_stay_with_a_task_that_is_kept():
    nameless = detail("task_postprocess_end", pexit="0", totalcost="0.5", id=None)
    task = run(Script(RUN_REPLY, nameless))
    assert TaskSnapshot.from_wire(task.to_dict()).id == "2221"


@pytest.mark.parametrize("status", ["task_cancel", "task_postprocess_end"])
def test_a_task_that_states_a_cost_is_never_called_free(status):
    with pytest.raises(errors.TaskError) as caught:
        run(Script(RUN_REPLY, detail(status, pexit="1", totalcost="0.5")))
    assert (caught.value.billed, caught.value.safe_to_resubmit) == (None, False)
    assert "costs nothing" not in str(caught.value)


class TestDeadline:
    def test_it_is_kept_to_the_second_after_one_last_look(self):
        script = Script(RUN_REPLY, *[detail("task_start")] * 20)
        with pytest.raises(errors.DeadlineExceeded) as caught:
            run(script, deadline=10.0)
        assert script.clock.seconds == 10.0
        assert script.slept[-1] == pytest.approx(0.5)
        error = caught.value
        assert (error.deadline, error.task.id, error.task.token) == (10.0, "2221", TOKEN)
        assert (error.billed, error.safe_to_resubmit) == (None, False)
        assert isinstance(error, TimeoutError)
        assert "client.attach(Vace" in str(error)
        assert "Task/Cancel" not in script.sent

    def test_it_ends_a_run_of_failed_reads_too(self):
        script = Script(RUN_REPLY, *[LOST] * 20)
        with pytest.raises(errors.DeadlineExceeded):
            run(script, deadline=4.0)
        assert script.clock.seconds == 4.0

    def test_cancel_stops_the_task_and_says_so(self):
        looks = [detail("task_queue")] * 3
        stopping = [detail("task_queue"), detail(), detail("task_cancel")]
        script = Script(RUN_REPLY, *looks, *stopping)
        with pytest.raises(errors.DeadlineExceeded) as caught:
            run(script, deadline=3.0, on_abandon="cancel")
        assert "Task/Cancel" in script.sent
        assert (caught.value.billed, caught.value.safe_to_resubmit) == (False, True)
        assert caught.value.resume is None
        assert "Task 2221 was stopped." in str(caught.value)

    def test_a_task_that_finished_meanwhile_is_not_lost(self):
        script = Script(RUN_REPLY, *[detail("task_queue")] * 3, DONE)
        with pytest.raises(errors.DeadlineExceeded) as caught:
            run(script, deadline=3.0, on_abandon="cancel")
        assert (caught.value.billed, caught.value.safe_to_resubmit) == (True, False)
        assert "client.attach" in str(caught.value)
        assert "Task 2221 had succeeded before it could be stopped." in str(caught.value)

    def test_a_task_that_would_not_stop_is_noted(self):
        script = Script(RUN_REPLY, *[detail("task_queue")] * 3, reply(NO_KEY, 401))
        with pytest.raises(errors.DeadlineExceeded) as caught:
            run(script, deadline=3.0, on_abandon="cancel")
        assert caught.value.billed is None
        assert "could not be stopped" in caught.value.__notes__[0]
        assert "could not be stopped and may still be running" in str(caught.value)


class TestLeaving:
    @pytest.mark.parametrize("leaving", [KeyboardInterrupt(), SystemExit(1)])
    def test_ctrl_c_says_how_to_resume(self, leaving):
        with pytest.raises(type(leaving)) as caught:
            run(Script(RUN_REPLY, leaving))
        assert 'client.attach(Vace, id="2221")' in caught.value.__notes__[0]

    def test_ctrl_c_cancels_if_so_wished(self):
        script = Script(
            RUN_REPLY, KeyboardInterrupt(), detail("task_start"), detail(), detail("task_cancel")
        )
        with pytest.raises(KeyboardInterrupt):
            run(script, on_abandon="cancel")
        assert script.sent[2:] == ["Task/Detail", "Task/Kill", "Task/Detail"]

    def test_a_callback_that_raises_leaves_like_ctrl_c(self):
        class StopWatching(Exception):  # noqa: N818 - a signal
            pass

        def leave(event):
            raise StopWatching

        with pytest.raises(StopWatching) as caught:
            run(Script(RUN_REPLY), on_event=leave)
        assert "is not lost" in caught.value.__notes__[0]

    def test_a_flow_that_is_thrown_away_asks_for_nothing_more(self):
        calls = Calls(read_config(api_key="key"))
        watched = TaskSnapshot(id="1", status="task_queue")
        flow = calls.wait(Vace, watched, CallOptions(deadline=None, on_abandon="cancel"))
        next(flow)
        flow.close()


class TestEvents:
    def events(self, *answers, calls=None):
        seen = []
        run(Script(RUN_REPLY, *answers), on_event=seen.append, calls=calls)
        return seen

    def test_each_thing_happens_once_and_in_order(self):
        seen = self.events(
            detail("task_queue"),
            detail("task_queue"),
            detail("task_assign"),
            detail("task_start"),
            detail("task_output"),
            detail("task_end"),
            DONE,
        )
        assert [type(event) for event in seen] == [
            Submitted,
            Queued,
            StatusChanged,
            Started,
            StatusChanged,
            Cost,
            Finished,
        ]
        assert seen[0].token == TOKEN
        assert TOKEN not in repr(seen)
        assert [event.elapsed for event in seen] == sorted(event.elapsed for event in seen)
        assert seen[-1].outcome == "succeeded"

    def test_a_start_between_two_status_calls_is_still_emitted(self):
        seen = self.events(detail("task_queue"), detail("task_end"), DONE)
        assert [type(event) for event in seen][2:] == [Started, StatusChanged, Cost, Finished]
        times = {"createtime": "100", "starttime": "101", "postprocessendtime": "103"}
        seen = self.events(detail("task_postprocess_end", pexit="0", **times))
        assert [type(event) for event in seen] == [Submitted, Started, Finished]

    def test_a_task_cancelled_in_the_queue_never_started(self):
        seen = []
        with pytest.raises(errors.TaskCancelled):
            run(Script(RUN_REPLY, detail("task_cancel")), on_event=seen.append)
        assert [type(event) for event in seen] == [Submitted, Finished]

    def test_progress_is_reckoned_from_earlier_runs(self):
        calls = Calls(read_config(api_key="key"))
        times = {"createtime": "1734513807", "starttime": "1734513807"}
        done = detail("task_postprocess_end", pexit="0", postprocessendtime="1734513827", **times)
        self.events(done, calls=calls)
        seen = self.events(detail("task_start", **times), done, calls=calls)
        progress = next(event for event in seen if isinstance(event, Progress))
        assert progress.percent == pytest.approx(5.0, abs=0.5)
        assert progress.remaining == pytest.approx(19.0, abs=0.5)
        assert progress.estimated


class TestHandles:
    def calls(self):
        return Calls(read_config(api_key="key"))

    def test_attach_finds_by_token_and_by_id(self):
        for names, body in (
            ((TOKEN, None), {"tasktoken": TOKEN}),
            ((None, "2221"), {"taskid": "2221"}),
        ):
            script = Script(detail("task_start"))
            snapshot = script.run(self.calls().attach(Vace, *names))
            assert (snapshot.id, snapshot.token) == ("2221", TOKEN)
            assert next(effect.body for effect in script.effects if hasattr(effect, "body")) == body

    @pytest.mark.parametrize("names", [(None, None), ("t", "1"), ("", None)])
    def test_attach_takes_one_name(self, names):
        with pytest.raises(errors.InvalidRequest, match="either token= or id="):
            Script().run(self.calls().attach(Vace, *names))

    def test_a_result_asked_for_too_early_raises(self):
        fetch_task = partial(self.calls().result, Vace)
        with pytest.raises(errors.TaskNotFinished, match=r"task.wait\(\) waits for it"):
            Script(detail("task_start")).run(fetch_task(TaskSnapshot(id="2221")))

    def test_a_known_end_is_not_asked_for_again(self):
        done = TaskSnapshot.from_wire(DONE["tasklist"][0])
        assert Script().run(self.calls().result(Vace, done)) is done

    def test_a_task_that_is_attached_late_is_looked_at_in_its_own_time(self):
        """The history says 180 s; attached at 170 s, the end is noticed within a second or two."""
        calls = self.calls()
        began = 1_734_513_807
        times = {"createtime": str(began), "starttime": str(began)}
        ended = {**times, "postprocessendtime": str(began + 180)}
        calls.history.record(
            "pruna/vace",
            TaskSnapshot.from_wire(
                detail("task_postprocess_end", pexit="0", **ended)["tasklist"][0]
            ),
        )

        class Late(Script):
            def _next(self, effect):
                over = self.clock.seconds >= 180
                self._answers = [
                    detail("task_postprocess_end", pexit="0", **ended) if over else detail(**times)
                ]
                return super()._next(effect)

        script = Late()
        script.clock.seconds = 170.0
        attached = script.run(calls.attach(Vace, None, "2221"))
        script.run(calls.wait(Vace, attached, CallOptions(deadline=None)))
        assert script.clock.seconds < 182
