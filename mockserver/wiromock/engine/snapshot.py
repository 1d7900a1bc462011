"""Everything there is, as plain data: for a page, for the control API, and to compare."""

from typing import Any

from wiromock.engine.world import World
from wiromock.scenario import to_json
from wiromock.scenario.rule import rules_to_json
from wiromock.scenario.script import Script
from wiromock.task.task import Task, TaskView
from wiromock.task.timeline import TERMINAL


def show_world(world: World) -> dict[str, Any]:
    """Show a tenant's tasks, money, files, webhooks and journal."""
    return {
        "tenant": world.tenant,
        "now": world.clock.time(),
        "tasks": [show_task(world, task) for task in reversed(list(world.tasks.values()))],
        "ledger": show_ledger(world),
        "uploads": [
            {"name": upload.name, "size": len(upload.content), "url": world.url_of(upload)}
            for upload in world.uploads.values()
        ],
        "folders": [
            {"id": folder.id, "name": folder.name} for folder in world.upload_folders.values()
        ],
        "webhooks": [
            {
                "number": webhook.number,
                "at": webhook.at,
                "task": webhook.task.id,
                "url": webhook.url,
            }
            for webhook in world.outbox.since()
        ],
        "journal": world.journal.plain(),
        "dropped": world.journal.dropped,
    }


def show_task(world: World, task: Task) -> dict[str, Any]:
    """Show a task: where it is, how it came there, what comes next as things stand, which commands it takes."""
    now, schedule = world.clock.time(), task.schedule
    view = task.view(now)
    allowed = world.catalog.platform.lifecycle
    disputed = () if world.settings.is_strict else allowed.kill_disputed
    killable = {*allowed.kill_during, *disputed}
    ends = schedule.ends
    return {
        "id": task.id,
        "token": task.token,
        "model": task.spec.model,
        "kind": task.spec.kind,
        "status": view.status,
        "is_over": view.is_over,
        "succeeded": view.succeeded,
        "pexit": task.timeline.pexit if view.is_over and not view.was_stopped else None,
        "is_held": task.is_held and view.status not in TERMINAL,
        "created": task.created,
        "ends": None if ends == float("inf") else ends,
        "cost": str(view.cost),
        "parameters": dict(task.parameters),
        "scenario": to_json(task.scenario),
        "stages": _stages(task, view),
        "stderr": [event.message for event in view.events if event.type == "task_error"],
        "text": next((event.text for event in reversed(view.events) if event.text is not None), ""),
        "outputs": _outputs(world, task, view),
        "can_cancel": view.status in allowed.cancel_during,
        "can_kill": view.status in killable,
    }


def _stages(task: Task, view: TaskView) -> list[dict[str, Any]]:
    """Each status of the timeline, when it is due, and whether the task has got there."""
    schedule = task.schedule
    due = zip(schedule.events, schedule.moments, strict=True)
    return [
        {"status": event.type, "at": moment, "reached": number < view.reached}
        for number, (event, moment) in enumerate(due)
        if event.type != "audio"
    ]


def _outputs(world: World, task: Task, view: TaskView) -> list[dict[str, Any]]:
    """What the task has made so far: where each file is served, or the structured answer."""
    return [
        {
            "name": output.name,
            "content_type": output.content_type,
            "url": f"{world.urls.outputs.url}/{task.folder}/{output.name}",
            "text": output.speech.raw,
        }
        for output in view.outputs
    ]


def show_ledger(world: World) -> dict[str, Any]:
    """Show the account; amounts are decimals as text."""
    ledger = world.ledger
    return {
        "balance": str(ledger.balance),
        "spent": str(ledger.spent),
        "billed": ledger.billed,
        "running": ledger.running,
        "limit": ledger.limit,
        "charges": [
            {"task": charge.task, "amount": str(charge.amount), "at": charge.at}
            for charge in ledger.charges
        ],
    }


def show_script(script: Script) -> list[dict[str, Any]]:
    """Show the rules in the order in which they are tried, each with what became of it."""
    return [
        {
            **rules_to_json([entry.rule])["scenarios"][0],
            "target": entry.rule.target,
            "seen": entry.seen,
            "used": entry.used,
            "unused": entry.unused,
        }
        for entry in script.entries
    ]
