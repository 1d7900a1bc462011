"""A language server over standard input and output, asked the few questions that an editor asks."""

import json
import subprocess
from itertools import count
from pathlib import Path
from typing import Any


class LanguageServer:
    """One running server with one folder open.

    Args:
        command: starts it.
        folder: what it works on.
    """

    def __init__(self, command: list[str], folder: Path) -> None:
        self._process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._numbers = count(1)
        self._folder = folder
        uri = folder.as_uri()
        capabilities = {
            "textDocument": {
                "completion": {"completionItem": {"documentationFormat": ["plaintext"]}},
                "hover": {"contentFormat": ["plaintext"]},
                "signatureHelp": {"signatureInformation": {"documentationFormat": ["plaintext"]}},
            }
        }
        folders = [{"uri": uri, "name": "project"}]
        self.ask(
            "initialize",
            processId=None,
            rootUri=uri,
            workspaceFolders=folders,
            capabilities=capabilities,
        )
        self._tell("initialized")

    def open(self, name: str, text: str) -> dict[str, str]:
        """Open a file; gives how it is named in questions."""
        uri = (self._folder / name).as_uri()
        document = {"uri": uri, "languageId": "python", "version": 1, "text": text}
        self._tell("textDocument/didOpen", textDocument=document)
        return {"uri": uri}

    def ask(self, method: str, **params: Any) -> Any:
        """Ask, and wait for the answer."""
        number = next(self._numbers)
        self._write({"id": number, "method": method, "params": params})
        while True:
            message = self._read()
            if message.get("id") == number and "method" not in message:
                assert "error" not in message, message
                return message["result"]
            if "id" in message:  # the server asks: settings, registrations, progress
                items = message.get("params", {}).get("items", [])
                is_settings = message["method"] == "workspace/configuration"
                self._write(
                    {"id": message["id"], "result": [{}] * len(items) if is_settings else None}
                )

    def close(self) -> None:
        """End it."""
        self.ask("shutdown")
        self._tell("exit")
        self._process.communicate(timeout=60)

    def _tell(self, method: str, **params: Any) -> None:
        self._write({"method": method, "params": params})

    def _write(self, message: dict[str, Any]) -> None:
        assert self._process.stdin
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._process.stdin.flush()

    def _read(self) -> dict[str, Any]:
        stream = self._process.stdout
        assert stream
        length = 0
        while (line := stream.readline().strip()) != b"":
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        assert length, "the language server has ended"
        found: dict[str, Any] = json.loads(stream.read(length))
        return found
