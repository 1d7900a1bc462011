"""Where requests arrive: which operation it is, whether the caller may, what the script says."""

import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final, cast

from wirogen.spec.model import PlatformSpec
from wiromock.engine.auth import Guard
from wiromock.engine.call import Call
from wiromock.engine.endpoint import file, sync, task, tool
from wiromock.engine.endpoint.fault import answer_fault
from wiromock.engine.endpoint.run import run
from wiromock.engine.journal import KEPT_BODY, KEPT_REPLY, ReplyOut, RequestIn
from wiromock.engine.routes import Route, Router
from wiromock.engine.tenant import Tenants
from wiromock.engine.world import World
from wiromock.errors import MockError, NotSimulated, UnknownHost
from wiromock.scenario import Fault, PassThrough, Refused
from wiromock.spec.operation import PLAYED, Operation
from wiromock.wire.body import Form, read_form
from wiromock.wire.http import JSON_HEADERS, Delivery, Reply, Request, json_reply, text_reply
from wiromock.wire.json_body import UnreadableBody
from wiromock.wire.refusal import ErrorEntry, Refusal

EXPLANATION_HEADER = "x-mock-explanation"
"""Carries what the platform's own text leaves unsaid; ASCII, other characters escaped."""

_HEADERS = 800
"""Bytes that the headers of a request take in the journal, roughly."""

LONGEST_EXPLANATION = 4_000
"""Characters of that header; the journal has all of it."""

_TEXT = ("application/json", "text/")
"""Content types whose bodies the journal keeps."""

_PERFORM: Final[Mapping[Operation, Callable[[World, Call], Reply]]] = {
    "Run": run,
    "RunSync": sync.run_sync,
    "TaskDetail": task.detail,
    "TaskList": task.list_tasks,
    "TaskCancel": task.cancel,
    "TaskKill": task.kill,
    "TaskInputOutputDelete": task.delete_files,
    "ToolList": tool.list_tools,
    "ToolDetail": tool.detail,
    "ToolExplore": tool.explore,
    "ToolDetailOpenAPI": tool.detail_openapi,
    "FileUpload": file.upload,
    "FileFolderCreate": file.create_folder,
    "File": file.download,
    "Output": file.output,
}

_OUTPUT = Route("output", public=True, values={})


