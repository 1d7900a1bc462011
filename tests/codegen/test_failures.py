"""A spec that no package can be made of: this exact sentence, nothing written.

Each folder below `failures/` holds specs and, in `expected.txt`, what is said about them.
"""

from pathlib import Path

import pytest

from wirogen.cli import main
from wirogen.errors import PlanError

FAILURES = Path(__file__).parent / "failures"


@pytest.mark.parametrize("case", sorted(path.name for path in FAILURES.iterdir()))
def test_the_sentence(case, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(FAILURES)
    status = main(["generate", "--specs", case, "--out", str(tmp_path / "out")])
    assert capsys.readouterr().err == (FAILURES / case / "expected.txt").read_text(encoding="utf-8")
    assert status == PlanError.exit_code
    assert not (tmp_path / "out").exists()
