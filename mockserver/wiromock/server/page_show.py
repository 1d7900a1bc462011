"""The pages that show: tasks, one task, models, one model's form, the journal, the scenarios."""

import json
from collections.abc import Mapping
from itertools import islice
from typing import Any, Final

from wirogen.spec.model import ModelSpec
from wiromock.errors import MockError, WrongScript
from wiromock.server.card import draw_cover, group_models
from wiromock.server.form import body_of, fields_of
from wiromock.server.journal_view import (
    KINDS,
    Line,
    filter_groups,
    group_entries,
    view_groups,
    without_repeats,
)
from wiromock.server.page_request import PageRequest
from wiromock.server.preset import PRESETS
from wiromock.server.renderer import Renderer
from wiromock.server.runner import Outcome
from wiromock.server.simulation import Simulation
from wiromock.server.snippet import write_all
from wiromock.server.view import TaskView, view_account, view_task
from wiromock.spec.validation import check_request
from wiromock.wire.http import Reply, json_reply

SHOWN_TASKS: Final = 20
SHOWN_MODELS: Final = 12
FOUND_MODELS: Final = 200
SHOWN_LINES: Final = 12
JOURNAL_LINES: Final = 300


class NotThere(MockError):  # noqa: N818 - the name says what happened
    """There is no such page."""


