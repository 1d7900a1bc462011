"""The pytest plugin: a fixture `wiro_mock` with the platform in a box.

pytest loads this module in every project of everyone who has the package, so it imports nothing
but pytest. What the fixture needs is imported when a test asks for it.
"""

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING

import pytest

from wiromock._extra import MissingExtra, mock_extra

if TYPE_CHECKING:
    from wiromock.adapter.respx import MockWiro

_MOCK = pytest.StashKey["MockWiro"]()


@pytest.fixture
def wiro_mock(request: pytest.FixtureRequest) -> "Iterator[MockWiro]":
    """The platform, offline, in place of the network for the length of a test.

    Misuse of the mock that the test's code swallowed fails the test at teardown.
    """
    try:
        with mock_extra():
            from wiromock.adapter.respx import MockWiro  # noqa: PLC0415 - see the module's docstring
    except MissingExtra as error:
        pytest.fail(str(error), pytrace=False)
    with MockWiro() as mock:
        request.node.stash[_MOCK] = mock
        yield mock


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: "pytest.CallInfo[None]"
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the mock's journal to the report of a failed test."""
    report = yield
    mock = item.stash.get(_MOCK, None)
    if mock is not None and call.when == "call" and report.failed:
        report.sections.append(("wiro mock: journal", mock.journal.render()))
        mock.journal.take_misuse()  # the failure is reported; saying it twice helps nobody
    return report
