"""The engine: one neutral request in, one neutral reply out. No I/O, no waiting, no global state.

Front ends (the respx adapter, the httpx transport, a server) turn their own messages into neutral
ones and carry out the delivery that a reply asks for. They may call from several threads.

    handle                     a request → a reply
    connect                    a socket: what it receives and what it sends
    frames                     what a task's socket carries, without a socket
    webhooks                   what is posted to `callbackUrl`
    next_event_at, listen      when to look again
    on, on_call, load          what shall happen
    advance, release, stop, fail  what a test or a page does
    snapshot                   everything, as plain data
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from itertools import islice
from math import inf
from typing import Any, Literal, TypeVar

from wiromock.argument import check_kind, check_text
from wiromock.engine.auth import Credentials, Guard
from wiromock.engine.clock import Clock
from wiromock.engine.connection import Connection
from wiromock.engine.dispatch import EXPLANATION_HEADER, Dispatcher
from wiromock.engine.endpoint.file import serve_output
from wiromock.engine.journal import CommandIn, Journal, WebhookSent
from wiromock.engine.ledger import Ledger
from wiromock.engine.outbox import Webhook
from wiromock.engine.retention import IN_PROCESS, Retention
from wiromock.engine.scripting import Scripting
from wiromock.engine.snapshot import show_script, show_task, show_world
from wiromock.engine.tenant import TenantBy, Tenants
from wiromock.engine.world import Settings, World
from wiromock.errors import MockError, WrongScript
from wiromock.scenario import Dialect
from wiromock.scenario.script import Script
from wiromock.spec.catalog import Catalog, SpecSource
from wiromock.task.task import Task
from wiromock.task.timeline import TERMINAL, Command
from wiromock.wire.frame import Frame, count_due, write_frames
from wiromock.wire.http import Reply, Request
from wiromock.wire.ids import SeededIds
from wiromock.wire.refusal import ErrorTexts
from wiromock.wire.url import BaseUrls

__all__ = ["EXPLANATION_HEADER", "Engine"]

E = TypeVar("E", bound=MockError)

_NAMED = 20
"""Tasks that an error names."""


class Engine(Scripting):
    """The platform, as a function of requests and time.

    Args:
        specs: the models and the platform.
        clock: what time it is; the engine moves it in `advance` only.
        seed: decides ids, tokens, URLs and the contents of outputs.
        credentials: who may call; None lets any API key in.
        balance: USD on the account of each tenant. Above 250 any number of tasks may run at once.
        strict: refuse what some sources do and others contradict; without it, it is accepted and
            the journal says so.
        dialect: how messages and an LLM's answer look where their scenario leaves it open; a synchronous
            run uses the newer dialect, which alone knows it.
        reject_replays: refuse a nonce that was used before. No source says that the platform does.
        tenant_by: what names a tenant when the header `x-mock-tenant` does not: nothing, so that all
            callers share a world; or their API key.
        limits: how much is remembered of what is over.
    """

    def __init__(
        self,
        specs: SpecSource,
        *,
        clock: Clock,
        seed: int = 0,
        credentials: Credentials | None = None,
        balance: Decimal | int | str = 1000,
        strict: bool = False,
        dialect: Dialect = "older",
        reject_replays: bool = False,
        tenant_by: TenantBy = "header",
        limits: Retention = IN_PROCESS,
    ) -> None:
        catalog = Catalog(specs)
        platform = catalog.platform
        self.urls = BaseUrls.of(platform.hosts)
        """Where the engine says that the platform is."""
        self._clock = clock
        errors = ErrorTexts(platform.errors)
        super().__init__(catalog, Script(SeededIds(seed).share))
        self._settings = Settings(
            catalog,
            clock,
            seed,
            Decimal(balance),
            self.urls,
            strict,
            dialect,
            errors,
            limits,
            self._lock,
        )
        self._tenants = Tenants(
            self._new_world, tenant_by, platform.auth.key_header, limits.all_bytes, self._lock
        )
        self._guard = Guard(credentials, platform.auth, errors, reject_replays=reject_replays)
        self._dispatcher = Dispatcher(platform, self._guard, self._tenants)

    def reset(self, tenant: str | None = None) -> None:
        """Begin again: no tasks, files, scripts, charges or journal; the same names in the same order.

        The clock belongs to whoever made it; its own `reset` returns it to the start.

        Args:
            tenant: only this one's tasks and rules; None means everything.
        """
        with self._lock:
            self._tenants.reset(tenant)
            if tenant is None:
                self._guard.reset()
            self._script.clear(tenant)
        self._change("everybody")

    @property
    def clock(self) -> Clock:
        """The time that tasks live by; whoever made the engine moves it."""
        return self._clock

    @property
    def tenants(self) -> list[str]:
        """Who there is; the empty name is for whoever names no tenant."""
        return self._tenants.names

    def tenant(self, name: str = "") -> World:
        """Everything that belongs to one tenant: `.journal`, `.ledger`, `.outbox`, `.tasks`."""
        return self._tenants.get(name)

    @property
    def journal(self) -> Journal:
        """What has happened since the last reset, for whoever names no tenant."""
        return self._tenants.get().journal

    @property
    def ledger(self) -> Ledger:
        """The account of whoever names no tenant."""
        return self._tenants.get().ledger

    def connect(self, headers: Mapping[str, str] | None = None) -> Connection:
        """Open a socket.

        Args:
            headers: those of the handshake, names in lower case; they may name a tenant, whose journal
                then has what belongs to no task.
        """
        if headers is not None:
            check_kind("engine.connect: headers", headers, Mapping, "a mapping of names to texts")
        with self._lock:
            world = self._tenants.of({} if headers is None else headers)
            refused = self._dispatcher.refuse_socket(world)
        return Connection(self._tenants.find_token, self._lock, self._change, world, refused)

    def frames(self, token: str, since: int = 0) -> tuple[Frame, ...]:
        """Return what the socket of a task carries until now, without opening one.

        Args:
            token: the task's.
            since: the `number` of the last frame that is known.

        Raises:
            WrongScript: no task has this token.
        """
        check_text("token", token, "the socketaccesstoken of a task, which is a text")
        with self._lock:
            known = self._tenants.find_token(token)
            if known is None:
                raise WrongScript("no task has this token")
            world, task = known
            due = count_due(task, self._clock.time(), since)
            return tuple(write_frames(world.writer, task, since, due))

    def webhooks(self, since: int = 0, tenant: str = "") -> list[tuple[Webhook, bytes]]:
        """Return what was posted to callback URLs until now: each with its body, as JSON.

        Args:
            since: the `number` of the last one that is known.
            tenant: whose.
        """
        with self._lock:
            world = self._tenants.get(tenant)
            return [
                (webhook, world.writer.webhook(webhook.task, webhook.at))
                for webhook in world.outbox.since(since)
            ]

    def note_webhook(self, number: int, outcome: str, tenant: str = "") -> None:
        """Write down what became of a webhook that a front end has really sent."""
        entry = WebhookSent(at=self._clock.time(), number=number, outcome=outcome)
        self._tenants.get(tenant).journal.add(entry)

    def next_event_at(self) -> float | None:
        """Return when the next thing happens to any task, in unix seconds; None when nothing is planned."""
        with self._lock:
            now = self._clock.time()
            planned = (
                task.schedule.after(now)
                for world in self._tenants
                for task in world.completions.running.values()
            )
            at = min(planned, default=inf)
            return None if at == inf else at

    def advance(self, seconds: float) -> None:
        """Move the clock forward."""
        self._clock.advance(seconds)
        self._change("everybody")

    def snapshot(self, tenant: str = "") -> dict[str, Any]:
        """Show everything that belongs to a tenant, and the script, as plain data."""
        with self._lock:
            return {**show_world(self._tenants.get(tenant)), "script": show_script(self._script)}

    def show_task(self, task: str, tenant: str = "") -> dict[str, Any]:
        """Show one task as plain data.

        Raises:
            WrongScript: there is no such task.
        """
        with self._lock:
            return show_task(self._tenants.get(tenant), self._task(task, tenant))

    def show_output(self, task: str, name: str, request: Request, tenant: str = "") -> Reply | None:
        """Return an output to whoever only looks: it is no call, so no scenario and no journal knows of it.

        Args:
            task: the id of its task.
            name: the file's.
            request: may ask for a part of it.
            tenant: whose task it is.

        Returns:
            None while there is no such output.

        Raises:
            WrongScript: there is no such task.
        """
        with self._lock:
            return serve_output(self._tenants.get(tenant), self._task(task, tenant), name, request)

    def stop(self, task: str, kind: Literal["cancel", "kill"], tenant: str = "") -> None:
        """Stop a task as the platform itself may at any time, whatever a caller could do.

        Args:
            task: its id.
            kind: what the journal shall call it.
            tenant: whose task it is.

        Raises:
            WrongScript: there is no such task, or it is over.
        """
        self._command(task, kind, tenant, self._check_running)

    def fail(self, task: str, *, pexit: str = "1", stderr: str = "", tenant: str = "") -> None:
        """End the process of a task now, with an exit code.

        Args:
            task: its id.
            pexit: the exit code; not "0".
            stderr: what it complains.
            tenant: whose task it is.

        Raises:
            WrongScript: there is no such task, it is over, or the exit code means success.
        """
        if pexit == "0":
            raise WrongScript('fail: pexit "0" means success')

        def end(known: Task, now: float) -> None:
            known.fail(now, pexit, stderr)

        self._command(task, "fail", tenant, self._check_running, end)

    def release(self, task: str, tenant: str = "") -> None:
        """Release a task that is held at a stage; from now on it takes its usual time.

        Args:
            task: its id.
            tenant: whose task it is.

        Raises:
            WrongScript: there is no such task, or it is not held now.
        """
        self._command(task, "release", tenant, self._check_held)

    @staticmethod
    def _check_held(held: Task, status: str) -> None:
        if not held.is_held:
            raise WrongScript(
                f"task {held.id} is in {status} and not held; hold_at belongs in its scenario"
            )

    @staticmethod
    def _check_running(known: Task, status: str) -> None:
        if status in TERMINAL:
            raise WrongScript(f"task {known.id} is in {status}: it is over")

    def _command(
        self,
        task: str,
        kind: Literal["cancel", "kill", "release", "fail"],
        tenant: str,
        check: Callable[[Task, str], None],
        carry_out: Callable[[Task, float], None] | None = None,
    ) -> None:
        with self._lock:
            known, now = self._task(task, tenant), self._clock.time()
            check(known, known.view(now).status)
            if carry_out is not None:
                carry_out(known, now)
            elif kind != "fail":
                known.apply(Command(kind, now))
            world = self._tenants.get(tenant)
            world.completions.follow(known)
            status = known.view(now).status
            entry = CommandIn(at=now, task=task, kind=kind, status=status, applied=True)
            world.journal.add(entry)
        self._change()

    def moment(self, status: str, task: str, tenant: str = "") -> float:
        """Return when a task reaches a status, in unix seconds.

        Args:
            status: such as `task_start`.
            task: its id.
            tenant: whose task it is.

        Raises:
            WrongScript: there is no such task, or as things stand it never gets there.
        """
        with self._lock:
            schedule = self._task(task, tenant).schedule
        statuses = [event.type for event in schedule.events]
        if status not in statuses:
            way = ", ".join(dict.fromkeys(statuses))
            raise WrongScript(f"task {task} never reaches {status!r}; its way is {way}")
        return schedule.moments[statuses.index(status)]

    def handle(self, request: Request) -> Reply:
        """Answer a request.

        Raises:
            MockError: the request cannot be right (a strange host, an endpoint that is not played,
                a sequence of scenarios that has ended). The journal remembers it too, in case
                somebody swallows it.
        """
        check_kind(
            "engine.handle: request", request, Request, "a Request; Request.to(URL) makes one"
        )
        with self._lock:
            world = self._tenants.of(request.headers)
            try:
                return self._dispatcher.answer(request, world)
            except MockError as error:
                self.misuse(error, world.tenant)
                raise
            finally:
                self._change()

    def misuse(self, error: E, tenant: str = "") -> E:
        """Remember misuse that a front end is about to raise, in case somebody swallows it."""
        self._tenants.get(tenant).journal.misuse(error, self._clock.time())
        return error

    def _new_world(self, tenant: str) -> World:
        return World(self._settings, self._script, tenant)

    def _task(self, task_id: str, tenant: str) -> Task:
        check_text("task", task_id, "the id of a task, which is a text")
        world = self._tenants.get(tenant)
        if task_id not in world.tasks:
            known = ", ".join(islice(world.tasks, _NAMED)) or "none yet"
            unnamed = len(world.tasks) - _NAMED
            more = f" and {unnamed} more" if unnamed > 0 else ""
            text = f"no task has the id {task_id!r}; there are: {known}{more}{world.loss}"
            raise WrongScript(text)
        return world.tasks[task_id]
