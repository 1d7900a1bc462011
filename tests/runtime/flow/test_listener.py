"""The socket makes waiting quicker; polling decides. No I/O: flows and sockets driven by hand."""

from typing import Annotated

import httpx
import pytest

from runtime.flow.listening import PROGRESS, Platform, run, said, three_minutes
from runtime.models import Vace
from runtime.replies import RUN_REPLY, TOKEN, detail
from runtime.script import Script, Tape
from wiro_runtime import MediaRequest, TaskSnapshot, errors
from wiro_runtime.config import read_config
from wiro_runtime.flow.calls import Calls
from wiro_runtime.flow.effect import CloseSocket, OpenSocket, Send
from wiro_runtime.flow.options import CallOptions
from wiro_runtime.request import wire
from wiro_runtime.task.event import (
    Finished,
    Progress,
    Queued,
    Started,
    StatusChanged,
    Submitted,
)


def test_it_registers_with_the_token_and_disconnects_at_the_end():
    stages, frames = three_minutes()
    tape = Tape(*frames)
    assert run(Platform(*stages, tape=tape)).outcome == "succeeded"
    assert tape.sent == [{"type": "task_info", "tasktoken": TOKEN}]
    assert tape.is_closed


def test_the_end_is_noticed_at_once_and_looks_are_rare():
    stages, frames = three_minutes()
    script = Platform(*stages, tape=Tape(*frames))
    run(script)
    assert script.looks < 10
    assert script.clock.seconds - 183.0 < 0.1


class Film(MediaRequest, model="a/film", computing_seconds=180.0):
    """A model whose time is stated, and which has never run here."""

    prompt: Annotated[str, wire.Text("prompt")]


def test_a_first_run_of_a_stated_time_is_asked_about_five_times_at_most():
    stages, frames = three_minutes()
    script = Platform(*stages, tape=Tape(*frames))
    run(script, model=Film)
    assert script.looks <= 5
    assert script.clock.seconds - 183.0 < 0.1


def test_the_last_word_is_task_details():
    """The socket says it is over; what became of it is asked."""
    tape = Tape((0.5, said("task_postprocess_end", [{"name": "0.png"}], success=True, exitCode=0)))
    script = Script(RUN_REPLY, detail("task_postprocess_end", pexit="1"), tape=tape)
    with pytest.raises(errors.TaskFailed):
        run(script)


def test_detail_may_be_a_moment_behind_the_socket():
    stages, frames = three_minutes()
    stages[-1] = (183.7, "task_postprocess_end")
    script = Platform(*stages, tape=Tape(*frames))
    run(script)
    assert script.clock.seconds < 184.5


def test_a_socket_that_stays_silent_changes_nothing():
    stages, _ = three_minutes()
    mute, without = Platform(*stages, tape=Tape()), Platform(*stages)
    run(mute)
    run(without)
    assert (mute.looks, mute.clock.seconds) == (without.looks, without.clock.seconds)


def test_a_socket_that_misses_the_end_is_no_longer_trusted():
    stages, frames = three_minutes()
    script = Platform(*stages, tape=Tape(*frames[:2]))
    run(script)
    assert script.clock.seconds - 183.0 <= 30.0


def test_a_refused_connection_is_not_tried_again_for_a_minute():
    calls = Calls(read_config(api_key="key"))
    tries = []
    for at in (0.0, 30.0, 65.0):
        script = Script(RUN_REPLY, detail("task_postprocess_end", pexit="0"))
        script.clock.seconds = at
        run(script, calls=calls)
        tries.append(sum(isinstance(effect, OpenSocket) for effect in script.effects))
    assert tries == [1, 0, 1]
    assert calls.budget.open_count == 0


@pytest.mark.parametrize("step", range(5))
def test_a_socket_may_break_at_every_step(step):
    stages, frames = three_minutes((100.0, said("task_output", PROGRESS)))
    broken = [*frames[:step], (frames[step - 1][0] if step else 0.0, ConnectionError("reset"))]
    tape = Tape(*broken)
    script = Platform(*stages, tape=tape)
    assert run(script).outcome == "succeeded"
    assert tape.is_closed
    assert script.sent.count("Run/pruna/vace") == 1
    assert script.clock.seconds - 183.0 <= 6.0


def test_a_socket_that_breaks_on_registering_is_done_without():
    class Breaking(Tape):
        def send(self, data):
            raise ConnectionError("gone")

    stages, _ = three_minutes()
    tape = Breaking()
    assert run(Platform(*stages, tape=tape)).outcome == "succeeded"
    assert tape.is_closed


