"""A journal is opened and written where a test has frozen the clock, as users' tests do."""

import pytest
from freezegun import freeze_time

from runtime.models import Vace
from wiro_runtime import Client


@pytest.mark.parametrize("second", [0, 50, 100])
def test_a_keyed_run_is_kept_in_frozen_time(wiro, location, second):
    """The moments differ in what a clock of 32 bits would make of them."""
    with freeze_time(f"2026-01-01 00:{second // 60:02}:{second % 60:02}"):
        with Client("key", journal=location) as client:
            first = client.run(Vace(prompt="x"), key="scene-1")
        with Client("key", journal=location) as client:
            assert client.run(Vace(prompt="x"), key="scene-1").to_dict() == first.to_dict()
    assert len(wiro.journal.calls("Run")) == 1
