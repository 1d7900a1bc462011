"""The two adapters to httpx: what they send, what they translate, what they keep to themselves."""

import asyncio
import io
import json
import logging
import os
import subprocess
import sys
import threading
import traceback

import httpx
import pytest

from runtime.kit import (
    DONE,
    PATIENCE,
    RUN_REPLY,
    TOKEN,
    AheadClock,
    Chat,
    Handler,
    Vace,
    detail,
    serve,
)
from wiro_runtime import AsyncClient, Client, DownloadProgress, errors
from wiro_runtime.seam import clock

PNG = b"\x89PNG\r\n\x1a\n" + bytes(200_000)
SECRETS = ("wk-very-secret-key", "ws-very-secret-secret", TOKEN)


def done(url: str, **fields) -> dict:
    output = {
        "name": "0.png",
        "contenttype": "image/png",
        "size": str(len(PNG)),
        "url": url,
        **fields,
    }
    return detail("task_postprocess_end", pexit="0", totalcost="0.5", outputs=[output])


def platform(handler: Handler) -> None:
    """Accepts a run, finishes it at once, and serves its output after a redirect."""
    if handler.path.startswith("/v1/Run"):
        handler.json(RUN_REPLY)
    elif handler.path == "/v1/File/Upload":
        handler.json({"result": True, "list": [{"id": "1", "url": "https://file/1", "size": "7"}]})
    elif handler.path == "/0.png":
        handler.raw(b"", 302, location="/moved.png", set_cookie="a=b")
    elif handler.path == "/moved.png":
        handler.raw(PNG)
    else:
        handler.json(done(f"{handler.server.url}/0.png"))


def test_a_run_from_upload_to_saved_file(tmp_path):
    source = tmp_path / "a.png"
    source.write_bytes(b"content")
    seen: list[DownloadProgress] = []
    with serve(platform) as server, Client("key", base_url=f"{server.url}/v1") as client:
        result = client.run(
            Vace(prompt="x", input_image=[source, io.BytesIO(b"\x89PNG\r\n\x1a\n")])
        )
        (saved,) = result.outputs.save(tmp_path / "out", on_progress=seen.append)
    assert saved.read_bytes() == PNG
    assert [path.name for path in saved.parent.iterdir()] == ["0.png"]
    assert (seen[-1].received, seen[-1].total) == (len(PNG), len(PNG))
    assert result.cost == result.task.total_cost
    uploads = [body for path, _, body in server.seen if path == "/v1/File/Upload"]
    assert len(uploads) == 2
    (upload,) = [body for body in uploads if b'name="file"; filename="a.png"' in body]
    assert b"content" in upload


def test_the_same_awaited(tmp_path):
    async def main(base_url: str):
        async with AsyncClient("key", base_url=base_url) as client:
            result = await client.run(Vace(prompt="x", input_image=b"\x89PNG\r\n\x1a\n"))
            uploaded = await client.files.upload(("a.txt", b"text"))
            return uploaded, await result.outputs.save(tmp_path)

    with serve(platform) as server:
        uploaded, (saved,) = asyncio.run(main(f"{server.url}/v1"))
    assert saved.read_bytes() == PNG
    assert (uploaded.url, uploaded.size) == ("https://file/1", 7)


def test_the_host_of_the_files_gets_no_credentials(tmp_path):
    own = httpx.Client(
        headers={"authorization": "Bearer mine", "x-api-key": "mine"}, cookies={"c": "d"}
    )
    with serve(platform) as server, own:
        client = Client("key", "secret", base_url=f"{server.url}/v1", http_client=own)
        client.run(Vace(prompt="x")).outputs.save(tmp_path)
    downloads = [headers for path, headers, _ in server.seen if path.endswith(".png")]
    assert len(downloads) == 2
    for headers in downloads:
        assert not {"authorization", "x-api-key", "x-nonce", "x-signature"} & set(headers)


def test_a_download_that_breaks_off_leaves_nothing_and_recovers(tmp_path, virtual_time):
    def answer(handler: Handler) -> None:
        if handler.path == "/0.png" and handler.server.count("/0.png") < 3:
            handler.raw(PNG[:1000], length=len(PNG))
            handler.hang_up()
        elif handler.path == "/0.png":
            handler.raw(PNG)
        else:
            platform(handler)

    with serve(answer) as server, Client("key", base_url=f"{server.url}/v1") as client:
        (saved,) = client.run(Vace(prompt="x")).outputs.save(tmp_path)
    assert saved.read_bytes() == PNG
    assert [path.name for path in tmp_path.iterdir()] == ["0.png"]


