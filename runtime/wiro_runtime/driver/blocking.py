"""The driver for threads, over `httpx.Client`."""

from __future__ import annotations

import os
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from wiro_runtime import clock
from wiro_runtime.effect import (
    Download,
    Downloaded,
    Effect,
    Emit,
    Flow,
    Local,
    Reply,
    Send,
    Sleep,
)
from wiro_runtime.exchange import observed

if TYPE_CHECKING:
    import httpx

    from wiro_runtime.config import Config

__all__ = ["BlockingDriver"]

T = TypeVar("T")


class BlockingDriver:
    """Performs flows in the calling thread. Several threads may share one.

    Args:
        config: The client's settings.
        http_client: The caller's own httpx client, which stays the caller's to close; None for ours.
    """

    def __init__(self, config: Config, http_client: httpx.Client | None) -> None:
        self._config = config
        self._given = http_client
        self._own: tuple[int, httpx.Client] | None = None
        self._opening = Lock()

    def perform(self, flow: Flow[T]) -> T:
        """Run a flow to its end."""
        answer: Any = None
        step = flow.send
        while True:
            try:
                effect = step(answer)
            except StopIteration as done:
                value: T = done.value
                return value
            try:
                answer = self._do(effect)
                step = flow.send
            except BaseException as failure:  # noqa: BLE001 - the flow decides, on Ctrl-C as well
                answer, step = failure, flow.throw

    def close(self) -> None:
        """Close the connections; a client that the caller gave is left alone."""
        own, self._own = self._own, None
        if own is not None and own[0] == os.getpid():
            own[1].close()

    def _do(self, effect: Effect[Any]) -> Any:
        match effect:
            case Local():
                return effect.perform()
            case Sleep(seconds):
                return clock.current().sleep(seconds)
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
            case _:
                raise TypeError(f"no driver knows how to perform {effect!r}")

    def _client(self) -> httpx.Client:
        if self._given is not None:
            return self._given
        with self._opening:
            own, process = self._own, os.getpid()
            if own is None or own[0] != process:  # a fork must not share its parent's sockets
                import httpx  # noqa: PLC0415 - loaded with the first exchange

                from wiro_runtime.driver.http import settings  # noqa: PLC0415 - as above

                own = self._own = (process, httpx.Client(**settings()))
            return own[1]

    def _send(self, send: Send) -> Reply:
        from wiro_runtime.driver import http  # noqa: PLC0415 - loaded with the first exchange

        with http.opened(send) as file, http.translated():
            client = self._client()
            request = http.build(client, self._config, send, file)
            response = client.send(request, **http.only_once())
            body = http.Body(send)
            try:
                for chunk in response.iter_bytes():
                    body.add(chunk)
            finally:
                response.close()
            return body.reply(response)

    def _download(self, download: Download) -> Downloaded:
        from wiro_runtime.driver import http  # noqa: PLC0415 - loaded with the first exchange

        with download.path.open("wb") as file, http.translated():
            client, size = self._client(), 0
            request = http.build_download(client, download)
            response = client.send(request, stream=True, follow_redirects=True, auth=None)
            try:
                if response.status_code == 200:
                    for chunk in response.iter_bytes():
                        size += file.write(chunk)
                        download.on_bytes(size)
            finally:
                response.close()
            return Downloaded(response.status_code, size)
