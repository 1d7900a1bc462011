"""docs/simulated-behaviour.md is the one table of what the mock simulates: every row has evidence and a test."""

import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

TESTS = Path(__file__).parent
PAGE = (TESTS.parents[1] / "docs/simulated-behaviour.md").read_text(encoding="utf-8")


class Row(NamedTuple):
    what: str
    evidence: str
    source: str
    test: str


def rows_of(text: str, columns: int) -> list[list[str]]:
    """The rows of every table with so many columns, without headings and rules."""
    cells = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row] for row in cells if len(row) == columns]


MEANINGS = {row[0]: row for row in rows_of(PAGE, 3)[1:]}
ROWS = [Row(*row) for row in rows_of(PAGE, 4) if row[0] != "behaviour"]
SOURCES = {
    path.relative_to(TESTS).as_posix(): path.read_text(encoding="utf-8")
    for path in TESTS.rglob("test_*.py")
}


def test_the_page_has_rows():
    assert len(ROWS) > 50
    cells = [line.count("|") for line in PAGE.splitlines() if line.startswith("|")]
    assert set(cells) == {4, 5}, "a cell holds a `|`"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.what[:40])
def test_no_row_lacks_evidence_or_test(row):
    assert row.evidence in MEANINGS
    assert len(row.source) > 10
    if row.evidence == "disputed":
        assert any(sign in row.source for sign in (":", " against ", ";", ",")), "name both sides"
    name = row.test.strip("`")
    defined = any(re.search(rf"def {re.escape(name)}\(", text) for text in SOURCES.values())
    assert defined or name in SOURCES, f"no test is called {name}"


def test_no_behaviour_is_listed_twice():
    assert [what for what, times in Counter(row.what for row in ROWS).items() if times > 1] == []


def test_the_overview_counts_the_rows():
    counted = Counter(row.evidence for row in ROWS)
    assert {name: int(row[2]) for name, row in MEANINGS.items()} == counted
