"""Ten pages, two widths, light and dark: axe finds nothing, and the header stays short.

Needs Chromium, and axe-core where npm puts it (`npm install axe-core`) or where `AXE_CORE` says.
"""

import os
from pathlib import Path

import chromium
import pytest
from server_kit import ROOT

AXE = Path(os.environ.get("AXE_CORE", ROOT / "node_modules/axe-core/axe.min.js"))
PROGRAM = chromium.find()
needs_chromium = pytest.mark.skipif(PROGRAM is None, reason="needs Chromium")
WIDTHS = (1280, 390)
PAGES = (
    *("/", "/models", "/models?q=pruna", "/models/pruna/vace", "/tasks/2221", "/tasks/2222"),
    *("/journal", "/journal?kind=refused", "/scenarios", "/nowhere"),
)
RUN = """
axe.run(document, { resultTypes: ["violations"] }).then((found) =>
  found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" | ")}`))
"""


@pytest.fixture(scope="module")
def browser():
    with chromium.Chromium(PROGRAM) as opened:
        yield opened


@pytest.fixture
def story(served):
    """Tasks that ended well and badly, one on its way, and a refusal."""
    served.script({"on": "*", "calls": [2], "then": [{"scenario": "fails", "stderr": "boom"}]})
    served.run()
    served.run()
    served.push(until_all_is_over=True)
    served.run()
    served.post("/Run/pruna/vace", {"promt": "x"})
    return served


def show(browser, width: int, scheme: str) -> None:
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.call("Emulation.setDeviceMetricsOverride", **size)
    feature = {"name": "prefers-color-scheme", "value": scheme}
    browser.call("Emulation.setEmulatedMedia", features=[feature])


@needs_chromium
@pytest.mark.skipif(not AXE.is_file(), reason="needs axe-core (npm install axe-core)")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing(browser, story, width, scheme):
    show(browser, width, scheme)
    rules = AXE.read_text(encoding="utf-8")
    pictures = os.environ.get("WIROMOCK_PICTURES")
    found = {}
    for path in PAGES:
        browser.open(f"{story.url}{path}")
        if pictures:
            name = path.strip("/").replace("/", "-").replace("?", "-") or "home"
            browser.shoot(Path(pictures) / f"{name}-{width}-{scheme}.png")
        browser.ask(f"(() => {{ {rules}; return true; }})()")
        found[path] = browser.ask(RUN)
    assert {path: said for path, said in found.items() if said} == {}


@needs_chromium
@pytest.mark.parametrize(("width", "most"), [(1280, 64), (390, 96)])
def test_the_header_is_one_row_or_short(browser, story, width, most):
    show(browser, width, "light")
    for path in ("/", "/models", "/journal"):
        browser.open(f"{story.url}{path}")
        assert browser.ask("document.querySelector('header.bar').offsetHeight") <= most, path
        assert browser.ask("document.documentElement.scrollWidth") <= width
