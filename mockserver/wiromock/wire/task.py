"""A task as the wire shows it: nearly every value is a string, times are unix seconds, "0" is not yet.

Task/Detail carries the fields of the documents' example and of the platform's own OpenAPI
documents; Cancel and Kill carry those of their documented examples, where `categories` is a JSON
array inside a string.
"""

import json
from typing import Any, Final

from wiromock.engine.completion import Webhook
from wiromock.engine.world import World
from wiromock.task.output import Output
from wiromock.task.task import Look, Task
from wiromock.wire.http import to_json
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


def show_detail(world: World, task: Task, look: Look) -> dict[str, Any]:
    """Write a task as Task/Detail does."""
    owner, _, model = task.spec.model.partition("/")
    return {
        **_common(world, task, look),
        "categories": list(task.spec.categories),
        "outputs": show_outputs(world, task, look),
        "estimatedvram": "0.0000",
        "realvram": "[]",
        "isapp": False,
        "slugapp": "",
        "dynamicprice": "",
        "modeldescription": task.spec.description or "",
        "modelslugowner": owner,
        "modelslugproject": model,
        "outputfolderid": NO_FOLDER if task.is_emptied else world.chance.hex(f"folder/{task.id}"),
    }


def show_command(world: World, task: Task, look: Look) -> dict[str, Any]:
    """Write a task as Task/Cancel and Task/Kill do."""
    nothing = {"foldercount": "0", "filecount": "0", "ispublic": 0, "expiretime": None}
    return {
        **_common(world, task, look),
        "categories": json.dumps(task.spec.categories, separators=(",", ":")),
        "outputs": [{**one, **nothing} for one in show_outputs(world, task, look)],
    }


def write_webhook(world: World, posted: Webhook) -> bytes:
    """Write the body of a webhook: the task as Task/Detail shows it, in the shape that was asked for."""
    task = posted.task
    shown = show_detail(world, task, task.look(posted.at))
    if task.manner.signals.webhook == "task":
        return to_json(shown)
    return to_json({"tasklist": [shown], "errors": [], "result": True})


def _common(world: World, task: Task, look: Look) -> dict[str, Any]:
    record: dict[str, Any] = {
        "id": task.id,
        "uuid": world.user,
        "name": "",
        "socketaccesstoken": task.token,
        "parameters": task.parameters,
        "debugoutput": _stdout(look),
        "debugerror": _stderr(look),
        **{field: str(look.times.get(stage, 0)) for field, stage in _STAGES.items()},
        "elapsedseconds": f"{look.elapsed}.0000",
        "status": look.status,
        "cps": f"{task.cps:.12f}",
        "totalcost": f"{look.cost:.12f}" if look.cost else "0",
        "guestid": None,
        "projectid": task.project,
        "modelid": world.chance.digits(f"model/{task.spec.model}"),
        "description": "",
        "basemodelid": "0",
        "runtype": "model",
        "modelfolderid": "",
        "modelfileid": "",
        "callbackurl": task.callback,
        "marketplaceid": None,
        "size": str(sum(len(one.content) for one in look.outputs)),
    }
    if not look.is_over:
        record["pexit"] = None
    elif look.was_cut:
        record["pexit"] = NO_EXIT
    elif task.timeline.pexit is not None:
        record["pexit"] = task.timeline.pexit
    return record


def _stdout(look: Look) -> str:
    """The text of an LLM so far; other models keep their progress to the socket."""
    return next((event.text for event in reversed(look.events) if event.text is not None), "")


def _stderr(look: Look) -> str:
    return "\n".join(event.message for event in look.events if event.type == "task_error")


def show_outputs(world: World, task: Task, look: Look) -> list[dict[str, Any]]:
    """Write the outputs that a task has left."""
    return [
        _answer(task, one) if one.kind == "raw" else _file(world, task, look, one)
        for one in look.outputs
    ]


def _answer(task: Task, one: Output) -> dict[str, Any]:
    prompt = str(task.parameters.get("prompt") or "")
    dialect = task.manner.signals.dialect
    return {"contenttype": "raw", "content": write_content(one.speech, prompt, dialect)}


def _file(world: World, task: Task, look: Look, one: Output) -> dict[str, Any]:
    added = str(look.times["task_postprocess_start"])
    name = f"output/{task.id}/{one.caption.number}"
    return {
        "id": world.chance.hex(name),
        "name": one.name,
        "contenttype": one.content_type,
        "parentid": world.chance.hex(f"folder/{task.id}"),
        "uuid": world.user,
        "size": str(len(one.content)),
        "addedtime": added,
        "modifiedtime": added,
        "accesskey": world.chance.token(name),
        "url": f"{world.places.outputs.url}/{task.folder}/{one.name}",
    }
