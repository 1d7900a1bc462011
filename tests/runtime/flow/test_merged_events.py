"""Socket and polling make one stream of events: each thing once, in order, and text in pieces."""

import json

import pytest

from runtime.flow.listening import PROGRESS, Platform, run, said, three_minutes
from runtime.models import Chat, Vace
from runtime.script import Tape
from wiro_runtime.task.event import (
    Finished,
    Log,
    Progress,
    Queued,
    Started,
    Submitted,
)


class TestOneStory:
    def events(self, *frames, stages=None, model=Vace, **options):
        plan, _ = three_minutes()
        seen = []
        script = Platform(*(stages or plan), tape=Tape(*frames), **options)
        run(script, on_event=seen.append, model=model)
        return seen

    def test_both_sources_report_each_thing_once_and_in_order(self):
        _, frames = three_minutes(
            (1.0, said("task_accept")),
            (1.1, said("task_assign")),
            (20.0, said("task_error", "warming up")),
            (50.0, said("task_output", PROGRESS)),
            (182.0, said("task_output_full", {"raw": "x"})),
            (182.1, said("task_end")),
        )
        seen = self.events(*frames)
        others = [event for event in seen if not isinstance(event, Progress)]
        assert [getattr(event, "status", type(event)) for event in others] == [
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

    def test_a_task_that_is_queued_again_is_reported(self):
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

    def test_a_line_from_both_is_emitted_once(self):
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
