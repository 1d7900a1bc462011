"""docs/architecture.md names every module and the one idea it holds."""

import re

import update_architecture_page as page


def test_the_page_is_current():
    text = page.PAGE.read_text(encoding="utf-8")
    assert text == page.current(text), "run: python tests/update_architecture_page.py"


def test_every_module_says_its_idea():
    tables = page.PAGE.read_text(encoding="utf-8")
    assert re.findall(r"^\| `\S+` \|\s+\|$", tables, re.MULTILINE) == []
    assert tables.count("<!-- modules: ") == 3
