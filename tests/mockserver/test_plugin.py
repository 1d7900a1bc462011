"""The pytest plugin: there for whoever asks, invisible to everyone else."""

import subprocess
import sys
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[2]

RUN = """
    import httpx
    def run():
        return httpx.post(
            "https://api.wiro.ai/v1/Run/pruna/vace", json={"prompt": "x"}, headers={"x-api-key": "k"}
        )
"""


@pytest.fixture(autouse=True)
def inner_pytest(pytester, monkeypatch):
    """An inner pytest that has the plugin by its entry point, and no configuration of ours."""
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", raising=False)
    pytester.makepyfile(helper=RUN)


def test_the_fixture_plays_the_platform(pytester):
    pytester.makepyfile(
        """
        from helper import run
        def test_it(wiro_mock):
            assert run().json()["taskid"] == "2221"
            assert wiro_mock.ledger.running == 1
        def test_each_test_has_its_own(wiro_mock):
            assert run().json()["taskid"] == "2221"
        """
    )
    pytester.runpytest_subprocess("-W", "error").assert_outcomes(passed=2)


def test_a_failure_shows_the_journal(pytester):
    pytester.makepyfile(
        """
        from helper import run
        def test_it(wiro_mock):
            run()
            assert False
        """
    )
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*wiro mock: journal*",
            "*RequestIn operation='Run' method='POST' path='/v1/Run/pruna/vace'*",
        ]
    )


def test_swallowed_misuse_fails_the_test_at_teardown(pytester):
    pytester.makepyfile(
        """
        import httpx
        def test_it(wiro_mock):
            try:
                httpx.get("https://example.com/")
            except BaseException:
                pass
        """
    )
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*UnknownHost: GET example.com/ is not for the platform*"])


