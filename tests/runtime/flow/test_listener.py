"""The socket makes waiting quicker; polling decides. No I/O: flows and sockets driven by hand."""

import json
from typing import Annotated

import httpx
import pytest

from runtime.kit import RUN_REPLY, TOKEN, Chat, Script, Tape, Vace, detail
from wiro_runtime import MediaRequest, TaskSnapshot, errors
from wiro_runtime.config import read_config
from wiro_runtime.flow.calls import Calls
from wiro_runtime.flow.effect import CloseSocket, OpenSocket, Send
from wiro_runtime.flow.options import CallOptions
from wiro_runtime.request import wire
from wiro_runtime.task.event import (
    Finished,
    Log,
    Progress,
    Queued,
    Started,
    StatusChanged,
    Submitted,
)

BEGAN = 1_734_513_807
PROGRESS = {"type": "progressGenerate", "percentage": "60", "remainingTime": "3s"}


def said(kind: str, message=None, **fields):
    """A message of the older dialect."""
    return {
        "type": kind,
        "id": "2221",
        "tasktoken": TOKEN,
        "message": message,
        "result": True,
        **fields,
    }


class Platform(Script):
    """Answers Task/Detail as a task stands at the moment; `stages` are pairs of a moment and a status."""

    def __init__(self, *stages, tape=None, run_reply=RUN_REPLY, **fields):
        super().__init__(run_reply, tape=tape)
        self.stages = list(stages)
        self.fields = fields
        self.tells_from = "task_postprocess_end"

    def _next(self, effect):
        if effect.path != "Task/Detail":
            return super()._next(effect)
        at, status = [stage for stage in self.stages if stage[0] <= self.clock.seconds][-1]
        times = {"createtime": str(BEGAN)}
        starts = [when for when, name in self.stages if name == "task_start"]
        if starts and self.clock.seconds >= starts[0]:
            times["starttime"] = str(BEGAN + int(starts[0]))
        if status == "task_postprocess_end":
            times |= {"pexit": "0", "postprocessendtime": str(BEGAN + int(at))}
        said = self.fields if status == self.tells_from else {}
        self._answers = [detail(status, **times, **said)]
        return super()._next(effect)

    @property
    def looks(self):
        return self.sent.count("Task/Detail")


def run(script, *, model=Vace, calls=None, on_event=None, deadline=None, tracking=None, **options):
    calls = calls or Calls(read_config(api_key="key"))
    on_abandon = options.get("on_abandon", "detach")
    options = CallOptions(
        deadline=deadline, on_event=on_event, on_abandon=on_abandon, tracking=tracking
    )
    flow = calls.run(model(prompt="x"), options)
    return script.run(flow)


def three_minutes(*extra, ends=183.0):
    stages = [(0.0, "task_queue"), (3.0, "task_start"), (ends, "task_postprocess_end")]
    frames = [(at + 0.05, said(status)) for at, status in stages]
    return stages, sorted([*frames, *extra], key=lambda pair: pair[0])


def test_it_registers_with_the_token_and_hangs_up_at_the_end():
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


