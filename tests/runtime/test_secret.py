"""Key, secret, signature and task tokens are in no log, no representation and no formatted traceback.

A traceback is formatted as the nosiest tools do it: with the variables of every frame.
"""

import asyncio
import base64
import logging
import traceback

import httpx
import pytest

from runtime.faults import FAULTS, InProcess, Plan, over_sockets
from runtime.local_server import serve
from runtime.models import Vace
from runtime.replies import RUN_REPLY, TOKEN, refusal, task
from wiro_runtime import AsyncClient, Client, TaskSnapshot, errors
from wiro_runtime.client.outputs import Outputs
from wiro_runtime.flow.effect import TransportFailure
from wiro_runtime.flow.listener import SocketListener
from wiro_runtime.flow.socket_budget import SocketBudget

KEY = "wk-very-secret-key-0123456789"
SECRET = "ws-very-secret-secret-abcdef"
FAST = [fault for fault in FAULTS if fault not in ("silence", "drip headers", "drip body")]
OPERATIONS = {
    "/v1/Run/": lambda client: client.submit(Vace(prompt="x")),
    "/v1/Task/Detail": lambda client: client.attach(Vace, token=TOKEN),
    "/v1/Task/Cancel": lambda client: client.attach(Vace, token=TOKEN).cancel(),
    "/v1/File/Upload": lambda client: client.run(Vace(prompt="x", input_image=("a.png", b"1"))),
    "/0.png": lambda client: Outputs(finished(), client._driver.perform).save("/nowhere/at/all"),
}


def finished() -> TaskSnapshot:
    output = {"name": "0.png", "url": "https://cdn.test/0.png", "size": "3"}
    return TaskSnapshot.from_wire({**task("task_postprocess_end", pexit="0"), "outputs": [output]})


