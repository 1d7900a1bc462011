"""What all tests share."""

import pytest


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory, monkeypatch):
    """Models that the generator keeps are kept with the tests, never in the user's own folder."""
    monkeypatch.setenv("WIROGEN_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))
