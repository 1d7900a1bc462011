"""A headless Chromium, driven by its own protocol: no driver to install and none to keep in step."""

import base64
import itertools
import json
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from websockets.sync.client import connect

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def find() -> str | None:
    """The browser of this machine, if it has one."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


class Chromium:
    """One browser with one page."""

    def __init__(self, program: str) -> None:
        self._program = program
        self._ids = itertools.count(1)
        self.complaints: list[str] = []
        """What the console says, refused scripts and styles included."""

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            folder = stack.enter_context(
                tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True)
            )
            options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--mute-audio"]
            command = [
                self._program,
                *options,
                "--no-first-run",
                "--window-size=1300,1400",
                "--remote-debugging-port=0",
                f"--user-data-dir={folder}",
                "about:blank",
            ]
            process = stack.enter_context(
                subprocess.Popen(
                    command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
                )
            )
            stack.callback(process.terminate)
            address = next(
                found[0] for line in process.stderr if (found := re.search(r"ws://\S+", line))
            )
            self._socket = stack.enter_context(connect(address, max_size=None, compression=None))
            self._attach()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _attach(self) -> None:
        targets = self._call("Target.getTargets")["targetInfos"]
        page = next(target["targetId"] for target in targets if target["type"] == "page")
        attached = self._call("Target.attachToTarget", targetId=page, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Accessibility"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Call a method of the page."""
        return self._call(method, session=self._session, **params)

    def _call(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        number = next(self._ids)
        message = {"id": number, "method": method, "params": params}
        self._socket.send(json.dumps(message | ({"sessionId": session} if session else {})))
        while True:
            answer = json.loads(self._socket.recv(timeout=60))
            self._note(answer)
            if answer.get("id") == number:
                assert "error" not in answer, answer
                return answer["result"]

    def _note(self, answer: dict[str, Any]) -> None:
        match answer:
            case {
                "method": "Log.entryAdded",
                "params": {"entry": {"level": "error", "text": text}},
            }:
                self.complaints.append(text)
            case {"method": "Runtime.exceptionThrown", "params": params}:
                self.complaints.append(str(params))

    def open(self, url: str) -> None:
        self.call("Page.navigate", url=url)
        self.until("document.readyState === 'complete' && location.href !== 'about:blank'")

    def leave(self) -> None:
        """Open no page."""
        self.call("Page.navigate", url="about:blank")
        self.until("location.href === 'about:blank'")

    def ask(self, expression: str) -> Any:
        """Evaluate JavaScript."""
        answer = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def until(self, expression: str, timeout: float = 60) -> Any:
        """Wait until an expression is true."""
        return wait(lambda: self.ask(expression), expression, timeout)

    def press(self, key: str, code: int, text: str = "") -> None:
        """Press a key, as a keyboard would."""
        for kind in ("keyDown", "keyUp"):
            self.call(
                "Input.dispatchKeyEvent",
                type=kind,
                key=key,
                code=key,
                windowsVirtualKeyCode=code,
                **({"text": text} if text and kind == "keyDown" else {}),
            )

    def tab_to(self, test: str, most: int = 60) -> None:
        """Press Tab until the focused element passes a test, in which it is called `it`."""
        for _ in range(most):
            self.press("Tab", 9)
            if self.ask(f"(it => {test})(document.activeElement)"):
                return
        raise AssertionError(f"no amount of Tab leads to {test}")

    def type(self, text: str) -> None:
        self.call("Input.insertText", text=text)

    def shoot(self, path: Path, *, whole: bool = False) -> bytes:
        """Take a picture of what is seen, or of the whole page."""
        picture = self.call("Page.captureScreenshot", captureBeyondViewport=whole)
        taken = base64.b64decode(picture["data"])
        path.write_bytes(taken)
        return taken


def wait(ask: Callable[[], Any], what: str, timeout: float) -> Any:
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        if value := ask():
            return value
        time.sleep(0.1)
    raise AssertionError(f"this never came true: {what}")
