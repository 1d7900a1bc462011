"""Ten pages, two widths, light and dark: axe finds nothing, and the header stays short."""

import pytest

import chromium
from accessibility import (
    PROGRAM,
    SCHEMES,
    WIDTHS,
    find_violations,
    needs_axe,
    needs_chromium,
    show,
)

PAGES = {
    "home": "/",
    "models": "/models",
    "found": "/models?q=pruna",
    "model": "/models/pruna/vace",
    "finished": "/tasks/2221",
    "failed": "/tasks/2222",
    "journal": "/journal",
    "refused": "/journal?kind=refused",
    "scenarios": "/scenarios",
    "nowhere": "/nowhere",
}
pytestmark = needs_chromium


@pytest.fixture(scope="module")
def browser():
    with chromium.Chromium(PROGRAM) as opened:
        yield opened


@pytest.fixture
def busy(served):
    """Tasks that ended well and badly, one on its way, and a refusal."""
    served.script({"on": "*", "calls": [2], "then": [{"scenario": "fails", "stderr": "boom"}]})
    served.run()
    served.run()
    served.push(until_all_is_over=True)
    served.run()
    served.push(advance=6)
    served.task("2223")
    served.post("/Run/pruna/vace", {"promt": "x"})
    return served


@needs_axe
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing(browser, busy, width, scheme):
    pages = [(name, f"{busy.url}{path}") for name, path in PAGES.items()]
    assert find_violations(browser, pages, width, scheme) == {}


@pytest.mark.parametrize(("width", "most"), [(1280, 64), (390, 96)])
def test_the_header_is_one_row_or_short(browser, busy, width, most):
    show(browser, width, "light")
    for name, path in PAGES.items():
        browser.open(f"{busy.url}{path}")
        assert browser.ask("document.querySelector('header.bar').offsetHeight") <= most, name
