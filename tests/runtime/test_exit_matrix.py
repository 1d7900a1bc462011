"""Every way out of a run says the truth about money: nothing sent, a task started, or nobody knows.

Each cell is held against what the server itself has counted, for threads and for asyncio.
"""

import asyncio
import errno
import os
import socket
import threading
from contextlib import ExitStack, contextmanager

import httpx
import pytest

from runtime.local_server import serve
from runtime.models import Vace
from runtime.replies import DONE, RUN_REPLY, detail, refusal
from runtime.waiting import TIMEOUT, fail_once_sent
from wiro_runtime import AsyncClient, Client, errors
from wiro_runtime.seam import clock

KINDS = ("sync", "async")
PROXIES = ("ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")
QUICK = {"deadline": TIMEOUT, "tracking": "polling"}


class Instant(clock.SystemClock):
    """Real time for the network, none for pauses."""

    def sleep(self, seconds, /):
        """Pass over it."""

    async def sleep_async(self, seconds, /):
        await asyncio.sleep(0)


@pytest.fixture(autouse=True)
def instant(monkeypatch):
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    with clock.use(Instant()):
        yield


def platform(run=RUN_REPLY, task=DONE):
    """Answers Run and Task/Detail; a function gets the handler and answers itself."""

    def answer(handler):
        said = run if handler.path.startswith("/v1/Run") else task
        said(handler) if callable(said) else handler.json(said)

    return answer


def run(kind, url, request=None, http_client=None, **options):
    settings = {name: options.pop(name) for name in ("on_exchange",) if name in options}
    request = request or Vace(prompt="x")
    options = {**QUICK, **options}
    if kind == "sync":
        with Client("key", base_url=url, http_client=http_client, **settings) as client:
            return client.run(request, **options)

    async def main():
        async with AsyncClient("key", base_url=url, http_client=http_client, **settings) as client:
            return await client.run(request, **options)

    return asyncio.run(main())


def ending(kind, url, **options):
    """The exception that a run ends with."""
    with pytest.raises(BaseException) as caught:  # noqa: PT011 - Ctrl-C is one of them
        run(kind, url, **options)
    return caught.value


def says_nothing_sent(error):
    notes = getattr(error, "__notes__", [])
    if isinstance(error, errors.WiroError) and error.billed is not False:
        return False
    return not any("may have been sent" in note or "is not lost" in note for note in notes)


def names_the_task(error):
    notes = getattr(error, "__notes__", [])
    known = isinstance(error, errors.WiroError) and error.task is not None
    return known or any("Task 2221 is not lost" in note for note in notes)


def says_unknown(error):
    notes = getattr(error, "__notes__", [])
    if isinstance(error, errors.SubmissionUnknown):
        return error.billed is None and not error.safe_to_resubmit
    return any("may have been sent" in note for note in notes)


# Nothing has left: what fails before a byte is out.


@contextmanager
def nothing(_kind, _monkeypatch):
    yield {}


