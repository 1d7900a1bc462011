"""The platform's free text about how long a model takes becomes seconds, or nothing."""

import pytest

from codegen.kit import a_plan
from wirogen.plan.duration import read_seconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("20 seconds", 20),
        ("1 second", 1),
        ("2.5 secs", 2.5),
        ("2 minutes", 120),
        ("1.5 min", 90),
        ("1 hour", 3600),
        ("45", 45),
        (" 10s ", 10),
        ("10-20 seconds", None),
        ("a while", None),
        ("0x10 seconds", None),
        ("", None),
        (None, None),
    ],
)
def test_a_duration_in_words_is_read_and_anything_else_is_none(text, seconds):
    assert read_seconds(text) == seconds


def test_a_plan_holds_what_pacing_and_estimates_ask_for():
    plan = a_plan(computing_time="2 minutes", cps="0.000585")
    assert plan.computing_seconds == 120
    assert plan.cps is not None
