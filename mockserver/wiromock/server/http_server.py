"""A server that runs: its socket, its ready line, its end. One process, because state is memory."""

import asyncio
import errno
import signal
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from threading import Event, Thread, current_thread, main_thread
from types import FrameType, TracebackType
from typing import Final, Self

import uvicorn

from wiromock.adapter.asgi.message import App
from wiromock.server.protocol import OpenProtocol, SocketProtocol
from wiromock.server.real_time import RealTimeLoop

KEEP_ALIVE: Final = 300
"""Seconds that a connection may idle: more than the pools of clients keep theirs (Go 90, Java 30 to 1,200).

The client has to close first: a call on a connection that the server closes in that very moment is lost without an
answer, and nobody may send a Run twice.
"""
SHUTDOWN_TIMEOUT: Final = 2
"""Real seconds in which open calls have to end once the server shall stop."""


_THREAD_TIMEOUT: Final = 10
"""Real seconds in which a server in a thread has to start, and to end."""

_REACHED: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not listened on
"""How somebody on this machine reaches a server that listens everywhere."""


class CannotListen(OSError):  # noqa: N818 - the name says what happened
    """The address cannot be listened on; the message says why, in one sentence."""


def listen(host: str, port: int) -> socket.socket:
    """Open the socket of a server.

    Args:
        host: name or address of this machine.
        port: 0 takes any that is free.

    Raises:
        CannotListen: taken, not allowed, or not this machine's.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        opened = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise CannotListen(f"{host} is no address of this machine ({error.strerror})") from error
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Headers and body leave in two writes; without this the second waits 40 ms for the first one's
    # receipt. Event loops set it only on sockets whose protocol is named. Accepted ones inherit it.
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        opened.bind(address)
        opened.listen(2048)
    except OSError as error:
        opened.close()
        raise CannotListen(_explain(host, port, error)) from error
    return opened


def _explain(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} of {host} is in use; choose another with --port, or --port 0 for any"
    if error.errno == errno.EACCES:
        return f"port {port} is not for ordinary users; choose one above 1023 with --port"
    return f"cannot listen on {host} port {port} ({error.strerror})"


def address_of(opened: socket.socket) -> str:
    """Return `http://host:port` of a socket, as somebody on this machine would reach it."""
    host, port = str(opened.getsockname()[0]), int(opened.getsockname()[1])
    host = _REACHED.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class MockServer(uvicorn.Server):
    """uvicorn with a callback once it is ready, and an end without a traceback.

    Args:
        app: the application.
        on_ready: called once it accepts calls.
        on_stop: called when it shall end; it ends what would wait for ever.
    """

    def __init__(
        self, app: App, *, on_ready: Callable[[], None], on_stop: Callable[[], None]
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=OpenProtocol,
                ws=SocketProtocol,
                lifespan="on",
                proxy_headers=False,
                access_log=False,
                log_level="error",
                server_header=False,
                timeout_keep_alive=KEEP_ALIVE,
                timeout_graceful_shutdown=SHUTDOWN_TIMEOUT,
                workers=1,
            )
        )
        self._on_ready = on_ready
        self._on_stop = on_stop

    def run_in_real_time(self, opened: socket.socket) -> None:
        """Serve until the end, on a socket that listens.

        Args:
            opened: the socket; it stays open.
        """
        with asyncio.Runner(loop_factory=RealTimeLoop) as runner:
            runner.run(self.serve(sockets=[opened]))

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to accept calls."""
        await super().startup(sockets)
        self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Wait for open calls for `SHUTDOWN_TIMEOUT` seconds, then close."""
        self._on_stop()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """End on SIGINT and SIGTERM. uvicorn would raise the signal again after a clean end."""
        if current_thread() is not main_thread():
            yield  # only the main thread may listen to signals
            return

        def end(number: int, frame: FrameType | None) -> None:
            del frame
            self.force_exit = self.should_exit and number == signal.SIGINT
            self.should_exit = True

        before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


class ServerThread:
    """A server in a thread of its own, for the length of a `with` block.

    Args:
        app: the application.
        opened: a socket that listens.
        on_stop: see `MockServer`.
    """

    def __init__(
        self, app: App, opened: socket.socket, on_stop: Callable[[], None] = lambda: None
    ) -> None:
        self.address = address_of(opened)
        """`http://host:port`."""
        self._opened = opened
        self._ready = Event()
        self._server = MockServer(app, on_ready=self._ready.set, on_stop=on_stop)
        self._thread = Thread(target=self._run, name="wiromock server", daemon=True)

    def _run(self) -> None:
        self._server.run_in_real_time(self._opened)

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(timeout=_THREAD_TIMEOUT):
            raise CannotListen(f"the server did not start within {_THREAD_TIMEOUT} seconds")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=_THREAD_TIMEOUT)
        self._opened.close()
        if self._thread.is_alive():
            raise RuntimeError(
                f"the server at {self.address} did not end within {_THREAD_TIMEOUT} seconds; its "
                f"thread {self._thread.name!r} goes on until the process ends"
            )
