"""The control API below `/_mock`: what a test in any language needs beside the platform's own API."""

import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

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
from wiromock.server.csrf import is_foreign
from wiromock.server.route import Asked, BadCall, ControlRoute, Schema, describe, problem
from wiromock.wire.http import Reply, json_reply

if TYPE_CHECKING:
    from wiromock.server.app import Site

BASE: Final = "/_mock"

LARGEST: Final = 4 * 1024 * 1024
"""Bytes of a body."""

_OBJECT: Final[Schema] = {"type": "object"}

_CLOCK: Final[Schema] = {
    "type": "object",
    "description": "One of the four.",
    "minProperties": 1,
    "maxProperties": 1,
    "additionalProperties": False,
    "properties": {
        "advance": {
            "type": "number",
            "minimum": 0,
            "maximum": 1e9,
            "description": "Push forward by so many seconds.",
        },
        "speed": {
            "type": "number",
            "minimum": 0,
            "maximum": 1e6,
            "description": "Mock seconds in a real second; 0 stands still.",
        },
        "until": {
            "type": "object",
            "description": "Push forward to the moment at which a task reaches a status.",
            "additionalProperties": False,
            "required": ["task", "status"],
            "properties": {
                "task": {"type": "string"},
                "status": {"type": "string", "examples": ["task_start"]},
            },
        },
        "until_all_is_over": {
            "const": True,
            "description": "Push forward until no task is running that ends by itself.",
        },
    },
}
_TIME: Final[Schema] = {
    "type": "object",
    "properties": {
        "now": {"type": "number"},
        "elapsed": {"type": "number"},
        "speed": {"type": "number"},
    },
    "required": ["now", "elapsed", "speed"],
}

_CLOCK_EXAMPLES: Final = (
    'send one of {"advance": 30}, {"speed": 60}, {"until": {"task": "2221", "status": "task_start"}} '
    'and {"until_all_is_over": true}'
)
_FAILURE: Final[Schema] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "pexit": {"type": "string", "description": 'The exit code; not "0".', "default": "1"},
        "stderr": {"type": "string", "description": "What the process complained.", "default": ""},
    },
}


