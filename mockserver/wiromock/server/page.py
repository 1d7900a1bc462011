"""The page for people: tasks, models, journal, scenarios; plain HTML that works without any script."""

import json
import math
import re
from collections.abc import Callable, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from wirogen.spec.model import ModelSpec
from wiromock.adapter.asgi.message import (
    API,
    Gone,
    Receive,
    Scope,
    Send,
    TooLarge,
    explained,
    read_body,
    read_headers,
    send_reply,
)
from wiromock.errors import MockError, WrongScript
from wiromock.scenario.rule import rules_from_json
from wiromock.server.csrf import is_foreign
from wiromock.server.form import body_of, fields_of
from wiromock.server.page_request import TENANT, Visit
from wiromock.server.preset import PRESETS
from wiromock.server.runner import Outcome, Runner
from wiromock.server.snippet import socket_origin, write_all
from wiromock.server.view import (
    Line,
    TaskView,
    show_time,
    tell_once,
    view_account,
    view_journal,
    view_task,
)
from wiromock.wire.body import UnreadableBody
from wiromock.wire.http import Reply, json_reply, text_reply

if TYPE_CHECKING:
    from wiromock.server.app import Site

HERE: Final = Path(__file__).parent
SHOWN_TASKS: Final = 20
SHOWN_MODELS: Final = 12
FOUND_MODELS: Final = 200
SHOWN_LINES: Final = 12
JOURNAL_LINES: Final = 300

HTML: Final = {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    # Not "no-referrer": browsers then hide from us, too, that a form was sent from our own page.
    "referrer-policy": "same-origin",
    # Spec texts are escaped; should one slip through all the same, it finds nothing it may do.
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
}

_LOCAL: Final = re.compile(r"/(?!/)[A-Za-z0-9._~/-]*")


class NotThere(Exception):  # noqa: N818 - the name says what happened
    """There is no such page."""


