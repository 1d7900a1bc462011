"""Everything there is, as plain data: for a page, for the control API, and to compare."""

from typing import Any

from wiromock.engine.world import World
from wiromock.scenario import to_json
from wiromock.scenario.rule import rules_to_json
from wiromock.scenario.script import Script
from wiromock.task.task import Task
from wiromock.task.timeline import TERMINAL


def show_world(world: World) -> dict[str, Any]:
    """Show a tenant's tasks, money, files, webhooks and journal."""
    return {
        "tenant": world.tenant,
        "now": world.clock.time(),
        "tasks": [show_task(world, task) for task in reversed(list(world.tasks.values()))],
        "ledger": show_ledger(world),
        "uploads": [
            {"name": one.name, "size": len(one.content), "url": world.url_of(one)}
            for one in world.uploads.values()
        ],
        "folders": [{"id": one.id, "name": one.name} for one in world.upload_folders.values()],
        "webhooks": [
            {"number": one.number, "at": one.at, "task": one.task.id, "url": one.url}
            for one in world.outbox.since()
        ],
        "journal": world.journal.plain(),
        "dropped": world.journal.dropped,
    }


def show_task(world: World, task: Task) -> dict[str, Any]:
    """Show a task: where it is, how it came there, what comes next as things stand, what it may be told."""
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
        "pexit": task.timeline.pexit if view.is_over and not view.was_cut else None,
        "is_held": task.is_held and view.status not in TERMINAL,
        "created": task.created,
        "ends": None if ends == float("inf") else ends,
        "cost": str(view.cost),
        "parameters": dict(task.parameters),
        "scenario": to_json(task.scenario),
        "stages": [
            {"status": event.type, "at": moment, "reached": at < view.reached}
            for at, (event, moment) in enumerate(
                zip(schedule.events, schedule.moments, strict=True)
            )
            if event.type != "audio"
        ],
        "stderr": [one.message for one in view.events if one.type == "task_error"],
        "text": next((one.text for one in reversed(view.events) if one.text is not None), ""),
        "outputs": [
            {
                "name": one.name,
                "content_type": one.content_type,
                "url": f"{world.urls.outputs.url}/{task.folder}/{one.name}",
                "text": one.speech.raw,
            }
            for one in view.outputs
        ],
        "can_cancel": view.status in allowed.cancel_during,
        "can_kill": view.status in killable,
    }


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
            {"task": one.task, "amount": str(one.amount), "at": one.at} for one in ledger.charges
        ],
    }


def show_script(script: Script) -> list[dict[str, Any]]:
    """Show the rules in the order in which they are asked, each with what became of it."""
    return [
        {
            **rules_to_json([one.rule])["scenarios"][0],
            "target": one.rule.target,
            "seen": one.seen,
            "used": one.used,
            "unused": one.unused,
        }
        for one in script.entries
    ]
