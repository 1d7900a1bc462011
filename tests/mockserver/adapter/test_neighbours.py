"""The mock together with other libraries that mock or freeze: one class for each row of docs/testing.md."""

import asyncio
import re
import socket
import urllib.request
from contextlib import suppress
from functools import partial
from pathlib import Path

import httpx
import pytest
import respx
import websockets.sync.client

from wiro.models.pruna import Vace
from wiromock import MockError, MockWiro

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[3]
RUN = Vace(prompt="a deer in snow")
MINE = "https://mine.example/"


def run_by_hand(server) -> str:
    """A whole run over HTTP, by a program that is not ours; returns the last status."""
    post = {"headers": {"x-api-key": "any"}, "timeout": 60, "trust_env": False}
    run = httpx.post(f"{server.base_url}/Run/pruna/vace", json={"prompt": "x"}, **post).json()
    name = {"taskid": run["taskid"]}
    while True:
        answer = httpx.post(f"{server.base_url}/Task/Detail", json=name, **post).json()
        (task,) = answer["tasklist"]
        if task["status"] == "task_postprocess_end":
            return task["pexit"]


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("a test reached for the network")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.mark.usefixtures("no_network")
class TestRespx:
    """Each mock answers its own hosts, whichever was entered first; the rest is refused by name."""

    def both_answer(self, mock, client):
        assert httpx.get(MINE).text == "mine"
        assert client.run(RUN).outputs
        assert mock.ledger.billed == 1
        with pytest.raises(MockError, match=r"GET other\.example/ is not for the platform"):
            httpx.get("https://other.example/")
        mock.journal.take_misuse()

    def test_a_fixture_first(self, wiro_mock, wiro_client):
        with respx.mock as other:
            other.get(MINE).respond(text="mine")
            self.both_answer(wiro_mock, wiro_client)

    def test_respx_first(self):
        from wiro import Wiro

        with respx.mock as other, MockWiro() as mock, Wiro(api_key="k") as client:
            other.get(MINE).respond(text="mine")
            self.both_answer(mock, client)

    @respx.mock
    def test_as_a_decorator(self, wiro_mock, wiro_client):
        respx.get(MINE).respond(text="mine")
        self.both_answer(wiro_mock, wiro_client)

    def test_decorators_in_any_order(self):
        def body():
            respx.get(MINE).respond(text="mine")
            assert httpx.get(MINE).text == "mine"
            run = {"prompt": "x"}
            url = "https://api.wiro.ai/v1/Run/pruna/vace"
            return httpx.post(url, json=run, headers={"x-api-key": "k"}).json()["taskid"]

        assert respx.mock(MockWiro()(body))() == MockWiro()(respx.mock(body))() == "2221"

    def test_awaited(self, wiro_mock, wiro_async_client):
        async def main():
            async with respx.mock, httpx.AsyncClient() as http:
                respx.get(MINE).respond(text="mine")
                assert (await http.get(MINE)).text == "mine"
                await wiro_async_client.run(RUN)
                with pytest.raises(MockError, match=r"other\.example"):
                    await http.get("https://other.example/")

        asyncio.run(main())
        wiro_mock.journal.take_misuse()

    def test_one_that_answers_everything_does_not_answer_for_the_platform(self):
        from wiro import Wiro

        with (
            respx.mock(assert_all_mocked=False) as other,
            MockWiro() as mock,
            Wiro(api_key="k") as client,
        ):
            client.run(RUN)
            assert httpx.get("https://other.example/").status_code == 200
            assert other.calls.call_count == 1
            assert mock.ledger.billed == 1

    @pytest.mark.parametrize("using", ["httpcore", "httpx"])
    def test_a_mock_wins_over_the_network_for_an_allowed_host(self, using):
        with respx.mock(using=using) as other, MockWiro(allow_hosts=["mine.example"]):
            other.get(MINE).respond(text="mine")
            assert httpx.get(MINE).text == "mine"

    def test_an_allowed_host_that_nobody_mocks_goes_to_the_network(self):
        with (
            respx.mock,
            MockWiro(allow_hosts=["other.example"]),
            pytest.raises(AssertionError, match="reached for the network"),
        ):
            httpx.get("https://other.example/")

    def test_a_class_of_tests_under_the_mock_and_a_method_under_respx(self):
        from wiro import Wiro

        @MockWiro()
        class Cases:
            @respx.mock
            def test_it(self):
                respx.get(MINE).respond(text="mine")
                assert httpx.get(MINE).text == "mine"
                with Wiro(api_key="k") as client:
                    return client.run(RUN).task.id

        assert Cases().test_it() == Cases().test_it() == "2221"

    def test_nothing_is_left_behind(self):
        with respx.mock(using="httpx"), MockWiro():
            pass
        assert all(mocker.routers == [] for mocker in respx.mocks.Mocker.registry.values())
        assert all(not mocker._patches for mocker in respx.mocks.Mocker.registry.values())


