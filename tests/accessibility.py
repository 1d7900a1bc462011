"""Pages as axe and as people with other screens see them: two widths, light and dark.

axe-core is the one of the package axe-core-python, or a newer one that `AXE_CORE` names:
`npm install --prefix /tmp/axe axe-core` puts it at /tmp/axe/node_modules/axe-core/axe.min.js.
"""

import os
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

import chromium

WIDTHS = (1280, 390)
SCHEMES = ("light", "dark")
PROGRAM = chromium.find()

# Browsers give the focus to what scrolls by themselves now; the rules of 2022 do not know it yet.
RUN = """
axe.run(document, {
  resultTypes: ["violations"],
  rules: { "scrollable-region-focusable": { enabled: !axe.version.startsWith("4.4.") } },
}).then((found) =>
  found.violations.map((broken) =>
    `${broken.id}: ${broken.nodes.map((node) => `${node.html} (${node.failureSummary})`).join(" | ")}`))
"""
OPEN = "document.querySelectorAll('details').forEach((details) => { details.open = true; })"


def find_axe() -> Path | None:
    """The rules, if they are installed."""
    if named := os.environ.get("AXE_CORE"):
        return Path(named)
    package = find_spec("axe_core_python")
    folders = package.submodule_search_locations if package else None
    return Path(folders[0]) / "axe.min.js" if folders else None


AXE = find_axe()

needs_chromium = pytest.mark.skipif(
    PROGRAM is None, reason="needs Chromium (Debian: apt-get install chromium)"
)
needs_axe = pytest.mark.skipif(AXE is None, reason="needs axe-core (pip install axe-core-python)")


def show(browser: chromium.Chromium, width: int, scheme: str) -> None:
    """Let pages be shown on a screen of a width, in a colour scheme."""
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.call("Emulation.setDeviceMetricsOverride", **size)
    features = [
        {"name": "prefers-color-scheme", "value": scheme},
        {"name": "prefers-reduced-motion", "value": "reduce"},
    ]
    browser.call("Emulation.setEmulatedMedia", features=features)


def find_darkness(browser: chromium.Chromium) -> bool:
    """Return whether the page is dark: what is behind its text is nearer to black than to white."""
    colour = "getComputedStyle(document.body).backgroundColor.match(/[0-9.]+/g).slice(0, 3)"
    return browser.ask(f"{colour}.reduce((sum, part) => sum + Number(part), 0) < 384")


def find_violations(
    browser: chromium.Chromium, pages: Iterable[tuple[str, str]], width: int, scheme: str
) -> dict[str, Any]:
    """Return what is wrong with pages, by name: what axe finds, everything that can be opened being open.

    Args:
        browser: shows them, new where pages keep their visitor's scheme; their pictures go to the folder that `PICTURES` names, if it names one.
        pages: name and address of each.
        width: of the screen, in pixels.
        scheme: `light` or `dark`; a page is the other one's if it is not dark when it shall be.
    """
    assert AXE is not None
    rules, pictures = AXE.read_text(encoding="utf-8"), os.environ.get("PICTURES")
    show(browser, width, scheme)
    found = {}
    for name, url in pages:
        browser.open(url)
        if pictures:
            browser.shoot(Path(pictures) / f"{name}-{width}-{scheme}.png", whole=True)
        browser.ask(OPEN)
        browser.ask(f"(() => {{ {rules}; return true; }})()")
        found[name] = browser.ask(RUN)
        if find_darkness(browser) != (scheme == "dark"):
            found[name].append(f"not {scheme}")
        if browser.ask("document.documentElement.scrollWidth") > width:
            found[name].append("wider than the screen")
    return {name: said for name, said in found.items() if said}
