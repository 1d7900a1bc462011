"""A real HTTP server that replays the document's own examples.

It knows nothing of our specs or our mock: every reply is the hand-typed transcript, with the host of
the output replaced by its own.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from transcripts import vace

CONTENT = b"\x89PNG\r\n\x1a\n" + bytes(202472 - 8)
"""As long as the document says its output is."""


class TranscriptServer(ThreadingHTTPServer):
    """Keeps what it was asked in `seen`, as (path, headers, decoded body)."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.seen: list[tuple[str, dict[str, str], Any]] = []

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def reply(self, path: str) -> dict[str, Any] | None:
        replies = {
            vace.RUN_PATH: vace.RUN_REPLY,
            "/v1/Task/Detail": vace.DETAIL_REPLY,
            "/v1/Task/Kill": vace.KILL_REPLY,
            "/v1/Task/Cancel": vace.CANCEL_REPLY,
        }
        if path not in replies:
            return None
        text = json.dumps(replies[path])
        return json.loads(
            text.replace("https://cdn1.wiro.ai", f"http://127.0.0.1:{self.server_port}")
        )


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: TranscriptServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.server.seen.append(
            (self.path, dict(self.headers.items()), json.loads(body or b"null"))
        )
        reply = self.server.reply(self.path)
        if reply is None:
            self._send(
                404,
                "application/json",
                b'{"result": false, "errors": [{"code": 0, "message": "Error parsing url."}]}',
            )
        else:
            self._send(200, "application/json", json.dumps(reply).encode())

    def do_GET(self) -> None:
        self.server.seen.append((self.path, dict(self.headers.items()), None))
        self._send(200, "image/png", CONTENT)

    def _send(self, status: int, content_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", content_type)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Quiet: the tests read `seen`."""


@contextmanager
def serve() -> Iterator[TranscriptServer]:
    with TranscriptServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
