"""What the calls of one client share, and each call from its beginning to its end."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from wiro_runtime import errors, parse
from wiro_runtime.flow.control import stop
from wiro_runtime.flow.deadline import start_limit
from wiro_runtime.flow.exchange import exchange, look
from wiro_runtime.flow.listener import Switchboard, tap
from wiro_runtime.flow.outcome import judge, resume_line
from wiro_runtime.flow.polling import History
from wiro_runtime.flow.run_sync import Subscriber, hold
from wiro_runtime.flow.submit import Upload, submit
from wiro_runtime.flow.track import OnAbandon, Watch, track
from wiro_runtime.flow.upload import Folder, UploadedFile, create_folder, inspect, upload
from wiro_runtime.request.file import LocalFile, check_local
from wiro_runtime.seam import clock, socket
from wiro_runtime.task.event import pulled
from wiro_runtime.task.snapshot import TaskSnapshot

if TYPE_CHECKING:
    from collections.abc import Callable

    from wiro_runtime.catalog.info import LiveModel
    from wiro_runtime.config import Config, Tracking
    from wiro_runtime.flow.deadline import Limit
    from wiro_runtime.flow.effect import Flow
    from wiro_runtime.flow.listener import Ear
    from wiro_runtime.flow.submit import Beginning
    from wiro_runtime.request.file import FileInput
    from wiro_runtime.request.request import Request
    from wiro_runtime.task.event import Event

__all__ = ["CallFields", "Deadline", "Session"]

Deadline: TypeAlias = float | Literal["default"] | None
"""Seconds for a whole call; None for no limit; "default" for the client's."""


@dataclass(frozen=True, slots=True)
class CallFields:
    """Options of one run: what travels beside the model's inputs, and how it travels."""

    callback_url: str | None = None
    project_id: str | int | None = None
    upload: Upload = "before"
    retry_refused: int = 0

    def to_wire(self) -> dict[str, str]:
        """Their wire form.

        Raises:
            InvalidRequest: The callback is not a URL that the platform takes.
        """
        fields: dict[str, str] = {}
        if self.callback_url is not None:
            parts = parse.url_parts(self.callback_url)
            if parts.scheme not in ("http", "https") or "@" in parts.netloc or parts.fragment:
                raise errors.InvalidRequest(
                    f"callback_url={self.callback_url!r} must be an http(s) URL without user name and "
                    "fragment. Nothing was sent."
                )
            fields["callbackUrl"] = self.callback_url
        if self.project_id is not None:
            fields["projectid"] = str(self.project_id)
        return fields


