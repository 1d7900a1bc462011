"""benchmarks/README.md describes every script there is, and none that is not."""

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent.parent / "benchmarks"
README = (FOLDER / "README.md").read_text(encoding="utf-8")
SCRIPTS = sorted(path.name for path in FOLDER.glob("*.py"))


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_is_described(script):
    assert re.search(rf"`{script}`[^`]", README), f"benchmarks/README.md does not name {script}"


def test_no_row_lacks_its_script():
    assert sorted(set(re.findall(r"\b(\w+\.py)\b", README)) - set(SCRIPTS)) == []
