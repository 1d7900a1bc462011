"""A real server on this machine, whose answers are what a test wants."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from runtime.waiting import TIMEOUT


class LocalServer(ThreadingHTTPServer):
    """A real server; `answer` does what a test wants with each request."""

    daemon_threads = True

    def __init__(self, answer: Callable[["Handler"], None]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer = answer
        self.seen: list[tuple[str, dict[str, str], bytes]] = []
        self.over = threading.Event()
        """Set when the test is done with it; an answer that is held back waits for it."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def count(self, path: str) -> int:
        return sum(seen.startswith(path) for seen, _, _ in self.seen)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Quiet: a client that hangs up is what some tests are about."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: LocalServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.seen.append((self.path, headers, body))
        self.server.answer(self)

    do_GET = do_POST  # noqa: N815 - http.server asks for it by this name

    def json(self, payload: Any, status: int = 200, **headers: str) -> None:
        self.raw(json.dumps(payload).encode(), status, **headers)

    def raw(
        self, body: bytes, status: int = 200, *, length: int | None = None, **headers: str
    ) -> None:
        self.send_response(status)
        self.send_header("content-length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def hold(self) -> None:
        """Say nothing until the test is done."""
        self.server.over.wait(TIMEOUT)

    def drip(self, data: bytes, *, seconds: float = 0.03) -> None:
        """Send byte by byte until the test is done."""
        for letter in data:
            self.wfile.write(bytes([letter]))
            if self.server.over.wait(seconds):
                break

    def hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(2)

    def log_message(self, *args: Any) -> None:
        """Quiet: the tests read `seen`."""


@contextmanager
def serve(answer: Callable[[Handler], None]) -> Iterator[LocalServer]:
    with LocalServer(answer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.over.set()
            server.shutdown()
            thread.join()
