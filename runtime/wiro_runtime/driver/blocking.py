"""The driver for threads, over `httpx.Client`."""

from __future__ import annotations

import os
from inspect import GEN_CLOSED, getgeneratorstate
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakSet

from wiro_runtime.driver import line
from wiro_runtime.driver.halt import halt
from wiro_runtime.driver.observe import observed
from wiro_runtime.flow.effect import (
    Connect,
    Download,
    Downloaded,
    Effect,
    Emit,
    Flow,
    HangUp,
    Local,
    Receive,
    Reply,
    Send,
    Sleep,
    Subscribe,
    Together,
    Transmit,
)
from wiro_runtime.seam import clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    import httpx

    from wiro_runtime.config import Config
    from wiro_runtime.driver.subscription import Subscription

__all__ = ["BlockingDriver"]

T = TypeVar("T")

_NAP = 0.1
"""Seconds after which a thread that may be stopped looks up from its sleep."""


_drivers: WeakSet[BlockingDriver] = WeakSet()


class BlockingDriver:
    """Performs flows in the calling thread. Several threads may share one.

    Args:
        config: The client's settings.
        http_client: The caller's own httpx client, which stays the caller's to close; None for ours.
    """

    def __init__(self, config: Config, http_client: httpx.Client | None) -> None:
        self._config = config
        self._given = http_client
        self._taught: tuple[int, httpx.Client] | None = None
        """The client in use, and the process that uses it."""
        self._opening = Lock()
        _drivers.add(self)

    def unlock(self) -> None:
        """Forget who is opening: after a fork, a thread of the parent's that will never finish."""
        self._opening = Lock()

    def perform(self, flow: Flow[T]) -> T:
        """Run a flow to its end."""
        answer: Any = None
        step = flow.send
        while True:
            try:
                effect = step(answer)
                step, answer = flow.send, self.do(effect)
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
        taught, self._taught = self._taught, None
        if taught is not None and taught[0] == os.getpid() and taught[1] is not self._given:
            taught[1].close()

    def do(self, effect: Effect[Any]) -> Any:  # noqa: C901, PLR0911, PLR0912 - a table
        """Perform one effect."""
        match effect:
            case Local():
                return effect.perform()
            case Sleep(seconds):
                return self._sleep(seconds)
            case Send():
                hook = self._config.on_exchange
                if hook is None:
                    return self._send(effect)
                with observed(self._config, hook, effect) as seen:
                    seen.reply = self._send(effect)
                    return seen.reply
            case Emit(event, callback):
                return callback(event)
            case Download():
                return self._download(effect)
            case Together(flows, at_once):
                return self._together(flows, at_once)
            case Subscribe(send):
                return self._subscribe(send)
            case Connect(url, timeout):
                with line.translated():
                    return line.connector().connect(url, timeout)
            case Receive(socket, timeout):
                with line.translated():
                    return socket.receive(timeout)
            case Transmit(socket, data):
                with line.translated():
                    return socket.send(data)
            case HangUp(socket):
                return socket.close()
            case _:
                raise TypeError(f"no driver knows how to perform {effect!r}")

    def _client(self) -> httpx.Client:
        if self._taught is not None and self._taught[0] == os.getpid():
            return self._taught[1]
        with self._opening:
            taught, process = self._taught, os.getpid()
            if taught is None or taught[0] != process:
                taught = self._taught = (process, self._open())
            return taught[1]

    def _open(self) -> httpx.Client:
        import httpx  # noqa: PLC0415 - loaded with the first exchange

        from wiro_runtime.driver import deadline as bound  # noqa: PLC0415 - as httpx: with the first exchange
        from wiro_runtime.driver import http  # noqa: PLC0415 - as httpx: with the first exchange

        # A fork makes its own: two processes on one socket would read each other's answers.
        client = self._given or httpx.Client(**http.settings())
        bound.teach(client)
        return client

    def _sleep(self, seconds: float) -> None:
        stop = halt.get()
        while stop is not None and seconds > _NAP:
            stop.check()
            clock.current().sleep(_NAP)
            seconds -= _NAP
        clock.current().sleep(seconds)

    def _together(self, flows: Sequence[Flow[Any]], at_once: int) -> list[Any]:
        if at_once == 1 or len(flows) <= 1:
            return [self.perform(flow) for flow in flows]
        from wiro_runtime.driver import threads as crew  # noqa: PLC0415 - as httpx: with the first exchange

        return crew.perform_all(self.perform, flows, at_once)

    def _send(self, send: Send) -> Reply:
        from wiro_runtime.driver import deadline as bound  # noqa: PLC0415 - as httpx: with the first exchange
        from wiro_runtime.driver import http  # noqa: PLC0415 - as httpx: with the first exchange

        with bound.within(send.within), http.opened(send) as files, http.translated():
            client = self._client()
            request = http.build(client, self._config, send, files)
            response = client.send(request, **http.only_once())
            body = http.Body(send)
            try:
                for chunk in response.iter_bytes():
                    body.add(chunk)
            finally:
                response.close()
            return body.reply(response)

    def _subscribe(self, send: Send) -> Reply | Subscription:
        from wiro_runtime.driver import deadline as bound  # noqa: PLC0415 - as httpx: with the first exchange
        from wiro_runtime.driver import http, subscription  # noqa: PLC0415 - as httpx: with the first exchange

        with http.opened(send) as files, http.translated():
            client = self._client()
            request = http.build(client, self._config, send, files)
            with bound.within(send.timeout):
                response = client.send(request, **http.only_once())
            try:
                if subscription.is_stream(response):
                    return subscription.Subscription(response)
                body = http.Body(send)
                for chunk in response.iter_bytes():
                    body.add(chunk)
                return body.reply(response)
            finally:
                if not subscription.is_stream(response):
                    response.close()

    def _download(self, download: Download) -> Downloaded:
        from wiro_runtime.driver import deadline as bound  # noqa: PLC0415 - as httpx: with the first exchange
        from wiro_runtime.driver import http  # noqa: PLC0415 - as httpx: with the first exchange

        with bound.within(download.within), http.translated():
            request = http.build_download(download)
            response = self._client().send(request, **http.only_once())
            try:
                if download.into.begin(response.status_code, response.headers):
                    for chunk in response.iter_bytes():
                        bound.check()
                        download.on_bytes(download.into.take(chunk))
                        if download.into.is_too_much:
                            break
            finally:
                response.close()
            return Downloaded(response.status_code, response.headers)


def _after_fork() -> None:
    for driver in list(_drivers):
        driver.unlock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
