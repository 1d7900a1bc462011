"""What the calls of one client share, and each call from its beginning to its end."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from wiro_runtime import call_check, check, errors
from wiro_runtime.connected import Connected
from wiro_runtime.flow.deadline import start_deadline
from wiro_runtime.flow.exception_notes import RunNotes
from wiro_runtime.flow.exchange import exchange, fetch_task
from wiro_runtime.flow.history import History
from wiro_runtime.flow.options import read_deadline
from wiro_runtime.flow.outcome import raise_for_outcome, resume_line
from wiro_runtime.flow.socket_budget import SocketBudget
from wiro_runtime.flow.submit import submit
from wiro_runtime.request.binding import binding_of
from wiro_runtime.request.body import encode
from wiro_runtime.task.snapshot import TaskSnapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from wiro_runtime.catalog.info import ModelInfo
    from wiro_runtime.config import Config, Tracking
    from wiro_runtime.flow.deadline import Deadline
    from wiro_runtime.flow.effect import Flow
    from wiro_runtime.flow.listener import SocketListener
    from wiro_runtime.flow.money import Money
    from wiro_runtime.flow.options import CallOptions, DeadlineOption
    from wiro_runtime.flow.submit import SendRun
    from wiro_runtime.flow.track import TrackOptions
    from wiro_runtime.flow.upload import Folder, UploadedFile
    from wiro_runtime.price.estimate import Estimate
    from wiro_runtime.request.binding import Binding
    from wiro_runtime.request.body import RunBody
    from wiro_runtime.request.file import FileInput
    from wiro_runtime.request.request import Request
    from wiro_runtime.task.kind import Kind

__all__ = ["Calls"]

_STOPPING = 10.0
"""Seconds that stopping a live session without a socket may take."""


@dataclass(eq=False)
class Calls(Connected):
    """Makes the flows of one client's calls."""

    config: Config
    history: History = field(default_factory=History)
    budget: SocketBudget = field(default_factory=SocketBudget)
    money: Money | None = None
    """The journal and the open budgets, where there are any."""
    _models: dict[str, ModelInfo] = field(default_factory=dict[str, "ModelInfo"], repr=False)

    def submit(
        self, request: Request[Any, Any], options: CallOptions, trace: RunNotes | None = None
    ) -> Flow[TaskSnapshot]:
        """Start a task; returns what Run's answer says of it."""
        with trace or RunNotes(type(request)) as tracing:
            deadline = yield from self.start_deadline(options.deadline)
            task = yield from self._submit(request, options, deadline, tracing)
            return (yield from self.note_end(task))

    def run(
        self, request: Request[Any, Any], options: CallOptions, trace: RunNotes | None = None
    ) -> Flow[TaskSnapshot]:
        """Start a task and wait until it has succeeded."""
        with trace or RunNotes(type(request)) as tracing:
            return raise_for_outcome((yield from self._run(request, options, tracing)))

    def _run(
        self, request: Request[Any, Any], options: CallOptions, trace: RunNotes
    ) -> Flow[TaskSnapshot]:
        deadline = yield from self.start_deadline(options.deadline)
        tracking = replace(self._track_options(type(request), deadline, options), trace=trace)
        match options.tracking or self.config.tracking:
            case "sync":
                from wiro_runtime.flow.run_sync import run_sync  # noqa: PLC0415 - rare

                task = yield from self._submit(request, options, deadline, trace, run_sync)
                return (yield from self._track(task, replace(tracking, is_new=True)))
            case "sse":
                from wiro_runtime.flow.listener import SocketListener  # noqa: PLC0415 - rare
                from wiro_runtime.flow.run_sync import RunStream  # noqa: PLC0415 - rare

                stream = RunStream()
                task = yield from self._submit(request, options, deadline, trace, stream.send_run)
                listener = (
                    None
                    if stream.socket is None
                    else SocketListener.from_stream(task, stream, self.budget)
                )
                return (yield from self._track(task, tracking, listener))
            case _:
                task = yield from self._submit(request, options, deadline, trace)
                return (yield from self._track(task, tracking))

    def stream(
        self, request: Request[Any, Any], options: CallOptions, trace: RunNotes | None = None
    ) -> Flow[TaskSnapshot]:
        """Run with events that are pulled one by one."""
        from wiro_runtime.task.event import pulled  # noqa: PLC0415 - loaded with the first task that is waited for

        return self.run(request, replace(options, on_event=pulled), trace)

    def session(
        self,
        request: Request[Any, Any],
        options: CallOptions,
        on_listener: Callable[[SocketListener], None],
        trace: RunNotes | None = None,
    ) -> Flow[TaskSnapshot]:
        """Start a live session and follow it to its end; its events are pulled, its listener is passed out."""
        from wiro_runtime.task.event import pulled  # noqa: PLC0415 - loaded with the first task that is waited for

        binding = binding_of(request)
        if binding.kind != "realtime" and not binding.is_open:
            raise errors.InvalidRequest(
                f"session() takes the request of a live model, and {binding.slug} is none; use run() or "
                "stream() for it. Nothing was sent."
            )
        options = replace(options, on_event=pulled, on_abandon="cancel", tracking="socket")
        with trace or RunNotes(type(request)) as tracing:
            deadline = yield from self.start_deadline(options.deadline)
            task = yield from self._submit(request, options, deadline, tracing)
            tracking = self._track_options(type(request), deadline, options)
            tracking = replace(tracking, on_listener=on_listener, trace=tracing)
            return raise_for_outcome((yield from self._follow_session(task, tracking)))

    def _follow_session(self, task: TaskSnapshot, tracking: TrackOptions) -> Flow[TaskSnapshot]:
        """Follow a live session, and stop it if its socket cannot be reached."""
        try:
            return (yield from self._track(task, tracking))
        except errors.ConnectionFailed as unreachable:  # nobody can talk to it
            from wiro_runtime.flow.tasks import stop  # noqa: PLC0415 - rare

            stopping = yield from start_deadline(_STOPPING, self.config.http_timeout)
            try:
                unreachable.task = yield from stop(task, stopping)
            except errors.WiroError as failed:
                unreachable.add_note(f"Task {task.id} could not be stopped: {failed}")
            raise

    def wait(
        self, model: type[Request[Any, Any]], task: TaskSnapshot, options: CallOptions
    ) -> Flow[TaskSnapshot]:
        """Wait until a task has succeeded."""
        deadline = yield from self.start_deadline(options.deadline)
        tracking = self._track_options(model, deadline, options)
        return raise_for_outcome((yield from self._track(task, tracking)))

    def watch(
        self, model: type[Request[Any, Any]], task: TaskSnapshot, options: CallOptions
    ) -> Flow[TaskSnapshot]:
        """Wait with events that are pulled one by one."""
        from wiro_runtime.task.event import pulled  # noqa: PLC0415 - loaded with the first task that is waited for

        return self.wait(model, task, replace(options, on_event=pulled))

    def result(self, model: type[Request[Any, Any]], task: TaskSnapshot) -> Flow[TaskSnapshot]:
        """A task that has succeeded by now."""
        if task.outcome == "pending":
            task = yield from self.fetch_task(model, task)
        return raise_for_outcome(task)

    def fetch_task(self, model: type[Request[Any, Any]], task: TaskSnapshot) -> Flow[TaskSnapshot]:
        """Ask Task/Detail for a task; its end, if it has come, goes into the journal."""
        deadline = yield from self.start_deadline()
        try:
            return (yield from self.note_end((yield from fetch_task(task, deadline))))
        except errors.WiroError as error:
            error.task, error.resume = task, resume_line(model, task, error)
            raise

    def attach(
        self, model: type[Request[Any, Any]], token: str | None, task_id: str | None
    ) -> Flow[TaskSnapshot]:
        """A task that was started elsewhere, as it is now."""
        if _is_no_class(model) or call_check.is_given(token) == call_check.is_given(task_id):
            raise errors.InvalidRequest(
                'attach() takes a request class and either token= or id=, like attach(Vace, id="2221"). '
                "Nothing was sent."
            )
        binding_of(model)  # before anything is sent
        call_check.require("attach", id=None if token else check.name(task_id))
        return (yield from self.fetch_task(model, TaskSnapshot(id=str(task_id or ""), token=token)))

    def stop(self, model: type[Request[Any, Any]], task: TaskSnapshot) -> Flow[TaskSnapshot]:
        """A task after it was asked to stop."""
        from wiro_runtime.flow.tasks import stop  # noqa: PLC0415 - rare

        deadline = yield from self.start_deadline()
        try:
            return (yield from self.note_end((yield from stop(task, deadline))))
        except errors.WiroError as error:
            error.task = error.task or task
            error.resume = resume_line(model, error.task, error)
            raise

    def upload(
        self, file: FileInput, folder_id: str | None, seconds: DeadlineOption
    ) -> Flow[UploadedFile]:
        """A local file that the platform now has."""
        from wiro_runtime.flow.upload import check_files, upload  # noqa: PLC0415 - loaded with the first file
        from wiro_runtime.request.file import LocalFile  # noqa: PLC0415 - as above
        from wiro_runtime.request.file_check import check_local  # noqa: PLC0415 - as above

        read_deadline("upload", seconds)
        local = LocalFile.of(check_local(file))
        yield from check_files([("file", file)], "upload()")
        deadline = yield from self.start_deadline(seconds)
        return (yield from upload(local, deadline, folder_id=folder_id))

    def create_folder(self, name: str, parent_id: str | None) -> Flow[Folder]:
        """A folder that the platform now has."""
        from wiro_runtime.flow.upload import create_folder  # noqa: PLC0415 - as above

        deadline = yield from self.start_deadline()
        return (yield from create_folder(name, parent_id, deadline))

    def _submit(
        self,
        request: Request[Any, Any],
        options: CallOptions,
        deadline: Deadline,
        trace: RunNotes,
        send_run: SendRun = exchange,
    ) -> Flow[TaskSnapshot]:
        try:
            body = yield from self._body(request)
            model = type(request)
            return (
                yield from self._submit_body(body, options, deadline, trace, send_run, model=model)
            )
        except errors.SubmissionUnknown as unknown:
            unknown.request = request
            raise
        except errors.JournalFailed as failure:
            if failure.task is not None:
                failure.resume = resume_line(type(request), failure.task)
            raise

    def resend(
        self, model: type[Request[Any, Any]], body: RunBody, options: CallOptions
    ) -> Flow[TaskSnapshot]:
        """Start a task with a body that is there already."""
        with RunNotes(model) as trace:
            deadline = yield from self.start_deadline(options.deadline)
            return (
                yield from self._submit_body(body, options, deadline, trace, exchange, model=model)
            )

    def _submit_body(
        self,
        body: RunBody,
        options: CallOptions,
        deadline: Deadline,
        trace: RunNotes,
        send_run: SendRun,
        *,
        model: type[Request[Any, Any]],
    ) -> Flow[TaskSnapshot]:
        if not self._wants_money(options):
            return (yield from submit(body, options, deadline, trace, send_run))
        from wiro_runtime.flow.keyed import RunCall  # noqa: PLC0415 - not loaded where nobody asks for it

        call = RunCall(body, options, deadline, trace, send_run)
        price = partial(self._estimate, binding_of(model))
        return (yield from self.open_money().submit(call, price))

    def _wants_money(self, options: CallOptions) -> bool:
        asks = options.key is not None or options.max_cost is not None or options.upload == "once"
        return self.money is not None or asks

    def open_money(self) -> Money:
        """The client's budgets and journal, made when they are first asked for."""
        if self.money is None:
            from wiro_runtime.flow.money import Money  # noqa: PLC0415 - not loaded where nobody asks for it

            self.money = Money()
        return self.money

    def estimate(self, request: Request[Any, Any], *, live: bool = False) -> Flow[Estimate]:
        """What a run may cost, by the prices of its class or, once asked for, those of the platform."""
        body = yield from self._body(request)
        return (yield from self._estimate(binding_of(request), body, live=live))

    def _estimate(self, binding: Binding, body: RunBody, *, live: bool = False) -> Flow[Estimate]:
        from wiro_runtime.flow.prices import estimate_body  # noqa: PLC0415 - rare, as all about money

        info = None
        if live or body.slug in self._models or not binding.prices:
            info = yield from self.model_info(body.slug, fresh=live)
        return estimate_body(body, binding, info)

    def note_end(self, task: TaskSnapshot) -> Flow[TaskSnapshot]:
        """Write down how a task ended, where that is written down; the task itself."""
        if self.money is not None:
            yield from self.money.note_end(task)
        return task

    def note_saved(self, task: TaskSnapshot, paths: Sequence[Path]) -> Flow[None]:
        """Write down where outputs were saved, where runs are written down."""
        if self.money is not None:
            yield from self.money.note_saved(task, paths)

    def _track(
        self, task: TaskSnapshot, tracking: TrackOptions, listener: SocketListener | None = None
    ) -> Flow[TaskSnapshot]:
        """Wait until a task has ended, and write down how."""
        binding = binding_of(tracking.model)
        if binding.is_open:
            tracking = replace(tracking, kind=self._kind(binding.slug, task))
        from wiro_runtime.flow.track import track  # noqa: PLC0415 - loaded with the first task that is waited for

        try:
            ended = yield from track(task, tracking, listener)
        except errors.WiroError as error:
            if error.task is not None:  # it may have been stopped on leaving
                yield from self.note_end(error.task)
            raise
        return (yield from self.note_end(ended))

    def _kind(self, slug: str, task: TaskSnapshot) -> Kind:
        """What a model without a class makes: as the platform says of it, else of its task; files if of neither."""
        from wiro_runtime.task.kind import kind_of  # noqa: PLC0415 - for models without a class

        info = self._models.get(slug)
        stated = None if info is None else info.kind
        return stated or kind_of(task.categories) or "media"

    def _body(self, request: Request[Any, Any]) -> Flow[RunBody]:
        binding = binding_of(None if isinstance(request, type) else request)
        if not binding.is_open:
            return encode(request)
        from wiro_runtime.flow.bind import bind  # noqa: PLC0415 - rare

        return bind(request, (yield from self.model_info(binding.slug)))

    def start_deadline(self, seconds: DeadlineOption = "default") -> Flow[Deadline]:
        """The time that a call may take from now on."""
        seconds = self.config.deadline if isinstance(seconds, str) else seconds
        return (yield from start_deadline(seconds, self.config.http_timeout))

    def model_info(self, slug: str, *, fresh: bool = False) -> Flow[ModelInfo]:
        """The platform's description of a model; asked for once, unless it has to be `fresh`."""
        if fresh or slug not in self._models:
            from wiro_runtime.flow.catalog import fetch  # noqa: PLC0415 - rare, and slow to load

            deadline = yield from self.start_deadline()
            info = self._models[slug] = yield from fetch(slug, deadline)
            self.history.hint(slug, info.computing_seconds)
        return self._models[slug]

    def _track_options(
        self, model: type[Request[Any, Any]], deadline: Deadline, options: CallOptions
    ) -> TrackOptions:
        from wiro_runtime.flow.track import TrackOptions  # noqa: PLC0415 - loaded with the first task that is waited for

        tracking = options.tracking or self.config.tracking
        return TrackOptions(
            model=model,
            kind=binding_of(model).kind,
            deadline=deadline,
            history=self.history,
            budget=self.budget,
            socket_url=self.config.socket_url if self._wants_socket(tracking) else None,
            insists=tracking == "socket",
            on_event=options.on_event,
            on_abandon=options.on_abandon,
        )

    def _wants_socket(self, tracking: Tracking) -> bool:
        if tracking in ("polling", "socket"):
            return tracking == "socket"
        from wiro_runtime.seam import clock, socket  # noqa: PLC0415 - loaded with the first task that is waited for

        # Virtual time does not wait for a real socket.
        is_real = isinstance(clock.current(), clock.SystemClock)
        return self.config.has_socket and (is_real or socket.installed() is not None)


def _is_no_class(model: object) -> bool:
    return not isinstance(model, type)
