"""MockWiro in place of the network, and as a transport; plain httpx, no client of ours."""

import asyncio
import contextlib
import socket

import httpcore
import httpx
import pytest
import respx
from platform_kit import API, CHAT, PROMPT, SPECS

from wiro_runtime.seam import clock as seam
from wirogen.spec.file import dump_model
from wiromock import ConnectionLost, Fails, HttpFault, MockError, MockWiro, PassThrough, Success
from wiromock.server.app import make_site

HEADERS = {"x-api-key": "key"}


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """Whatever reaches for a socket fails loudly."""

    def refuse(*args, **kwargs):
        raise AssertionError("a test reached for the network")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def run(client=httpx, **body):
    return client.post(f"{API}/Run/pruna/vace", json={**PROMPT, **body}, headers=HEADERS).json()


def detail(task, client=httpx):
    reply = client.post(f"{API}/Task/Detail", json={"taskid": task}, headers=HEADERS)
    return reply.json()["tasklist"][0]


def follow(client=httpx):
    """What a simple client does; ends with the bytes of the output."""
    task = run(client)["taskid"]
    while (now := detail(task, client))["status"] != "task_postprocess_end":
        seam.current().sleep(3)
    return client.get(now["outputs"][0]["url"]).content


async def follow_async(client):
    reply = await client.post(f"{API}/Run/pruna/vace", json=PROMPT, headers=HEADERS)
    task = {"taskid": reply.json()["taskid"]}
    while True:
        reply = await client.post(f"{API}/Task/Detail", json=task, headers=HEADERS)
        (now,) = reply.json()["tasklist"]
        if now["status"] == "task_postprocess_end":
            return (await client.get(now["outputs"][0]["url"])).content
        await seam.current().sleep_async(3)


class TestPatched:
    def test_a_whole_run(self):
        with MockWiro() as wiro:
            content = follow()
            assert (wiro.ledger.billed, wiro.clock.now()) == (1, 21)
        assert content[4:8] == b"ftyp"
        assert len(wiro.journal.calls("TaskDetail")) == 8

    def test_a_whole_run_awaited(self):
        async def main():
            async with MockWiro() as wiro, httpx.AsyncClient() as client:
                return await follow_async(client), wiro.clock.now()

        content, took = asyncio.run(main())
        assert (content[4:8], took) == (b"ftyp", 21)

    def test_fifty_runs_at_once_take_as_long_as_one(self):
        async def main():
            async with MockWiro() as wiro, httpx.AsyncClient() as client:
                contents = await asyncio.gather(*(follow_async(client) for _ in range(50)))
                return contents, wiro.clock.now(), wiro.ledger.billed

        contents, took, billed = asyncio.run(main())
        assert (len(set(contents)), took, billed) == (1, 21, 50)

    def test_both_ways_give_the_same_bytes(self):
        with MockWiro(seed=3):
            patched = follow()
        mock = MockWiro(seed=3)
        with seam.use(mock.clock), httpx.Client(transport=mock.transport) as client:
            assert follow(client) == patched

    def test_an_unrelated_host_is_refused_and_no_retry_can_mistake_it(self):
        with MockWiro() as wiro:
            with pytest.raises(
                MockError, match=r"GET example\.com/ is not for the platform"
            ) as caught:
                httpx.get("https://example.com/")
            assert not isinstance(caught.value, httpx.HTTPError)
            wiro.journal.take_misuse()

    def test_an_allowed_host_is_let_through(self):
        with (
            MockWiro(allow_hosts=["example.com"]),
            pytest.raises(AssertionError, match="a test reached for the network"),
        ):
            httpx.get("https://example.com/")

    def test_swallowed_misuse_is_raised_on_the_way_out(self):
        with (
            pytest.raises(MockError, match="is not for the platform"),
            MockWiro(),
            contextlib.suppress(Exception),
        ):
            httpx.get("https://example.com/")

    def test_an_error_of_the_test_is_not_hidden_by_misuse(self):
        def test():
            with contextlib.suppress(Exception):
                httpx.get("https://example.com/")
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            MockWiro()(test)()

    def test_everything_is_restored(self):
        before = (
            httpcore.ConnectionPool.handle_request,
            httpcore.AsyncConnectionPool.handle_async_request,
            seam.current(),
            httpx.HTTPTransport.handle_request,
            list(respx.mocks.HTTPCoreMocker.routers),
        )
        with contextlib.suppress(ZeroDivisionError), MockWiro():
            assert seam.current() is not before[2]
            raise ZeroDivisionError
        assert before == (
            httpcore.ConnectionPool.handle_request,
            httpcore.AsyncConnectionPool.handle_async_request,
            seam.current(),
            httpx.HTTPTransport.handle_request,
            list(respx.mocks.HTTPCoreMocker.routers),
        )

    def test_only_one_at_a_time(self):
        with MockWiro(), pytest.raises(MockError, match="a MockWiro is entered already"):
            MockWiro().__enter__()
        with MockWiro():
            pass

    def test_it_keeps_no_requests_of_its_own(self):
        with MockWiro() as wiro:
            run()
            assert all(len(router.calls) == 0 for router in respx.mocks.HTTPCoreMocker.routers)
            assert len(wiro.journal.calls()) == 1

    def test_entering_again_starts_afresh(self):
        wiro = MockWiro()
        wiro.on("pruna/vace").then(Fails())
        with wiro:
            first = run()
            wiro.clock.advance(60)
            assert detail(first["taskid"])["pexit"] == "1"
        with wiro:
            assert run() == first
            assert wiro.clock.now() == 0
            wiro.clock.advance(60)
            assert detail(first["taskid"])["pexit"] == "0"

    def test_as_a_decorator(self):
        wiro = MockWiro()

        @wiro
        def test(number):
            """Documented."""
            return number, run()["taskid"]

        @wiro
        async def test_async(number):
            async with httpx.AsyncClient() as client:
                return number, len(await follow_async(client))

        assert test(1) == test(number=1) == (1, "2221")
        assert asyncio.run(test_async(2))[0] == 2
        assert test.__doc__ == "Documented."
        assert MockWiro._entered is None

    def test_reset_in_the_middle(self):
        with MockWiro() as wiro:
            first = run()
            wiro.clock.advance(10)
            wiro.reset()
            assert (wiro.clock.now(), run()) == (0, first)

    def test_signatures_are_checked_when_there_is_a_secret(self):
        with MockWiro(api_key="key", api_secret="secret"):
            reply = httpx.post(f"{API}/Task/Detail", json={}, headers=HEADERS)
        assert reply.status_code == 401
        with pytest.raises(ValueError, match="api_secret needs api_key"):
            MockWiro(api_secret="secret")

    def test_stages_can_be_reached_by_name(self):
        with MockWiro() as wiro:
            wiro.on("pruna/vace").then(Success(hold_at="task_start"))
            task = run()["taskid"]
            wiro.clock.advance_to("task_start", task=task)
            assert detail(task)["status"] == "task_start"
            wiro.release(task)
            wiro.clock.advance_to("task_postprocess_end", task=task)
            assert detail(task)["status"] == "task_postprocess_end"
            with pytest.raises(MockError, match="never reaches 'task_cancel'"):
                wiro.clock.advance_to("task_cancel", task=task)

    def test_specs_come_from_any_folder(self, tmp_path):
        (tmp_path / "models/acme").mkdir(parents=True)
        (tmp_path / "models/acme/chat.yaml").write_text(dump_model(CHAT), encoding="utf-8")
        with MockWiro(tmp_path) as wiro:
            url = f"{API}/Run/acme/chat"
            assert httpx.post(url, json=PROMPT, headers=HEADERS).json()["result"] is True
            with pytest.raises(MockError, match="no spec of `pruna/vace`"):
                wiro.on("pruna/vace")


