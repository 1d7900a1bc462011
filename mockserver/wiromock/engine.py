"""The engine: one neutral request in, one neutral reply out. No I/O, no waiting, no global state.

Front ends (the respx adapter, the httpx transport, a server) turn their own messages into neutral
ones and carry out the delivery that a reply asks for. They may call from several threads.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from threading import RLock
from typing import Final

from wiromock.auth import Credentials, Guard
from wiromock.body import Form, UnreadableBody, read_form
from wiromock.call import Call
from wiromock.catalogue import Catalogue, SpecSource
from wiromock.clock import Clock
from wiromock.endpoint import file, task
from wiromock.endpoint.fault import answer_fault
from wiromock.endpoint.run import run
from wiromock.errors import MockError, NotSimulated, UnknownHost, WrongScript
from wiromock.journal import KEPT_BODY, CommandIn, Journal, ReplyOut, RequestIn, ScenarioChosen
from wiromock.ledger import Ledger
from wiromock.message import Delivery, Reply, Request, json_reply
from wiromock.operation import PLAYED, Operation, Route, Router
from wiromock.refusal import Refusal
from wiromock.scenario import AsUsual, CallScenario, Scenario
from wiromock.script import When
from wiromock.task import Task
from wiromock.timeline import Command
from wiromock.world import Places, World

EXPLANATION_HEADER = "x-mock-explanation"
"""Carries what the platform's own text leaves unsaid; ASCII, other characters escaped."""

LONGEST_EXPLANATION = 4_000
"""Characters of that header; the journal has all of it."""

_PERFORM: Final[Mapping[Operation, Callable[[World, Call], Reply]]] = {
    "Run": run,
    "TaskDetail": task.detail,
    "TaskCancel": task.cancel,
    "TaskKill": task.kill,
    "FileUpload": file.upload,
    "File": file.download,
    "Output": file.output,
}

_OUTPUT = Route("output", public=True, values={})