class TestPytestHttpx:
    """The platform is left to the mock, without a word in the test."""

    @pytest.fixture(autouse=True)
    def plugin(self):
        pytest.importorskip("pytest_httpx")

    def test_the_plugin_says_so_by_itself(self, pytester):
        pytester.makepyfile(
            """
            import httpx
            from wiro.models.pruna import Vace

            def test_it(httpx_mock, wiro_client, wiro_mock):
                httpx_mock.add_response(url="https://mine.example/", text="mine")
                assert httpx.get("https://mine.example/").text == "mine"
                wiro_client.run(Vace(prompt="x"))
                assert wiro_mock.ledger.billed == 1
            """
        )
        pytester.runpytest_subprocess().assert_outcomes(passed=1)


class TestFreezegun:
    """Virtual time and a server's own time go on while the process's time stands still."""

    @pytest.fixture
    def frozen(self):
        freezegun = pytest.importorskip("freezegun")
        with freezegun.freeze_time("2026-01-01"):
            yield

    def test_a_blocking_client(self, frozen, wiro_client):
        assert wiro_client.run(RUN).outputs

    def test_an_asyncio_client(self, frozen, wiro_async_client):
        assert asyncio.run(wiro_async_client.run(RUN)).outputs

    def test_a_server_made_in_it_starts_works_and_ends(self, frozen, wiro_server):
        assert run_by_hand(wiro_server) == "0"

    def test_our_client_of_a_server(self, frozen, wiro_server):
        from wiro import Wiro

        urls = {"base_url": wiro_server.base_url, "socket_url": wiro_server.socket_url}
        with Wiro(api_key="k", **urls) as client:
            assert client.run(RUN, deadline=60).outputs

    def test_a_deadline_is_of_virtual_time(self, frozen, wiro_mock, wiro_client):
        from wiro.errors import DeadlineExceeded
        from wiromock import Stalls

        wiro_mock.on().then(Stalls(at="task_start"))
        with pytest.raises(DeadlineExceeded):
            wiro_client.run(RUN, deadline=30)

    def test_a_server_made_before_it_works_and_ends(self, wiro_server, frozen):
        assert run_by_hand(wiro_server) == "0"


class TestTimeMachine:
    """The same; it patches the functions of `time` themselves."""

    @pytest.fixture
    def frozen(self):
        time_machine = pytest.importorskip("time_machine")
        with time_machine.travel("2026-01-01", tick=False):
            yield

    def test_a_blocking_client(self, frozen, wiro_client):
        assert wiro_client.run(RUN).outputs

    def test_an_asyncio_client(self, frozen, wiro_async_client):
        assert asyncio.run(wiro_async_client.run(RUN)).outputs

    def test_a_server_works_and_ends(self, frozen, wiro_server):
        assert run_by_hand(wiro_server) == "0"


class TestVcr:
    """A cassette records nothing of the mock where it ignores the platform's hosts."""

    def test_ignored_hosts_are_answered_by_the_mock(self, wiro_mock, wiro_client, tmp_path):
        vcr = pytest.importorskip("vcr")
        cassette = tmp_path / "cassette.yaml"
        hosts = ["api.wiro.ai", "cdn1.wiro.ai"]
        with vcr.use_cassette(str(cassette), record_mode="none", ignore_hosts=hosts):
            wiro_client.run(RUN)
        assert wiro_mock.ledger.billed == 1
        assert not cassette.exists()


