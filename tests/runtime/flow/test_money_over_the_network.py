"""Run is accepted at most once, over a real server, whatever happens to its answer."""

import asyncio
import gzip
import socket

import pytest

from runtime.local_server import Handler, serve
from runtime.models import Vace
from runtime.replies import DONE, RUN_REPLY, detail, refusal
from runtime.waiting import TIMEOUT, await_until, fail_once_sent
from wiro_runtime import AsyncClient, Client, errors


def reset_after_accept(handler: Handler) -> None:
    handler.disconnect()


def empty(handler: Handler) -> None:
    handler.raw(b"")


def truncated(handler: Handler) -> None:
    handler.raw(b'{"result": true, "taskid"', length=500)
    handler.disconnect()


def garbage(handler: Handler) -> None:
    handler.connection.sendall(b"\x00\x01garbage\r\n\r\n")
    handler.disconnect()


def invalid_json(handler: Handler) -> None:
    handler.raw(b'{"result": true,')


def silence(handler: Handler) -> None:
    handler.hold()
    handler.json(RUN_REPLY)


def drip(handler: Handler) -> None:
    handler.raw(b"{", length=2000)
    handler.drip(b" " * 1999)


SLOW = (silence, drip)
"""What outlasts any timeout; whatever else a server does, it does at once."""


def status(code: int):
    def answer(handler: Handler) -> None:
        handler.json(refusal("boom"), code, retry_after="0")

    return answer


def redirect(handler: Handler) -> None:
    handler.raw(b"", 307, location=f"{handler.server.url}/v1/Run/pruna/vace")


UNKNOWN = errors.SubmissionUnknown
FAULTS = [
    (reset_after_accept, UNKNOWN),
    (empty, UNKNOWN),
    (truncated, UNKNOWN),
    (garbage, UNKNOWN),
    (invalid_json, UNKNOWN),
    (silence, UNKNOWN),
    (drip, UNKNOWN),
    (redirect, UNKNOWN),
    *[(status(code), UNKNOWN) for code in (408, 500, 502, 503, 504)],
    (status(401), errors.AuthenticationFailed),
    (status(404), errors.NotFound),
    (status(429), errors.RateLimited),
]
IDS = [f"{fault.__name__}-{n}" for n, (fault, _) in enumerate(FAULTS)]


def run(kind: str, base_url: str, **settings):
    """The same call, by either client."""
    settings = {"http_timeout": 30.0, "deadline": 2 * TIMEOUT} | settings
    if kind == "sync":
        with Client("key", "secret", base_url=base_url, **settings) as client:
            return client.run(Vace(prompt="x"))

    async def main():
        async with AsyncClient("key", "secret", base_url=base_url, **settings) as client:
            return await client.run(Vace(prompt="x"))

    return asyncio.run(main())


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize(("fault", "expected"), FAULTS, ids=IDS)
def test_run_is_accepted_at_most_once(kind, fault, expected):
    with serve(fault) as server:

        def call(seconds: float) -> None:
            run(kind, f"{server.url}/v1", http_timeout=seconds)

        if fault in SLOW:
            error = fail_once_sent(call)
        else:
            with pytest.raises(errors.WiroError) as caught:
                call(TIMEOUT)
            error = caught.value
        assert await_until(lambda: server.seen)
    assert isinstance(error, expected)
    assert server.count("/v1/Run/pruna/vace") == 1
    assert len(server.seen) == 1
    assert error.safe_to_resubmit is (expected is not UNKNOWN)
    assert "httpx" not in type(error).__module__


