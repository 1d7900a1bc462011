"""The pytest plugin: the platform in a box, as fixtures.

    wiro_mock           in place of the network, in virtual time; for sync and async tests alike
    wiro_client         a `Wiro` client of it
    wiro_async_client   an `AsyncWiro` client of it
    wiro_server         a real server on a free port, for programs in other processes
    wiro_server_session one for the whole session, for what is started once; tests share its world

    @pytest.mark.wiro(Fails(pexit="137"), on="pruna/vace")   # what shall happen
    @pytest.mark.wiro(scenarios="outage.json")               # the same from a file
    @pytest.mark.wiro(balance=5, strict=True)                # what kind of mock; see `MockWiro`

A test that fails shows the mock's journal. A test that passes is failed all the same if its code
swallowed misuse of the mock, or if a scripted scenario never happened (`unused="ignore"` allows it).

In pytest's configuration, `wiro_specs = FOLDER` names the specs of all mocks, and `wiro_package = NAME`
the generated package whose clients the fixtures make (default: wiro).

pytest loads this module in every project of everyone who has the package, so it imports little
beside pytest. What a fixture needs is imported when a test asks for it.
"""

import os
import sys
from collections.abc import Collection, Generator, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from wiromock._extra import MissingExtra, mock_extra

if TYPE_CHECKING:
    from pathlib import Path

    from wiromock.adapter.respx import MockWiro
    from wiromock.server.running_mock import RunningMock

_MOCK = pytest.StashKey["MockWiro | RunningMock"]()
_MOCKS = pytest.StashKey[int]()
_FAILED = pytest.StashKey[bool]()

MARKER = (
    "wiro(*scenarios, on='*', on_call=None, where={}, calls=(), probability=1.0, after=None, "
    "scenarios=FILE, unused='error', **options): what the wiro mock shall do in this test; other "
    "options are those of MockWiro."
)

_RULE = frozenset({"on", "on_call", "where", "calls", "probability", "tenant", "after"})
_OURS = frozenset({"scenarios", "unused"})


def pytest_addoption(parser: pytest.Parser) -> None:
    """Make the configuration known."""
    parser.addini("wiro_specs", "folder of specs that the wiro mock plays", default=None)
    parser.addini("wiro_package", "generated package of the wiro clients", default="wiro")


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", MARKER)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave the platform to `wiro_mock` where pytest-httpx mocks the rest; remember what came before."""
    item.stash[_MOCKS] = _count_mocks()
    names = getattr(item, "fixturenames", ())
    if "wiro_mock" in names and "httpx_mock" in names:
        item.add_marker(pytest.mark.httpx_mock(should_mock=_is_not_platform))


def _is_not_platform(request: Any) -> bool:
    from wiromock.adapter.respx import MockWiro  # noqa: PLC0415 - see the module's docstring

    return not MockWiro.answers(request)


@pytest.fixture
def wiro_mock(request: pytest.FixtureRequest) -> "Iterator[MockWiro]":
    """The platform, offline, in place of the network for the length of a test.

    Misuse of the mock that the test's code swallowed, and scenarios that never happened, fail the
    test at teardown.
    """
    with _explained():
        from wiromock.adapter.respx import MockWiro  # noqa: PLC0415 - see the module's docstring
    with MockWiro(**_known_options(request.node, "wiro_mock", MockWiro.options())) as mock:
        _script(request.node, mock)
        yield mock
    _check_unused(request.node, mock)


@pytest.fixture
def wiro_client(request: pytest.FixtureRequest, wiro_mock: "MockWiro") -> Iterator[Any]:
    """A `Wiro` client that needs no key, of whatever `wiro_mock` plays."""
    client = _client_class(request.config, "Wiro")(**_settings(wiro_mock))
    yield client
    client.close()


@pytest.fixture
def wiro_async_client(request: pytest.FixtureRequest, wiro_mock: "MockWiro") -> Iterator[Any]:
    """An `AsyncWiro` client of `wiro_mock`; close it in the test if its event loop shall see that."""
    import asyncio  # noqa: PLC0415 - see the module's docstring

    client = _client_class(request.config, "AsyncWiro")(**_settings(wiro_mock))
    yield client
    asyncio.run(client.close())


@pytest.fixture
def wiro_server(request: pytest.FixtureRequest) -> "Iterator[RunningMock]":
    """The platform behind a real address on a free port, a thousand times as fast as time.

    Markers script it, and take the options of `wiromock.server.options.ServerOptions`.
    """
    with _explained():
        from wiromock.server.options import ServerOptions  # noqa: PLC0415 - see the module's docstring
        from wiromock.server.running_mock import run_server  # noqa: PLC0415 - same
    known = ServerOptions.__optional_keys__ | {"specs"}
    with run_server(**_known_options(request.node, "wiro_server", known)) as server:
        _script(request.node, server)
        yield server
    _check_unused(request.node, server)


@pytest.fixture(scope="session")
def wiro_server_session(request: pytest.FixtureRequest) -> "Iterator[RunningMock]":
    """A server for the whole session, for programs that are started once.

    Markers do not reach it. Tests share its world, unless they call `reset()` or name a tenant.
    """
    with _explained():
        from wiromock.server.running_mock import run_server  # noqa: PLC0415 - see the module's docstring
    with run_server(_specs(request.config)) as server:
        yield server


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: "pytest.CallInfo[None]"
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the mock's journal to the report of a failed test, and to an error what a beginner needs."""
    mock = item.stash.get(_MOCK, None)
    if call.excinfo is not None and call.when == "call":
        was_mocked = mock is not None or _count_mocks() > item.stash.get(_MOCKS, 0)
        note = _advise(call.excinfo.value, mock, was_mocked=was_mocked)
        if note:
            call.excinfo.value.add_note(note)
    report = yield
    if mock is not None and call.when == "call" and not report.passed:
        item.stash[_FAILED] = True
        report.sections.append(("wiro mock: journal", mock.journal.render()))
        mock.journal.take_misuse()  # the failure is reported; saying it twice helps nobody
    return report


