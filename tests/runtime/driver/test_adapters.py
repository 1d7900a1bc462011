"""The two adapters to httpx: what they send, what they translate, what they keep to themselves."""

import asyncio
import io
import json
import threading

import httpx
import pytest

from runtime.clocks import AheadClock
from runtime.driver.outputs_kit import platform
from runtime.local_server import Handler, serve
from runtime.models import Vace
from runtime.replies import DONE, RUN_REPLY
from runtime.waiting import fail_once_sent
from wiro_runtime import AsyncClient, Client, errors
from wiro_runtime.seam import clock


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (httpx.ConnectError("refused"), errors.ConnectionFailed),
        (httpx.ConnectTimeout("slow"), errors.ConnectionFailed),
        (httpx.PoolTimeout("busy"), errors.ConnectionFailed),
        (httpx.ProxyError("407"), errors.ConnectionFailed),
        (httpx.UnsupportedProtocol("x"), errors.ConnectionFailed),
        (httpx.InvalidURL("x"), errors.ConnectionFailed),
        (httpx.ReadTimeout(""), errors.SubmissionUnknown),
        (httpx.WriteTimeout(""), errors.SubmissionUnknown),
        (httpx.ReadError(""), errors.SubmissionUnknown),
        (httpx.WriteError(""), errors.SubmissionUnknown),
        (httpx.CloseError(""), errors.SubmissionUnknown),
        (httpx.RemoteProtocolError(""), errors.SubmissionUnknown),
        (httpx.LocalProtocolError(""), errors.SubmissionUnknown),
        (httpx.DecodingError(""), errors.SubmissionUnknown),
        (httpx.TooManyRedirects(""), errors.SubmissionUnknown),
        (httpx.StreamClosed(), errors.SubmissionUnknown),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_no_exception_of_httpx_leaves(raised, expected):
    def handle(request):
        raise raised

    with httpx.Client(transport=httpx.MockTransport(handle)) as own:
        client = Client("key", http_client=own)
        with pytest.raises(expected) as caught:
            client.submit(Vace(prompt="x"))
    seen: BaseException | None = caught.value
    while seen is not None:
        assert not type(seen).__module__.startswith("http")
        seen = seen.__cause__


def test_a_misused_mock_is_not_taken_for_the_network():
    def handle(request):
        raise AssertionError("no such route")

    own = httpx.Client(transport=httpx.MockTransport(handle))
    with own, pytest.raises(AssertionError, match="no such route"):
        Client("key", http_client=own).submit(Vace(prompt="x"))


def test_neither_redirects_nor_auth_of_the_callers_client_send_a_run_twice():
    seen = []

    def handle(request):
        seen.append(request.url.path)
        return httpx.Response(307, headers={"location": "https://elsewhere/"})

    own = httpx.Client(
        transport=httpx.MockTransport(handle),
        follow_redirects=True,
        auth=httpx.DigestAuth("me", "pw"),
    )
    with own, pytest.raises(errors.SubmissionUnknown):
        Client("key", http_client=own).submit(Vace(prompt="x"))
    assert seen == ["/v1/Run/pruna/vace"]


@pytest.mark.parametrize("base", ["https://api.wiro.ai/v1", "http://127.0.0.1:8080/v1"])
@pytest.mark.parametrize("options", [{}, {"headers": {"host": "gateway", "x-trace": "1"}}])
def test_a_request_has_the_headers_that_httpx_itself_would_send(base, options):
    """Host and length too, which are made here; and hooks of the caller's client may read the content."""
    seen: list[httpx.Request] = []

    def look(request: httpx.Request) -> None:
        assert json.loads(request.content)["prompt"] == "a deer"
        seen.append(request)

    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=RUN_REPLY))
    with httpx.Client(transport=transport, event_hooks={"request": [look]}, **options) as http:
        Client("key", base_url=base, http_client=http).submit(Vace(prompt="a deer"))
        (sent,) = seen
        expected = http.build_request(
            "POST",
            sent.url,
            content=sent.content,
            headers={"x-api-key": "key", "content-type": "application/json"},
        )
    assert sorted(sent.headers.multi_items()) == sorted(expected.headers.multi_items())


def test_an_upload_may_take_longer_than_one_exchange(tmp_path):
    """The time of an exchange bounds silence and the answer, not the length of the file."""

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            time_passes.ahead += 100
            return super().read(100)

    with serve(platform) as server, clock.use(AheadClock()) as time_passes:
        client = Client("key", base_url=f"{server.url}/v1", http_timeout=60, deadline=100_000)
        with client:
            assert client.files.upload(Slow(b"GIF8" + bytes(600))).url == "https://file/1"


def test_threads_share_one_set_of_connections():
    client = Client("key")
    seen: list[int] = []
    barrier = threading.Barrier(8)

    def ask() -> None:
        barrier.wait()
        seen.append(id(client._driver._client()))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    client.close()
    assert len(set(seen)) == 1


def test_the_callers_client_stays_open():
    with httpx.Client(
        transport=httpx.MockTransport(lambda _: httpx.Response(200, json=RUN_REPLY))
    ) as own:
        with Client("key", http_client=own) as client:
            client.submit(Vace(prompt="x"))
        assert not own.is_closed


def test_a_closed_client_opens_again():
    with serve(platform) as server:
        client = Client("key", base_url=f"{server.url}/v1")
        for _ in range(2):
            client.submit(Vace(prompt="x"))
            client.close()
    assert server.count("/v1/Run") == 2


def test_a_callback_may_be_a_coroutine_function():
    noted = []

    async def note(event):
        await asyncio.sleep(0)
        noted.append(type(event).__name__)

    def handle(request):
        return httpx.Response(200, json=RUN_REPLY if "Run" in request.url.path else DONE)

    async def main():
        async with httpx.AsyncClient(transport=httpx.MockTransport(handle)) as own:
            client = AsyncClient("key", http_client=own)
            return await client.run(Vace(prompt="x"), on_event=note)

    assert asyncio.run(main()).task.outcome == "succeeded"
    assert (noted[0], noted[-1]) == ("Submitted", "Finished")


def test_the_sockets_of_every_blocking_client_keep_to_the_deadline():
    """Fails as soon as httpx keeps its network backend elsewhere: see docs/decisions/014."""
    from wiro_runtime.driver import network

    with httpx.Client(mounts={"https://proxied": httpx.HTTPTransport(proxy="http://p:1")}) as own:
        network.install(own)
        network.install(own)
        for transport in (own._transport, *own._mounts.values()):
            backend = transport._pool._network_backend
            assert isinstance(backend, network._Backend)
            assert not isinstance(backend._inner, network._Backend)


def test_a_deadline_holds_for_the_callers_own_client_too():
    whole = []

    def drip(handler: Handler) -> None:
        handler.drip(b"HTTP/1.1 200 OK\r\nx-slow: " + b"a" * 2000)  # a minute
        whole.append(not handler.server.over.is_set())
        handler.close_connection = True

    with serve(drip) as server, httpx.Client() as own:
        client = Client("key", base_url=f"{server.url}/v1", http_client=own)
        error = fail_once_sent(lambda seconds: client.submit(Vace(prompt="x"), deadline=seconds))
        assert isinstance(error, errors.SubmissionUnknown)
        assert not whole, "the answer ended first"
