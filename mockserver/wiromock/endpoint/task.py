"""POST /Task/Detail, /Task/Cancel and /Task/Kill."""

from typing import Literal

from wiromock.call import Call
from wiromock.journal import CommandIn
from wiromock.message import JSON_HEADERS, Reply, json_reply, to_json
from wiromock.record import show_command, show_detail
from wiromock.task import Task
from wiromock.timeline import TERMINAL, Command
from wiromock.world import World

_IDENTITIES = ("taskid", "tasktoken", "socketaccesstoken")
"""Every name for a task that any source sends to any of the three calls."""


def detail(world: World, call: Call) -> Reply:
    """Answer a Detail: what the task looks like now."""
    task = _find(world, call)
    world.note(task)
    look = task.look(world.clock.time())
    if "detail" not in look.pages:
        tasklist = [show_detail(world, task, look)]
        look.pages["detail"] = to_json(
            {"total": "1", "errors": [], "tasklist": tasklist, "result": True}
        )
    return Reply(200, JSON_HEADERS, look.pages["detail"])


def cancel(world: World, call: Call) -> Reply:
    """Answer a Cancel: legal in the queue."""
    task = _find(world, call)
    status = task.look(world.clock.time()).status
    allowed = world.catalogue.platform.lifecycle.cancel_during
    if not _obeys(world, task, "cancel", status, allowed):
        explanation = f"task {task.id} is in {status}; Cancel works during {', '.join(allowed)}"
        raise world.say.refuse("not_cancellable", explanation)
    return _stopped(world, task)


def kill(world: World, call: Call) -> Reply:
    """Answer a Kill: legal while a worker has the task."""
    task = _find(world, call)
    status = task.look(world.clock.time()).status
    allowed = world.catalogue.platform.lifecycle.kill_during
    if not _obeys(world, task, "kill", status, allowed):
        explanation = f"task {task.id} is in {status}; Kill works during {', '.join(allowed)}"
        raise world.say.refuse("not_killable", explanation, reason=f"task is in {status}")
    return _stopped(world, task)


def _find(world: World, call: Call) -> Task:
    """Find the task that a call names."""
    fields = call.form.fields
    name = next((each for each in _IDENTITIES if fields.get(each) not in (None, "")), None)
    if name is None:
        raise world.say.refuse("task_identity_required", f"send one of {', '.join(_IDENTITIES)}")
    documented = world.catalogue.platform.endpoints[call.endpoint].identify_by
    if name not in documented:
        detail = (
            f"`{name}` accepted; the document says {' or '.join(documented)}, other sources differ"
        )
        world.dispute(f"{call.operation} identity", detail)
    key = str(fields[name])
    task = (world.tasks if name == "taskid" else world.tokens).get(key)
    if task is None:
        raise world.say.refuse("no_task", f"no task of this mock has the {name} {key!r}")
    return task


def _obeys(
    world: World, task: Task, kind: Literal["cancel", "kill"], status: str, allowed: list[str]
) -> bool:
    now = world.clock.time()
    world.note(task)
    legal = status in allowed
    world.journal.add(CommandIn(at=now, task=task.id, kind=kind, status=status, obeyed=legal))
    if legal:
        task.obey(Command(kind, now))
        world.ledger.follow(task)
        world.note(task)
    elif status not in TERMINAL and not _is_documented(world, status):
        world.dispute(f"{kind} during {status}", "refused; no source says what happens here")
    return legal


def _is_documented(world: World, status: str) -> bool:
    """Whether a status is one in which one of the two commands is known to work."""
    lifecycle = world.catalogue.platform.lifecycle
    return status in lifecycle.cancel_during or status in lifecycle.kill_during


def _stopped(world: World, task: Task) -> Reply:
    tasklist = [show_command(world, task, task.look(world.clock.time()))]
    return json_reply(200, {"errors": [], "tasklist": tasklist, "result": True})