class TestDelivery:
    def test_a_broken_connection(self):
        with MockWiro() as wiro:
            wiro.on("pruna/vace").then(ConnectionLost(accepted=True))
            with pytest.raises(httpx.ReadError):
                run()
            assert wiro.ledger.running == 1

    def test_an_http_fault(self):
        with MockWiro() as wiro:
            wiro.on_call("TaskDetail").then(HttpFault(503, retry_after=2))
            reply = httpx.post(f"{API}/Task/Detail", json={}, headers=HEADERS)
        assert (reply.status_code, reply.headers["retry-after"]) == (503, "2")

    @pytest.mark.parametrize(("timeout", "waited"), [(30.0, 30), (60.0, 45), (None, 45)])
    @pytest.mark.parametrize("awaited", [False, True])
    def test_a_late_answer_and_the_clients_timeout(self, timeout, waited, awaited):
        async def run_async():
            async with httpx.AsyncClient(timeout=timeout) as client:
                await client.post(f"{API}/Run/pruna/vace", json=PROMPT, headers=HEADERS)

        with MockWiro() as wiro:
            wiro.on("pruna/vace").then(PassThrough(latency=45))
            too_late = timeout == 30.0
            expected = pytest.raises(httpx.ReadTimeout) if too_late else contextlib.nullcontext()
            with expected:
                if awaited:
                    asyncio.run(run_async())
                else:
                    with httpx.Client(timeout=timeout) as client:
                        run(client)
            assert wiro.clock.now() == waited
            wiro.clock.advance(3600)
            assert wiro.ledger.billed == 1  # it ran, whether or not anybody noticed


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"seed": "x"}, "seed takes a whole number, not 'x'"),
        ({"start": "x"}, "start takes a number, not 'x'"),
        ({"balance": "abc"}, "balance is an amount in USD, not 'abc'"),
        ({"balance": None}, "balance is an amount in USD, not None"),
        ({"balance": float("nan")}, "balance is an amount in USD, not nan"),
        ({"strict": "no"}, "strict takes true or false, not 'no'"),
        ({"dialect": "x"}, "dialect is one of older, newer, llm-page; not 'x'"),
        (
            {"allow_hosts": "a.example"},
            "allow_hosts takes a list of texts, not 'a.ex",
        ),
        ({"allow_hosts": None}, "allow_hosts takes a list of texts"),
        ({"time_limit": float("nan")}, "time_limit is a number of seconds above 0, not nan"),
        ({"api_key": ""}, "api_key takes a text that is not empty, not ''"),
        ({"api_key": 5}, "api_key takes a text, not 5"),
        ({"api_key": "k", "api_secret": " "}, "api_secret takes a text that is not empty"),
    ],
)
def test_an_option_of_another_kind_is_refused_when_the_mock_is_made(options, said):
    with pytest.raises(MockError, match=said):
        MockWiro(**options)
    if "time_limit" not in options:
        with pytest.raises(MockError, match=said):
            make_site(SPECS, "http://127.0.0.1:1", **options)


@pytest.mark.parametrize("look", [None, [], "x"])
def test_a_look_that_is_none_is_a_value_error(look):
    with pytest.raises(ValueError, match='look is "auto"'):
        MockWiro(look=look)


@pytest.mark.parametrize("host", ["http://a.example/x", "a.example:80", "", 5, None])
def test_a_host_that_no_request_can_name_is_refused(host):
    with pytest.raises(ValueError, match="is no host name; write it without a scheme"):
        MockWiro(allow_hosts=[host])
