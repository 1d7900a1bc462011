"""The page of simulated behaviours is current, and every row has evidence and a test."""

from pathlib import Path
from typing import get_args

import pytest

from wiromock.behaviour import BEHAVIOURS, MEANING, Evidence, render

HERE = Path(__file__).parent
TESTS = {path.stem: path.read_text(encoding="utf-8") for path in HERE.glob("test_mock_*.py")}


def test_the_page_is_current():
    page = HERE.parents[1] / "docs/simulated-behaviour.md"
    assert page.read_text(encoding="utf-8") == render(), "python -m wiromock.behaviour > docs/…"


@pytest.mark.parametrize("row", BEHAVIOURS, ids=lambda row: row.what[:40])
def test_no_row_lacks_evidence_or_proof(row):
    assert row.evidence in get_args(Evidence) == tuple(MEANING)
    assert len(row.source) > 10
    assert "|" not in row.what + row.source
    if row.evidence == "disputed":
        assert any(sign in row.source for sign in (":", " against ", ";", ",")), "name both sides"
    named = any(f"def {row.proof}(" in text for text in TESTS.values())
    assert named or row.proof in TESTS, f"no test is called {row.proof}"


def test_no_behaviour_is_told_twice():
    assert len({row.what for row in BEHAVIOURS}) == len(BEHAVIOURS)