def test_a_download_that_never_succeeds_leaves_nothing(tmp_path, virtual_time):
    def answer(handler: Handler) -> None:
        if handler.path == "/0.png":
            handler.raw(PNG[: -1 - server.count("/0.png")])
        else:
            platform(handler)

    with serve(answer) as server, Client("key", base_url=f"{server.url}/v1") as client:
        result = client.run(Vace(prompt="x"))
        with pytest.raises(
            errors.DownloadFailed, match="200003 bytes came instead of the stated 200008"
        ):
            result.outputs.save(tmp_path)
    assert list(tmp_path.iterdir()) == []


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


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_fork_at_the_worst_moment_does_not_hang():
    """Another thread holds every lock of ours while this one forks."""
    program = (
        "import os, threading\n"
        "from wiro_runtime import Client\nfrom wiro_runtime.driver import auth\n"
        "client = Client('key', 'secret')\n"
        "held, go = threading.Event(), threading.Event()\n"
        "def hold():\n"
        "    with client._driver._opening, auth._lock:\n"
        "        held.set(); go.wait()\n"
        "threading.Thread(target=hold).start(); held.wait()\n"
        "pid = os.fork()\n"
        "if pid == 0:\n"
        "    client._driver._client(); auth.next_nonce(); os._exit(0)\n"
        "go.set()\n"
        "raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False, timeout=PATIENCE)
    assert done.returncode == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_process_gets_its_own_connections():
    """Two processes on one socket would read each other's answers."""
    program = (
        "import os, sys\n"
        "from wiro_runtime import Client\n"
        "client = Client('key', base_url=sys.argv[1])\n"
        "first = client._driver._client()\n"
        "pid = os.fork()\n"
        "if pid == 0:\n"
        "    os._exit(0 if client._driver._client() is not first else 1)\n"
        "sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))\n"
    )
    done = subprocess.run([sys.executable, "-c", program, "http://127.0.0.1:9/v1"], check=False)
    assert done.returncode == 0


class TestSecrets:
    def failing(self, exception: Exception) -> Client:
        def handle(request):
            if "Run" in request.url.path:
                return httpx.Response(200, json=RUN_REPLY)
            raise exception

        own = httpx.Client(transport=httpx.MockTransport(handle))
        return Client(SECRETS[0], SECRETS[1], http_client=own)

    def test_they_are_in_no_text_we_make(self, virtual_time, caplog):
        caplog.set_level(logging.DEBUG, logger="wiro")
        client = self.failing(httpx.ReadTimeout("slow"))
        request = Vace(prompt="x")
        with pytest.raises(errors.ConnectionLost) as caught:
            client.run(request, on_event=lambda event: logging.getLogger("wiro").info("%r", event))
        error = caught.value
        task = client.submit(request)
        texts = [
            "".join(traceback.format_exception(error)),
            repr(error),
            repr(error.task),
            repr(client),
            repr(client._calls),
            repr(task),
            repr(task.snapshot),
            caplog.text,
        ]
        assert "POST Run/pruna/vace: HTTP 200" in caplog.text
        for text in texts:
            assert not [secret for secret in SECRETS if secret in text]
            assert "x-signature" not in text
        assert error.task.token == TOKEN

    def test_frames_of_httpx_are_not_part_of_our_tracebacks(self, virtual_time):
        """Tools that print the variables of every frame would print its headers."""
        with pytest.raises(errors.ConnectionLost) as caught:
            self.failing(httpx.ReadTimeout("slow")).run(Vace(prompt="x"))
        files = {
            frame.filename
            for seen in (caught.value, caught.value.__cause__)
            for frame in traceback.extract_tb(seen.__traceback__)
        }
        assert not [name for name in files if "httpx" in name.split("/")]


def test_an_error_page_is_neither_saved_nor_counted(tmp_path, virtual_time):
    def answer(handler: Handler) -> None:
        if handler.path == "/0.png" and handler.server.count("/0.png") == 1:
            handler.raw(b"<html>busy</html>", 503)
        elif handler.path == "/0.png":
            handler.raw(PNG)
        else:
            platform(handler)

    seen: list[DownloadProgress] = []
    with serve(answer) as server, Client("key", base_url=f"{server.url}/v1") as client:
        (saved,) = client.run(Vace(prompt="x")).outputs.save(tmp_path, on_progress=seen.append)
    assert saved.read_bytes() == PNG
    assert [saving.received for saving in seen] == sorted(saving.received for saving in seen)


class TestHandles:
    """The handle is told by every call what was seen of the task, also when the call fails."""

    def transport(self, *details: dict) -> httpx.MockTransport:
        left = list(details)

        def handle(request: httpx.Request) -> httpx.Response:
            if "Detail" in request.url.path:
                return httpx.Response(200, json=left.pop(0))
            return httpx.Response(200, json=RUN_REPLY)

        return httpx.MockTransport(handle)

    def test_submit_refresh_wait_result(self, virtual_time):
        with httpx.Client(transport=self.transport(detail("task_start"), DONE)) as own:
            task = Client("key", http_client=own).submit(Vace(prompt="x"))
            assert repr(task) == "<Task 2221 of pruna/vace: submitted>"
            assert task.refresh().status == "task_start"
            assert task.wait().task == task.snapshot
            assert task.result().task.outcome == "succeeded"
            assert (task.id, task.token) == ("2221", TOKEN)

    def test_a_failure_is_remembered(self, virtual_time):
        failed = detail("task_postprocess_end", pexit="1")
        with httpx.Client(transport=self.transport(failed)) as own:
            task = Client("key", http_client=own).submit(Vace(prompt="x"))
            for ask in (task.wait, task.result):
                with pytest.raises(errors.TaskFailed):
                    ask()
            assert task.snapshot.outcome == "failed"

    def test_cancel(self, virtual_time):
        looks = (detail("task_queue"), detail("task_cancel"))
        with httpx.Client(transport=self.transport(*looks)) as own:
            task = Client("key", http_client=own).submit(Vace(prompt="x"))
            assert task.cancel().outcome == "cancelled"
            with pytest.raises(errors.TaskCancelled):
                task.result()

    def test_the_same_awaited(self, virtual_time):
        async def main():
            looks = (detail("task_start"), DONE, detail("task_queue"), detail("task_cancel"))
            async with httpx.AsyncClient(transport=self.transport(*looks)) as own:
                client = AsyncClient("key", http_client=own)
                task = await client.submit(Vace(prompt="x"))
                assert (await task.refresh()).status == "task_start"
                result = await task.wait()
                assert (await task.result()).task == result.task
                other = await client.attach(Vace, id="2221")
                return result.task.outcome, (await other.cancel()).outcome

        assert asyncio.run(main()) == ("succeeded", "cancelled")

    def test_a_language_model_answers_in_text(self, virtual_time):
        content = {"thinking": ["hm"], "answer": ["42"]}
        outputs = [{"contenttype": "raw", "content": content}]
        done = detail("task_postprocess_end", pexit="0", outputs=outputs)
        with httpx.Client(transport=self.transport(done)) as own:
            result = Client("key", http_client=own).run(Chat(prompt="x"))
        assert (result.text, result.thinking, result.content) == ("42", "hm", content)


def test_the_debug_log_is_silent_unless_asked_for(capfd):
    with httpx.Client(
        transport=httpx.MockTransport(lambda _: httpx.Response(200, json=RUN_REPLY))
    ) as own:
        Client("key", http_client=own).submit(Vace(prompt="x"))
    assert capfd.readouterr() == ("", "")


def test_a_callback_may_be_a_coroutine_function():
    told = []

    async def tell(event):
        await asyncio.sleep(0)
        told.append(type(event).__name__)

    def handle(request):
        return httpx.Response(200, json=RUN_REPLY if "Run" in request.url.path else DONE)

    async def main():
        async with httpx.AsyncClient(transport=httpx.MockTransport(handle)) as own:
            client = AsyncClient("key", http_client=own)
            return await client.run(Vace(prompt="x"), on_event=tell)

    assert asyncio.run(main()).task.outcome == "succeeded"
    assert (told[0], told[-1]) == ("Submitted", "Finished")


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
        with pytest.raises(errors.SubmissionUnknown):
            client.submit(Vace(prompt="x"), deadline=1.0)
        assert not whole, "the answer ended first"