class Control:
    """The control API.

    Args:
        site: what it controls.
    """

    def __init__(self, site: "Site") -> None:
        self._site = site
        self._engine = site.engine
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
            reply = self._answer(scope, headers, body)
        await send_reply(send, reply)

    def _answer(self, scope: Scope, headers: dict[str, str], body: bytes) -> Reply:
        path: str = scope["path"].removeprefix(BASE) or "/"
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
        known = ", ".join(dict.fromkeys(f"{BASE}{route.path}" for route in self.routes))
        return problem(404, f"there is no {scope['path']}; there are {known}")

    def _routes(self) -> tuple[ControlRoute, ...]:
        rules = {name: part for name, part in json_schema().items() if name != "$schema"}
        task = partial(ControlRoute, fails=(404, 409), gives=_OBJECT)
        return (
            ControlRoute("GET", "/openapi.json", "This document", self._document, gives=_OBJECT),
            ControlRoute("GET", "/state", "Everything there is", self._state, gives=_OBJECT),
            ControlRoute("GET", "/clock", "What time it is", self._time, gives=_TIME),
            ControlRoute(
                "POST",
                "/clock",
                "Push time, or change its speed",
                self._push,
                _CLOCK,
                _TIME,
                fails=(404, 409),
            ),
            ControlRoute(
                "GET",
                "/scenarios",
                "The rules in force, in the order in which they are asked",
                self._rules,
                gives=_OBJECT,
            ),
            ControlRoute("PUT", "/scenarios", "Replace all rules", self._replace, rules, _OBJECT),
            ControlRoute(
                "POST",
                "/scenarios",
                "Add rules; one for the same calls is replaced",
                self._add,
                rules,
                _OBJECT,
            ),
            ControlRoute("DELETE", "/scenarios", "Drop all rules", self._clear, gives=_OBJECT),
            ControlRoute(
                "GET", "/tasks", "All tasks, the newest first", self._tasks, gives=_OBJECT
            ),
            task(
                "GET",
                "/tasks/{id}",
                "One task, with its past and, as things stand, its future",
                self._task,
            ),
            task(
                "POST",
                "/tasks/{id}/release",
                "Let a task go on that is held at a stage",
                self._release,
            ),
            task(
                "POST",
                "/tasks/{id}/cancel",
                "Cancel a task at any stage, as the platform itself may",
                self._cancel,
            ),
            task(
                "POST",
                "/tasks/{id}/fail",
                "Let the process of a task end with an error, now",
                self._fail,
                _FAILURE,
            ),
            ControlRoute(
                "GET",
                "/ledger",
                "Money: balance, charges, how many tasks may run",
                self._ledger,
                gives=_OBJECT,
            ),
            ControlRoute(
                "GET",
                "/journal",
                "What happened and why, one JSON object a line",
                self._journal,
                gives={"type": "string"},
                media="application/x-ndjson",
                query={"last": "Only so many of the newest entries"},
            ),
            ControlRoute(
                "POST",
                "/reset",
                "Begin again; with the tenant header, for that tenant only",
                self._reset,
                gives=_OBJECT,
            ),
        )

    def _document(self, asked: Asked) -> Reply:
        del asked
        return json_reply(200, describe(self.routes, BASE))

    def _state(self, asked: Asked) -> Reply:
        shown = self._engine.snapshot(asked.tenant)
        journal = {"kept": len(shown.pop("journal")), "dropped": shown.pop("dropped")}
        shown |= {"clock": self._show_time(), "journal": journal, "tenants": self._engine.tenants}
        return json_reply(200, shown)

    def _show_time(self) -> dict[str, float]:
        clock = self._site.clock
        return {"now": clock.time(), "elapsed": clock.now(), "speed": clock.speed}

    def _time(self, asked: Asked) -> Reply:
        del asked
        return json_reply(200, self._show_time())

    def _push(self, asked: Asked) -> Reply:
        if len(asked.body) != 1:
            raise BadCall(400, f"say one of {', '.join(_CLOCK['properties'])}, and only one")
        ((what, value),) = asked.body.items()
        if what in {"advance", "speed"} and _is_number(value):
            self._move(what, value)
        elif what == "until" and _names_a_stage(value):
            self._find(value["task"], asked.tenant)
            with _conflict():
                moment = self._engine.moment(value["status"], value["task"], asked.tenant)
            self._site.advance_until(moment)
        elif what == "until_all_is_over" and value is True:
            self._site.finish_all(asked.tenant)
        else:
            raise BadCall(400, _CLOCK_EXAMPLES)
        return json_reply(200, self._show_time())

    def _move(self, what: str, value: float) -> None:
        if what == "speed":
            self._site.clock.speed = value
        else:
            self._engine.advance(value)

    def _rules(self, asked: Asked) -> Reply:
        del asked
        return json_reply(200, {"scenarios": self._engine.show_script()})

    def _replace(self, asked: Asked) -> Reply:
        rules = rules_from_json(asked.body)
        self._site.replace_rules(rules)
        return self._rules(asked)

    def _add(self, asked: Asked) -> Reply:
        self._engine.load(rules_from_json(asked.body))
        return self._rules(asked)

    def _clear(self, asked: Asked) -> Reply:
        self._engine.clear_script(asked.tenant or None)
        return self._rules(asked)

    def _tasks(self, asked: Asked) -> Reply:
        return json_reply(200, {"tasks": self._engine.snapshot(asked.tenant)["tasks"]})

    def _task(self, asked: Asked) -> Reply:
        return json_reply(200, self._find(asked.values["id"], asked.tenant))

    def _release(self, asked: Asked) -> Reply:
        self._find(asked.values["id"], asked.tenant)
        with _conflict():
            self._engine.release(asked.values["id"], asked.tenant)
        return self._task(asked)

    def _cancel(self, asked: Asked) -> Reply:
        self._find(asked.values["id"], asked.tenant)
        with _conflict():
            self._engine.stop(asked.values["id"], "cancel", asked.tenant)
        return self._task(asked)

    def _fail(self, asked: Asked) -> Reply:
        self._find(asked.values["id"], asked.tenant)
        pexit, stderr = asked.body.get("pexit", "1"), asked.body.get("stderr", "")
        if not (
            isinstance(pexit, str)
            and isinstance(stderr, str)
            and {"pexit", "stderr"} >= asked.body.keys()
        ):
            raise BadCall(400, 'send {"pexit": "1", "stderr": "out of memory"}, both texts, or {}')
        with _conflict():
            self._engine.fail(asked.values["id"], pexit=pexit, stderr=stderr, tenant=asked.tenant)
        return self._task(asked)

    def _ledger(self, asked: Asked) -> Reply:
        return json_reply(200, show_ledger(self._engine.tenant(asked.tenant)))

    def _journal(self, asked: Asked) -> Reply:
        last = asked.query.get("last")
        if last is not None and not (last.isascii() and last.isdigit() and len(last) < 10):
            raise BadCall(400, f"last is a number of entries, not {last!r}")
        journal = self._engine.tenant(asked.tenant).journal
        entries = journal.plain(None if last is None else int(last))
        # In ASCII, because some languages end lines at characters that JSON leaves as they are.
        lines = "".join(f"{json.dumps(entry)}\n" for entry in entries)
        return Reply(200, {"content-type": "application/x-ndjson"}, lines.encode())

    def _reset(self, asked: Asked) -> Reply:
        self._site.reset(asked.tenant or None)
        return json_reply(200, {"reset": asked.tenant or "everything"})

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
    """Answer, and turn what cannot be right into a sentence."""
    try:
        return route.answer(Asked(tenant, values, query, _read(route, body)))
    except BadCall as error:
        return problem(error.status, str(error))
    except MockError as error:
        return problem(400, str(error))


@contextmanager
def _conflict() -> Generator[None]:
    """Say of a command that it does not fit where the task is."""
    try:
        yield
    except WrongScript as error:
        raise BadCall(409, str(error)) from error


def _read(route: ControlRoute, body: bytes) -> Any:
    """Read the body of a call that takes one; whatever its content type says, it is JSON."""
    if route.takes is None:
        return None
    try:
        value: Any = json.loads(body or b"{}", parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise BadCall(400, f"the body is not JSON ({error})") from error
    if not isinstance(value, dict):
        raise BadCall(400, f"the body is a JSON object, not a {type(value).__name__}")
    return value  # pyright: ignore[reportUnknownVariableType] # keys of a JSON object are strings


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _names_a_stage(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"task", "status"}
        and all(isinstance(value[name], str) for name in ("task", "status"))
    )
