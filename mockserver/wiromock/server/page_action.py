"""What the page's buttons and forms do: run, stop, push time, script, reset, choose a tenant."""

import math
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from wiromock.errors import WrongScript
from wiromock.scenario.rule import rules_from_json, rules_from_text
from wiromock.server.page_request import TENANT, PageRequest
from wiromock.server.page_show import ShowPages
from wiromock.server.preset import PRESETS
from wiromock.server.runner import Runner
from wiromock.server.simulation import Simulation
from wiromock.wire.http import Reply

_LOCAL: Final = re.compile(r"/(?!/)[A-Za-z0-9._~/-]*")


class PageActions:
    """Answers to POST; each leads to a page that shows what was done.

    Args:
        simulation: what is changed.
        shows: the pages that show.
    """

    def __init__(self, simulation: Simulation, shows: ShowPages) -> None:
        self._simulation = simulation
        self._engine = simulation.engine
        self._shows = shows

    def run(self, request: PageRequest, slug: str) -> Reply:
        """Run a model with what was filled in; a refused form comes back with what is wrong."""
        spec = self._shows.spec(slug)
        runner = Runner(self._engine, self._simulation.credentials, request.tenant)
        outcome = runner.run(spec, request.form)
        if outcome.refusal:
            return self._shows.form(request, spec, outcome)
        return _redirect(f"/tasks/{outcome.task}")

    def command(self, request: PageRequest, task_id: str) -> Reply:
        """Do to a task what its button says."""
        shown = self._shows.show(task_id, request.tenant)
        match request.field("do"):
            case "cancel":
                self._engine.stop(task_id, "cancel", request.tenant)
            case "fail":
                self._engine.fail(task_id, stderr="failed from the page", tenant=request.tenant)
            case "release":
                self._engine.release(task_id, request.tenant)
            case "step":
                self._simulation.advance_until(_next_stage(shown))
            case "finish":
                self._simulation.advance_until(_end(shown))
            case other:
                raise WrongScript(
                    f"a task can be cancelled, failed, released, stepped and finished, not {other!r}"
                )
        return _redirect_back(request)

    def push(self, request: PageRequest) -> Reply:
        """Move time, or change its speed."""
        advance, speed = request.field("advance"), request.field("speed")
        if advance == "end":
            self._simulation.finish_all(request.tenant)
        elif advance:
            self._engine.advance(_number(advance))
        if speed:
            self._simulation.clock.speed = _number(speed)
        return _redirect_back(request)

    def script(self, request: PageRequest) -> Reply:
        """Drop all rules, add a ready-made one, or add those of the text."""
        preset, text = PRESETS.get(request.field("preset")), request.field("text")
        if request.field("clear"):
            self._engine.clear_script()
        elif preset is not None:
            self._engine.load(rules_from_json({"scenarios": [preset]}))
        else:
            try:
                self._engine.load(rules_from_text(text, "the text"))
            except WrongScript as error:
                return self._shows.scenarios(request, text, str(error))
        return _redirect("/scenarios")

    def reset(self, request: PageRequest) -> Reply:
        """Begin again, for the tenant that is shown or for all."""
        self._simulation.reset(request.tenant or None)
        return _redirect("/")

    def choose_tenant(self, request: PageRequest) -> Reply:
        """Remember in a cookie whose world is shown."""
        tenant = quote(request.field("tenant"), safe="")
        cookie = f"{TENANT}={tenant}; Path=/; SameSite=Strict; HttpOnly"
        return Reply(303, {"location": "/", "set-cookie": cookie}, b"")


def _next_stage(shown: Mapping[str, Any]) -> float:
    """Return when a task next does something, in unix seconds; the past if nothing is planned."""
    ahead = [stage for stage in shown["stages"] if not stage["reached"]]
    moments = [stage["at"] for stage in ahead if stage["status"] != shown["status"]]
    return min(moments, default=-math.inf)


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


def _redirect(path: str) -> Reply:
    return Reply(303, {"location": path}, b"")


def _redirect_back(request: PageRequest) -> Reply:
    """Lead back to where the button was; only to a page of ours."""
    back = request.field("back")
    return _redirect(back if _LOCAL.fullmatch(back) else "/")
