"""The driver for threads, over `httpx.Client`."""

from __future__ import annotations

import os
from contextlib import ExitStack
from inspect import GEN_CLOSED, getgeneratorstate, iscoroutine
from threading import BoundedSemaphore, Lock
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakSet

from wiro_runtime.connected import Connected
from wiro_runtime.driver import deadline, local, websocket
from wiro_runtime.driver.threads import cancel_token, perform_all
from wiro_runtime.flow.effect import (
    AwaitFuture,
    CallerError,
    CloseSocket,
    Download,
    Downloaded,
    Effect,
    Emit,
    Flow,
    Gather,
    Local,
    OpenDownload,
    OpenedDownload,
    OpenSocket,
    ReceiveFrame,
    Reply,
    Send,
    SendFrame,
    SendStreaming,
    Sleep,
    TransportFailure,
)
from wiro_runtime.seam import clock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import httpx

    from wiro_runtime.config import Config
    from wiro_runtime.driver.response_stream import ResponseStream
    from wiro_runtime.observe import Exchange

__all__ = ["BlockingDriver"]

T = TypeVar("T")

_CHECK_EVERY = 0.1
"""Seconds after which a thread that may be stopped looks up from its sleep."""


_drivers: WeakSet[BlockingDriver] = WeakSet()


class BlockingDriver(Connected):
    """Performs flows in the calling thread. Several threads may share one.

    Args:
        config: The client's settings.
        http_client: The caller's own httpx client, which stays the caller's to close; None for ours.
    """

    def __init__(self, config: Config, http_client: httpx.Client | None) -> None:
        self._config = config
        self._given = http_client
        self._opened: tuple[int, httpx.Client] | None = None
        """The client in use, and the process that uses it."""
        self._places: BoundedSemaphore | None = None
        self._long_places: BoundedSemaphore | None = None
        """Those of answers that stay open for as long as somebody reads; one less, so that never all are taken."""
        self._opening = Lock()
        _drivers.add(self)

    def unlock(self) -> None:
        """Forget who is opening: after a fork, a thread of the parent's that will never finish."""
        self._opening = Lock()

    def perform(self, flow: Flow[T]) -> T:
        """Run a flow to its end. What a callback of the caller's raised is raised as it is."""
        try:
            return self._run(flow)
        except CallerError as failed:
            error = failed.error
        raise error

    def _run(self, flow: Flow[T]) -> T:
        answer: Any = None
        step = flow.send
        while True:
            try:
                effect = step(answer)
                step = flow.send
                answer = local.perform(effect) if isinstance(effect, Local) else self.do(effect)
            except BaseException as failure:
                if getgeneratorstate(flow) == GEN_CLOSED:  # it was the flow that ended so
                    if isinstance(failure, StopIteration):
                        value: T = failure.value
                        return value
                    raise
                # The flow decides, on Ctrl-C as well.
                answer, step = failure, flow.throw

    def close(self) -> None:
        """Close the connections; a client that the caller gave is left alone."""
        opened, self._opened = self._opened, None
        if opened is not None and opened[0] == os.getpid() and opened[1] is not self._given:
            opened[1].close()

    def do(self, effect: Effect[Any]) -> Any:  # noqa: C901, PLR0911, PLR0912 - a table
        """Perform one effect, and return its answer; what breaks is raised, for the flow to decide about."""
        match effect:
            case Local():
                return local.perform(effect)
            case Sleep(seconds):
                return self._sleep(seconds)
            case Send():
                hook = self._config.on_exchange
                return self._send(effect) if hook is None else self._send_watched(effect, hook)
            case ReceiveFrame(socket, timeout):
                with websocket.translated():
                    return socket.receive(timeout)
            case Emit(event, callback):
                return _call(callback, event)
            case Download():
                return self._download(effect)
            case Gather(flows, at_once):
                return self._gather(flows, at_once)
            case SendStreaming(send):
                return self._send_streaming(send)
            case OpenDownload():
                return self._open_download(effect)
            case OpenSocket(url, timeout):
                with websocket.translated():
                    return websocket.connector().connect(url, timeout)
            case SendFrame(socket, data):
                with websocket.translated():
                    return socket.send(data)
            case CloseSocket(socket):
                return socket.close()
            case AwaitFuture(start):
                return start().result()
            case _:
                raise TypeError(f"no driver knows how to perform {effect!r}")

    def _client(self) -> httpx.Client:
        if self._given is not None and self._given.is_closed:
            from wiro_runtime.driver import http  # noqa: PLC0415 - for its words only

            http.check_open(self._given)
        if self._opened is not None and self._opened[0] == os.getpid():
            return self._opened[1]
        with self._opening:
            opened, process = self._opened, os.getpid()
            if opened is None or opened[0] != process:
                opened = self._opened = (process, self._open())
            return opened[1]

    def _open(self) -> httpx.Client:
        import httpx  # noqa: PLC0415 - loaded with the first exchange

        from wiro_runtime.driver import http, network  # noqa: PLC0415 - as httpx: with the first exchange

        # A fork makes its own: two processes on one socket would read each other's answers.
        client = self._given or http.make_client(httpx.Client)
        network.install(client)
        size = network.pool_size(client)
        self._places = None if size is None else BoundedSemaphore(size)
        self._long_places = None if size is None else BoundedSemaphore(max(1, size - 1))
        return client

    def _place(self, seconds: float) -> _Place:
        """A place among the exchanges that may be under way at once; none is waited for longer."""
        return _Place(self._places, seconds)

    def _sleep(self, seconds: float) -> None:
        token = cancel_token.get()
        while token is not None and seconds > _CHECK_EVERY:
            token.check()
            clock.current().sleep(_CHECK_EVERY)
            seconds -= _CHECK_EVERY
        clock.current().sleep(seconds)

    def _gather(self, flows: Sequence[Flow[Any]], at_once: int) -> list[Any]:
        if at_once == 1 or len(flows) <= 1:
            return [self._run(flow) for flow in flows]
        return perform_all(self._run, flows, at_once)

    def _send_watched(self, send: Send, hook: Callable[[Exchange], object]) -> Reply:
        from wiro_runtime.observe import Watched  # noqa: PLC0415 - for whoever watches

        watched = Watched(self._config.base_url, send.path)
        try:
            reply = self._send(send)
        except BaseException as broken:
            _call(hook, watched.ended(None, broken), ending=broken)
            raise
        _call(hook, watched.ended(reply.status, None), ending=reply)
        return reply

    def _send(self, send: Send) -> Reply:
        from wiro_runtime.driver import content_coding, http  # noqa: PLC0415 - as httpx: with the first exchange

        client = self._client()
        with (
            self._place(send.queue_timeout) as left,
            deadline.deadline_scope(min(send.total_timeout, left)),
            http.opened(send) as files,
        ):
            request = http.build(client, self._config, send, files)
            with http.exchanging(send):
                response = client.send(request, **http.only_once())
                body = http.Body(send)
                try:
                    content_coding.check_encoding(response)
                    for chunk in response.iter_bytes():
                        body.add(chunk)
                finally:
                    response.close()
                return body.reply(response)

    def _send_streaming(self, send: Send) -> Reply | ResponseStream:
        from wiro_runtime.driver import content_coding, http  # noqa: PLC0415 - as httpx: with the first exchange
        from wiro_runtime.driver.response_stream import ResponseStream  # noqa: PLC0415 - as above

        client = self._client()
        with ExitStack() as held, http.opened(send) as files:
            timeout = min(send.timeout, self._long_place(held, send.queue_timeout))
            request = http.build(client, self._config, send, files)
            with http.exchanging(send):
                with deadline.deadline_scope(timeout):
                    response = client.send(request, **http.only_once())
                held.callback(response.close)
                content_coding.check_encoding(response)
                if http.is_stream(response):
                    return ResponseStream(response, held.pop_all())
                body = http.Body(send)
                # In a scope like all that reads: Ctrl-C may have left one of another exchange behind.
                with deadline.deadline_scope(send.timeout):
                    for chunk in response.iter_bytes():
                        body.add(chunk)
                return body.reply(response)

    def _open_download(self, opening: OpenDownload) -> OpenedDownload:
        from wiro_runtime.driver import content_coding, http  # noqa: PLC0415 - as httpx: with the first exchange
        from wiro_runtime.driver.response_stream import ResponseStream  # noqa: PLC0415 - as above

        client = self._client()
        request = http.build_download(opening.url, opening.headers, opening.timeout)
        with ExitStack() as held:
            timeout = min(opening.timeout, self._long_place(held, opening.queue_timeout))
            with deadline.deadline_scope(timeout), http.exchanging():
                response = client.send(request, **http.only_once())
            held.callback(response.close)
            content_coding.check_file_coding(response)
            answer = Downloaded(response.status_code, response.headers)
            return OpenedDownload(answer, ResponseStream(response, held.pop_all(), ends=True))

    def _long_place(self, held: ExitStack, seconds: float) -> float:
        """Take a place for an answer that stays open, and return the seconds that are left then."""
        left = held.enter_context(_Place(self._long_places, seconds))
        return held.enter_context(_Place(self._places, left))

    def _download(self, download: Download) -> Downloaded:
        from wiro_runtime.driver import content_coding, http  # noqa: PLC0415 - as httpx: with the first exchange

        client = self._client()
        request = http.build_download(download.url, download.into.ask(), download.timeout)
        with (
            self._place(download.total_timeout) as left,
            deadline.deadline_scope(left),
            http.exchanging(),
        ):
            response = client.send(request, **http.only_once())
            try:
                content_coding.check_file_coding(response)
                if download.into.begin(response.status_code, response.headers):
                    for chunk in response.iter_bytes():
                        deadline.check()
                        _call(download.on_bytes, download.into.take(chunk))
                        if download.into.is_too_much:
                            break
            finally:
                response.close()
            return Downloaded(response.status_code, response.headers)


