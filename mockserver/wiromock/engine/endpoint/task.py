"""POST /Task/Detail, /Task/List, /Task/Cancel, /Task/Kill and /Task/InputOutputDelete."""

from collections.abc import Mapping, Sequence
from math import inf
from typing import Any, Literal

from wiromock.engine.call import Call
from wiromock.engine.journal import CommandIn
from wiromock.engine.world import World
from wiromock.spec.catalog import clean_slug
from wiromock.task.task import Task, TaskView
from wiromock.task.timeline import TERMINAL, Command
from wiromock.wire.http import JSON_HEADERS, Reply, json_reply, to_json

_IDENTITIES = ("taskid", "tasktoken", "socketaccesstoken")
"""Every name for a task that any source sends to any of the three calls."""


def detail(world: World, call: Call) -> Reply:
    """Answer a Detail: what the task looks like now."""
    task = _find(world, call)
    return Reply(200, JSON_HEADERS, write_detail(world, task, _look(world, task)))


def list_tasks(world: World, call: Call) -> Reply:
    """Answer a List: a page of the tasks, by the time of their Run, newest first by default.

    Filters are the model, with or without its owner, and the project. A list is one look, at that of the
    running tasks it shows which ends last: whoever waits by listing finds all of them at their ends.
    """
    fields = call.form.fields
    model, project = clean_slug(str(fields.get("modelName") or "")), fields.get("projectid")
    tasks = [
        task
        for task in world.tasks.values()
        if model in {"", task.spec.model, task.spec.model.partition("/")[2]}
        and project in {None, "", task.project}
    ]
    if str(fields.get("order") or "DESC").upper() == "DESC":
        tasks.reverse()
    first, size = page_of(world, fields)
    shown = tasks[first : first + size]
    _look_at_all(world, shown)
    listed = [world.writer.detail(task, _view(world, task)) for task in shown]
    reply = {"total": str(len(tasks)), "errors": [], "tasklist": listed, "result": True}
    return json_reply(200, reply)


def delete_files(world: World, call: Call) -> Reply:
    """Answer an InputOutputDelete: legal when the task is over, and as often as one likes."""
    fields = call.form.fields
    task = world.tokens.get(str(fields.get("tasktoken") or ""))
    if task is None:
        raise world.errors.refuse("unknown_task", "send the tasktoken of a task of this mock")
    if task.view(world.clock.time()).status not in TERMINAL:
        world.look(task)
    status = task.view(world.clock.time()).status
    if status not in TERMINAL:
        explanation = f"task {task.id} is in {status}; cancel it, or wait for its end"
        raise world.errors.refuse("task_not_finished", explanation)
    task.empty()
    return json_reply(200, {"result": True, "errors": []})


def page_of(world: World, fields: Mapping[str, Any]) -> tuple[int, int]:
    """Read `start` and `limit` of a list, which travel as text.

    Raises:
        Refusal: they are no numbers, or the limit is not 1 to 100.
    """
    try:
        first, size = int(fields.get("start") or 0), int(fields.get("limit") or 20)
    except (TypeError, ValueError, OverflowError):
        first, size = 0, 0
    if first < 0 or not 1 <= size <= 100:
        said = 'start is a whole number from "0", limit one from "1" to "100"'
        raise world.errors.refuse("parameters_invalid", said)
    return first, size


def write_detail(world: World, task: Task, view: TaskView) -> bytes:
    """Write the reply of a Detail; once for each state of a task."""
    if view.page is None:
        tasklist = [world.writer.detail(task, view)]
        view.page = to_json({"total": "1", "errors": [], "tasklist": tasklist, "result": True})
    return view.page


def _look(world: World, task: Task) -> TaskView:
    """Look at a task as Task/Detail does, which may move the clock."""
    world.look(task)
    return _view(world, task)


def _look_at_all(world: World, tasks: Sequence[Task]) -> None:
    running = [task for task in tasks if task.schedule.ends > world.clock.time()]
    waited_for = [task for task in running if not task.is_held] or running
    if waited_for:
        world.look(max(waited_for, key=_ends_in_time))
    else:
        world.clock.asked(inf)