class Dispatcher:
    """Answers requests for a world.

    Args:
        platform: what the platform has.
        guard: checks who is calling.
        tenants: the worlds; a public download names none.
    """

    def __init__(self, platform: PlatformSpec, guard: Guard, tenants: Tenants) -> None:
        self._router = Router(platform.endpoints)
        self._guard = guard
        self._tenants = tenants
        self._secrets = {
            platform.auth.key_header,
            platform.auth.signature_header,
            "authorization",
            "cookie",
            "proxy-authorization",
        }

    def answer(self, request: Request, world: World) -> Reply:
        """Answer a request.

        Raises:
            MockError: the request cannot be right.
        """
        route = self._route(request, world)
        if route is None:
            self._enter(world, "unknown", request)
            path = world.urls.api.below(request.host, request.path) or request.path
            explanation = self._router.describe_unknown(request.method, path)
            refusal = world.errors.refuse("unknown_path", explanation)
            return self._refuse(world, "unknown", request, refusal)
        operation = "Output" if route is _OUTPUT else PLAYED.get(route.endpoint)
        if operation is None:
            raise NotSimulated(
                f"the platform has {request.path}, but this mock does not play it; it plays "
                f"{', '.join(PLAYED.values())}"
            )
        if request.method in {"GET", "HEAD"}:
            world = self._holder(route, request, world)
        self._enter(world, operation, request)
        try:
            reply = self._perform(world, operation, route, request)
        except Refusal as refusal:
            return self._refuse(world, operation, request, refusal)
        except MockError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets an answer that says so
            return self._refuse(world, operation, request, _failed(error))
        _leave(world, operation, reply)
        return reply

    def refuse_socket(self, world: World) -> Reply | None:
        """Return what the handshake of a socket gets instead of one, if a scenario says so."""
        choice = world.script.on_call("Socket", dict, world.tenant)
        if choice is None or isinstance(choice.scenario, PassThrough):
            return None
        world.note_choice("Socket", choice)
        if isinstance(choice.scenario, Refused):
            status = choice.scenario.status if choice.scenario.status >= 400 else 403
            return text_reply(status, choice.scenario.message or "Forbidden")
        return answer_fault(world, cast("Fault", choice.scenario))

    def _route(self, request: Request, world: World) -> Route | None:
        """Find where a request goes; None for a path that the platform does not have.

        Raises:
            UnknownHost: it is not for the platform.
        """
        places = world.urls
        path = places.api.below(request.host, request.path)
        if path is not None:
            return self._router.find(request.method, path)
        if places.outputs.below(request.host, request.path) is not None:
            return _OUTPUT if request.method in {"GET", "HEAD"} else None
        if request.host == places.api.host:
            return None
        raise UnknownHost(
            f"{request.method} {request.host}{request.path} is not for the platform: the mock plays "
            f"{places.api.url} and {places.outputs.url}"
        )

    def _holder(self, route: Route, request: Request, world: World) -> World:
        """Find whose file is asked for: downloads are public, so they name nobody."""
        folder = file.folder_of(world, request)
        key = route.values.get("accesskey")
        holds = (
            other for other in self._tenants if folder in other.folders or key in other.uploads
        )
        return next(holds, world)

    def _perform(self, world: World, operation: Operation, route: Route, request: Request) -> Reply:
        scripted = self._scripted(world, operation, request)
        if scripted is None or scripted == PassThrough():
            return self._do(world, operation, route, request)
        if isinstance(scripted, PassThrough):
            reply = self._do(world, operation, route, request)
            return replace(reply, delivery=Delivery(scripted.latency, drip=scripted.drip))
        makes_task = operation in {"Run", "RunSync"}
        if makes_task and getattr(scripted, "accepted", False):
            self._do(world, operation, route, request)
        fault = answer_fault(world, scripted)
        if fault.delivery.loss != "truncated" or makes_task:
            return fault
        return replace(self._do(world, operation, route, request), delivery=fault.delivery)

    def _do(self, world: World, operation: Operation, route: Route, request: Request) -> Reply:
        if not route.public:
            self._guard.check(request.headers)
        call = Call(operation, route.endpoint, request, route.values, _read(world, request))
        return _PERFORM[operation](world, call)

    def _scripted(self, world: World, operation: Operation, request: Request) -> Any:
        choice = world.script.on_call(operation, lambda: _fields(request), world.tenant)
        if choice is None:
            return None
        world.note_choice(operation, choice)
        return choice.scenario

    def _enter(self, world: World, operation: str, request: Request) -> None:
        body, secrets = request.body, self._secrets
        entry = RequestIn(
            at=world.clock.time(),
            operation=operation,
            method=request.method,
            path=request.path,
            headers={name: text for name, text in request.headers.items() if name not in secrets},
            raw=body[:KEPT_BODY],
            size=len(body),
        )
        world.journal.add(entry, len(entry.raw) + _HEADERS)

    @staticmethod
    def _refuse(world: World, operation: str, request: Request, refusal: Refusal) -> Reply:
        """Write a refusal down, with its explanation in a header of ours."""
        caller = (request.caller() if request.caller is not None else None) or ""
        explanation = refusal.explanation
        if caller:
            explanation = f"{explanation}\ncalled at {caller}"
        lines = " | ".join(explanation.split("\n"))
        shown = lines.encode("unicode_escape").decode("ascii")[:LONGEST_EXPLANATION]
        headers = {EXPLANATION_HEADER: shown} if shown else {}
        reply = json_reply(refusal.http, refusal.envelope())
        body = b"" if request.method == "HEAD" else reply.body
        reply = replace(reply, headers={**reply.headers, **headers}, body=body)
        _leave(world, operation, reply, refusal, caller)
        return reply


def _leave(
    world: World, operation: str, reply: Reply, refusal: Refusal | None = None, caller: str = ""
) -> None:
    """Write down which reply left, and of a refusal, why."""
    headers, body = reply.headers, reply.body
    is_text = headers is JSON_HEADERS or headers.get("content-type", "").startswith(_TEXT)
    entry = ReplyOut(
        at=world.clock.time(),
        operation=operation,
        status=reply.status,
        caller=caller,
        headers=headers,
        raw=body[:KEPT_REPLY] if is_text else b"",
        size=len(body),
        loss=reply.delivery.loss or "",
    )
    if refusal is not None:
        entry.errors = tuple(reason.message for reason in refusal.entries)
        entry.explanation = refusal.explanation
    world.journal.add(entry, len(entry.raw) + len(entry.explanation))


def _failed(error: Exception) -> Refusal:
    """Mark an answer as a fault of the mock: nobody could have foreseen it, so nobody plays it."""
    step = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{step.filename.rpartition('wiromock')[2].lstrip('/')}:{step.lineno}"
    said = f"the mock itself failed, which is a fault of ours: {type(error).__name__}: {error} ({place})"
    return Refusal(ErrorEntry(0, "The mock itself failed.", 500, said))


def _read(world: World, request: Request) -> Form:
    """Read the body; tolerate what the documents' own curl lines do."""
    try:
        form = read_form(request)
    except UnreadableBody as error:
        raise world.errors.refuse("parameters_invalid", str(error)) from error
    if form.oddity is not None:
        world.tolerate("content type", f"{form.oddity}; accepted, as the documents print it")
    return form


def _fields(request: Request) -> Mapping[str, Any]:
    """The fields of a body, for a script; of one that cannot be read, none."""
    try:
        return read_form(request).fields
    except UnreadableBody:
        return {}
