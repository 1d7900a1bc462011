"""The client for threads, and the words that it shares with the one for asyncio (`async_client`).

Both make the same flows and differ in who performs them.
"""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, TypeVar, overload

from wiro_runtime import call_check
from wiro_runtime.client.base import ClientBase
from wiro_runtime.client.runner import Runner
from wiro_runtime.client.spending import SpendingMethods
from wiro_runtime.client.task import Task
from wiro_runtime.flow.exception_notes import RunNotes

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self, Unpack

    import httpx

    from wiro_runtime.client.catalog import CatalogResource
    from wiro_runtime.client.files import FilesResource
    from wiro_runtime.client.live_session import LiveSession
    from wiro_runtime.client.requests import RealtimeRequest
    from wiro_runtime.client.result import RealtimeResult, Result
    from wiro_runtime.client.stream import Stream
    from wiro_runtime.client.tasks import TasksResource
    from wiro_runtime.config import Config
    from wiro_runtime.driver.blocking import BlockingDriver
    from wiro_runtime.flow.options import RunOptions, SessionOptions, StreamOptions, SubmitOptions
    from wiro_runtime.request.request import Request
    from wiro_runtime.task.snapshot import TaskSnapshot

__all__ = ["Client"]

R = TypeVar("R")


class Client(ClientBase["httpx.Client", "BlockingDriver"], SpendingMethods):
    """Runs models and waits for them. Several threads may share one.

    Args:
        api_key: The project's key; else `WIRO_API_KEY`.
        api_secret: The project's secret, for a project that signs its requests; else
            `WIRO_API_SECRET`, unless a key is passed: key and secret belong together.
        base_url: Where the platform is; else `WIRO_BASE_URL`, else the service.
        socket_url: Where its WebSocket is; else `WIRO_SOCKET_URL`, else the service.
        http_client: Your own httpx client, for proxies, certificates or transports. It stays yours to
            close. Its redirects and its `auth` are not used: both could send a run twice. Its sockets
            learn to keep to the deadline of a call.
        http_timeout: Seconds for one exchange with the platform.
        headers: Sent with every exchange with the platform, for a gateway or tracing; never to the hosts of
            files.
        deadline: Seconds for a whole call, unless the call says otherwise; None for no limit.
        on_exchange: Called with an `Exchange` after each exchange with the platform, for metrics and
            traces. What it raises reaches the caller: a hook that may fail has to catch.
        tracking: How tasks are followed. "auto" listens to the WebSocket where it can be reached and
            polls otherwise; "polling" never connects; "socket" also tries where "auto" would not, as
            with a `base_url` or an `http_client` of your own; "sync" and "sse" hold the request of a run
            open until it ends. `docs/tracking.md` compares them. Whichever is chosen, Task/Detail
            decides how a task ended.
        journal: Where runs are written down, so that none is paid twice or lost when the process dies: the
            path of an SQLite file, `postgresql://user@host/database`, or a `Journal`. None for nowhere.

    Raises:
        ConfigurationError: A setting is missing or malformed.
    """

    def _connect(self, config: Config, http_client: httpx.Client | None) -> BlockingDriver:
        from wiro_runtime.driver.blocking import BlockingDriver  # noqa: PLC0415 - the other twin's is not needed

        return BlockingDriver(config, http_client)

    @cached_property
    def _runner(self) -> Runner:
        return Runner(self._calls, self._driver.perform, self._driver.do)

    @cached_property
    def files(self) -> FilesResource:
        """Files of one's own on the platform."""
        from wiro_runtime.client.files import FilesResource  # noqa: PLC0415 - loaded with its first use

        return FilesResource(self._runner)

    @cached_property
    def tasks(self) -> TasksResource:
        """The project's tasks, by id or token."""
        from wiro_runtime.client.tasks import TasksResource  # noqa: PLC0415 - loaded with its first use

        return TasksResource(self._runner)

    @cached_property
    def catalog(self) -> CatalogResource:
        """The models that the platform has now."""
        from wiro_runtime.client.catalog import CatalogResource  # noqa: PLC0415 - as above

        return CatalogResource(self._runner)

    @overload
    def run(self, request: Request[R, Any], **options: Unpack[RunOptions]) -> R: ...
    @overload
    def run(self, request: str, **inputs: Any) -> Result: ...
    def run(self, request: Request[R, Any] | str, **options: Any) -> R | Result:
        """Upload the local files, start the task, wait for it, and return its result.

        The run is sent once, whatever happens. If its answer is lost, that is an error of its own and
        not a second run.

        Args:
            request: What to run, like `Vace(prompt="…")`; or a model's slug, with its inputs by name, like
                the options: `"pruna/vace", prompt="…"`.
            **options: Any of these:
            deadline: Seconds for all of it; None for no limit; "default" for the client's.
            on_event: Called with each `Event`, in order.
            on_abandon: What happens to the task if the deadline passes, on Ctrl-C, or when `on_event`
                raises: "detach" leaves it running, "cancel" asks it to stop.
            tracking: How the task is followed; None for the client's way.
            callback_url: Where the platform reports the end of the task to.
            project_id: Another project to bill.
            upload: How local files travel: "before" uploads each on its own and sends a JSON body with
                their URLs; "with" sends them in the body of the run, which then is multipart; "once" is
                like "before", and a file whose content was uploaded within a day is not sent again.
            retry_refused: How often the run may be sent again after a refusal that proves that nothing
                was started: too many tasks at a time (code 96) or too many requests (HTTP 429). Waits in
                between, never past the deadline.
            max_cost: US dollars that the run may cost; it is refused before it is sent if it may cost more.
            unknown_price: Where nobody can say what the run costs at most and `max_cost` is given:
                "refuse" it, or "allow" it.
            key: The run's name in the client's journal. Asked again with the same key, it attaches to what
                was started or returns what came of it, and sends nothing.
            on_unknown: When the answer to the run was lost: "raise" says so; "reconcile" looks for its
                task in the project's list; "resubmit" also sends it again where that proves that there
                is none.

        Raises:
            InvalidRequest: An option or an input is not what it may be. Nothing was sent.
            SpendingRefused: `max_cost` or a budget does not allow it. Nothing was sent.
            KeyConflict: The key stands for another request. Nothing was sent.
            ConnectionFailed: The platform could not be reached. Nothing was sent.
            SubmissionUnknown: The answer to the run was lost.
            Refused: The platform did not start the task.
            TaskFailed: It failed.
            TaskCancelled: It was cancelled or killed.
            DeadlineExceeded: It did not end in time; the error says how to pick it up again.
        """
        request, given = self._request(request, options)
        chosen = self._options("run", given)
        trace = RunNotes(type(request))
        try:  # not `with`: on the way to the caller, nothing more is run that Ctrl-C could meet
            flow = self._calls.run(request, chosen, trace)
            return self._task(type(request), self._driver.perform(flow)).result()
        except BaseException as leaving:
            trace.leave(leaving)
            raise

    @overload
    def stream(self, request: Request[R, Any], **options: Unpack[StreamOptions]) -> Stream[R]: ...
    @overload
    def stream(self, request: str, **inputs: Any) -> Stream[Result]: ...
    def stream(self, request: Request[R, Any] | str, **options: Any) -> Stream[R] | Stream[Result]:
        """Run a model and take its events one by one, then its result.

            with client.stream(request) as run:
                for event in run:
                    match event:
                        case Progress(percent=p): ...
            result = run.result()

        The task is started when the block is entered. Failures are raised in the loop.

        Args:
            request: What to run, like `Vace(prompt="…")`; or a model's slug, with its inputs by name, like
                the options: `"pruna/vace", prompt="…"`.
            **options: Any of these:
            deadline: Seconds for all of it, the caller's own share included; None for no limit.
            on_abandon: What happens to the task if the block is left before it has ended: "detach"
                leaves it running, "cancel" asks it to stop.
            tracking, callback_url, project_id, upload, retry_refused, max_cost, unknown_price, key, on_unknown: As of `run()`.
        """
        from wiro_runtime.client.stream import Stream  # noqa: PLC0415 - loaded with its first use

        request, given = self._request(request, options)
        trace = RunNotes(type(request))
        flow = self._calls.stream(request, self._options("stream", given), trace)
        return Stream(flow, self._runner, partial(self._task, type(request)), trace=trace)

    def session(
        self,
        request: RealtimeRequest,
        **options: Unpack[SessionOptions],
    ) -> LiveSession[RealtimeResult]:
        """Open a live session: sound and words both ways while the task runs.

            with client.session(request) as call:
                call.send(sound)
                for event in call: ...

        Leaving the block ends the session.

        Args:
            request: A realtime model's request.
            deadline: Seconds for all of it; None for no limit.
            callback_url: Where the platform reports the end of the task to.
            project_id: Another project to bill.

        Raises:
            ConnectionFailed: The WebSocket cannot be reached; the task was stopped.
        """
        from wiro_runtime.client.live_session import LiveSession, SessionSender  # noqa: PLC0415 - rare

        sender = SessionSender()
        chosen = self._options("session", {"deadline": None, **options})
        trace = RunNotes(type(request))
        flow = self._calls.session(request, chosen, sender.listen_to, trace)
        handle = partial(self._task, type(request))
        return LiveSession(flow, self._runner, handle, sender, trace)

    @overload
    def submit(self, request: Request[R, Any], **options: Unpack[SubmitOptions]) -> Task[R]: ...
    @overload
    def submit(self, request: str, **inputs: Any) -> Task[Result]: ...
    def submit(self, request: Request[R, Any] | str, **options: Any) -> Task[R] | Task[Result]:
        """Upload the local files and start the task, without waiting for it.

        Args:
            request: What to run, like `Vace(prompt="…")`; or a model's slug, with its inputs by name, like
                the options: `"pruna/vace", prompt="…"`.
            **options: Any of these:
            deadline: Seconds for that; None for no limit; "default" for the client's.
            callback_url, project_id, upload, retry_refused, max_cost, unknown_price, key, on_unknown: As
                of `run()`.

        Raises:
            SubmissionUnknown: The answer to the run was lost; it is not sent again.
            Refused: The platform did not start the task.
            SpendingRefused: `max_cost` or a budget does not allow it. Nothing was sent.
            KeyConflict: The key stands for another request. Nothing was sent.
        """
        request, given = self._request(request, options)
        chosen = self._options("submit", given)
        trace = RunNotes(type(request))
        try:  # not `with`: on the way to the caller, nothing more is run that Ctrl-C could meet
            flow = self._calls.submit(request, chosen, trace)
            return self._task(type(request), self._driver.perform(flow))
        except BaseException as leaving:
            trace.leave(leaving)
            raise

    @overload
    def attach(self, model: type[Request[R, Any]], *, token: str | None) -> Task[R]: ...
    @overload
    def attach(self, model: type[Request[R, Any]], *, id: str) -> Task[R]: ...
    def attach(
        self,
        model: type[Request[R, Any]],
        *,
        token: str | None = None,
        id: str | None = None,  # noqa: A002 - the platform's own word
    ) -> Task[R]:
        """Pick up a task that was started before, by any process on any machine. Never bills.

        Args:
            model: The class of the request it was started with; decides the type of the result.
            token: The task's token; or
            id: its id.

        Raises:
            InvalidRequest: Neither is known, or both are given.
            TaskNotFound: There is no such task.
        """
        token = call_check.read_token(
            "attach", token
        )  # tools show the variables of a frame that fails
        return self._task(model, self._driver.perform(self._calls.attach(model, token, id)))

    def close(self) -> None:
        """Close the connections, and the journal. The client opens new ones if it is used again."""
        self._driver.close()
        if self._own_journal is not None:
            self._own_journal.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _task(self, model: type[Request[R, Any]], snapshot: TaskSnapshot) -> Task[R]:
        return Task(self._runner, model, snapshot)
