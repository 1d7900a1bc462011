"""The control API below `/_mock`: what a test in any language needs besides the platform's own API."""

import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, Final
from urllib.parse import parse_qsl

from wiromock.adapter.asgi import misuse_reply, unforeseen
from wiromock.adapter.asgi.message import (
    Gone,
    Receive,
    Scope,
    Send,
    TooLarge,
    read_body,
    read_headers,
    send_reply,
)
from wiromock.engine.snapshot import show_ledger
from wiromock.engine.tenant import HEADER
from wiromock.errors import MockError, WrongScript
from wiromock.scenario.rule import json_schema, rules_from_json
from wiromock.server.control_schema import CLOCK, CLOCK_EXAMPLES, FAILURE, OBJECT, TIME
from wiromock.server.csrf import is_foreign
from wiromock.server.route import CONTROL, BadCall, ControlRequest, ControlRoute, describe, problem
from wiromock.server.simulation import Simulation
from wiromock.wire.http import Reply, json_reply
from wiromock.wire.json_body import UnreadableBody, read_json_object

LARGEST: Final = 4 * 1024 * 1024
"""Bytes of a body."""


class Control:
    """Scripts, pushes time and shows what happened, for tests in any language.

    Args:
        simulation: what it controls.
    """

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._engine = simulation.engine
        self.routes = self._routes()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        headers = read_headers(scope)
        try:
            body = await read_body(receive, LARGEST)
        except Gone:
            return
        except TooLarge as error:
            await send_reply(send, problem(413, str(error)))
            return
        if scope["method"] not in {"GET", "HEAD"} and is_foreign(headers):
            reply = problem(403, "this call came from a page of another site")
        else:
            reply = self._try_answer(scope, headers, body)
        await send_reply(send, reply)

    def _try_answer(self, scope: Scope, headers: Mapping[str, str], body: bytes) -> Reply:
        try:
            return self._answer(scope, headers, body)
        except Exception as error:  # noqa: BLE001 - a bug of ours is reported, and ends no server
            return misuse_reply(self._engine.misuse(unforeseen(error)))

    def _answer(self, scope: Scope, headers: Mapping[str, str], body: bytes) -> Reply:
        path: str = scope["path"].removeprefix(CONTROL) or "/"
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        others: list[str] = []
        for route in self.routes:
            values = route.match(path)
            if values is None:
                continue
            if route.method == method:
                query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
                return _answer(route, headers.get(HEADER, ""), values, query, body)
            others.append(route.method)
        if others:
            allowed = ", ".join(others)
            return problem(405, f"{scope['path']} takes {allowed}", allow=allowed)
        known = ", ".join(dict.fromkeys(f"{CONTROL}{route.path}" for route in self.routes))
        return problem(404, f"there is no {scope['path']}; there are {known}")

    def _routes(self) -> tuple[ControlRoute, ...]:
        get = partial(ControlRoute, "GET", returns=OBJECT)
        return (
            get("/openapi.json", "This document", self._document),
            get("/state", "Everything there is", self._state),
            get("/clock", "What time it is", self._time, returns=TIME),
            ControlRoute(
                "POST",
                "/clock",
                "Push time, or change its speed",
                self._push,
                CLOCK,
                TIME,
                failures=(404, 409),
            ),
            *self._scenario_routes(),
            *self._task_routes(),
            get("/ledger", "Money: balance, charges, how many tasks may run", self._ledger),
            get(
                "/journal",
                "What happened and why, one JSON object a line",
                self._journal,
                returns={"type": "string"},
                media="application/x-ndjson",
                query={"last": "Only so many of the newest entries"},
            ),
            ControlRoute(
                "POST",
                "/reset",
                "Begin again; with the tenant header, for that tenant only",
                self._reset,
                returns=OBJECT,
            ),
        )

    def _scenario_routes(self) -> tuple[ControlRoute, ...]:
        rules = {name: part for name, part in json_schema().items() if name != "$schema"}
        path = "/scenarios"
        added = "Add rules; one for the same calls is replaced"
        shown = "The rules in force, in the order in which they are tried"
        return (
            ControlRoute("GET", path, shown, self._rules, returns=OBJECT),
            ControlRoute("PUT", path, "Replace all rules", self._replace, rules, OBJECT),
            ControlRoute("POST", path, added, self._add, rules, OBJECT),
            ControlRoute("DELETE", path, "Drop all rules", self._clear, returns=OBJECT),
        )

    def _task_routes(self) -> tuple[ControlRoute, ...]:
        task = partial(ControlRoute, failures=(404, 409), returns=OBJECT)
        ways = "One task, with its past and, as things stand, its future"
        released = "Let a task go on that is held at a stage"
        cancelled = "Cancel a task at any stage, as the platform itself may"
        failed = "Let the process of a task end with an error, now"
        return (
            ControlRoute(
                "GET", "/tasks", "All tasks, the newest first", self._tasks, returns=OBJECT
            ),
            task("GET", "/tasks/{id}", ways, self._task),
            task("POST", "/tasks/{id}/release", released, self._release),
            task("POST", "/tasks/{id}/cancel", cancelled, self._cancel),
            task("POST", "/tasks/{id}/fail", failed, self._fail, FAILURE),
        )

    def _document(self, request: ControlRequest) -> Reply:
        del request
        return json_reply(200, describe(self.routes))

    def _state(self, request: ControlRequest) -> Reply:
        shown = self._engine.snapshot(request.tenant)
        journal = {"kept": len(shown.pop("journal")), "dropped": shown.pop("dropped")}
        shown |= {"clock": self._show_time(), "journal": journal, "tenants": self._engine.tenants}
        return json_reply(200, shown)

    def _show_time(self) -> dict[str, float]:
        clock = self._simulation.clock
        return {"now": clock.time(), "elapsed": clock.now(), "speed": clock.speed}

    def _time(self, request: ControlRequest) -> Reply:
        del request
        return json_reply(200, self._show_time())

    def _push(self, request: ControlRequest) -> Reply:
        if len(request.body) != 1:
            raise BadCall(400, f"say one of {', '.join(CLOCK['properties'])}, and only one")
        ((what, value),) = request.body.items()
        if what in {"advance", "speed"} and _is_number(value):
            self._move(what, value)
        elif what == "until" and _names_a_stage(value):
            self._find(value["task"], request.tenant)
            with _conflict():
                moment = self._engine.moment(value["status"], value["task"], request.tenant)
            self._simulation.advance_until(moment)
        elif what == "until_all_is_over" and value is True:
            self._simulation.finish_all(request.tenant)
        else:
            raise BadCall(400, CLOCK_EXAMPLES)
        return json_reply(200, self._show_time())

    def _move(self, what: str, value: float) -> None:
        if what == "speed":
            self._simulation.clock.speed = value
        else:
            self._engine.advance(value)

    def _rules(self, request: ControlRequest) -> Reply:
        del request
        return json_reply(200, {"scenarios": self._engine.show_script()})

    def _replace(self, request: ControlRequest) -> Reply:
        rules = rules_from_json(request.body)
        self._simulation.replace_rules(rules)
        return self._rules(request)

    def _add(self, request: ControlRequest) -> Reply:
        self._engine.load(rules_from_json(request.body))
        return self._rules(request)

    def _clear(self, request: ControlRequest) -> Reply:
        self._engine.clear_script(request.tenant or None)
        return self._rules(request)

    def _tasks(self, request: ControlRequest) -> Reply:
        return json_reply(200, {"tasks": self._engine.snapshot(request.tenant)["tasks"]})

    def _task(self, request: ControlRequest) -> Reply:
        return json_reply(200, self._find(request.values["id"], request.tenant))

    def _release(self, request: ControlRequest) -> Reply:
        self._find(request.values["id"], request.tenant)
        with _conflict():
            self._engine.release(request.values["id"], request.tenant)
        return self._task(request)

    def _cancel(self, request: ControlRequest) -> Reply:
        self._find(request.values["id"], request.tenant)
        with _conflict():
            self._engine.stop(request.values["id"], "cancel", request.tenant)
        return self._task(request)

    def _fail(self, request: ControlRequest) -> Reply:
        self._find(request.values["id"], request.tenant)
        pexit, stderr = request.body.get("pexit", "1"), request.body.get("stderr", "")
        if not (
            isinstance(pexit, str)
            and isinstance(stderr, str)
            and {"pexit", "stderr"} >= request.body.keys()
        ):
            raise BadCall(400, 'send {"pexit": "1", "stderr": "out of memory"}, both texts, or {}')
        with _conflict():
            self._engine.fail(
                request.values["id"], pexit=pexit, stderr=stderr, tenant=request.tenant
            )
        return self._task(request)

    def _ledger(self, request: ControlRequest) -> Reply:
        return json_reply(200, show_ledger(self._engine.tenant(request.tenant)))

    def _journal(self, request: ControlRequest) -> Reply:
        last = request.query.get("last")
        if last is not None and not (last.isascii() and last.isdigit() and len(last) < 10):
            raise BadCall(400, f"last is a number of entries, not {last!r}")
        journal = self._engine.tenant(request.tenant).journal
        entries = journal.plain(None if last is None else int(last))
        # In ASCII, because some languages end lines at characters that JSON leaves as they are.
        lines = "".join(f"{json.dumps(entry)}\n" for entry in entries)
        return Reply(200, {"content-type": "application/x-ndjson"}, lines.encode())

    def _reset(self, request: ControlRequest) -> Reply:
        self._simulation.reset(request.tenant or None)
        return json_reply(200, {"reset": request.tenant or "everything"})

    def _find(self, task: str, tenant: str) -> dict[str, Any]:
        try:
            return self._engine.show_task(task, tenant)
        except WrongScript as error:
            raise BadCall(404, str(error)) from error


def _answer(
    route: ControlRoute,
    tenant: str,
    values: Mapping[str, str],
    query: Mapping[str, str],
    body: bytes,
) -> Reply:
    """Answer, and turn errors of the call into replies that explain them."""
    try:
        return route.answer(ControlRequest(tenant, values, query, _read(route, body)))
    except BadCall as error:
        return problem(error.status, str(error))
    except MockError as error:
        return problem(400, str(error))


@contextmanager
def _conflict() -> Generator[None]:
    """Answer 409 where a command does not fit the state of its task."""
    try:
        yield
    except WrongScript as error:
        raise BadCall(409, str(error)) from error


def _read(route: ControlRoute, body: bytes) -> Any:
    """Read the body of a call that takes one; whatever its content type says, it is JSON."""
    if route.body is None:
        return None
    try:
        return read_json_object(body or b"{}")
    except UnreadableBody as error:
        raise BadCall(400, str(error)) from error


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _names_a_stage(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"task", "status"}
        and all(isinstance(value[name], str) for name in ("task", "status"))
    )
