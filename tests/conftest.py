"""What all tests share."""

import signal

import pytest
from hypothesis import Phase, settings

settings.register_profile(
    "no-shrinking", phases=[phase for phase in Phase if phase is not Phase.shrink]
)
"""For whoever needs to know that a test fails, not the shortest way to it: `--hypothesis-profile`."""


def pytest_configure() -> None:
    """Let Ctrl-C mean what it means in a terminal, also to the programs that tests start.

    A shell lets programs in the background ignore it, and so would all that they start.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory, monkeypatch):
    """Models that the generator keeps are kept with the tests, never in the user's own folder."""
    monkeypatch.setenv("WIROGEN_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))