@pytest.mark.parametrize("tracking", ["polling", "sse"])
@pytest.mark.parametrize("kind", ["sync", "async"])
def test_what_is_compressed_more_than_once_is_not_unpacked(kind, tracking):
    """A few kilobytes would be gigabytes."""

    def bomb(handler: Handler) -> None:
        handler.raw(gzip.compress(gzip.compress(bytes(2**20))), content_encoding="gzip, gzip")

    with serve(bomb) as server, pytest.raises(UNKNOWN, match="compressed more than once"):
        run(kind, f"{server.url}/v1", tracking=tracking)
    assert server.count("/v1/Run/pruna/vace") == 1


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_refused_connection_proves_that_nothing_was_sent(kind):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(errors.ConnectionFailed) as caught:
        run(kind, f"http://127.0.0.1:{port}/v1")
    assert (caught.value.billed, caught.value.safe_to_resubmit) == (False, True)


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_server_that_speaks_no_tls_was_sent_nothing(kind):
    with serve(lambda handler: handler.json(RUN_REPLY)) as server:
        with pytest.raises(errors.ConnectionFailed):
            run(kind, server.url.replace("http:", "https:"))
        assert server.seen == []


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize(
    "fault", [reset_after_accept, truncated, garbage, status(503), status(429)]
)
def test_a_read_recovers_and_run_is_still_sent_once(kind, fault, virtual_time):
    def answer(handler: Handler) -> None:
        if handler.path.startswith("/v1/Run"):
            handler.json(RUN_REPLY)
        elif handler.server.count("/v1/Task/Detail") <= 2:
            fault(handler)
        else:
            handler.json(DONE)

    with serve(answer) as server:
        result = run(kind, f"{server.url}/v1")
    assert result.task.outcome == "succeeded"
    assert server.count("/v1/Run/pruna/vace") == 1
    assert server.count("/v1/Task/Detail") == 3


def test_every_attempt_carries_its_own_signature():
    def answer(handler: Handler) -> None:
        handler.json(RUN_REPLY if handler.path.startswith("/v1/Run") else DONE)

    with serve(answer) as server:
        run("sync", f"{server.url}/v1")
    nonces = [int(headers["x-nonce"]) for _, headers, _ in server.seen]
    assert nonces == sorted(set(nonces))
    assert len({headers["x-signature"] for _, headers, _ in server.seen}) == len(server.seen)
    assert all(headers["content-type"] == "application/json" for _, headers, _ in server.seen)


def test_cancelling_the_asyncio_task_says_how_to_resume_and_may_cancel_the_run():
    def answer(handler: Handler) -> None:
        if handler.path.startswith("/v1/Run"):
            handler.json(RUN_REPLY)
        elif handler.server.count("/v1/Task/Kill"):
            handler.json(detail("task_cancel"))
        else:
            handler.json(detail("task_start"))

    async def main(base_url: str) -> asyncio.CancelledError:
        started = asyncio.Event()
        async with AsyncClient("key", base_url=base_url) as client:
            run = client.run(
                Vace(prompt="x"), on_abandon="cancel", on_event=lambda _: started.set()
            )
            task = asyncio.create_task(run)
            await started.wait()
            task.cancel()
            try:
                await task
            except asyncio.CancelledError as cancelled:
                return cancelled
        raise AssertionError("not cancelled")

    with serve(answer) as server:
        cancelled = asyncio.run(main(f"{server.url}/v1"))
    assert server.count("/v1/Task/Kill") == 1
    assert not hasattr(cancelled, "__notes__")


def test_one_asynchronous_client_serves_several_event_loops():
    """The connections of a loop end with it: no warning, no "Event loop is closed"."""

    def answer(handler: Handler) -> None:
        handler.json(RUN_REPLY if handler.path.startswith("/v1/Run") else DONE)

    with serve(answer) as server:
        client = AsyncClient("key", base_url=f"{server.url}/v1")
        for _ in range(3):
            task = asyncio.run(client.submit(Vace(prompt="x")))
            assert asyncio.run(task.refresh()).outcome == "succeeded"
        assert server.count("/v1/Run") == 3


def test_asyncio_tasks_of_one_loop_share_its_connections():
    def answer(handler: Handler) -> None:
        handler.json(RUN_REPLY)

    async def main(base_url: str) -> set[int]:
        async with AsyncClient("key", base_url=base_url) as client:
            await asyncio.gather(*[client.submit(Vace(prompt="x")) for _ in range(8)])
            return {id(await client._driver._client()) for _ in range(2)}

    with serve(answer) as server:
        assert len(asyncio.run(main(f"{server.url}/v1"))) == 1
        assert server.count("/v1/Run") == 8