class Engine:
    """The platform, as a function of requests and time.

    Args:
        specs: the models and the platform.
        clock: what time it is; the engine never moves it.
        seed: decides ids, tokens, URLs and the contents of outputs.
        credentials: who may call; None lets any API key in.
        balance: USD on the account. Above 250 any number of tasks may run at once.
    """

    def __init__(
        self,
        specs: SpecSource,
        *,
        clock: Clock,
        seed: int = 0,
        credentials: Credentials | None = None,
        balance: Decimal | int | str = 1000,
    ) -> None:
        self._catalogue = Catalogue(specs)
        platform = self._catalogue.platform
        self._places = Places.of(platform.hosts)
        self._router = Router(platform.endpoints)
        self._secrets = {
            platform.auth.key_header,
            platform.auth.signature_header,
            "authorization",
        }
        self._clock = clock
        self._seed = seed
        self._credentials = credentials
        self._deposit = Decimal(balance)
        self._lock = RLock()
        self.reset()

    def reset(self) -> None:
        """Begin again: no tasks, files, scripts, charges or journal; the same names in the same order."""
        with self._lock:
            world = World(self._catalogue, self._clock, self._seed, self._deposit, self._places)
            self._world = world
            self._guard = Guard(self._credentials, self._catalogue.platform.auth, world.say)

    @property
    def journal(self) -> Journal:
        """What has happened since the last reset."""
        return self._world.journal

    @property
    def ledger(self) -> Ledger:
        """The account."""
        return self._world.ledger

    def on(self, slug: str = "*") -> When[Scenario]:
        """Script the runs of a model: `engine.on("pruna/vace").then(Fails())`.

        Args:
            slug: the model, raw or clean; `*` for every model that has no script of its own.

        Raises:
            WrongScript: there is no spec of that model.
        """
        if slug == "*":
            return self._world.script.on_model(slug)
        spec = self._catalogue.find(slug)
        if spec is None:
            raise WrongScript(self._catalogue.describe_unknown(slug))
        return self._world.script.on_model(spec.model)

    def on_call(self, operation: Operation) -> When[CallScenario]:
        """Script every call of an operation: `engine.on_call("TaskDetail").then(HttpFault(503))`.

        Args:
            operation: Run, TaskDetail, TaskCancel, TaskKill, FileUpload, File or Output.

        Raises:
            WrongScript: there is no such operation.
        """
        if operation not in _PERFORM:
            raise WrongScript(
                f"no operation is called {operation!r}; there are {', '.join(_PERFORM)}"
            )
        return self._world.script.on_call(operation)

    def release(self, task: str) -> None:
        """Let a task go on that is held at a stage; from now on it takes its usual time.

        Args:
            task: its id.

        Raises:
            WrongScript: there is no such task, or it is not held now.
        """
        with self._lock:
            held, now = self._task(task), self._clock.time()
            if not held.is_held:
                raise WrongScript(
                    f"task {task} is in {held.look(now).status} and not held; hold_at belongs in its scenario"
                )
            held.obey(Command("release", now))
            self._world.ledger.follow(held)
            status = held.look(now).status
            self.journal.add(
                CommandIn(at=now, task=task, kind="release", status=status, obeyed=True)
            )

    def moment(self, status: str, task: str) -> float:
        """Tell when a task reaches a status, in unix seconds.

        Args:
            status: such as `task_start`.
            task: its id.

        Raises:
            WrongScript: there is no such task, or as things stand it never gets there.
        """
        with self._lock:
            course = self._task(task).course
        statuses = [event.type for event in course.events]
        if status not in statuses:
            way = ", ".join(dict.fromkeys(statuses))
            raise WrongScript(f"task {task} never reaches {status!r}; its way is {way}")
        return course.moments[statuses.index(status)]

    def handle(self, request: Request) -> Reply:
        """Answer a request.

        Raises:
            MockError: the request cannot be right (a strange host, an endpoint that is not played,
                a sequence of scenarios that has ended). The journal remembers it too, in case
                somebody swallows it.
        """
        with self._lock:
            try:
                return self._answer(request)
            except MockError as error:
                self.journal.misuse(error, self._clock.time())
                raise

    def _answer(self, request: Request) -> Reply:
        route = self._route(request)
        if route is None:
            self._enter("unknown", request)
            path = self._places.api.below(request.host, request.path) or request.path
            explanation = self._router.describe_unknown(request.method, path)
            refusal = self._world.say.refuse("unknown_path", explanation)
            return self._leave("unknown", _refuse(refusal))
        if route is not _OUTPUT and route.endpoint not in PLAYED:
            raise NotSimulated(
                f"the platform has {request.path}, but this mock does not play it; it plays "
                f"{', '.join(PLAYED.values())}"
            )
        operation: Operation = "Output" if route is _OUTPUT else PLAYED[route.endpoint]
        self._enter(operation, request)
        try:
            reply = self._perform(operation, route, request)
        except Refusal as refusal:
            return self._leave(operation, _refuse(refusal), refusal)
        return self._leave(operation, reply)

    def _route(self, request: Request) -> Route | None:
        """Find where a request goes; None for a path that the platform does not have.

        Raises:
            UnknownHost: it is not for the platform.
        """
        path = self._places.api.below(request.host, request.path)
        if path is not None:
            return self._router.find(request.method, path)
        if self._places.outputs.below(request.host, request.path) is not None:
            return _OUTPUT if request.method in {"GET", "HEAD"} else None
        if request.host == self._places.api.host:
            return None
        raise UnknownHost(
            f"{request.method} {request.host}{request.path} is not for the platform: the mock plays "
            f"{self._places.api.url} and {self._places.outputs.url}"
        )

    def _perform(self, operation: Operation, route: Route, request: Request) -> Reply:
        scripted = self._scripted(operation)
        if scripted is not None and not isinstance(scripted, AsUsual):
            return answer_fault(self._world, scripted)
        if not route.public:
            self._guard.check(request.headers)
        call = Call(operation, route.endpoint, request, route.values, self._read(request))
        reply = _PERFORM[operation](self._world, call)
        if scripted is not None and scripted.latency:
            return replace(reply, delivery=Delivery(scripted.latency))
        return reply

    def _scripted(self, operation: Operation) -> CallScenario | None:
        found = self._world.script.next_call(operation)
        if found is None:
            return None
        scenario, why = found
        self.journal.add(
            ScenarioChosen(
                at=self._clock.time(), target=operation, scenario=repr(scenario), why=why
            )
        )
        return scenario

    def _read(self, request: Request) -> Form:
        """Read the body; tolerate what the documents' own curl lines do."""
        try:
            form = read_form(request)
        except UnreadableBody as error:
            raise self._world.say.refuse("parameters_invalid", str(error)) from error
        if form.oddity is not None:
            self._world.dispute(
                "content type", f"{form.oddity}; accepted, as the documents print it"
            )
        return form

    def _enter(self, operation: str, request: Request) -> None:
        shown = {k: v for k, v in request.headers.items() if k not in self._secrets}
        entry = RequestIn(
            at=self._clock.time(),
            operation=operation,
            method=request.method,
            path=request.path,
            headers=shown,
            raw=request.body[:KEPT_BODY],
            size=len(request.body),
        )
        self.journal.add(entry, len(entry.raw))

    def _leave(self, operation: str, reply: Reply, refusal: Refusal | None = None) -> Reply:
        errors = () if refusal is None else tuple(one.message for one in refusal.complaints)
        explanation = "" if refusal is None else refusal.explanation
        self.journal.add(
            ReplyOut(
                at=self._clock.time(),
                operation=operation,
                status=reply.status,
                errors=errors,
                explanation=explanation,
            ),
            len(explanation),
        )
        return reply

    def _task(self, task_id: str) -> Task:
        found = self._world.tasks.get(task_id)
        if found is None:
            known = ", ".join(self._world.tasks) or "none yet"
            raise WrongScript(f"no task has the id {task_id!r}; there are: {known}")
        return found


def _refuse(refusal: Refusal) -> Reply:
    """Write a refusal down, with its explanation in a header of ours."""
    lines = " | ".join(refusal.explanation.split("\n"))
    explanation = lines.encode("unicode_escape").decode("ascii")[:LONGEST_EXPLANATION]
    headers = {EXPLANATION_HEADER: explanation} if explanation else {}
    reply = json_reply(refusal.http, refusal.envelope())
    return replace(reply, headers={**reply.headers, **headers})