@dataclass(frozen=True)
class Session:
    """Makes the flows of one client's calls."""

    config: Config
    history: History = field(default_factory=History)
    board: Switchboard = field(default_factory=Switchboard)
    _lives: dict[str, LiveModel] = field(default_factory=dict[str, "LiveModel"], repr=False)

    def submit(
        self, request: Request[Any, Any], fields: CallFields, deadline: Deadline = "default"
    ) -> Flow[TaskSnapshot]:
        """Start a task."""
        limit = yield from self._limit(deadline)
        return (yield from self._submit(request, fields, limit))

    def run(  # noqa: PLR0917 - what a caller says of one call
        self,
        request: Request[Any, Any],
        fields: CallFields,
        deadline: Deadline,
        on_event: Callable[[Event], object] | None,
        on_abandon: OnAbandon,
        tracking: Tracking | None = None,
    ) -> Flow[TaskSnapshot]:
        """Start a task and wait until it has succeeded."""
        limit = yield from self._limit(deadline)
        watch = self._watch(type(request), limit, on_event, on_abandon, tracking)
        match tracking or self.config.tracking:
            case "sync":
                task = yield from self._submit(request, fields, limit, hold)
                return judge((yield from track(task, replace(watch, is_new=True))))
            case "sse":
                line = Subscriber()
                task = yield from self._submit(request, fields, limit, line.begin)
                ear = None if line.line is None else tap(task, line, self.board)
                return judge((yield from track(task, watch, ear)))
            case _:
                task = yield from self._submit(request, fields, limit)
                return judge((yield from track(task, watch)))

    def converse(
        self,
        request: Request[Any, Any],
        fields: CallFields,
        deadline: Deadline,
        on_ear: Callable[[Ear], None],
    ) -> Flow[TaskSnapshot]:
        """Start a live session and follow it to its end; its events are pulled, its ear is passed out."""
        limit = yield from self._limit(deadline)
        task = yield from self._submit(request, fields, limit)
        watch = self._watch(type(request), limit, pulled, "cancel", "socket")
        try:
            return judge((yield from track(task, replace(watch, on_ear=on_ear))))
        except errors.ConnectionFailed as deaf:  # nobody can talk to it
            stopping = yield from start_limit(10.0)
            try:
                deaf.task = yield from stop(task, limit=stopping, timeout=watch.timeout)
            except errors.WiroError as failed:
                deaf.add_note(f"Task {task.id} could not be stopped: {failed}")
            raise

    def wait(  # noqa: PLR0917 - as above
        self,
        model: type[Request[Any, Any]],
        task: TaskSnapshot,
        deadline: Deadline,
        on_event: Callable[[Event], object] | None,
        on_abandon: OnAbandon,
        tracking: Tracking | None = None,
    ) -> Flow[TaskSnapshot]:
        """Wait until a task has succeeded."""
        limit = yield from self._limit(deadline)
        watch = self._watch(model, limit, on_event, on_abandon, tracking)
        return judge((yield from track(task, watch)))

    def result(self, model: type[Request[Any, Any]], task: TaskSnapshot) -> Flow[TaskSnapshot]:
        """A task that has succeeded by now."""
        return judge(task if task.outcome != "pending" else (yield from self.look(model, task)))

    def look(self, model: type[Request[Any, Any]], task: TaskSnapshot) -> Flow[TaskSnapshot]:
        """A task as it is now."""
        limit = yield from self._limit("default")
        try:
            return (yield from look(task, limit=limit, timeout=self.config.http_timeout))
        except errors.WiroError as error:
            error.task, error.resume = task, resume_line(model, task)
            raise

    def attach(
        self, model: type[Request[Any, Any]], token: str | None, task_id: str | None
    ) -> Flow[TaskSnapshot]:
        """A task that was started elsewhere, as it is now."""
        if bool(token) == bool(task_id):
            raise errors.InvalidRequest(
                'attach() takes a request class and either token= or id=, like attach(Vace, id="2221"). '
                "Nothing was sent."
            )
        return (yield from self.look(model, TaskSnapshot(id=task_id or "", token=token)))

    def stop(self, model: type[Request[Any, Any]], task: TaskSnapshot) -> Flow[TaskSnapshot]:
        """A task after it was asked to stop."""
        limit = yield from self._limit("default")
        try:
            return (yield from stop(task, limit=limit, timeout=self.config.http_timeout))
        except errors.WiroError as error:
            error.task = error.task or task
            error.resume = resume_line(model, error.task)
            raise

    def upload(
        self, file: FileInput, folder_id: str | None, deadline: Deadline
    ) -> Flow[UploadedFile]:
        """A local file that the platform now has."""
        local = LocalFile.of(check_local(file))
        yield from inspect([("file", file)], "upload()")
        limit = yield from self._limit(deadline)
        timeout = self.config.http_timeout
        return (yield from upload(local, limit=limit, timeout=timeout, folder_id=folder_id))

    def create_folder(self, name: str, parent_id: str | None) -> Flow[Folder]:
        """A folder that the platform now has."""
        limit, timeout = yield from self.allowance()
        return (yield from create_folder(name, parent_id, limit=limit, timeout=timeout))

    def _submit(
        self,
        request: Request[Any, Any],
        fields: CallFields,
        limit: Limit,
        begin: Beginning = exchange,
    ) -> Flow[TaskSnapshot]:
        if isinstance(request, type) or not getattr(request, "__model__", ""):
            raise errors.InvalidRequest(
                f"expected a model's request, like Vace(prompt=…), got {request!r:.80}. Nothing was sent."
            )
        if not request.__wire__:  # no input of its own: it may be one without a generated class
            from wiro_runtime.client.untyped import UntypedRequest, bind  # noqa: PLC0415 - rare, and loads pydantic

            if isinstance(request, UntypedRequest):
                request = bind(request, (yield from self.live(request.__model__)))
        started = submit(
            request,
            fields.to_wire(),
            limit=limit,
            timeout=self.config.http_timeout,
            upload=fields.upload,
            retry_refused=fields.retry_refused,
            begin=begin,
        )
        return (yield from started)

    def allowance(self) -> Flow[tuple[Limit, float]]:
        """What a short call may take: the client's deadline, and seconds for one exchange."""
        return (yield from self._limit("default")), self.config.http_timeout

    def live(self, slug: str, *, fresh: bool = False) -> Flow[LiveModel]:
        """A model's live description; asked for once, unless it has to be `fresh`."""
        if fresh or slug not in self._lives:
            from wiro_runtime.flow.catalog import fetch  # noqa: PLC0415 - rare, and slow to load

            limit, timeout = yield from self.allowance()
            found = self._lives[slug] = yield from fetch(slug, limit=limit, timeout=timeout)
            self.history.hint(slug, found.computing_seconds or 0.0)
        return self._lives[slug]

    def _limit(self, deadline: Deadline) -> Flow[Limit]:
        seconds = self.config.deadline if deadline == "default" else deadline
        return (yield from start_limit(seconds))

    def _watch(
        self,
        model: type[Request[Any, Any]],
        limit: Limit,
        on_event: Callable[[Event], object] | None,
        on_abandon: OnAbandon,
        tracking: Tracking | None,
    ) -> Watch:
        tracking = tracking or self.config.tracking
        return Watch(
            model=model,
            limit=limit,
            timeout=self.config.http_timeout,
            history=self.history,
            board=self.board,
            socket_url=self.config.socket_url if self._wants_socket(tracking) else None,
            insists=tracking == "socket",
            on_event=on_event,
            on_abandon=on_abandon,
        )

    def _wants_socket(self, tracking: Tracking) -> bool:
        if tracking in ("polling", "socket"):
            return tracking == "socket"
        # Virtual time does not wait for a real socket.
        is_real = isinstance(clock.current(), clock.SystemClock)
        return self.config.has_socket and (is_real or socket.installed() is not None)
