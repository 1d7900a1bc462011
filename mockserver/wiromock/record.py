"""A task as the wire shows it: nearly every value is a string, times are unix seconds, "0" is not yet.

Task/Detail carries the fields of the documents' example and of the platform's own OpenAPI
documents; Cancel and Kill carry those of their documented examples, where `categories` is a JSON
array inside a string.
"""

import json
from typing import Any, Final

from wiromock.output import Output
from wiromock.task import Task
from wiromock.timeline import Event
from wiromock.world import World

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

NO_EXIT = ""
"""`pexit` of a cancelled task; what the platform sends there is not documented."""


def show_detail(world: World, task: Task) -> dict[str, Any]:
    """Write a task as Task/Detail does."""
    owner, _, model = task.spec.model.partition("/")
    return {
        **_common(world, task),
        "categories": list(task.spec.categories),
        "outputs": _outputs(world, task),
        "estimatedvram": "0.0000",
        "realvram": "[]",
        "isapp": False,
        "slugapp": "",
        "dynamicprice": "",
        "modeldescription": task.spec.description or "",
        "modelslugowner": owner,
        "modelslugproject": model,
    }


def show_command(world: World, task: Task) -> dict[str, Any]:
    """Write a task as Task/Cancel and Task/Kill do."""
    nothing = {"foldercount": "0", "filecount": "0", "ispublic": 0, "expiretime": None}
    return {
        **_common(world, task),
        "categories": json.dumps(task.spec.categories, separators=(",", ":")),
        "outputs": [{**one, **nothing} for one in _outputs(world, task)],
    }


def _common(world: World, task: Task) -> dict[str, Any]:
    now = world.clock.time()
    reached = task.reached(now)
    cost = task.cost(now)
    record: dict[str, Any] = {
        "id": task.id,
        "uuid": world.chance.uuid("user"),
        "name": "",
        "socketaccesstoken": task.token,
        "parameters": task.parameters,
        "debugoutput": _stdout(reached),
        "debugerror": _stderr(reached),
        **_times(reached),
        "elapsedseconds": f"{task.elapsed(now)}.0000",
        "status": task.status(now),
        "cps": f"{task.cps:.12f}",
        "totalcost": f"{cost:.12f}" if cost else "0",
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
        "size": str(sum(len(one.content) for one in _left(task, now))),
    }
    if not task.is_over(now):
        record["pexit"] = None
    elif task.was_cut(now):
        record["pexit"] = NO_EXIT
    elif task.timeline.pexit is not None:
        record["pexit"] = task.timeline.pexit
    return record


def _times(reached: tuple[Event, ...]) -> dict[str, str]:
    first = {event.type: str(int(event.at)) for event in reversed(reached)}
    return {field: first.get(stage, "0") for field, stage in _STAGES.items()}


def _stdout(reached: tuple[Event, ...]) -> str:
    """The text of an LLM so far; other models keep their progress to the socket."""
    return next((event.text for event in reversed(reached) if event.text is not None), "")


def _stderr(reached: tuple[Event, ...]) -> str:
    return "\n".join(event.message for event in reached if event.type == "task_error")


def _left(task: Task, now: float) -> tuple[Output, ...]:
    return task.outputs if task.succeeded(now) else ()


def _outputs(world: World, task: Task) -> list[dict[str, Any]]:
    shown = enumerate(_left(task, world.clock.time()))
    return [
        _answer(task, one) if one.kind == "raw" else _file(world, task, at, one)
        for at, one in shown
    ]


def _answer(task: Task, one: Output) -> dict[str, Any]:
    said = {"raw": one.answer, "thinking": [], "answer": [one.answer]}
    prompt = str(task.parameters.get("prompt") or "")
    return {"contenttype": "raw", "content": {"prompt": prompt, **said}}


def _file(world: World, task: Task, at: int, one: Output) -> dict[str, Any]:
    added = next(str(int(e.at)) for e in task.events if e.type == "task_postprocess_start")
    where = f"{task.id}/{at}"
    return {
        "id": world.chance.hex(f"output/{where}"),
        "name": one.name,
        "contenttype": one.content_type,
        "parentid": world.chance.hex(f"folder/{task.id}"),
        "uuid": world.chance.uuid("user"),
        "size": str(len(one.content)),
        "addedtime": added,
        "modifiedtime": added,
        "accesskey": world.chance.token(f"output/{where}"),
        "url": f"{world.places.outputs.url}/{task.folder}/{one.name}",
    }
