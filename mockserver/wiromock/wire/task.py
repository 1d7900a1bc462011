"""A task as the wire shows it: nearly every value is a string, times are unix seconds, "0" is not yet.

Task/Detail carries the fields of the documents' example and of the platform's own OpenAPI
documents; Cancel and Kill carry those of their documented examples, where `categories` is a JSON
array inside a string.
"""

import json
from dataclasses import dataclass, field
from typing import Any, Final

from wiromock.spec.tool_call import prompt_of
from wiromock.task.output import Output
from wiromock.task.task import Task, TaskView
from wiromock.wire.http import to_json
from wiromock.wire.ids import SeededIds
from wiromock.wire.llm import write_content

_STAGES: Final = {
    "createtime": "task_queue",
    "accepttime": "task_accept",
    "preprocessstarttime": "task_preprocess_start",
    "preprocessendtime": "task_preprocess_end",
    "assigntime": "task_assign",
    "starttime": "task_start",
    "endtime": "task_end",
    "postprocessstarttime": "task_postprocess_start",
    "postprocessendtime": "task_postprocess_end",
    "canceltime": "task_cancel",
}
"""Which stage a time field is about."""

NO_FOLDER = "0"
"""`outputfolderid` after the files were deleted."""

NO_EXIT = ""
"""`pexit` of a cancelled task; what the platform sends there is not documented."""


@dataclass(slots=True)
class TaskWriter:
    """Writes the tasks of one tenant."""

    ids: SeededIds
    """Where the names of outputs, folders and models come from."""
    outputs_url: str
    """The base URL of the file host."""
    user: str = field(init=False)
    """The UUID of the tenant's only user."""

    def __post_init__(self) -> None:
        self.user = self.ids.uuid("user")

    def detail(self, task: Task, view: TaskView) -> dict[str, Any]:
        """Write a task as Task/Detail does."""
        owner, _, model = task.spec.model.partition("/")
        return {
            **self._common(task, view),
            "categories": list(task.spec.categories),
            "outputs": self.outputs(task, view),
            "estimatedvram": "0.0000",
            "realvram": "[]",
            "isapp": False,
            "slugapp": "",
            "dynamicprice": task.profile.price_list,
            "modeldescription": task.spec.description or "",
            "modelslugowner": owner,
            "modelslugproject": model,
            "outputfolderid": NO_FOLDER if task.is_emptied else self.ids.hex(f"folder/{task.id}"),
        }

    def command(self, task: Task, view: TaskView) -> dict[str, Any]:
        """Write a task as Task/Cancel and Task/Kill do."""
        nothing = {"foldercount": "0", "filecount": "0", "ispublic": 0, "expiretime": None}
        return {
            **self._common(task, view),
            "categories": json.dumps(task.spec.categories, separators=(",", ":")),
            "outputs": [{**output, **nothing} for output in self.outputs(task, view)],
        }

    def webhook(self, task: Task, at: float) -> bytes:
        """Write the body of a webhook, in the shape that its scenario asks for.

        Args:
            task: the task that has ended.
            at: when it was posted, in unix seconds.
        """
        shown = self.detail(task, task.view(at))
        if task.scenario.notifications.webhook == "task":
            return to_json(shown)
        return to_json({"tasklist": [shown], "errors": [], "result": True})

    def outputs(self, task: Task, view: TaskView) -> list[dict[str, Any]]:
        """Write the outputs that a task has left."""
        return [
            _answer(task, output) if output.kind == "raw" else self._file(task, view, output)
            for output in view.outputs
        ]

    def _common(self, task: Task, view: TaskView) -> dict[str, Any]:
        record: dict[str, Any] = {
            "id": task.id,
            "uuid": self.user,
            "name": "",
            "socketaccesstoken": task.token,
            "parameters": task.parameters,
            "debugoutput": _stdout(view) if task.spec.kind == "text" else "",
            "debugerror": _stderr(view),
            **{name: str(view.times.get(stage, 0)) for name, stage in _STAGES.items()},
            "elapsedseconds": f"{view.elapsed}.0000",
            "status": view.status,
            "cps": f"{task.price.cps:.12f}",
            "totalcost": f"{view.cost:.12f}" if view.cost else "0",
            "guestid": None,
            "projectid": task.project,
            "modelid": self.ids.digits(f"model/{task.spec.model}"),
            "description": "",
            "basemodelid": "0",
            "runtype": "model",
            "modelfolderid": "",
            "modelfileid": "",
            "callbackurl": task.callback,
            "marketplaceid": None,
            "size": str(sum(output.size for output in view.outputs)),
        }
        if not view.is_over:
            record["pexit"] = None
        elif view.was_stopped:
            record["pexit"] = NO_EXIT
        elif task.timeline.pexit is not None:
            record["pexit"] = task.timeline.pexit
        return record

    def _file(self, task: Task, view: TaskView, output: Output) -> dict[str, Any]:
        added = str(view.times["task_postprocess_start"])
        name = f"output/{task.id}/{output.caption.number}"
        return {
            "id": self.ids.hex(name),
            "name": output.name,
            "contenttype": output.content_type,
            "parentid": self.ids.hex(f"folder/{task.id}"),
            "uuid": self.user,
            "size": str(output.size),
            "addedtime": added,
            "modifiedtime": added,
            "accesskey": self.ids.token(name),
            "url": f"{self.outputs_url}/{task.folder}/{output.name}",
        }


def _answer(task: Task, output: Output) -> dict[str, Any]:
    prompt = prompt_of(task.parameters)
    return {"contenttype": "raw", "content": write_content(output.speech, prompt, task.dialect)}


def _stdout(view: TaskView) -> str:
    """The text of an LLM so far; of other models only the socket shows how far they are."""
    return next((event.text for event in reversed(view.events) if event.text is not None), "")


def _stderr(view: TaskView) -> str:
    return "\n".join(event.message for event in view.events if event.type == "task_error")