class _Place:
    """A context for one exchange, entered when a connection is free; returns the seconds that are left then.

    Waiting for it is not the exchange's time: httpx would count it as such.
    """

    def __init__(self, places: BoundedSemaphore | None, seconds: float) -> None:
        self._places = places
        self._seconds = seconds

    def __enter__(self) -> float:
        if self._places is None or self._places.acquire(blocking=False):
            return self._seconds
        began = clock.current().now()
        self._wait_for(self._places)
        return self._seconds - (clock.current().now() - began)

    def __exit__(self, *_: object) -> None:
        if self._places is not None:
            self._places.release()

    def _wait_for(self, places: BoundedSemaphore) -> None:
        token, waited, seconds = cancel_token.get(), 0.0, self._seconds
        while not places.acquire(timeout=min(_CHECK_EVERY, seconds - waited)):
            waited += _CHECK_EVERY
            if token is not None:
                token.check()
            if waited >= seconds:
                raise TransportFailure("no connection was free in time", never_sent=True)


def _call(
    callback: Callable[[Any], object], argument: object, ending: Reply | BaseException | None = None
) -> None:
    """Call a callback of the caller's; what it returns means nothing."""
    try:
        returned = callback(argument)
        if iscoroutine(returned):
            returned.close()
            raise TypeError(  # noqa: TRY301 - it is the caller's error like any other
                f"{callback!r} returned a coroutine, which the blocking client cannot await."
            )
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is the caller's
        raise CallerError(error, ending) from None


def _after_fork() -> None:
    for driver in list(_drivers):
        driver.unlock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