@contextmanager
def missing_certificates(_kind, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/ca.pem")
    yield {}


@contextmanager
def socks_without_a_scheme(_kind, monkeypatch):
    monkeypatch.setenv("ALL_PROXY", "socks://127.0.0.1:9")
    yield {}


@contextmanager
def socks_without_its_package(_kind, monkeypatch):
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")
    monkeypatch.setitem(__import__("sys").modules, "socksio", None)
    yield {}


@contextmanager
def closed_client(kind, _monkeypatch):
    if kind == "sync":
        own = httpx.Client()
        own.close()
    else:
        own = httpx.AsyncClient()
        asyncio.run(own.aclose())
    yield {"http_client": own}


@contextmanager
def wrong_kind_of_client(kind, _monkeypatch):
    yield {"http_client": httpx.AsyncClient() if kind == "sync" else httpx.Client()}


@contextmanager
def too_many_open_files(_kind, monkeypatch):
    full = OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    class Full(socket.socket):
        def connect(self, *_):
            raise full

    def refuse(*_args, **_options):
        raise full

    async def refuse_async(*_args, **_options):
        raise full

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr("anyio.connect_tcp", refuse_async)
    yield {}


@contextmanager
def too_many_files_for_the_certificates(_kind, monkeypatch):
    def refuse(*_args, **_options):
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    monkeypatch.setattr("ssl.create_default_context", refuse)
    yield {}


@contextmanager
def unsendable_text(_kind, _monkeypatch):
    yield {"project_id": "half an emoji: \ud83d"}


@contextmanager
def a_proxy_that_refuses(_kind, monkeypatch):
    def refuse(handler):
        handler.raw(b"no", 403)

    with serve(refuse) as proxy:
        type(proxy).do_CONNECT = None
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        yield {"url": "https://127.0.0.1:9/v1"}


@contextmanager
def a_proxy_that_disconnects(_kind, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def disconnect():
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(100)

        threading.Thread(target=disconnect, daemon=True).start()
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{listening.getsockname()[1]}")
        yield {"url": "https://127.0.0.1:9/v1"}
        listening.shutdown(socket.SHUT_RDWR)


@contextmanager
def an_address_that_swallows_packets(_kind, _monkeypatch):
    with ExitStack() as stack:
        listening = stack.enter_context(socket.socket())
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        for _ in range(3):  # its queue is full: no further connection is answered
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listening.getsockname())
        yield {"url": f"http://127.0.0.1:{listening.getsockname()[1]}/v1", "deadline": 0.4}


@contextmanager
def _option(**options):
    yield options


def option(**options):
    return lambda _kind, _monkeypatch: _option(**options)


NOT_SENT = {
    "SSL_CERT_FILE names a missing file": (missing_certificates, errors.ConfigurationError),
    "ALL_PROXY=socks://": (socks_without_a_scheme, errors.ConfigurationError),
    "socks5:// without socksio": (socks_without_its_package, errors.ConfigurationError),
    "closed http_client": (closed_client, errors.ConfigurationError),
    "http_client of the other kind": (wrong_kind_of_client, errors.ConfigurationError),
    "too many open files": (too_many_open_files, errors.ConnectionFailed),
    "too many open files at first": (too_many_files_for_the_certificates, errors.ConnectionFailed),
    "text that cannot be encoded": (unsendable_text, errors.InvalidRequest),
    "a proxy that refuses CONNECT": (a_proxy_that_refuses, errors.ConnectionFailed),
    "a proxy that disconnects": (a_proxy_that_disconnects, errors.ConnectionFailed),
    "an address that swallows packets": (an_address_that_swallows_packets, errors.DeadlineExceeded),
    "on_abandon=kill": (option(on_abandon="kill"), errors.InvalidRequest),
    "upload=after": (option(upload="after"), errors.InvalidRequest),
    "tracking=ws": (option(tracking="ws"), errors.InvalidRequest),
    "deadline=nan": (option(deadline=float("nan")), errors.InvalidRequest),
    "deadline=x": (option(deadline="x"), errors.InvalidRequest),
    "on_event=5": (option(on_event=5), errors.InvalidRequest),
    "retry_refused=3 as text": (option(retry_refused="3"), errors.InvalidRequest),
    "an unknown option": (option(deadlin=3), errors.InvalidRequest),
    "callback_url without a host": (option(callback_url="http://"), errors.InvalidRequest),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("exit_", NOT_SENT)
def test_what_fails_before_a_byte_is_out_was_not_sent(kind, exit_, monkeypatch):
    arrange, expected = NOT_SENT[exit_]
    with serve(platform()) as server, arrange(kind, monkeypatch) as options:
        error = ending(kind, **{"url": f"{server.url}/v1", **options})
        assert type(error) is expected, repr(error)
        assert says_nothing_sent(error)
        assert server.count("/v1/Run") == 0


# A task was started, and whatever ends the call names it.


class Mine(Exception):  # noqa: N818 - it is nobody's but the caller's
    """An exception of the caller's."""


def raising(error, *, when=lambda _: True):
    def callback(event):
        if when(event):
            raise error

    return callback


def is_run(exchange):
    return exchange.path.startswith("Run")


STARTED = {
    "on_event raises": {"on_event": raising(Mine())},
    "on_event raises an error of ours": {"on_event": raising(errors.InvalidRequest("mine"))},
    "on_event raises a deadline": {"on_event": raising(errors.DeadlineExceeded("mine"))},
    "Ctrl-C in on_event": {"on_event": raising(KeyboardInterrupt())},
    "on_exchange raises after Run": {"on_exchange": raising(Mine(), when=is_run)},
    "on_exchange raises ConnectionFailed": {
        "on_exchange": raising(errors.ConnectionFailed("mine"), when=is_run)
    },
    "on_exchange raises OSError": {"on_exchange": raising(OSError("mine"), when=is_run)},
    "on_exchange raises later": {"on_exchange": raising(Mine(), when=lambda it: not is_run(it))},
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("exit_", STARTED)
def test_what_a_callback_raises_passes_through_and_the_task_is_named(kind, exit_):
    with serve(platform(task=detail("task_start"))) as server:
        error = ending(kind, f"{server.url}/v1", **STARTED[exit_])
        assert server.count("/v1/Run") == 1
    assert isinstance(error, (Mine, KeyboardInterrupt)) or "mine" in str(error)
    assert getattr(error, "task", None) is None  # the caller's own error is left as it is
    assert names_the_task(error)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("error", [Mine(), errors.InvalidRequest("mine")])
def test_what_a_callback_raises_does_not_decide_what_becomes_of_the_task(kind, error):
    status = ["task_start"]

    def stop(handler):
        if handler.path.endswith("/Kill"):
            status[0] = "task_cancel"
        handler.json(detail(status[0]))

    with serve(platform(task=stop)) as server:
        ended = ending(kind, f"{server.url}/v1", on_event=raising(error), on_abandon="cancel")
        assert ended is error
        assert server.count("/v1/Task/Kill") == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_task_that_was_started_is_named_by_a_deadline(kind):
    with serve(platform(task=detail("task_start"))) as server:
        error = fail_once_sent(lambda seconds: run(kind, f"{server.url}/v1", deadline=seconds))
        assert server.count("/v1/Run") == 1
    assert isinstance(error, errors.DeadlineExceeded)
    assert names_the_task(error)


# Nobody knows.


def without_result(message):
    return {"errors": [{"code": 0, "message": message}]}


UNKNOWN = {
    "an answer without a verdict, of authorization": without_result("authorization is checked"),
    "an answer without a verdict, of a suspension": without_result("tasks are suspended for now"),
    "an answer without a verdict, of a parameter": without_result("Request parameter [x] is odd"),
    "an answer that names no task": {"result": True, "errors": []},
    "disconnected": lambda handler: handler.disconnect(),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("exit_", UNKNOWN)
def test_an_answer_that_decides_nothing_is_reported_as_unknown(kind, exit_):
    with serve(platform(run=UNKNOWN[exit_])) as server:
        error = ending(kind, f"{server.url}/v1")
        assert server.count("/v1/Run") == 1
    assert says_unknown(error), repr(error)


REFUSED = {
    "no balance": refusal("Insufficient balance", 97),
    "no such model": refusal("slug-owner-project-not-exist"),
    "suspended": refusal("Your account is suspended"),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("exit_", REFUSED)
def test_a_refusal_says_that_nothing_was_started(kind, exit_):
    with serve(platform(run=REFUSED[exit_])) as server:
        error = ending(kind, f"{server.url}/v1")
        assert server.count("/v1/Run") == 1
    assert isinstance(error, errors.Refused)
    assert says_nothing_sent(error)


@pytest.mark.parametrize("kind", KINDS)
def test_a_read_that_cannot_be_sent_is_reported_as_well(kind, monkeypatch):
    monkeypatch.setenv("ALL_PROXY", "socks://127.0.0.1:9")

    async def main():
        async with AsyncClient("key") as client:
            await client.tasks.get(id="1")

    with pytest.raises(errors.ConfigurationError, match="ALL_PROXY"):
        asyncio.run(main()) if kind == "async" else Client("key").tasks.get(id="1")