def test_strange_frames_are_passed_over():
    noise = [
        "~",
        "[]",
        "7",
        "null",
        '{"no":"type"}',
        '{"type":7}',
        b"no separator",
        b"",
        "{" * 5000,
    ]
    strange = [
        said("task_from_the_future", {"surprise": 1}),
        {"type": "task_output"},
        {"type": "task_error", "message": 5},
        {"type": "task_output", "message": ["list"]},
        said("task_queue", None, id="somebody else's"),
        {"type": "task_postprocess_end", "tasktoken": "somebody else's"},
    ]
    stages, frames = three_minutes(*((10.0 + n, frame) for n, frame in enumerate(noise + strange)))
    script = Platform(*stages, tape=Tape(*frames))
    seen = []
    run(script, on_event=seen.append)
    assert script.clock.seconds - 183.0 < 0.1
    kinds = {type(event) for event in seen}
    assert kinds <= {Submitted, Queued, Started, Progress, Finished}


class TestTracking:
    def connects(self, config, tracking=None):
        script = Script(RUN_REPLY, detail("task_postprocess_end", pexit="0"))
        run(script, calls=Calls(config), tracking=tracking)
        return sum(isinstance(effect, OpenSocket) for effect in script.effects)

    def test_auto_connects_where_it_knows_the_socket(self):
        base = {"api_key": "key", "base_url": "http://localhost/v1"}
        assert self.connects(read_config(api_key="key")) == 1
        assert self.connects(read_config(**base)) == 0
        assert self.connects(read_config(**base, socket_url="ws://localhost")) == 1
        assert self.connects(read_config(api_key="key", http_client=httpx.Client())) == 0

    def test_the_caller_decides(self):
        assert self.connects(read_config(api_key="key", tracking="polling")) == 0
        assert self.connects(read_config(api_key="key"), "polling") == 0
        assert self.connects(read_config(api_key="key", http_client=httpx.Client()), "socket") == 1

    def test_virtual_time_waits_for_no_real_socket(self, virtual_time):
        assert self.connects(read_config(api_key="key")) == 0

    def test_another_word_is_an_error(self):
        with pytest.raises(errors.ConfigurationError, match="expected one of 'auto', 'polling'"):
            read_config(api_key="key", tracking="magic")


class TestLeaving:
    def test_ctrl_c_disconnects_and_says_how_to_resume(self):
        tape = Tape((0.5, said("task_queue")), (0.6, KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt) as caught:
            run(Script(RUN_REPLY, tape=tape))
        assert tape.is_closed
        assert "client.attach(Vace" in caught.value.__notes__[0]

    def test_ctrl_c_cancels_if_so_wished(self):
        tape = Tape((0.5, said("task_queue")), (0.6, KeyboardInterrupt()))
        script = Script(RUN_REPLY, detail("task_queue"), detail(), detail("task_cancel"), tape=tape)
        with pytest.raises(KeyboardInterrupt):
            run(script, on_abandon="cancel")
        assert "Task/Cancel" in script.sent
        assert tape.is_closed

    def test_the_deadline_is_kept_while_listening(self):
        stages, frames = three_minutes()
        tape = Tape(*frames)
        script = Platform(*stages, tape=tape)
        with pytest.raises(errors.DeadlineExceeded) as caught:
            run(script, deadline=60.0)
        assert script.clock.seconds == pytest.approx(60.0, abs=0.01)
        assert caught.value.task.id == "2221"
        assert tape.is_closed

    def test_a_task_without_a_token_is_polled(self):
        script = Script(detail("task_postprocess_end", pexit="0", socketaccesstoken=""))
        calls = Calls(read_config(api_key="key"))
        script.run(calls.wait(Vace, TaskSnapshot(id="2221"), CallOptions(deadline=None)))
        assert not any(isinstance(effect, OpenSocket) for effect in script.effects)

    def test_nothing_is_left_open(self):
        calls = Calls(read_config(api_key="key"))
        stages, frames = three_minutes()
        script = Platform(*stages, tape=Tape(*frames))
        run(script, calls=calls)
        assert calls.budget.open_count == 0
        assert sum(isinstance(effect, CloseSocket) for effect in script.effects) == 1
        assert sum(isinstance(effect, Send) for effect in script.effects) == script.looks + 1


def test_statuses_of_a_live_socket_reach_the_caller_before_the_next_look():
    seen = []
    stages, frames = three_minutes((2.0, said("task_preprocess_start")))
    run(Platform(*stages, tape=Tape(*frames)), on_event=seen.append)
    changed = next(event for event in seen if isinstance(event, StatusChanged))
    assert changed.elapsed == 2.0