class TestOneStory:
    def events(self, *frames, stages=None, model=Vace, **options):
        plan, _ = three_minutes()
        seen = []
        script = Platform(*(stages or plan), tape=Tape(*frames), **options)
        run(script, on_event=seen.append, model=model)
        return seen

    def test_both_sources_tell_each_thing_once_and_in_order(self):
        _, frames = three_minutes(
            (1.0, said("task_accept")),
            (1.1, said("task_assign")),
            (20.0, said("task_error", "warming up")),
            (50.0, said("task_output", PROGRESS)),
            (182.0, said("task_output_full", {"raw": "x"})),
            (182.1, said("task_end")),
        )
        seen = self.events(*frames)
        told = [event for event in seen if not isinstance(event, Progress)]
        assert [getattr(event, "status", type(event)) for event in told] == [
            Submitted,
            Queued,
            "task_accept",
            "task_assign",
            Started,
            Log,
            "task_output_full",
            "task_end",
            Finished,
        ]
        assert [event.elapsed for event in seen] == sorted(event.elapsed for event in seen)
        assert any(
            event.percent == 60.0 and not event.estimated
            for event in seen
            if isinstance(event, Progress)
        )

    def test_a_task_that_is_queued_again_is_told(self):
        stages = [
            (0.0, "task_queue"),
            (3.0, "task_assign"),
            (5.0, "task_error"),
            (6.0, "task_queue"),
            (60.0, "task_start"),
            (70.0, "task_postprocess_end"),
        ]
        frames = [(at + 0.05, said(status)) for at, status in stages if status != "task_error"]
        seen = self.events(*frames, stages=stages)
        assert sum(isinstance(event, Queued) for event in seen) == 2
        assert sum(isinstance(event, Started) for event in seen) == 1

    def test_a_line_told_by_both_is_told_once(self):
        frames = [
            (5.0, said("task_error", "a")),
            (6.0, said("task_error", "a")),
            (7.0, said("task_error", "b")),
        ]
        _, more = three_minutes(*frames)
        seen = self.events(*more, debugerror="a\na\nb\nc")
        assert [event.line for event in seen if isinstance(event, Log)] == ["a", "a", "b", "c"]

    @pytest.mark.parametrize("dialect", ["older", "older as text", "llm page", "newer", "raw"])
    def test_text_comes_in_pieces_although_the_wire_is_cumulative(self, dialect):
        def spoken(thoughts, answer):
            shape = {
                "older": {
                    "type": "progressGenerate",
                    "raw": "",
                    "thinking": thoughts,
                    "answer": answer,
                },
                "llm page": {
                    "type": "answer",
                    "thinking": thoughts,
                    "answer": answer,
                    "speed": 48.5,
                },
                "newer": {
                    "type": "progressGenerate",
                    "segments": [
                        {"type": kind, "text": "".join(words)}
                        for kind, words in (("thinking", thoughts), ("answer", answer))
                    ],
                },
                "raw": {"raw": "".join(answer)},
            }
            shape["older as text"] = json.dumps(shape["older"])
            return said("task_output", shape[dialect])

        _, frames = three_minutes(
            (10.0, spoken(["Hm"], [])),
            (11.0, spoken(["Hmm."], ["The an"])),
            (12.0, spoken(["Hmm."], ["The answer"])),
            (13.0, spoken(["Hmm."], ["The answer"])),
        )
        outputs = [
            {
                "contenttype": "raw",
                "content": {"thinking": ["Hmm."], "answer": ["The answer is 42."]},
            }
        ]
        seen = self.events(*frames, model=Chat, outputs=outputs)
        kinds = {"TextDelta": [], "ThinkingDelta": []}
        for event in seen:
            if type(event).__name__ in kinds:
                assert not event.restarted
                kinds[type(event).__name__].append(event.delta)
        assert kinds["TextDelta"] == ["The an", "swer", " is 42."]
        assert "".join(kinds["ThinkingDelta"]) == "Hmm."

    def test_text_streams_by_polling_as_well(self):
        class Writing(Platform):
            def _next(self, effect):
                self.fields = {"debugoutput": "word " * int(self.clock.seconds)}
                self.tells_from = "task_start"
                return super()._next(effect)

        seen = []
        stages = [(0.0, "task_start"), (9.0, "task_postprocess_end")]
        run(Writing(*stages), model=Chat, on_event=seen.append)
        deltas = [event for event in seen if type(event).__name__ == "TextDelta"]
        assert len(deltas) > 2
        assert "".join(event.delta for event in deltas) == deltas[-1].text


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
    def test_ctrl_c_hangs_up_and_says_how_to_resume(self):
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
    told = next(event for event in seen if isinstance(event, StatusChanged))
    assert told.elapsed == 2.0