def _count_mocks() -> int:
    """Return how many mocks this process has entered; none was, where nobody has imported one."""
    module = sys.modules.get("wiromock.adapter.respx")
    return 0 if module is None else module.MockWiro.times_entered


def _advise(
    error: BaseException, mock: "MockWiro | RunningMock | None", *, was_mocked: bool
) -> str:
    """Return what to add to an error of the client: what its test lacks, or what the mock has to say."""
    errors = sys.modules.get("wiro_runtime.errors")
    if errors is None or not isinstance(error, errors.WiroError):
        return ""
    if not was_mocked and "api.wiro.ai" in str(error):
        return (
            "No mock was in force in this test, so the client asked the real platform. Name a fixture: "
            "wiro_client, or wiro_mock for a program that makes its own client."
        )
    if not was_mocked or mock is None:
        return ""
    if isinstance(error, errors.ConfigurationError) and not os.environ.get("WIRO_API_KEY"):
        return (
            "The fixture wiro_client is a client with a key that fits. For a program that makes its own: "
            'monkeypatch.setenv("WIRO_API_KEY", "any").'
        )
    last = next(reversed(mock.journal.entries), None)
    explanation = getattr(last, "explanation", "")  # of a reply that refused
    return f"The mock explains: {explanation}" if explanation else ""


@contextmanager
def _explained() -> Generator[None]:
    """Turn a missing extra into a failure of one sentence, without a traceback."""
    try:
        with mock_extra():
            yield
    except MissingExtra as missing:
        pytest.fail(str(missing), pytrace=False)


def _marks(node: pytest.Item) -> list[pytest.Mark]:
    """The markers, farthest first: what is said closer to the test wins."""
    return list(node.iter_markers("wiro"))[::-1]


def _options(node: pytest.Item) -> dict[str, Any]:
    """What kind of mock the markers ask for."""
    options: dict[str, Any] = {"specs": _specs(node.config)}
    for mark in _marks(node):
        options |= {k: v for k, v in mark.kwargs.items() if k not in _RULE | _OURS}
    return options


def _known_options(node: pytest.Item, fixture: str, known: Collection[str]) -> dict[str, Any]:
    """Return what the markers ask for, or fail with what a fixture takes instead."""
    options = _options(node)
    unknown = min(options.keys() - set(known), default=None)
    if unknown is None:
        return options
    from difflib import get_close_matches  # noqa: PLC0415 - see the module's docstring

    close = get_close_matches(unknown, [*known, *_RULE, *_OURS], n=1)
    hint = f"did you mean {close[0]}?" if close else f"it takes {', '.join(sorted(known))}"
    pytest.fail(f"{fixture} takes no option {unknown}; {hint}", pytrace=False)


def _specs(config: pytest.Config) -> "Path | None":
    """Return the folder of specs that pytest's configuration names."""
    named: str | None = config.getini("wiro_specs")
    return config.rootpath / named if named else None


def _client_class(config: pytest.Config, name: str) -> Any:
    """Return a class of the generated package that pytest's configuration names."""
    package: str = config.getini("wiro_package")
    try:
        return getattr(import_module(package), name)
    except ImportError as error:
        pytest.fail(
            f"wiro_package = {package}: {error}; name the package that `wirogen generate` made, and "
            "put the folder that holds it on pytest's pythonpath",
            pytrace=False,
        )


def _script(node: pytest.Item, mock: "MockWiro | RunningMock") -> None:
    """Script what the markers say, and let reports find the mock."""
    from wiromock.scenario.rule import Rule, read_rules  # noqa: PLC0415 - see the module's docstring

    node.stash[_MOCK] = mock
    for mark in _marks(node):
        if "scenarios" in mark.kwargs:
            mock.engine.load(read_rules(node.path.parent / mark.kwargs["scenarios"]))
        if mark.args:
            calls = {name: value for name, value in mark.kwargs.items() if name in _RULE}
            mock.engine.load([Rule(then=mark.args, **calls)])


def _check_unused(node: pytest.Item, mock: "MockWiro | RunningMock") -> None:
    """Fail a test that passed, if scenarios never happened or misuse was swallowed."""
    if node.stash.get(_FAILED, False):
        return
    swallowed = mock.journal.take_misuse()
    if swallowed:
        raise swallowed[0]
    allowed = any(mark.kwargs.get("unused") == "ignore" for mark in _marks(node))
    unused = mock.engine.unused()
    if unused and not allowed:
        lines = "\n  ".join(unused)
        pytest.fail(
            f"scripted, but it never happened:\n  {lines}\n"
            'Take it out, or say @pytest.mark.wiro(unused="ignore").',
            pytrace=False,
        )


def _settings(mock: "MockWiro") -> dict[str, Any]:
    """What a client of the mock is made with, whatever the environment says."""
    key = mock.credentials
    return {
        "api_key": "test" if key is None else key.api_key,
        "api_secret": None if key is None else key.api_secret,
        "base_url": mock.engine.urls.api.url,
        "socket_url": mock.engine.urls.socket.url,
    }