def test_misuse_that_failed_the_test_is_said_once(pytester):
    pytester.makepyfile(
        """
        import httpx
        def test_it(wiro_mock):
            httpx.get("https://example.com/")
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(failed=1)


def test_the_plugin_loads_nothing_heavy():
    program = (
        "import sys, wiromock.plugin\n"
        "heavy = {'respx', 'httpx', 'pydantic', 'yaml', 'av', 'PIL', 'asyncio'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_without_the_extra_one_sentence_and_nobody_else_is_harmed(pytester):
    pytester.makeconftest(
        """
        import sys
        sys.modules["respx"] = None  # as if it were not installed
        """
    )
    pytester.makepyfile(
        """
        def test_theirs():
            pass
        def test_ours(wiro_mock):
            pass
        """
    )
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*wiromock needs packages that a base install leaves out (respx is not installed): pip install 'wiro-client?mock?'"
        ]
    )
    assert "Traceback" not in result.stdout.str()


@pytest.mark.parametrize("name", ["respx", "yaml", "python_multipart"])
def test_an_import_without_the_extra_says_the_same(name):
    program = (
        f"import sys; sys.modules[{name!r}] = None\n"
        "try:\n    from wiromock import MockWiro\n"
        "except ImportError as error:\n    print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert "pip install 'wiro-client[mock]'" in done.stdout


def test_every_public_name_is_there_and_no_other():
    import wiromock

    for name in wiromock.__all__:
        assert getattr(wiromock, name).__module__.startswith("wiromock.")
    assert set(wiromock.__all__) <= set(dir(wiromock))
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        _ = wiromock.Nothing


EVERYTHING = """
    import asyncio
    import httpx
    import pytest
    import wiro.errors
    from wiro.models.pruna import Vace
    from wiromock import Fails

    URL = "https://api.wiro.ai/v1/Run/pruna/vace"

    def code(client):
        with pytest.raises(wiro.errors.TaskFailed) as caught:
            client.run(Vace(prompt="x"))
        return str(caught.value)

    def test_sync(wiro_client, wiro_mock):
        assert wiro_client.run(Vace(prompt="x")).outputs
        assert wiro_mock.ledger.billed == 1

    def test_async(wiro_async_client, wiro_mock):
        assert asyncio.run(wiro_async_client.run(Vace(prompt="x"))).outputs
        assert wiro_mock.ledger.billed == 1

    @pytest.mark.wiro(api_key="k", api_secret="s")
    def test_signed(wiro_client):
        assert wiro_client.run(Vace(prompt="x")).outputs

    def test_server(wiro_server):
        url = wiro_server.base_url + "/Run/pruna/vace"
        reply = httpx.post(url, json={"prompt": "x"}, headers={"x-api-key": "k"})
        assert reply.json()["result"] is True
        assert len(wiro_server.journal.calls("Run")) == 1

    @pytest.mark.wiro(Fails(pexit="1"), on="pruna/vace", unused="ignore")
    class TestMarkers:
        def test_far(self, wiro_client):
            assert "1" in code(wiro_client)

        @pytest.mark.wiro(Fails(pexit="7"), on="pruna/vace")
        def test_near(self, wiro_client):
            assert "7" in code(wiro_client)

        def test_unused_but_allowed(self, wiro_mock):
            pass

    @pytest.mark.wiro(scenarios="outage.json")
    def test_file(wiro_client):
        assert "9" in code(wiro_client)

    @pytest.mark.wiro(balance=0)
    def test_options(wiro_client):
        with pytest.raises(wiro.errors.WiroError, match="balance"):
            wiro_client.run(Vace(prompt="x"))

    def test_refusals_name_the_line_that_called(wiro_mock):
        reply = httpx.post(URL, json={"promt": "x"}, headers={"x-api-key": "k"})
        line = test_refusals_name_the_line_that_called.__code__.co_firstlineno + 1
        assert reply.headers["x-mock-explanation"].endswith(
            f"called at test_clients_servers_markers_and_reports.py:{line}"
        )

    @pytest.mark.parametrize("number", range(4))
    def test_workers_do_not_disturb_one_another(wiro_client, number):
        assert wiro_client.submit(Vace(prompt="x")).id == "2221"

    @pytest.mark.wiro(Fails(), on="pruna/vace")
    def test_an_error_at_teardown(wiro_mock):
        pass

    def test_a_failure_and_no_more(wiro_mock):
        wiro_mock.on("pruna/vace").then(Fails())
        assert False
"""


def test_clients_servers_markers_and_reports(pytester, monkeypatch):
    """One inner run for all of it: starting pytest takes longer than all these tests."""
    monkeypatch.setenv("WIRO_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("WIRO_API_KEY", "of the environment")
    rule = '{"scenarios": [{"on": "*", "then": [{"scenario": "fails", "pexit": "9"}]}]}'
    pytester.makefile(".json", outage=rule)
    pytester.makepyfile(EVERYTHING)
    result = pytester.runpytest_subprocess("-W", "error", "--strict-markers", "-n", "2")
    result.assert_outcomes(passed=15, failed=1, errors=1)
    result.stdout.fnmatch_lines(
        ["*scripted, but it never happened:*", "*pruna/vace: 1 of 1 never happened*"]
    )


def test_the_configuration_names_specs_and_package(pytester):
    pytester.makefile(
        ".ini", pytest="[pytest]\nwiro_specs = mine\nwiro_package = acme\npythonpath = ."
    )
    pytester.makepyfile(
        acme="class Wiro:\n    def __init__(self, **_): pass\n    def close(self): pass"
    )
    (pytester.path / "mine/models/acme").mkdir(parents=True)
    spec = (ROOT / "specs/models/pruna/vace.yaml").read_text(encoding="utf-8")
    spec = spec.replace("pruna/vace", "acme/vace")
    (pytester.path / "mine/models/acme/vace.yaml").write_text(spec, encoding="utf-8")
    pytester.makepyfile(
        """
        import httpx, pytest
        def test_it(wiro_client, wiro_mock):
            assert type(wiro_client).__module__ == "acme"
            assert wiro_mock.engine.catalog.find("acme/vace")
        def test_server(wiro_server):
            assert wiro_server.engine.catalog.find("acme/vace")
        def test_session(wiro_server_session):
            assert wiro_server_session.engine.catalog.find("acme/vace")
        def test_same(wiro_server_session):
            assert wiro_server_session.engine.catalog.find("acme/vace")
        @pytest.mark.wiro(time_limit=5)
        def test_wrong(wiro_server):
            pass
        """
    )
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(passed=4, errors=1)
    result.stdout.fnmatch_lines(["*wiro_server takes no option time_limit; it takes *strict*"])


def test_a_package_that_is_not_there_is_named_with_its_cure(pytester):
    pytester.makefile(".ini", pytest="[pytest]\nwiro_package = nowhere")
    pytester.makepyfile("def test_it(wiro_client): pass")
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*wiro_package = nowhere: *`wirogen generate`*pythonpath*"])


BEGINNERS = {
    "a_wrong_model": (
        "wiro_client",
        'wiro_client.run("pruna/vaec", prompt="x")',
        ["*ModelNotFound*", "*The mock explains: *did you mean `pruna/vace`*"],
    ),
    "no_key": (
        "wiro_mock",
        'Wiro().run("pruna/vace", prompt="x")',
        ["*ConfigurationError*", "*The fixture wiro_client is a client with a key that fits*"],
    ),
    "a_forgotten_fixture": (
        "",
        'Wiro(api_key="k").run("pruna/vace", prompt="x", deadline=20)',
        ["*No mock was in force in this test*wiro_client, or wiro_mock*"],
    ),
    "the_real_network": (
        "wiro_client",
        'httpx.get("https://example.com/")',
        ["*GET example.com/ is not for the platform*allow_hosts=*"],
    ),
}
"""What a test asks for, what it does, and what pytest prints."""


@pytest.mark.parametrize("case", BEGINNERS)
def test_a_beginners_mistake_is_reported_with_the_way_out(pytester, monkeypatch, case):
    fixture, line, printed = BEGINNERS[case]
    monkeypatch.delenv("WIRO_API_KEY", raising=False)
    # A test of this suite reaches no network, so neither does the one inside.
    unreachable = (
        "import socket, pytest\n\n@pytest.fixture(autouse=True)\ndef offline(monkeypatch):\n"
    )
    fails = "    def refuse(*_, **__): raise socket.gaierror(-2, 'no network')\n"
    pytester.makeconftest(
        f"{unreachable}{fails}    monkeypatch.setattr(socket, 'getaddrinfo', refuse)\n"
    )
    pytester.makepyfile(
        f"import httpx\nfrom wiro import Wiro\n\ndef test_it({fixture}):\n    {line}\n"
    )
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(printed)


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        ('"fails"', "'fails' is no scenario; did you mean Fails()?"),
        ('Fails, on="*"', "Fails is a class; make one: Fails()"),
        ("[Fails()]", "several scenarios are given one by one, not as a list*"),
        ('Fails(), on="pruna/vaec"', "*did you mean `pruna/vace`?*"),
        ('Fails(), calls="first"', "calls are numbers counted from 1, such as *"),
        ("balanc=5", "wiro_mock takes no option balanc; did you mean balance?"),
        ('Fails(), wher={"a": 1}', "wiro_mock takes no option wher; did you mean where?"),
    ],
)
def test_a_wrong_marker_gets_an_error_that_shows_what_is_taken(pytester, words, printed):
    pytester.makepyfile(
        f"""
        import pytest
        from wiromock import Fails

        @pytest.mark.wiro({words})
        def test_it(wiro_mock):
            pass
        """
    )
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*{printed.replace('[', '[[]')}"])