def _ends_in_time(task: Task) -> float:
    """When a task ends; one that never does is not worth waiting for."""
    return -inf if task.schedule.ends == inf else task.schedule.ends


def _view(world: World, task: Task) -> TaskView:
    """See a task as the wire shows it: perhaps behind the truth, as its scenario says."""
    view, lag = world.note(task), task.scenario.commands.detail_lag
    return task.view(max(world.clock.time() - lag, task.created)) if lag else view


def cancel(world: World, call: Call) -> Reply:
    """Answer a Cancel: legal in the queue."""
    task = _find(world, call)
    status = task.view(world.clock.time()).status
    allowed = world.catalog.platform.lifecycle.cancel_during
    if not _applies(world, task, "cancel", status, allowed):
        explanation = f"task {task.id} is in {status}; Cancel works during {', '.join(allowed)}"
        raise world.errors.refuse("not_cancellable", explanation)
    return _stopped(world, task)


def kill(world: World, call: Call) -> Reply:
    """Answer a Kill: legal while a worker has the task."""
    task = _find(world, call)
    status = task.view(world.clock.time()).status
    lifecycle = world.catalog.platform.lifecycle
    allowed = lifecycle.kill_during
    if status in lifecycle.kill_disputed and _tolerates_early_kill(world, status):
        allowed = [*lifecycle.kill_disputed, *allowed]
    if not _applies(world, task, "kill", status, allowed):
        explanation = f"task {task.id} is in {status}; Kill works during {', '.join(allowed)}"
        raise world.errors.refuse("not_killable", explanation, reason=f"task is in {status}")
    return _stopped(world, task)


def _tolerates_early_kill(world: World, status: str) -> bool:
    """Accept a Kill between accept and assign, with a dispute; the strict profile does not."""
    topic = f"kill during {status}"
    if world.settings.is_strict:
        world.dispute(
            topic, "refused, as the tasks page says; a vendor's live test expects it to work"
        )
        return False
    world.dispute(
        topic, "accepted, as a vendor's live test expects; the tasks page says after assign"
    )
    return True


def _find(world: World, call: Call) -> Task:
    """Find the task that a call names."""
    fields = call.form.fields
    for name in _IDENTITIES:
        if fields.get(name) not in (None, ""):
            break
    else:
        raise world.errors.refuse("task_identity_required", f"send one of {', '.join(_IDENTITIES)}")
    documented = world.catalog.platform.endpoints[call.endpoint].identify_by
    if name not in documented:
        detail = (
            f"`{name}` accepted; the document says {' or '.join(documented)}, other sources differ"
        )
        world.tolerate(f"{call.operation} identity", detail, "task_identity_required")
    key = str(fields[name])
    task = (world.tasks if name == "taskid" else world.tokens).get(key)
    if task is None:
        raise world.errors.refuse(
            "no_task", f"no task of this mock has the {name} {key!r}{world.loss}"
        )
    return task


def _applies(
    world: World, task: Task, kind: Literal["cancel", "kill"], status: str, allowed: list[str]
) -> bool:
    now = world.clock.time()
    world.note(task)
    outcome = task.scenario.commands.cancel if kind == "cancel" else task.scenario.commands.kill
    legal = status in allowed and outcome != "refused"
    applied = legal and outcome == "applied"
    world.journal.add(CommandIn(at=now, task=task.id, kind=kind, status=status, applied=applied))
    if applied:
        task.apply(Command(kind, now))
        world.completions.follow(task)
        world.note(task)
    elif not (legal or status in TERMINAL or _is_known(world, kind, status)):
        world.dispute(f"{kind} during {status}", "refused; no source says what happens here")
    return legal


def _is_known(world: World, kind: str, status: str) -> bool:
    """Whether sources say of a status what a command does in it, or which other one works."""
    lifecycle = world.catalog.platform.lifecycle
    stated = {*lifecycle.cancel_during, *lifecycle.kill_during}
    return status in stated or (kind == "kill" and status in lifecycle.kill_disputed)


def _stopped(world: World, task: Task) -> Reply:
    tasklist = [world.writer.command(task, task.view(world.clock.time()))]
    return json_reply(200, {"errors": [], "tasklist": tasklist, "result": True})