class Page:
    """The page.

    Args:
        site: what it shows.
    """

    def __init__(self, site: "Site") -> None:
        self._site = site
        self._engine = site.engine
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._pages: tuple[tuple[str, str, Callable[..., Reply]], ...] = (
            ("GET", r"/", self._home),
            ("GET", r"/models", self._models),
            ("GET", r"/models/([^/]+/[^/]+)", self._model),
            ("POST", r"/models/([^/]+/[^/]+)", self._run),
            ("GET", r"/tasks/([^/]+)", self._task),
            ("POST", r"/tasks/([^/]+)", self._command),
            ("GET", r"/journal", self._journal),
            ("GET", r"/scenarios", self._scenarios),
            ("POST", r"/scenarios", self._script),
            ("POST", r"/clock", self._push),
            ("POST", r"/reset", self._reset),
            ("POST", r"/tenant", self._choose_tenant),
            ("GET", r"/openapi\.json", self._openapi),
            ("GET", r"/static/([a-z]+\.[a-z]+)", self._static),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        headers = read_headers(scope)
        try:
            body = await read_body(receive)
        except Gone:
            return
        except TooLarge as error:
            await send_reply(send, text_reply(413, str(error)))
            return
        await send_reply(send, self._answer(Visit.of(scope, headers, body), headers))

    def _answer(self, visit: Visit, headers: Mapping[str, str]) -> Reply:
        if visit.method != "GET" and is_foreign(headers):
            return text_reply(403, "This call came from a page of another site.")
        try:
            return self._find(visit)
        except NotThere as error:
            return self._lost(visit, str(error))
        except UnreadableBody as error:
            return self._render("message.html", visit, 400, title="Not understood", text=str(error))
        except MockError as error:
            return self._render(
                "message.html", visit, 409, title="That does not fit", text=str(error)
            )

    def _find(self, visit: Visit) -> Reply:
        for method, pattern, answer in self._pages:
            found = re.fullmatch(pattern, visit.path)
            if found is not None and method == visit.method:
                return answer(visit, *found.groups())
        raise NotThere(f"There is no page {visit.path}.")

    def _lost(self, visit: Visit, text: str) -> Reply:
        """Answer where nothing is: to people with a page, to programs in the platform's own words."""
        if "text/html" in visit.request.headers.get("accept", ""):
            return self._render("message.html", visit, 404, title="Not here", text=text)
        why = f"the API is below {API}: the base URL is {visit.origin}{API}, not {visit.origin}"
        return explained(404, "Error parsing url.", why)

    # What is looked at

    def _home(self, visit: Visit) -> Reply:
        world = self._engine.tenant(visit.tenant)
        latest = list(islice(reversed(world.tasks), SHOWN_TASKS))
        tasks = [self._view(one, visit.tenant) for one in latest]
        slugs = self._site.slugs
        return self._render(
            "home.html",
            visit,
            tasks=tasks,
            older=len(world.tasks) - len(tasks),
            said="; ".join(f"task {one.id} is {one.word}" for one in tasks[:3]),
            models=slugs[:SHOWN_MODELS],
            more_models=len(slugs) if len(slugs) > SHOWN_MODELS else 0,
            account=view_account(world.ledger),
            lines=self._lines(visit.tenant, SHOWN_LINES),
            moving=any(not one.is_over for one in tasks),
        )

    def _models(self, visit: Visit) -> Reply:
        wanted = visit.query.get("q", "").lower().split()
        slugs = self._site.slugs
        found = [slug for slug in slugs if all(word in slug for word in wanted)]
        return self._render(
            "models.html",
            visit,
            q=visit.query.get("q", ""),
            models=found[:FOUND_MODELS],
            found=len(found),
            total=len(slugs),
        )

    def _model(self, visit: Visit, slug: str) -> Reply:
        spec = self._spec(slug)
        filled = {one.name: one.value for one in fields_of(spec)}
        return self._form(visit, spec, Outcome(body_of(spec, filled), filled))

    def _form(self, visit: Visit, spec: ModelSpec, outcome: Outcome) -> Reply:
        return self._render(
            "model.html",
            visit,
            200 if not outcome.said else 422,
            spec=spec,
            fields=fields_of(spec, outcome.filled, outcome.errors),
            refusal=outcome if outcome.said else None,
            snippets=write_all(spec, outcome.body, visit.origin),
        )

    def _task(self, visit: Visit, task_id: str) -> Reply:
        task = self._view(task_id, visit.tenant)
        world = self._engine.tenant(visit.tenant)
        found = world.tasks[task_id]
        # Not by a call: the journal and the scenarios are for callers, and looking must not disturb.
        wire = world.writer.detail(found, found.view(world.clock.time()))
        spec = self._spec(task.model)
        world.note(found)
        about = [one for one in world.journal.plain() if one.get("task") == task_id]
        return self._render(
            "task.html",
            visit,
            task=task,
            detail=json.dumps(wire, indent=2, ensure_ascii=False),
            lines=view_journal(tell_once(about), self._start),
            snippets=write_all(spec, task.parameters, visit.origin),
            moving=not task.is_over,
        )

    def _journal(self, visit: Visit) -> Reply:
        return self._render(
            "journal.html",
            visit,
            lines=self._lines(visit.tenant, JOURNAL_LINES),
            dropped=self._engine.tenant(visit.tenant).journal.dropped,
        )

    def _scenarios(self, visit: Visit, text: str = "", wrong: str = "") -> Reply:
        rules = [
            {
                "target": one["target"],
                "used": one["used"],
                "json": json.dumps(_bare(one), ensure_ascii=False),
            }
            for one in self._engine.show_script()
        ]
        return self._render(
            "scenarios.html",
            visit,
            400 if wrong else 200,
            rules=rules,
            presets=list(PRESETS),
            text=text
            or json.dumps({"scenarios": [{"on": "*", **next(iter(PRESETS.values()))}]}, indent=2),
            wrong=wrong,
        )

    def _static(self, visit: Visit, name: str) -> Reply:
        path = HERE / "static" / name
        kind = _STATIC.get(path.suffix)
        if kind is None or not path.is_file():
            raise NotThere(f"There is no {visit.path}.")
        headers = {
            "content-type": kind,
            "cache-control": "no-cache",
            "x-content-type-options": "nosniff",
        }
        return Reply(200, headers, path.read_bytes())

    def _openapi(self, visit: Visit) -> Reply:
        return json_reply(200, self._site.describe_api(visit.origin))

    # What is done

    def _run(self, visit: Visit, slug: str) -> Reply:
        spec = self._spec(slug)
        outcome = self._runner(visit).run(spec, visit.form)
        if outcome.said:
            return self._form(visit, spec, outcome)
        return _go(f"/tasks/{outcome.task}")

    def _command(self, visit: Visit, task_id: str) -> Reply:
        shown = self._show(task_id, visit.tenant)
        match visit.said("do"):
            case "cancel":
                self._engine.stop(task_id, "cancel", visit.tenant)
            case "fail":
                self._engine.fail(task_id, stderr="failed from the page", tenant=visit.tenant)
            case "release":
                self._engine.release(task_id, visit.tenant)
            case "step":
                self._site.advance_until(_next_stage(shown))
            case "finish":
                self._site.advance_until(_end(shown))
            case other:
                raise WrongScript(
                    f"a task can be cancelled, failed, released, stepped and finished, not {other!r}"
                )
        return _back(visit)

    def _push(self, visit: Visit) -> Reply:
        advance, speed = visit.said("advance"), visit.said("speed")
        if advance == "end":
            self._site.finish_all(visit.tenant)
        elif advance:
            self._engine.advance(_number(advance))
        if speed:
            self._site.clock.speed = _number(speed)
        return _back(visit)

    def _script(self, visit: Visit) -> Reply:
        preset, text = PRESETS.get(visit.said("preset")), visit.said("text")
        if visit.said("clear"):
            self._engine.clear_script()
        elif preset is not None:
            self._engine.load(rules_from_json({"scenarios": [preset]}))
        else:
            try:
                self._engine.load(rules_from_json(json.loads(text), "the text"))
            except (WrongScript, ValueError, RecursionError) as error:
                return self._scenarios(visit, text, str(error))
        return _go("/scenarios")

    def _reset(self, visit: Visit) -> Reply:
        self._site.reset(visit.tenant or None)
        return _go("/")

    def _choose_tenant(self, visit: Visit) -> Reply:
        cookie = (
            f"{TENANT}={quote(visit.said('tenant'), safe='')}; Path=/; SameSite=Strict; HttpOnly"
        )
        return Reply(303, {"location": "/", "set-cookie": cookie}, b"")

    # What both need

    def _render(self, name: str, visit: Visit, status: int = 200, **values: Any) -> Reply:
        clock = self._site.clock
        common = {
            "here": visit.path,
            "back": visit.path if visit.method == "GET" else "/",
            "origin": visit.origin,
            "socket": socket_origin(visit.origin),
            "tenants": self._engine.tenants,
            "tenant": visit.tenant,
            "moving": False,
            "clock": {"shown": show_time(clock.time()), "speed": f"{clock.speed:g}"},
        }
        text = self._templates.get_template(name).render({**common, **values})
        return Reply(status, HTML, text.encode())

    @property
    def _start(self) -> float:
        return self._site.clock.time() - self._site.clock.now()

    def _lines(self, tenant: str, count: int) -> tuple[Line, ...]:
        entries = self._engine.tenant(tenant).journal.plain(last=count)
        return view_journal(reversed(entries), self._start)

    def _show(self, task_id: str, tenant: str) -> dict[str, Any]:
        try:
            return self._engine.show_task(task_id, tenant)
        except WrongScript as error:
            raise NotThere(f"There is no task {task_id}.") from error

    def _view(self, task_id: str, tenant: str) -> TaskView:
        order = self._engine.catalog.platform.lifecycle.order
        return view_task(self._show(task_id, tenant), order, self._engine.urls.outputs.url)

    def _spec(self, slug: str) -> ModelSpec:
        spec = self._engine.catalog.find(slug)
        if spec is None:
            raise NotThere(self._engine.catalog.describe_unknown(slug))
        return spec

    def _runner(self, visit: Visit) -> Runner:
        return Runner(self._engine, self._site.credentials, visit.tenant)


_STATIC: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


def _bare(rule: Mapping[str, Any]) -> dict[str, Any]:
    """A rule without what became of it."""
    return {
        name: value
        for name, value in rule.items()
        if name not in {"target", "seen", "used", "unused"}
    }


def _next_stage(shown: Mapping[str, Any]) -> float:
    """When a task reaches its next stage, or the next thing it does; now, if nothing is planned."""
    ahead = [stage for stage in shown["stages"] if not stage["reached"]]
    other = [stage["at"] for stage in ahead if stage["status"] != shown["status"]]
    return min(other, default=-math.inf)


def _end(shown: Mapping[str, Any]) -> float:
    if shown["ends"] is None:
        raise WrongScript(
            f"task {shown['id']} does not end by itself; let it go on, fail or cancel it"
        )
    return float(shown["ends"])


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise WrongScript(f"{text!r} is no number") from error


def _go(path: str) -> Reply:
    return Reply(303, {"location": path}, b"")


def _back(visit: Visit) -> Reply:
    """Return to where the button was; only to a page of ours."""
    back = visit.said("back")
    return _go(back if _LOCAL.fullmatch(back) else "/")