class Listening(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Notes the signatures that pass."""

    def __init__(self, inner: InProcess) -> None:
        self._inner = inner
        self.signatures: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.signatures.append(request.headers.get("x-signature", KEY))
        return self._inner.handle_request(request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.signatures.append(request.headers.get("x-signature", KEY))
        return await self._inner.handle_async_request(request)


def leaks(text: str, *more: str) -> list[str]:
    return [secret for secret in (KEY, SECRET, TOKEN, *more) if secret in text]


def formatted(error: BaseException) -> str:
    records = traceback.TracebackException.from_exception(error, capture_locals=True)
    chain = [error]
    while (cause := chain[-1].__cause__) is not None:
        chain.append(cause)
    return "".join(records.format()) + " ".join(map(repr, chain)) + " ".join(map(str, chain))


@pytest.mark.parametrize("path", OPERATIONS)
@pytest.mark.parametrize("fault", ["refused", *FAST])
def test_no_error_shows_a_secret_even_with_the_variables_of_its_frames(
    path, fault, virtual_time, caplog
):
    caplog.set_level(logging.DEBUG)
    transport = Listening(InProcess(Plan(fault, path, float("inf"))))
    client = Client(KEY, SECRET, http_client=httpx.Client(transport=transport), tracking="polling")
    try:
        OPERATIONS[path](client)
    except (errors.WiroError, OSError) as error:
        text = formatted(error)
    else:
        pytest.fail("it was meant to fail")
    assert "wiro_runtime" in text
    assert transport.signatures or path == "/0.png"
    assert leaks(text + caplog.text + repr(client), *transport.signatures) == []


@pytest.mark.parametrize("fault", ["reset", "503", "invalid json"])
def test_the_same_for_the_asynchronous_client_over_real_sockets(fault, virtual_time, caplog):
    caplog.set_level(logging.DEBUG)

    async def main(url: str) -> str:
        async with AsyncClient(KEY, SECRET, base_url=f"{url}/v1", tracking="polling") as client:
            try:
                await client.run(Vace(prompt="x"))
            except errors.WiroError as error:
                return formatted(error) + repr(client)
        raise AssertionError("it was meant to fail")

    with over_sockets(Plan(fault, "/v1/Task/Detail", float("inf"))) as url:
        text = asyncio.run(main(url))
    assert leaks(text + caplog.text) == []


def test_nothing_that_is_held_shows_a_secret():
    answer = httpx.MockTransport(lambda _: httpx.Response(200, json=RUN_REPLY))
    client = Client(KEY, SECRET, http_client=httpx.Client(transport=answer))
    handle = client.submit(Vace(prompt="x"))
    held = [client, client.files, handle, handle.snapshot, finished(), client._calls.config]
    assert leaks(" ".join(map(repr, held))) == []
    assert handle.token == TOKEN


def test_what_an_interrupted_call_says_is_no_secret(virtual_time):
    def interrupt(_):
        raise KeyboardInterrupt

    answer = httpx.MockTransport(lambda _: httpx.Response(200, json=RUN_REPLY))
    client = Client(KEY, SECRET, http_client=httpx.Client(transport=answer))
    with pytest.raises(KeyboardInterrupt) as caught:
        client.run(Vace(prompt="x"), on_event=interrupt)
    assert caught.value.__notes__
    assert leaks(formatted(caught.value)) == []


def test_a_refused_run_shows_no_secret(virtual_time):
    answer = httpx.MockTransport(lambda _: httpx.Response(200, json=refusal("no", 97)))
    client = Client(KEY, SECRET, http_client=httpx.Client(transport=answer))
    with pytest.raises(errors.InsufficientBalance) as caught:
        client.run(Vace(prompt="x"))
    assert leaks(formatted(caught.value)) == []


def test_a_password_in_a_base_url_is_not_shown():
    url = "https://user:hunter2@proxy.example/v1"
    for kind in (Client, AsyncClient):
        client = kind(KEY, base_url=url)
        shown = repr(client) + repr(client._calls.config) + repr(client._calls)
        assert "hunter2" not in shown
        assert "https://proxy.example/v1" in shown


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_password_in_a_base_url_is_sent_and_in_no_log_and_no_trace(kind, caplog):
    """httpx logs the URL of each request, at INFO."""
    caplog.set_level(logging.DEBUG)
    records = []

    def answer(handler):
        handler.json(RUN_REPLY)

    async def awaited(url):
        async with AsyncClient(KEY, base_url=url, on_exchange=records.append) as client:
            await client.submit(Vace(prompt="x"))

    def blocking(url):
        with Client(KEY, base_url=url, on_exchange=records.append) as client:
            client.submit(Vace(prompt="x"))

    with serve(answer) as server:
        url = server.url.replace("//", "//us%40er:hunter2@") + "/v1"
        blocking(url) if kind == "sync" else asyncio.run(awaited(url))
        ((_, headers, _),) = server.seen
    known = base64.b64decode(headers["authorization"].removeprefix("Basic "))
    assert known == b"us@er:hunter2"
    assert "HTTP Request: POST" in caplog.text
    assert "hunter2" not in caplog.text + repr(records) + repr([one.attributes for one in records])


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Client(KEY, base_url="ftp://user:hunter2@a.example"),
        lambda: Client(KEY, socket_url="https://user:hunter2@a.example"),
        lambda: Client(KEY, journal="mysql://user:hunter2@a.example/b"),
        lambda: Client(KEY).run(Vace(prompt="x"), callback_url="https://user:hunter2@a.example"),
    ],
    ids=["base_url", "socket_url", "journal", "callback_url"],
)
def test_a_refused_url_is_shown_without_its_password(wrong):
    with pytest.raises(errors.UsageError, match=r"a\.example") as caught:
        wrong()
    assert "hunter2" not in str(caught.value)


def test_the_words_with_which_a_socket_closes_show_no_token(caplog):
    """The other side writes them, and may quote what it was sent."""
    caplog.set_level(logging.DEBUG)
    listener = SocketListener(SocketBudget(), TOKEN, "2221", socket=object())
    flow = listener.listen(1.0)
    next(flow)
    flow.throw(TransportFailure(f"1011 no such token {TOKEN}", never_sent=False))
    assert "1011 no such token" in caplog.text
    assert leaks(caplog.text) == []