class ShowPages:
    """Pages that change nothing.

    Args:
        simulation: what they show.
        renderer: writes them.
    """

    def __init__(self, simulation: Simulation, renderer: Renderer) -> None:
        self._simulation = simulation
        self._engine = simulation.engine
        self._render = renderer.render

    def home(self, request: PageRequest) -> Reply:
        """Return the newest tasks, the first models, the account and the end of the journal."""
        world = self._engine.tenant(request.tenant)
        newest = list(islice(reversed(world.tasks), SHOWN_TASKS))
        tasks = [self._view(task_id, request.tenant) for task_id in newest]
        slugs = self._simulation.slugs
        return self._render(
            "home.html",
            request,
            tasks=tasks,
            older=len(world.tasks) - len(tasks),
            announcement="; ".join(f"task {task.id} is {task.word}" for task in tasks[:3]),
            models=slugs[:SHOWN_MODELS],
            more_models=len(slugs) if len(slugs) > SHOWN_MODELS else 0,
            account=view_account(world.ledger),
            lines=self._lines(request.tenant, SHOWN_LINES),
            moving=any(not task.is_over for task in tasks),
        )

    def models(self, request: PageRequest) -> Reply:
        """Return the models whose slugs hold every word that was searched for."""
        wanted = request.query.get("q", "").lower().split()
        slugs = self._simulation.slugs
        matching = [slug for slug in slugs if all(word in slug for word in wanted)]
        specs, faults = self._engine.catalog.find_all(matching[:FOUND_MODELS])
        return self._render(
            "models.html",
            request,
            q=request.query.get("q", ""),
            groups=group_models(specs),
            faults=faults,
            shown=min(len(matching), FOUND_MODELS),
            found=len(matching),
            total=len(slugs),
        )

    def model(self, request: PageRequest, slug: str) -> Reply:
        """Return a model's form, filled with the documented defaults."""
        spec = self.spec(slug)
        filled = {field.name: field.value for field in fields_of(spec)}
        return self.form(request, spec, Outcome(body_of(spec, filled), filled))

    def form(self, request: PageRequest, spec: ModelSpec, outcome: Outcome) -> Reply:
        """Return a model's form, as it was filled in, with what is wrong with it."""
        return self._render(
            "model.html",
            request,
            422 if outcome.refusal else 200,
            spec=spec,
            fields=fields_of(spec, outcome.filled, outcome.errors),
            outcome=outcome,
            # Code of a form that would be refused is of no use to anybody.
            snippets=[]
            if any(check_request(spec, dict(outcome.body)))
            else write_all(spec, outcome.body, request.origin),
        )

    def cover(self, request: PageRequest, slug: str) -> Reply:
        """Return the picture of a model's card."""
        del request
        svg = draw_cover(self.spec(slug).model)
        return Reply(200, {"content-type": "image/svg+xml"}, svg.encode())

    def task(self, request: PageRequest, task_id: str) -> Reply:
        """Return one task: its stages, its outputs, what the API says of it, its journal, its code."""
        view = self._view(task_id, request.tenant)
        world = self._engine.tenant(request.tenant)
        task = world.tasks[task_id]
        # Not by a call: the journal and the scenarios are for callers, and looking must not disturb.
        wire = world.writer.detail(task, task.view(world.clock.time()))
        spec = self.spec(view.model)
        world.note(task)
        about = [
            group
            for group in group_entries(world.journal.plain())
            if group.is_about(task_id, task.token, task.folder)
        ]
        return self._render(
            "task.html",
            request,
            task=view,
            detail=json.dumps(wire, indent=2, ensure_ascii=False),
            lines=view_groups(without_repeats(about), self._start),
            snippets=write_all(spec, view.parameters, request.origin),
            moving=not view.is_over,
        )

    def output(self, request: PageRequest, task_id: str, name: str) -> Reply:
        """Return an output to look at: by a path of the page, since it is no call of a client.

        Raises:
            NotThere: there is none, or not yet.
        """
        self.show(task_id, request.tenant)
        reply = self._engine.show_output(task_id, name, request.request, request.tenant)
        if reply is None:
            raise NotThere(f"Task {task_id} has no output {name}.")
        return reply

    def journal(self, request: PageRequest) -> Reply:
        """Return the newest entries of the journal, or those that were searched for."""
        journal = self._engine.tenant(request.tenant).journal
        kind, text = request.query.get("kind", ""), request.query.get("q", "")
        groups = filter_groups(group_entries(journal.plain()), kind, text)
        if not kind:
            groups = [*without_repeats(groups)]
        return self._render(
            "journal.html",
            request,
            lines=view_groups(reversed(groups[-JOURNAL_LINES:]), self._start),
            dropped=journal.dropped,
            kinds=["", *KINDS, "refused"],
            kind=kind,
            q=text,
        )

    def scenarios(self, request: PageRequest, text: str = "", wrong: str = "") -> Reply:
        """Return the rules in force, ready-made ones, and a field for others.

        Args:
            request: who asks.
            text: what was typed before.
            wrong: what is wrong with it.
        """
        rules = [
            {
                "target": rule["target"],
                "used": rule["used"],
                "json": json.dumps(_without_use(rule), ensure_ascii=False),
            }
            for rule in self._engine.show_script()
        ]
        example = {"scenarios": [{"on": "*", **next(iter(PRESETS.values()))}]}
        return self._render(
            "scenarios.html",
            request,
            400 if wrong else 200,
            rules=rules,
            presets=list(PRESETS),
            text=text or json.dumps(example, indent=2),
            wrong=wrong,
        )

    def openapi(self, request: PageRequest) -> Reply:
        """Return the OpenAPI document of the API."""
        return json_reply(200, self._simulation.describe_api(request.origin))

    def spec(self, slug: str) -> ModelSpec:
        """Return what is known of a model, or say in the page's words that nothing is.

        Raises:
            NotThere: there is none.
        """
        spec = self._engine.catalog.find(slug)
        if spec is None:
            raise NotThere(self._engine.catalog.describe_unknown(slug))
        return spec

    def show(self, task_id: str, tenant: str) -> dict[str, Any]:
        """Return a task as plain data.

        Raises:
            NotThere: there is no such task.
        """
        try:
            return self._engine.show_task(task_id, tenant)
        except WrongScript as error:
            raise NotThere(f"There is no task {task_id}.") from error

    @property
    def _start(self) -> float:
        return self._simulation.clock.time() - self._simulation.clock.now()

    def _lines(self, tenant: str, count: int) -> tuple[Line, ...]:
        entries = self._engine.tenant(tenant).journal.plain(last=count * 8)
        return view_groups(reversed(group_entries(entries)[-count:]), self._start)

    def _view(self, task_id: str, tenant: str) -> TaskView:
        order = self._engine.catalog.platform.lifecycle.order
        return view_task(self.show(task_id, tenant), order)


def _without_use(rule: Mapping[str, Any]) -> dict[str, Any]:
    """Return a rule as it would be written in a file, without what became of it."""
    return {
        name: value
        for name, value in rule.items()
        if name not in {"target", "seen", "used", "unused"}
    }
