"""A platform whose task stands as it does at the moment, and runs that listen to it."""

from runtime.models import Vace
from runtime.replies import RUN_REPLY, TOKEN, detail
from runtime.script import Script
from wiro_runtime.config import read_config
from wiro_runtime.flow.calls import Calls
from wiro_runtime.flow.options import CallOptions

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