def by_urllib(url):
    urllib.request.urlopen(url, data=b"{}", timeout=60)  # noqa: S310 - the tests name the URLs


def by_requests(url):
    pytest.importorskip("requests").post(url, json={}, timeout=60)


def by_asyncio(url):
    asyncio.run(asyncio.open_connection(url.split("/")[2], 443))


def by_websockets(url):
    websockets.sync.client.connect("wss://socket.wiro.ai/v1", open_timeout=60)


class TestRequests:
    """What is not httpx cannot be answered; it must not bill a real key."""

    URL = "https://api.wiro.ai/v1/Run/pruna/vace"

    @pytest.mark.parametrize("send", [by_urllib, by_requests, by_asyncio, by_websockets])
    def test_another_client_gets_no_address_of_the_platform(self, wiro_mock, send):
        with pytest.raises(MockError, match=r"address of \w+\.wiro\.ai.*wiro_server"):
            send(self.URL)
        assert len(wiro_mock.journal.take_misuse()) == 1

    def test_an_error_that_was_swallowed_is_raised_when_the_mock_is_left(self):
        refusal = pytest.raises(MockError, match=r"address of api\.wiro\.ai")
        with refusal, MockWiro(), suppress(MockError):
            by_urllib(self.URL)

    def test_a_program_of_it_runs_against_a_server(self, wiro_server):
        requests = pytest.importorskip("requests")
        url, key = f"{wiro_server.base_url}/Run/pruna/vace", {"x-api-key": "any"}
        assert requests.post(url, json={"prompt": "x"}, headers=key, timeout=60).json()["result"]

    def test_other_hosts_are_none_of_its_business(self, wiro_mock, no_network):
        with pytest.raises(AssertionError, match="reached for the network"):
            by_urllib("https://mine.example/")

    def test_an_allowed_host_goes_to_the_network(self, no_network):
        with (
            MockWiro(allow_hosts=["api.wiro.ai"]),
            pytest.raises(AssertionError, match="reached for the network"),
        ):
            by_urllib(self.URL)

    def test_nothing_is_left_behind(self, no_network):
        before = socket.getaddrinfo
        with MockWiro():
            assert socket.getaddrinfo is not before
        assert socket.getaddrinfo is before

    def test_what_was_put_in_its_place_meanwhile_stays(self, monkeypatch):
        with MockWiro():
            ours = socket.getaddrinfo
            theirs = partial(ours)
            monkeypatch.setattr(socket, "getaddrinfo", theirs)
        assert socket.getaddrinfo is theirs
        assert theirs("127.0.0.1", 80)


class TestPytestSocket:
    """The mock opens no socket; an event loop and a server each need the one kind that they open."""

    @pytest.fixture(autouse=True)
    def plugin(self):
        pytest.importorskip("pytest_socket")

    def test_nothing_is_opened_in_process(self, wiro_client, request):
        request.getfixturevalue("socket_disabled")
        assert wiro_client.run(RUN).outputs

    def test_a_server_needs_its_address(self, pytester):
        pytester.makepyfile(
            """
            import httpx, pytest

            @pytest.mark.allow_hosts(["127.0.0.1"])
            def test_it(wiro_server):
                assert httpx.get(wiro_server.address, timeout=60, trust_env=False).status_code == 200

            def test_asyncio(wiro_async_client):
                import asyncio
                from wiro.models.pruna import Vace
                assert asyncio.run(wiro_async_client.run(Vace(prompt="x"))).outputs
            """
        )
        pytester.runpytest_subprocess(
            "--allow-unix-socket", "--allow-hosts=127.0.0.1"
        ).assert_outcomes(passed=2)


def test_the_page_has_a_row_for_each_neighbour():
    page = (ROOT / "docs/testing.md").read_text(encoding="utf-8")
    section = page.partition("## Beside other libraries")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `([\w-]+)` \|", section, re.MULTILINE)
    classes = [name.removeprefix("Test").lower() for name in globals() if name.startswith("Test")]
    assert [row.replace("-", "") for row in rows] == classes
